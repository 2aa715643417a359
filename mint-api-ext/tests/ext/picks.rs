//! Picks: downloads of the files that a use needs.

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, FetchedFile};
use mint_api_ext::simulator::{Fault, Reply, Route, Script, Simulator};
use mint_api_ext::types::{GenerationAssets, Operation};
use mint_api_ext::{Error, ErrorKind, Mint};
use serde_json::json;

use crate::support::leaks::CleanErr as _;

async fn ended(simulator: &Simulator, script: Script) -> (Mint, Operation) {
    let mint = simulator.mint().unwrap();
    let id = simulator.add(script.timeline([("succeeded", 0)]));
    let operation = mint.attach(id).unwrap().get().await.unwrap();
    (mint, operation)
}

/// The kinds of the files of a download, or its error.
async fn kinds(download: Download) -> Result<Vec<String>, Error> {
    let directory = tempfile::tempdir().unwrap();
    let files: Vec<FetchedFile> = download.to_dir(directory.path()).await?.complete()?;
    Ok(files.iter().map(|file| file.kind.to_string()).collect())
}

#[tokio::test(start_paused = true)]
async fn a_pick_fetches_its_files_and_no_other() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, model) = ended(&simulator, Script::model()).await;
    let (_, world) = ended(&simulator, Script::world()).await;
    let model = || mint.download(&model);
    let world = || mint.download(&world);
    for (download, picked) in [
        (model().preferred(), &["optimized glb"][..]),
        (model().preferred_without_draco(), &["glb"]),
        (model().poster(), &["preview image"]),
        // The order is that of the assets.
        (model().poster().preferred(), &["optimized glb", "preview image"]),
        (model().preferred().preferred(), &["optimized glb"]),
        // `only` narrows what a pick chooses from, before or after it.
        (model().only([AssetKind::Glb, AssetKind::Fbx]).preferred(), &["glb"]),
        (model().poster().only([AssetKind::Thumbnail]), &["thumbnail"]),
        (model().preferred().splat("500k").optional(), &["optimized glb"]),
        (world().world_runtime(), &["rad", "collider mesh"]),
        (world().splat("500k"), &["spz 500k"]),
        (world().splat("full_res"), &["spz 500k"]),
        (world().splat("499k").poster(), &["preview image", "spz 100k"]),
        (world().splat("500k").splat("600k"), &["spz 500k"]),
    ] {
        let before = simulator.cdn_requests().len();
        assert_eq!(kinds(download).await.unwrap(), picked);
        assert_eq!(simulator.cdn_requests().len() - before, picked.len());
    }
}

#[tokio::test]
async fn a_pick_that_finds_nothing_says_what_it_looked_for_and_what_there_is() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.rad", "application/octet-stream", &b"RAD"[..]);
    let of = |kinds: &[AssetKind]| {
        mint.download(kinds.iter().map(|kind| Asset::new(kind.clone(), &url)).collect::<Assets>())
    };
    let rad = || of(&[AssetKind::Rad]);
    let collider = || of(&[AssetKind::ColliderMesh]);
    let draco = || of(&[AssetKind::OptimizedGlb, AssetKind::Rad]);
    for (download, texts) in [
        (rad().preferred(), ["no GLB (`preferred`)", "the files that were given are rad"]),
        (draco().preferred_without_draco(), ["no GLB without Draco", "are optimized glb, rad"]),
        (rad().poster(), ["no preview image or thumbnail (`poster`)", "are rad"]),
        (rad().splat("500k"), ["no SPZ splats (`splat(\"500k\")`)", "are rad"]),
        (rad().world_runtime(), ["no collider mesh beside the RAD", "are rad"]),
        (collider().world_runtime(), ["no RAD splats beside the collider mesh", "are collider mesh"]),
        (of(&[AssetKind::Fbx]).world_runtime(), ["no RAD splats with a collider mesh", "are fbx"]),
        (rad().preferred().poster(), ["no GLB (`preferred`), no preview image", "are rad"]),
        // Half a world is no world, whatever else may be absent.
        (rad().world_runtime().optional(), ["no collider mesh beside the RAD", "are rad"]),
        (of(&[]).preferred().optional(), ["no GLB (`preferred`)", "none was given"]),
    ] {
        let error = kinds(download).await.clean_err();
        assert_eq!(error.kind(), ErrorKind::Download);
        for text in texts {
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }
    assert!(simulator.cdn_requests().is_empty(), "half a world is not fetched");

    let (mint, operation) = ended(&simulator, Script::model()).await;
    let error = kinds(mint.download(&operation).splat("500k")).await.clean_err();
    assert!(error.to_string().contains("`succeeded` and names glb, optimized glb"), "{error}");
}

