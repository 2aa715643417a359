//! Fresh URLs for files whose URLs have expired.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::asset::{Asset, Assets, Source};
use crate::client::Mint;
use crate::error::{Error, shown};

/// Asks the API for fresh URLs, with one request for all files that need one at the same time.
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

    /// Whether the API can be asked: the files belong to a resource.
    pub(super) fn can_ask(&self) -> bool {
        self.source.is_some()
    }

    /// A fresh URL of a file; `None` if the API has no other URL than the expired one.
    pub(super) async fn fresh(&self, asset: &Asset, expired: &str) -> Result<Option<String>, Error> {
        let Some(source) = &self.source else {
            return Ok(None);
        };
        // Held during the request, so that other files wait for its reply and send none.
        let mut newest = self.newest.lock().await;
        if let Some(url) = newest.as_ref().and_then(|assets| other_url(assets, asset, expired)) {
            return Ok(Some(url));
        }
        let assets = source.read(&self.mint).await?;
        let url = other_url(&assets, asset, expired);
        *newest = Some(assets);
        Ok(url)
    }
}

/// Finds another URL of a file. Prefers the same URL path, else the same kind and name.
fn other_url(assets: &Assets, asset: &Asset, expired: &str) -> Option<String> {
    let alike = || assets.iter().filter(|other| other.kind == asset.kind && other.file_name == asset.file_name);
    let same = alike().find(|other| shown(&other.url) == shown(&asset.url));
    same.or_else(|| alike().next()).map(|other| other.url.clone()).filter(|url| url != expired)
}
