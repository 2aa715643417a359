//! Files of operations that do not name them.

use mint_api_ext::Error;
use mint_api_ext::asset::{AssetKind, Assets};
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::Operation;
use serde_json::{Value, json};

use crate::support::scripted::{Reply, Scripted, is, problem_that_says};

fn operation(status: &str, resource: &str, more: Value) -> Operation {
    let mut operation = json!({"id": "op", "status": status, "resource": {"type": resource, "id": "r"}});
    operation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(operation).unwrap()
}

/// The kinds of the files that are found, and what was asked for them.
async fn found(operation: Operation, resource: Reply, manifest: Reply) -> (Result<String, Error>, Vec<String>) {
    let server = Scripted::by(move |sent| match sent.line.ends_with("artifact-manifest") {
        true => manifest.clone(),
        false => resource.clone(),
    })
    .await;
    let assets = server.mint_that_tries_twice().assets_of(&operation).await;
    let kinds = |assets: Assets| assets.iter().map(|asset| asset.kind.to_string()).collect::<Vec<_>>().join(", ");
    (assets.map(kinds), server.lines())
}

fn glb() -> Reply {
    is(200, json!({"id": "r", "assets": {"glbUrl": "u", "previewImageUrl": "u"}}))
}

fn nothing() -> Reply {
    is(200, json!({"id": "r", "assets": null}))
}

fn preview() -> Reply {
    is(200, json!({"id": "r", "assets": {"previewImageUrl": "u"}}))
}

fn manifest() -> Reply {
    is(200, json!({"artifacts": [{"id": "optimized_glb", "format": "glb", "downloadUrl": "u"}]}))
}

const MODEL: &str = "GET /v1/models/r";
const MODEL_MANIFEST: &str = "GET /v1/assets/model/r/artifact-manifest";
const WORLD_MANIFEST: &str = "GET /v1/assets/world/r/artifact-manifest";
const PACK_MANIFEST: &str = "GET /v1/assets/asset_pack/r/artifact-manifest";
const CLIP_MANIFEST: &str = "GET /v1/animations/model_animation_clip/r/artifact-manifest";

