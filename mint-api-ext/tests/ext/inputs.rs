//! What can be downloaded beside operations: models, worlds, conversions, artifact manifests, and plain files.

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::FetchedFile;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::{ArtifactManifest, Model, OperationConversion, World};
use mint_api_ext::{Error, ErrorKind, Mint};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::scripted::{Scripted, is};

/// An API that answers every request with this body.
async fn api(body: Value) -> Scripted {
    Scripted::by(move |_| is(200, body.clone())).await
}

fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

async fn save(mint: &Mint, assets: impl Into<Assets>) -> Result<FetchedFile, Error> {
    let directory = tempfile::tempdir().unwrap();
    let files = mint.download(assets).skip_content_checks().to_dir(directory.path()).await.unwrap().complete()?;
    assert_eq!((files.len(), std::fs::read(&files[0].path).unwrap()), (1, b"solid".to_vec()));
    Ok(files.into_iter().next().unwrap())
}

#[tokio::test]
async fn whatever_names_its_resource_is_read_again_for_fresh_urls() {
    let simulator = Simulator::start().await.unwrap();
    let fresh = simulator.add_file("a.stl", "model/stl", &b"solid"[..]);
    let expired = format!("{}/expired/a.stl", simulator.cdn_url());
    let model = |url: &str| json!({"id": "m1", "assets": {"stlUrl": url}});
    let world = |url: &str| json!({"id": "w1", "assets": {"radUrl": url}});
    let manifest = |source: Value| {
        move |url: &str| {
            let artifact = json!({"id": "a", "role": "canonical_model", "filename": "a.stl", "downloadUrl": url});
            json!({"source": source.clone(), "artifacts": [artifact]})
        }
    };
    let asset = manifest(json!({"kind": "asset", "assetType": "model", "id": "m1"}));
    let clip = manifest(json!({"kind": "animation", "targetType": "model_animation_clip", "id": "c1"}));

    let check = async |body: Value, assets: Assets, route: &str| {
        let server = api(body).await;
        let file = save(&server.mint(), assets).await.unwrap();
        assert_eq!((file.attempts, server.lines()), (2, vec![format!("GET {route}")]));
    };
    let assets = Assets::from(&of::<Model>(model(&expired)));
    check(model(&fresh), assets, "/v1/models/m1").await;
    let assets = Assets::from(&of::<World>(world(&expired)));
    check(world(&fresh), assets, "/v1/worlds/w1").await;
    let assets = Assets::from(&of::<ArtifactManifest>(asset(&expired)));
    check(asset(&fresh), assets, "/v1/assets/model/m1/artifact-manifest").await;
    let assets = Assets::from(&of::<ArtifactManifest>(clip(&expired)));
    check(clip(&fresh), assets, "/v1/animations/model_animation_clip/c1/artifact-manifest").await;
}

#[tokio::test]
async fn what_names_none_is_not() {
    let simulator = Simulator::start().await.unwrap();
    let good = simulator.add_file("a.stl", "model/stl", &b"solid"[..]);
    let expired = format!("{}/expired/a.stl", simulator.cdn_url());
    for (url, is_good) in [(&good, true), (&expired, false)] {
        let server = api(json!({})).await;
        let mint = server.mint();
        let asset = || Asset::new(AssetKind::Stl, url);
        let conversion: OperationConversion = of(json!({"id": "c", "assets": {"stlUrl": url}}));
        for saved in [
            save(&mint, &conversion).await,
            save(&mint, asset()).await,
            save(&mint, vec![asset()]).await,
            save(&mint, Assets::from_iter([asset()])).await,
        ] {
            match saved {
                Ok(file) => assert!(is_good && file.kind == AssetKind::Stl),
                Err(error) => assert!(!is_good && error.kind() == ErrorKind::Download, "{error}"),
            }
        }
        assert!(server.lines().is_empty());
    }
}
