//! The key goes to the API and nowhere else, neither over the network nor into text.

use std::error::Error;

use mint_api_ext::simulator::{API_KEY, Reply, Script, Simulator};
use mint_api_ext::{Asset, AssetKind, Assets};

fn assert_clean(what: &str, text: &str) {
    for secret in [API_KEY, "signature", "Bearer"] {
        assert!(!text.contains(secret), "{what} holds `{secret}`: {text}");
    }
}

fn all_text(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn the_cdn_sees_no_key() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    mint.download(&operation).to_dir(directory.path()).await.unwrap().complete().unwrap();

    let seen = simulator.api_requests();
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {API_KEY}"));
    let requests = simulator.cdn_requests();
    assert_eq!(requests.len(), 8);
    for request in requests {
        let names: Vec<_> = request.headers.keys().map(|name| name.as_str()).collect();
        // Nothing but what a download needs: no credential, no Referer, no header of the API's.
        for name in names {
            assert!(["accept", "accept-encoding", "host"].contains(&name), "{name}");
        }
        assert_eq!(request.headers["accept-encoding"], "identity");
        assert_clean("a request", &format!("{:?}", request.headers));
    }
}

#[tokio::test(start_paused = true)]
async fn no_text_holds_the_key_or_a_query() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    assert_clean("builder", &format!("{:?}", simulator.mint_builder().unwrap()));
    assert_clean("client", &format!("{mint:?} {:#?}", mint.api()));
    assert_clean("call", &format!("{:?}", mint.api().get_operation().operation_id("op")));
    let handle = mint.attach("op").unwrap();
    assert_clean("handle", &format!("{handle:?} {:?}", handle.wait()));

    for reply in [
        Reply::problem(401),
        Reply::text(502, "text/html", "<html>"),
        Reply::text(200, "text/html", "<html>"),
        Reply::text(302, "text/html", "").header("location", "/x?signature=1"),
    ] {
        let id = simulator.add(Script::model().replies([reply]));
        let error = mint.attach(id).unwrap().get().await.unwrap_err();
        assert_clean("error", &all_text(&error));
        let id = simulator.api_requests().last().unwrap().target.rsplit('/').next().unwrap().to_owned();
        let error = mint.api().get_operation().operation_id(id).send().await.unwrap_err();
        let text = all_text(&error);
        assert!(!text.contains(API_KEY), "{text}");
    }

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let directory = tempfile::tempdir().unwrap();
    for url in [
        format!("{}/missing?signature=1", simulator.cdn_url()),
        format!("http://127.0.0.1:{port}/a?signature=1"),
        "http://example.com/a?signature=1".into(),
        "https://10.0.0.1/a?signature=1#signature".into(),
        "not a url?signature=1".into(),
    ] {
        let download = mint.download(Assets::from_iter([Asset::new(AssetKind::Glb, &url)]));
        assert_clean("download", &format!("{download:?}"));
        let report = download.to_dir(directory.path()).await.unwrap();
        assert_clean("download error", &all_text(&report.failures[0].error));
    }
}
