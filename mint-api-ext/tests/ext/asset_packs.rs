//! Downloads of asset packs: the models of their items, with files named after the items.

use mint_api_ext::asset::AssetKind;
use mint_api_ext::download::{Download, FetchedFile, Obtained};
use mint_api_ext::simulator::{Fault, Simulator};
use mint_api_ext::types::Operation;
use mint_api_ext::{Error, ErrorKind, Mint};
use serde_json::{Value, json};

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Scripted, is, problem_that_says};

/// A pack of three items, of which one failed.
async fn partial_pack(simulator: &Simulator) -> (Mint, Operation) {
    let mint = simulator.mint().unwrap();
    simulator.fail_next("generation_failed", "no such tool");
    let operation = mint.generate_asset_pack("garden tools", 3).send_and_wait().await.unwrap().into_operation();
    assert_eq!(operation.status.as_str(), "partially_succeeded");
    (mint, operation)
}

fn names(files: &[FetchedFile]) -> Vec<String> {
    files.iter().map(|file| file.path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn files_are_named_after_the_items_and_items_without_files_are_named_as_missing() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, operation) = partial_pack(&simulator).await;
    let directory = tempfile::tempdir().unwrap();
    let glbs = || mint.download(&operation).only([AssetKind::Glb, AssetKind::PreviewImage]);
    let report = glbs().to_dir(directory.path()).await.unwrap();
    let expected = ["Item 1.glb", "Item 1.preview.png", "Item 2.glb", "Item 2.preview.png"];
    assert_eq!(names(&report.files), expected);
    let items: Vec<_> = report.files.iter().map(|file| file.asset.item.clone().unwrap().name).collect();
    assert_eq!(items, ["Item 1", "Item 1", "Item 2", "Item 2"]);
    let error = report.complete().clean_err();
    assert_eq!(error.kind(), ErrorKind::Download);
    for text in ["no file of item \"Item 3\" (\"failed\", without a model)", "asset_pack", "with its models names glb"]
    {
        assert!(error.to_string().contains(text), "{text}: {error}");
    }
    // The items keep their files: nothing is fetched twice.
    let again = glbs().optional().to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(names(&again), expected);
    assert!(again.iter().all(|file| file.obtained == Obtained::AlreadyThere), "{again:?}");

    // Every format of every item.
    let all = mint.download(&operation).optional().to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(all.len(), 14, "{:?}", names(&all));
}

#[tokio::test(start_paused = true)]
async fn names_and_picks_are_for_each_item() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, operation) = partial_pack(&simulator).await;
    let pack = || mint.download(&operation).optional();
    for (download, expected) in [
        (pack().preferred(), &["Item 1.glb", "Item 2.glb"][..]),
        (pack().preferred().named("tools"), &["tools-Item 1.glb", "tools-Item 2.glb"]),
        (pack().poster().named("a/tools"), &["tools-Item 1.poster.png", "tools-Item 2.poster.png"]),
        (
            pack().preferred().named_by(|asset| {
                let item = asset.item.as_ref().map_or("", |item| item.name.trim_start_matches("Item "));
                format!("tools/{item}.glb")
            }),
            &["1.glb", "2.glb"],
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
        assert_eq!(names(&files), expected);
    }
    // One name for two items is refused before anything is fetched.
    let before = simulator.cdn_requests().len();
    let directory = tempfile::tempdir().unwrap();
    let error = pack().preferred().named_by(|_| "tool.glb").to_dir(directory.path()).await.clean_err();
    assert_eq!((error.kind(), simulator.cdn_requests().len()), (ErrorKind::InvalidArgument, before));
    // A pick that an item lacks names the item.
    let report = pack().splat("500k").to_dir(directory.path()).await.unwrap();
    assert!(report.missing.is_none() && report.files.is_empty());
    let report = mint.download(&operation).splat("500k").to_dir(directory.path()).await.unwrap();
    let error = report.complete().clean_err();
    assert!(error.to_string().contains("no SPZ splats (`splat(\"500k\")`) of item \"Item 1\""), "{error}");
}

