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
    sources: Vec<Source>,
    /// The last reply of each source.
    newest: Arc<Mutex<Vec<Assets>>>,
}

impl Refresher {
    pub(super) fn new(mint: Mint, sources: &[Source]) -> Self {
        let newest = vec![Assets::default(); sources.len()];
        Self { mint, sources: sources.to_vec(), newest: Arc::new(Mutex::new(newest)) }
    }

    /// Whether the API can be asked: the files belong to a resource.
    pub(super) fn can_ask(&self) -> bool {
        !self.sources.is_empty()
    }

    /// A fresh URL of a file; `None` if the API has no other URL than the expired one.
    pub(super) async fn fresh(&self, asset: &Asset, expired: &str) -> Result<Option<String>, Error> {
        // Held during the request, so that other files wait for its reply and send none.
        let mut newest = self.newest.lock().await;
        if let Some(url) = newest.iter().find_map(|assets| other_url(assets, asset, expired)) {
            return Ok(Some(url));
        }
        for (source, newest) in self.sources.iter().zip(newest.iter_mut()) {
            *newest = source.read(&self.mint).await?;
            if let Some(url) = other_url(newest, asset, expired) {
                return Ok(Some(url));
            }
        }
        Ok(None)
    }
}

/// Finds another URL of a file. Prefers the same URL path, else the same kind and name.
fn other_url(assets: &Assets, asset: &Asset, expired: &str) -> Option<String> {
    let is_alike =
        |other: &&Asset| other.kind == asset.kind && other.file_name == asset.file_name && other.item == asset.item;
    let alike = || assets.iter().filter(is_alike);
    let same = alike().find(|other| shown(&other.url) == shown(&asset.url));
    same.or_else(|| alike().next()).map(|other| other.url.clone()).filter(|url| url != expired)
}
