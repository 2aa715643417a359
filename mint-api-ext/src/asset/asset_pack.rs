//! Finds the files of an asset pack: those of the model of each item.

use std::collections::HashSet;

use futures::stream::{self, StreamExt as _};
use mint_api::types::AssetPackItem;

use super::collect::resource_key;
use super::source::{answered, is_refusal};
use super::{Asset, Assets, PackItem};
use crate::client::Mint;
use crate::error::Error;

/// How many models are read at once.
const CONCURRENCY: usize = 4;

/// The files of the model of each item, in the order of the pack.
pub(super) async fn read(mint: &Mint, id: &str) -> Result<Assets, Error> {
    let items = mint.asset_pack(id).await?.items.unwrap_or_default();
    let names = unique_names(&items);
    let read = stream::iter(items.into_iter().zip(names)).map(|(item, name)| read_item(mint, item, name));
    let read: Vec<_> = read.buffered(CONCURRENCY).collect().await;
    let mut pack = Assets { resource: Some(resource_key("asset_pack", id)), ..Assets::default() };
    for item in read {
        match item? {
            Ok(assets) => pack.assets.extend(assets),
            Err(why) => pack.without_file.push(why),
        }
    }
    Ok(pack)
}

/// The files of an item, or why there are none.
async fn read_item(mint: &Mint, item: AssetPackItem, name: String) -> Result<Result<Vec<Asset>, String>, Error> {
    let Some(model_id) = item.model_id else {
        let status = item.status.as_deref().unwrap_or("of no known status");
        return Ok(Err(format!("item {name:?} ({status:?}, without a model)")));
    };
    let mut assets = match mint.model(&model_id).await {
        Ok(model) => Assets::from(&model).assets,
        Err(error) if is_refusal(&error) => {
            return Ok(Err(format!("item {name:?} (model {model_id} answers {})", answered(&error))));
        }
        Err(error) => return Err(error),
    };
    if assets.is_empty() {
        return Ok(Err(format!("item {name:?} (model {model_id} names none)")));
    }
    for asset in &mut assets {
        asset.item = Some(PackItem { name: name.clone(), model_id: model_id.clone() });
    }
    Ok(Ok(assets))
}

/// The names of the items; one without a name is called `item`. A repeated name gets a number.
fn unique_names(items: &[AssetPackItem]) -> Vec<String> {
    let mut taken = HashSet::new();
    let names = items.iter().map(|item| {
        let name = item.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("item");
        let numbered = (2_u64..).map(|number| format!("{name} {number}"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
        name.unwrap_or_default()
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_one_name_get_numbers() {
        let item = |name: Option<&str>| -> AssetPackItem {
            serde_json::from_value(serde_json::json!({"displayName": name})).unwrap()
        };
        let items = [Some("Rake"), Some("rake"), None, Some(" "), Some("Rake 2"), Some("Hoe")].map(item);
        assert_eq!(unique_names(&items), ["Rake", "rake 2", "item", "item 2", "Rake 2 2", "Hoe"]);
    }
}