/// The fresh URL of an item is not that of another item.
#[tokio::test(start_paused = true)]
async fn an_expired_url_of_an_item_is_read_anew() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, operation) = partial_pack(&simulator).await;
    let assets = mint.assets_of(&operation).await.unwrap();
    let glbs: Vec<_> = assets.iter().filter(|asset| asset.kind == AssetKind::Glb).collect();
    for glb in &glbs {
        simulator.add_fault(&glb.url, Fault::status(403));
    }
    let directory = tempfile::tempdir().unwrap();
    let before = simulator.api_requests().len();
    let download = mint.download(&operation).only([AssetKind::Glb]).optional();
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(names(&files), ["Item 1.glb", "Item 2.glb"]);
    // The pack and two models, to find the files, and again for fresh URLs, of both at once or of each.
    let sent = simulator.api_requests().len() - before;
    assert!([6, 9].contains(&sent), "{sent}");
    let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    let requests = simulator.cdn_requests();
    for (glb, file) in glbs.iter().zip(&files) {
        assert_eq!(file.attempts, 2);
        let fetched = requests.iter().filter(|request| path(&glb.url).ends_with(&path(&request.target))).count();
        assert_eq!(fetched, 2, "{} of {requests:?}", glb.url);
    }
}

#[tokio::test]
async fn models_that_cannot_be_read_are_named_and_the_manifest_comes_last() {
    async fn found(models: fn(&str) -> Value) -> (Result<Vec<String>, Error>, Vec<String>) {
        let server = Scripted::by(move |sent| match sent.line.as_str() {
            "GET /v1/asset-packs/p" => is(
                200,
                json!({"id": "p", "items": [
                    {"displayName": "Rake/1", "modelId": "m_1", "status": "succeeded"},
                    {"displayName": "rake/1", "modelId": "m_2", "status": "succeeded"},
                ]}),
            ),
            "GET /v1/assets/asset_pack/p/artifact-manifest" => is(
                200,
                json!({"artifacts": [{"id": "z", "role": "asset_bundle", "format": "zip", "downloadUrl": "u"}]}),
            ),
            line => match models(line) {
                Value::Null => problem_that_says(404, "d"),
                assets => is(200, json!({"id": "m", "assets": assets})),
            },
        })
        .await;
        let operation = json!({"id": "op", "status": "succeeded", "resource": {"type": "asset_pack", "id": "p"}});
        let operation: Operation = serde_json::from_value(operation).unwrap();
        let assets = server.mint().assets_of(&operation).await;
        let shown = assets.map(|assets| {
            let shown = assets.iter().map(|asset| {
                let item = asset.item.as_ref().map(|item| format!("{} {}", item.name, item.model_id));
                format!("{:?} {item:?}", asset.kind)
            });
            shown.collect()
        });
        (shown, server.lines())
    }
    let (files, lines) = found(|line| match line.ends_with("m_2") {
        true => json!({"glbUrl": "https://cdn.example/2.glb"}),
        false => Value::Null,
    })
    .await;
    assert_eq!(files.unwrap(), ["Glb Some(\"rake/1 2 m_2\")"]);
    assert_eq!(lines.len(), 3, "the manifest is not read: {lines:?}");
    let (files, lines) = found(|_| Value::Null).await;
    assert_eq!(files.unwrap(), ["Other(\"asset_bundle\") None"]);
    assert_eq!(lines.len(), 4, "{lines:?}");
}

/// A kind that a pack has only as a whole, such as its archive, is found in the manifest.
#[tokio::test]
async fn a_chosen_kind_is_looked_for_in_the_manifest_too() {
    let simulator = Simulator::start().await.unwrap();
    let zip = simulator.add_file("pack.zip", "application/zip", crate::archives::archive(&[("a.glb", b"glTF")]));
    let server = Scripted::by(move |sent| match sent.line.as_str() {
        "GET /v1/asset-packs/p" => is(200, json!({"id": "p", "items": [{"displayName": "Rake", "modelId": "m_1"}]})),
        "GET /v1/models/m_1" => is(200, json!({"id": "m_1", "assets": {"glbUrl": "https://cdn.example/a.glb"}})),
        _ => is(200, json!({"artifacts": [{"id": "z", "role": "asset_bundle", "format": "zip", "downloadUrl": zip}]})),
    })
    .await;
    let operation = json!({"id": "op", "status": "succeeded", "resource": {"type": "asset_pack", "id": "p"}});
    let operation: Operation = serde_json::from_value(operation).unwrap();
    let bundle = |download: Download| download.only([AssetKind::Other("asset_bundle".into())]);
    let directory = tempfile::tempdir().unwrap();
    let download = bundle(server.mint().download(&operation));
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert_eq!(names(&files), ["asset_bundle.zip"]);
}
