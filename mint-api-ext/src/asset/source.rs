//! Where the API tells of files, and where else it does when it does not there.

use mint_api::types::Operation;

use super::{Asset, AssetKind, Assets, Subject};
use crate::client::Mint;
use crate::error::Error;
use crate::read::AssetType;

/// What to read for the files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    /// `GET /v1/operations/{operationId}`.
    Operation(String),
    /// `GET /v1/models/{modelId}`.
    Model(String),
    /// `GET /v1/worlds/{worldId}`.
    World(String),
    /// `GET /v1/assets/{assetType}/{assetId}/artifact-manifest`.
    AssetManifest { asset_type: AssetType, id: String },
    /// `GET /v1/animations/{targetType}/{targetId}/artifact-manifest`.
    AnimationManifest(String),
}

impl Source {
    pub(crate) async fn read(&self, mint: &Mint) -> Result<Assets, Error> {
        let assets = match self {
            Self::Operation(id) => Assets::of(&mint.operation(id).await?),
            Self::Model(id) => Assets::from(&mint.model(id).await?),
            Self::World(id) => Assets::from(&mint.world(id).await?),
            Self::AssetManifest { asset_type, id } => {
                Assets::from(&mint.artifact_manifest(asset_type.clone(), id).await?)
            }
            Self::AnimationManifest(id) => Assets::from(&mint.animation_manifest(id).await?),
        };
        // A manifest need not say what it is of.
        Ok(Assets { source: Some(self.clone()), ..assets })
    }
}

impl Mint {
    /// The files of an operation, and where its reply does not have them, those of the model or world that it made, or
    /// else of the artifact manifest of that.
    ///
    /// The reply does not have them when it names none, or when the operation succeeded and it names only pictures.
    /// No request is sent if it does. A conversion has only the files that it names itself, since those of its model are
    /// not what was asked for. [`download`](Self::download) does the same.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation); that there is no such model, world or manifest (404), or that it may not be
    /// read (403), is no error: there are no files then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let assets = mint.assets_of(&operation).await?;
    /// println!("{:?}", assets.preferred());
    /// # assert!(assets.preferred().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn assets_of(&self, operation: &Operation) -> Result<Assets, Error> {
        Assets::of(operation).completed(self).await
    }
}

impl Assets {
    /// With the files of the first other place that has more than pictures; without any, as many as there are.
    pub(crate) async fn completed(mut self, mint: &Mint) -> Result<Self, Error> {
        let subject = self.subject;
        for source in std::mem::take(&mut self.elsewhere) {
            let found = match source.read(mint).await {
                Ok(found) => found,
                // There is no such place, or it is closed.
                Err(error) if error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 403 | 404)) => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            if found.len() > self.len() || found.iter().any(is_result) {
                self = found;
            }
            if self.iter().any(is_result) {
                break;
            }
        }
        if self.subject == Subject::Unknown {
            self.subject = subject;
        }
        Ok(self)
    }
}

/// Where else the files of an operation are told of, in the order to ask.
pub(super) fn elsewhere(operation: &Operation, subject: Subject, files: &[Asset]) -> Vec<Source> {
    let is_missing = match operation.status.as_str() {
        "succeeded" | "partially_succeeded" => !files.iter().any(is_result),
        _ => files.is_empty(),
    };
    let Some(resource) = operation.resource.as_ref().filter(|_| is_missing && subject != Subject::Conversion) else {
        return Vec::new();
    };
    let id = resource.id.clone();
    let manifest = || Source::AssetManifest { asset_type: resource.type_.as_str().into(), id: id.clone() };
    match resource.type_.as_str() {
        "model" => vec![Source::Model(id.clone()), manifest()],
        "world" => vec![Source::World(id.clone()), manifest()],
        "animation" => vec![Source::AnimationManifest(id)],
        _ => vec![manifest()],
    }
}

/// Whether a file is more than a picture of the result.
fn is_result(asset: &Asset) -> bool {
    !matches!(asset.kind, AssetKind::PreviewImage | AssetKind::Thumbnail)
}
