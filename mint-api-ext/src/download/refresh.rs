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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::{AssetKind, PackItem};

    fn asset(kind: AssetKind, path: &str, signature: u32) -> Asset {
        Asset::new(kind, &format!("https://cdn.mint.gg/{path}?signature={signature}"))
    }

    #[test]
    fn a_fresh_url_is_of_the_same_file() {
        let glb = || asset(AssetKind::Glb, "a", 2);
        let named = |name: &str, asset| Asset { file_name: Some(name.to_owned()), ..asset };
        let of_item = |name: &str, asset| {
            let item = PackItem { name: name.to_owned(), model_id: "m_1".to_owned() };
            Asset { item: Some(item), ..asset }
        };
        let expired = asset(AssetKind::Glb, "a", 1);
        for (wanted, listed, found) in [
            (expired.clone(), vec![glb()], Some("a")),
            (expired.clone(), vec![asset(AssetKind::Fbx, "a", 2)], None),
            (expired.clone(), vec![named("b", glb())], None),
            (expired.clone(), vec![of_item("Rake", glb())], None),
            (
                named("a", expired.clone()),
                vec![named("b", glb()), named("a", asset(AssetKind::Glb, "c", 2))],
                Some("c"),
            ),
            (of_item("Rake", expired.clone()), vec![of_item("Cart", glb())], None),
            // The same path comes first; where none has it, the URL has moved.
            (expired.clone(), vec![asset(AssetKind::Glb, "b", 2), glb()], Some("a")),
            (expired.clone(), vec![asset(AssetKind::Glb, "b", 2)], Some("b")),
            // The URL that has expired is of no use.
            (expired.clone(), vec![expired.clone()], None),
            (expired.clone(), vec![], None),
        ] {
            let found = found.map(|path| format!("https://cdn.mint.gg/{path}?signature=2"));
            assert_eq!(other_url(&listed.iter().cloned().collect(), &wanted, &expired.url), found, "{listed:?}");
        }
    }
}