#[tokio::test]
async fn files_are_looked_for_in_the_resource_then_in_the_manifest() {
    let none = json!({});
    let own = json!({"assets": {"glbUrl": "u"}});
    let picture = json!({"assets": {"thumbnailUrl": "u"}});
    for (status, type_, own, resource, manifest, kinds, lines) in [
        // What the operation names is enough.
        ("succeeded", "model", &own, glb(), manifest(), "glb", &[][..]),
        ("succeeded", "model", &none, glb(), manifest(), "glb, preview image", &[MODEL]),
        ("partially_succeeded", "model", &picture, glb(), manifest(), "glb, preview image", &[MODEL]),
        ("succeeded", "model", &none, nothing(), manifest(), "optimized glb", &[MODEL, MODEL_MANIFEST]),
        ("succeeded", "model", &none, preview(), manifest(), "optimized glb", &[MODEL, MODEL_MANIFEST]),
        (
            "succeeded",
            "model",
            &none,
            problem_that_says(404, "d"),
            manifest(),
            "optimized glb",
            &[MODEL, MODEL_MANIFEST],
        ),
        // Pictures are better than nothing.
        (
            "succeeded",
            "model",
            &none,
            preview(),
            problem_that_says(403, "d"),
            "preview image",
            &[MODEL, MODEL_MANIFEST],
        ),
        ("succeeded", "model", &picture, nothing(), problem_that_says(404, "d"), "thumbnail", &[MODEL, MODEL_MANIFEST]),
        ("succeeded", "model", &none, nothing(), problem_that_says(404, "d"), "", &[MODEL, MODEL_MANIFEST]),
        // A preview is all there should be at its stage.
        ("preview_ready", "model", &picture, glb(), manifest(), "thumbnail", &[]),
        (
            "preview_ready",
            "model",
            &none,
            preview(),
            problem_that_says(404, "d"),
            "preview image",
            &[MODEL, MODEL_MANIFEST],
        ),
        (
            "succeeded",
            "world",
            &none,
            is(200, json!({"id": "r", "assets": {"radUrl": "u"}})),
            manifest(),
            "rad",
            &["GET /v1/worlds/r"],
        ),
        ("succeeded", "world", &none, nothing(), manifest(), "optimized glb", &["GET /v1/worlds/r", WORLD_MANIFEST]),
        (
            "succeeded",
            "asset_pack",
            &none,
            nothing(),
            manifest(),
            "optimized glb",
            &["GET /v1/asset-packs/r", PACK_MANIFEST],
        ),
        ("succeeded", "animation", &none, nothing(), manifest(), "optimized glb", &[CLIP_MANIFEST]),
        ("succeeded", "model_animation_clip", &none, nothing(), manifest(), "optimized glb", &[CLIP_MANIFEST]),
        ("succeeded", "model_animation_batch", &none, nothing(), manifest(), "optimized glb", &[CLIP_MANIFEST]),
        // The files of its model are not what a conversion was to make.
        ("succeeded", "model", &json!({"type": "model_conversion"}), glb(), manifest(), "", &[]),
        ("succeeded", "model", &json!({"resource": null}), glb(), manifest(), "", &[]),
    ] {
        let operation = operation(status, type_, own.clone());
        let shown = format!("{status} {type_} {own} {resource:?} {manifest:?}");
        let (found, seen) = found(operation, resource, manifest).await;
        assert_eq!(
            (found.unwrap().as_str(), seen),
            (kinds, lines.iter().map(ToString::to_string).collect()),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    let operation = || operation("succeeded", "model", json!({}));
    let (found, lines) = found(operation(), problem_that_says(401, "d"), manifest()).await;
    assert!(found.unwrap_err().is_unauthorized());
    assert_eq!(lines, [MODEL]);
}

#[tokio::test]
async fn a_download_looks_for_them_too() {
    // Its files; the API is the other server.
    let simulator = Simulator::start().await.unwrap();
    let glb = simulator.add_file("a.glb", "model/gltf-binary", &b"glTF"[..]);
    let picture = simulator.add_file("a.webp", "image/webp", &b"RIFF"[..]);
    let model = json!({"id": "r", "assets": {"glbUrl": glb, "thumbnailUrl": picture}});
    let server = Scripted::by(move |_| is(200, model.clone())).await;
    let operation = operation("succeeded", "model", json!({}));
    let directory = tempfile::tempdir().unwrap();

    let download = server.mint_that_tries_twice().download(&operation).only([AssetKind::Glb]).skip_content_checks();
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!((files.len(), files[0].path.file_name().unwrap().to_str().unwrap()), (1, "model.glb"));
    assert_eq!(server.lines(), [MODEL]);

    let store = std::sync::Arc::new(object_store::memory::InMemory::new());
    let download = server.mint_that_tries_twice().download(&operation).skip_content_checks();
    assert_eq!(download.to_store(store, "a").await.unwrap().complete().unwrap().len(), 2);

    // A writer is given its file, whatever was chosen before.
    let asset = Assets::from(
        &serde_json::from_value::<mint_api_ext::types::Model>(json!({"id": "r", "assets": {
            "thumbnailUrl": picture,
        }}))
        .unwrap(),
    );
    let asset = asset.iter().next().unwrap();
    let download = server.mint_that_tries_twice().download(&operation).only([AssetKind::Glb]).skip_content_checks();
    assert_eq!(download.to_writer(asset, tokio::io::sink()).await.unwrap().complete().unwrap()[0].bytes, 4);
    assert_eq!(server.lines(), [MODEL, MODEL]);
}

#[tokio::test]
async fn a_download_whose_files_cannot_be_looked_for_is_an_error() {
    let server = Scripted::by(|_| problem_that_says(401, "d")).await;
    let operation = operation("succeeded", "model", json!({}));
    let directory = tempfile::tempdir().unwrap();
    let error = server.mint_that_tries_twice().download(&operation).to_dir(directory.path()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
}
