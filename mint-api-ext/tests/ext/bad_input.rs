//! What a user may get wrong: each is one clear error that says what to do.

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::simulator::{API_KEY, Script, Simulator};
use mint_api_ext::{Credentials, ErrorKind, Mint, Server};

use crate::support::memory;

fn mint(base_url: &str) -> Result<Mint, mint_api_ext::Error> {
    Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(base_url.into())).build()
}

#[test]
fn base_urls() {
    for (url, says) in [
        ("", "it is empty"),
        ("api.mint.gg", "must start with https://"),
        ("http://api.mint.gg", "use https"),
        ("https://api.mint.gg?x", "query"),
    ] {
        let error = mint(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_trailing_slash_works() {
    let simulator = Simulator::start().await.unwrap();
    let id = simulator.add(Script::model());
    let mint = mint(&format!("{}/", simulator.base_url())).unwrap();
    mint.attach(&id).unwrap().get().await.unwrap();
    assert_eq!(simulator.api_requests()[0].target, format!("/v1/operations/{id}"));
}

#[tokio::test]
async fn ids() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for id in ["", "a/b", "a\\b", "..", "../x", "a b"] {
        let error = mint.attach(id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("pass the `id`"), "{error}");
    }
    assert!(simulator.api_requests().is_empty());
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_id() {
    let simulator = Simulator::start().await.unwrap();
    let wrong = Mint::builder(Credentials::api_key("wrong").unwrap()).server(Server::Custom(simulator.base_url()));
    let error = wrong.build().unwrap().attach("op").unwrap().wait().await.unwrap_err();
    assert!(error.is_unauthorized() && error.to_string().contains("MINT_API_KEY"), "{error}");
    assert_eq!(error.request_id(), Some("req_0001"));
    assert_eq!(error.problem().unwrap().status, 401);

    let error = simulator.mint().unwrap().attach("op").unwrap().wait().await.unwrap_err();
    assert!(error.is_not_found() && error.to_string().contains("check the id"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there() {
    let refusing = memory::refuse();
    let mint = memory::builder(refusing.base_url()).build().unwrap();
    let error = mint.attach("op").unwrap().get().await.unwrap_err();
    assert!(error.is_transport() && error.to_string().contains("check the base URL"), "{error}");
}

#[tokio::test]
async fn directories_that_cannot_be_written_to() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.glb", "model/gltf-binary", &b"glTF"[..]);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let assets = || Assets::from_iter([Asset::new(AssetKind::Glb, &url)]);

    let error = mint.download(assets()).to_dir(file.join("below")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("choose one that can be written to"), "{error}");

    // The name of the file is taken by a directory.
    std::fs::create_dir(directory.path().join("model.glb")).unwrap();
    let report = mint.download(assets()).to_dir(directory.path()).await.unwrap();
    assert_eq!(report.failures[0].error.kind(), ErrorKind::Io);
    assert!(!directory.path().join("model.glb.part").exists());
}
