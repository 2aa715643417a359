//! Fresh URLs for files whose URLs have expired.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::asset::{Asset, Assets, Source};
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
        let assets = match source {
            Source::Operation(id) => Assets::of(&self.mint.attach(id)?.get().await?),
        };
        let url = other_url(&assets, asset, expired);
        *newest = Some(assets);
        Ok(url)
    }
}

fn other_url(assets: &Assets, asset: &Asset, expired: &str) -> Option<String> {
    let same = |other: &&Asset| other.kind == asset.kind && other.file_name == asset.file_name;
    assets.iter().find(same).map(|other| other.url.clone()).filter(|url| url != expired)
}
