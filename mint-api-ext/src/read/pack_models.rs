//! The models of an asset pack.

use std::fmt;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use mint_api::types::{AssetPackItem, Model, Operation};

use super::Items;
use crate::client::{Mint, resource_of};
use crate::error::{Error, ErrorKind};

/// How many models are read at once.
const CONCURRENCY: usize = 4;

/// An item of an asset pack with its model; see [`Mint::asset_pack_models`].
#[derive(Clone)]
#[non_exhaustive]
pub struct PackModel {
    /// The item: its name, its status and the id of its model.
    pub item: AssetPackItem,
    /// The model, whose assets have the files; `None` for an item that has none, such as one that failed.
    pub model: Option<Model>,
}

/// Shows only the item and the id of the model; the rest may hold signed URLs.
impl fmt::Debug for PackModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.model.as_ref().map(|model| &model.id);
        f.debug_struct("PackModel").field("item", &self.item).field("model", &model).finish()
    }
}

impl Mint {
    /// The items of the asset pack that an operation makes or has made, each with its model, in the order of the pack.
    ///
    /// The items are as they are now: of a pack that succeeded in part, those that failed come, too, without a model. It reads
    /// the pack, `GET /v1/asset-packs/{assetPackId}`, and then each model, four at a time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when the operation makes no asset pack; otherwise as [`operation`](Self::operation).
    /// The stream ends after its first error.
    ///
    /// # Cancellation
    ///
    /// Dropping the stream stops the reading.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::TryStreamExt as _;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let operation = mint.generate_asset_pack("garden tools", 3).send_and_wait().await?.into_operation();
    /// let mut models = mint.asset_pack_models(&operation);
    /// while let Some(pack) = models.try_next().await? {
    ///     println!("{:?} is {:?}", pack.item.display_name, pack.item.status);
    ///     if let Some(model) = pack.model {
    ///         println!("{} files", mint_api_ext::asset::Assets::from(&model).len());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn asset_pack_models(&self, operation: &Operation) -> Items<PackModel> {
        let pack = match resource_of(operation) {
            Some(("asset_pack", id)) => Ok(id.to_owned()),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("operation {} makes no asset pack; read its own assets", operation.id),
            )),
        };
        let mint = self.clone();
        let items = async move {
            let items = mint.asset_pack(pack?).await?.items.unwrap_or_default();
            let models = stream::iter(items).map(move |item| with_model(mint.clone(), item));
            Ok::<_, Error>(models.buffered(CONCURRENCY))
        };
        Items::new(stream::once(items).try_flatten())
    }
}

async fn with_model(mint: Mint, item: AssetPackItem) -> Result<PackModel, Error> {
    let model = match &item.model_id {
        Some(id) => Some(mint.model(id).await?),
        None => None,
    };
    Ok(PackModel { item, model })
}
