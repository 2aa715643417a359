//! Downloads that find nothing of what they were asked for.

use mint_api_ext::asset::{AssetKind, Assets};
use mint_api_ext::download::{Download, FetchedFile};
use mint_api_ext::simulator::{Script, Simulator};
use mint_api_ext::types::Operation;
use mint_api_ext::{Error, ErrorKind};
use serde_json::json;

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Scripted, is, problem};

fn operation(status: &str, resource: &str, assets: serde_json::Value) -> Operation {
    let resource = json!({"type": resource, "id": "r"});
    serde_json::from_value(json!({"id": "op", "status": status, "resource": resource, "assets": assets})).unwrap()
}

async fn download(download: Download) -> Result<Vec<FetchedFile>, Error> {
    let directory = tempfile::tempdir().unwrap();
    download.to_dir(directory.path()).await.unwrap().complete()
}

fn says(error: &Error, texts: &[&str]) {
    assert_eq!(error.kind(), ErrorKind::Download);
    for text in texts {
        assert!(error.to_string().contains(text), "{text}: {error}");
    }
}

#[tokio::test]
async fn no_file_anywhere() {
    let server = Scripted::by(|sent| match sent.line.ends_with("artifact-manifest") {
        true => problem(403, "https://api.mint.gg/problems/downloads-disabled"),
        false => is(200, json!({"id": "r", "assets": null})),
    })
    .await;
    let mint = server.mint_that_tries_twice();
    let succeeded = operation("succeeded", "model", json!(null));
    let places = [
        "no file of model r",
        "operation op is `succeeded` and names no file",
        "model r names no file",
        "the artifact manifest of model r answers 403 (`downloads-disabled`)",
        "let the owner allow downloads",
    ];
    says(&download(mint.download(&succeeded)).await.clean_err(), &places);
    let optional = mint.download(&succeeded).only([AssetKind::Glb]).optional();
    says(&download(optional).await.clean_err(), &["no file of these kinds: glb", "answers 403"]);
    let running = Scripted::by(|_| is(200, json!({"id": "r", "assets": null, "artifacts": []}))).await;
    let report = download(running.mint_that_tries_twice().download(&operation("running", "model", json!(null)))).await;
    says(&report.clean_err(), &["operation op is `running`", "wait until the operation has ended"]);
    says(&download(mint.download(Vec::new())).await.clean_err(), &["no file", "none was given"]);
    let store = std::sync::Arc::new(object_store::memory::InMemory::new());
    says(&mint.download(&succeeded).to_store(store, "a").await.unwrap().complete().clean_err(), &["no file"]);
}

#[tokio::test]
async fn a_kind_that_is_absent() {
    use AssetKind::{Glb, Rad, Stl, Thumbnail};
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    for (only, absent) in [
        (vec![vec![Glb]], ""),
        (vec![vec![Glb, Rad]], "no file of these kinds: rad"),
        (vec![vec![Rad]], "no file of these kinds: rad"),
        (vec![vec![Glb, Stl], vec![Glb, Thumbnail]], ""),
        (vec![vec![Glb], vec![Thumbnail]], "`only` names no kind"),
        (vec![vec![]], "`only` names no kind"),
    ] {
        let with = || only.iter().fold(mint.download(&operation), |download, kinds| download.only(kinds.clone()));
        let directory = tempfile::tempdir().unwrap();
        let report = with().to_dir(directory.path()).await.unwrap();
        // The others are fetched all the same.
        let there =
            Assets::of(&operation).iter().filter(|asset| only.iter().all(|kinds| kinds.contains(&asset.kind))).count();
        assert_eq!((report.files.len(), report.failures.len()), (there, 0), "{only:?}");
        match absent {
            "" => assert_eq!(report.complete().unwrap().len(), there),
            absent => says(&report.complete().clean_err(), &[absent, "of model", "`succeeded` and names glb"]),
        }
        assert_eq!(download(with().optional()).await.unwrap().len(), there, "{only:?}");
    }
}

/// The manifest of an animation may be closed while its list and its members are open.
#[tokio::test]
async fn an_animation_whose_manifest_is_closed() {
    for type_ in ["animation", "model_animation_batch", "model_animation_clip"] {
        let simulator = Simulator::start().await.unwrap();
        let url = simulator.add_file("wave.glb", "model/gltf-binary", &b"glTF"[..]);
        let server = Scripted::by(move |sent| {
            let artifact = json!({"id": "clip:c:animation_glb", "kind": "animation_clip", "filename": "wave.glb"});
            let route = "GET /v1/animations/model_animation_batch/r/";
            match sent.line.strip_prefix(route) {
                Some("artifact-manifest") => problem(403, "downloads-disabled"),
                Some("artifacts") => is(200, json!({"data": [artifact]})),
                Some(_) => is(200, json!({"id": "clip:c:animation_glb", "downloadUrl": url})),
                None => problem(404, "not-found"),
            }
        })
        .await;
        let mint = server.mint_that_tries_twice();
        let operation = operation("succeeded", type_, json!(null));
        let files = download(mint.download(&operation).skip_content_checks()).await.unwrap();
        assert_eq!((files.len(), files[0].kind.to_string().as_str()), (1, "animation_clip"), "{type_}");
        assert_eq!(files[0].path.file_name().unwrap(), "wave.glb");
        // The id of the animation is enough.
        let clips = mint.animation_assets("r").await.unwrap();
        let files = download(mint.download(clips).skip_content_checks()).await.unwrap();
        assert_eq!(files[0].path.file_name().unwrap(), "wave.glb");
        let none = mint.animation_assets("other").await.unwrap();
        says(&download(mint.download(none)).await.clean_err(), &["animation other", "answers 404 (`not-found`)"]);
    }
}
