//! Fresh URLs for files whose URLs have expired.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::downloader::shown;
use crate::asset::{Asset, Assets, Source};
use crate::call::answer;
use crate::error::Error;
use crate::mint::Mint;

/// Asks the API for the URLs of files: once for all files that need it at a time.
#[derive(Clone, Debug)]
pub(super) struct Refresher {
    mint: Mint,
    source: Option<Source>,
    newest: Arc<Mutex<Option<Assets>>>,
}

impl Refresher {
    pub(super) fn new(mint: Mint, source: Option<&Source>) -> Self {
        Self { mint, source: source.cloned(), newest: Arc::default() }
    }

    /// Another URL of the file than this one; `None` if there is none to be had.
    pub(super) async fn fresh(&self, asset: &Asset, expired: &str) -> Result<Option<String>, Error> {
        let Some(source) = &self.source else {
            return Ok(None);
        };
        // Held while the API is asked, so that others wait for its answer instead of asking, too.
        let mut newest = self.newest.lock().await;
        if let Some(url) = newest.as_ref().and_then(|assets| other_url(assets, asset, expired)) {
            return Ok(Some(url));
        }
        let assets = read(&self.mint, source).await?;
        let url = other_url(&assets, asset, expired);
        *newest = Some(assets);
        Ok(url)
    }
}

async fn read(mint: &Mint, source: &Source) -> Result<Assets, Error> {
    let api = mint.api();
    let assets = match source {
        Source::Operation(id) => Assets::of(&mint.attach(id)?.get().await?),
        Source::Model(id) => {
            let model = api.get_model().model_id(id).send().await;
            Assets::from(&answer(format_args!("read model {id}"), model)?.value)
        }
        Source::World(id) => {
            let world = api.get_world().world_id(id).send().await;
            Assets::from(&answer(format_args!("read world {id}"), world)?.value)
        }
        Source::AssetManifest { asset_type, id } => {
            let manifest = api.get_artifact_manifest().asset_type(asset_type).asset_id(id).send().await;
            Assets::from(&answer(format_args!("read the artifact manifest of {id}"), manifest)?.value)
        }
        Source::AnimationManifest { target_type, id } => {
            let manifest = api.get_animation_artifact_manifest().target_type(target_type).target_id(id).send().await;
            Assets::from(&answer(format_args!("read the artifact manifest of {id}"), manifest)?.value)
        }
    };
    Ok(assets)
}

/// Another URL of the same file: of one at the same place, if there is such a one, else of one of the same kind and name.
fn other_url(assets: &Assets, asset: &Asset, expired: &str) -> Option<String> {
    let alike = || assets.iter().filter(|other| other.kind == asset.kind && other.file_name == asset.file_name);
    let same = alike().find(|other| shown(&other.url) == shown(&asset.url));
    same.or_else(|| alike().next()).map(|other| other.url.clone()).filter(|url| url != expired)
}