/// A picked file and a chosen one keep the source of their URLs; a file alone has none.
#[tokio::test(start_paused = true)]
async fn an_expired_url_is_read_anew() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, operation) = ended(&simulator, Script::model()).await;
    let assets = Assets::of(&operation);
    let optimized = assets.preferred().unwrap();
    for (download, is_read_anew) in [
        (mint.download(&operation).preferred(), true),
        (mint.download(&operation).poster().asset(optimized), true),
        (mint.download(optimized.clone()), false),
    ] {
        let before = simulator.api_requests().len();
        simulator.add_fault(&optimized.url, Fault::status(403));
        let result = kinds(download).await;
        assert_eq!(simulator.api_requests().len() - before, usize::from(is_read_anew));
        match is_read_anew {
            true => assert_eq!(result.unwrap(), ["optimized glb"]),
            false => assert!(result.clean_err().to_string().contains("403")),
        }
    }
}

/// Of an animation, a pack or a sound, whose files have no known kind, a pick chooses nothing in silence.
#[tokio::test]
async fn files_of_unknown_kinds_are_not_picked() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("sound.wav", "audio/wav", &b"RIFF"[..]);
    let assets = json!({"audioUrl": url});
    let operation = json!({"id": "op", "type": "audio_generation", "status": "succeeded", "assets": assets});
    let operation: Operation = serde_json::from_value(operation).unwrap();
    let error = kinds(simulator.mint().unwrap().download(&operation).preferred()).await.clean_err();
    assert!(error.to_string().contains("operation op is `succeeded` and names audio"), "{error}");
}

/// A file that only the artifact manifest names is found, and its URL is read anew there.
#[tokio::test(start_paused = true)]
async fn what_the_operation_lacks_is_looked_for_in_the_manifest() {
    let simulator = Simulator::start().await.unwrap();
    let (mint, mut operation) = ended(&simulator, Script::world()).await;
    let Some(GenerationAssets::WorldAssets(assets)) = &mut operation.assets else { panic!("{operation:?}") };
    let rad = assets.rad_url.take().unwrap();
    for (lacks_in_world, paths) in [
        (false, &["/v1/worlds/", "/v1/operations/", "/v1/worlds/"][..]),
        (true, &["/v1/worlds/", "/v1/assets/world/", "/v1/operations/", "/v1/assets/world/"]),
    ] {
        if lacks_in_world {
            let world = json!({"id": "w", "assets": {"panoUrl": "https://cdn.example/a.jpg"}});
            simulator.reply_next(Route::GetWorld, Reply::json(200, world));
        }
        // A fresh URL of the RAD splats is in no reply for the operation.
        simulator.add_fault(&rad, Fault::status(403));
        simulator.reply_next(Route::GetOperation, Reply::json(200, serde_json::to_value(&operation).unwrap()));
        let before = simulator.api_requests().len();
        assert_eq!(kinds(mint.download(&operation).world_runtime()).await.unwrap(), ["collider mesh", "rad"]);
        let sent = &simulator.api_requests()[before..];
        assert!(sent.len() == paths.len(), "{sent:?}");
        assert!(sent.iter().zip(paths).all(|(sent, path)| sent.target.starts_with(path)), "{sent:?}");
    }
    // What is there already is not looked for.
    let before = simulator.api_requests().len();
    kinds(mint.download(&operation).splat("500k")).await.unwrap();
    assert_eq!(simulator.api_requests().len(), before);
}
