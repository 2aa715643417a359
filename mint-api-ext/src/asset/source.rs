//! Finds an operation's files in its reply, its model or world, or its artifact manifest.

use std::collections::VecDeque;
use std::fmt;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mint_api::types::Operation;

use super::collect::resource_key;
use super::{Asset, AssetKind, Assets, Subject, asset_pack};
use crate::client::{Mint, resource_of};
use crate::error::{Error, id, quoted};
use crate::read::{ANIMATION_TARGETS, AssetType};

/// A route that names files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    /// `GET /v1/operations/{operationId}`.
    Operation(String),
    /// `GET /v1/models/{modelId}`.
    Model(String),
    /// `GET /v1/worlds/{worldId}`.
    World(String),
    /// `GET /v1/asset-packs/{assetPackId}`, and the model of each item.
    AssetPack(String),
    /// `GET /v1/assets/{assetType}/{assetId}/artifact-manifest`.
    AssetManifest { asset_type: AssetType, id: String },
    /// `GET /v1/animations/{targetType}/{targetId}/artifact-manifest`.
    AnimationManifest(String),
    /// `GET /v1/animations/{targetType}/{targetId}/artifacts`, and each of them.
    AnimationArtifacts(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(id) => write!(f, "operation {id}"),
            Self::Model(id) => write!(f, "model {id}"),
            Self::World(id) => write!(f, "world {id}"),
            Self::AssetPack(id) => write!(f, "asset pack {id} with its models"),
            Self::AssetManifest { asset_type, id } => {
                write!(f, "the artifact manifest of {} {id}", asset_type.as_str())
            }
            Self::AnimationManifest(id) => write!(f, "the artifact manifest of animation {id}"),
            Self::AnimationArtifacts(id) => write!(f, "the artifacts of animation {id}"),
        }
    }
}

impl Source {
    pub(crate) fn read<'a>(&'a self, mint: &'a Mint) -> BoxFuture<'a, Result<Assets, Error>> {
        async move {
            let assets = match self {
                Self::Operation(id) => Assets::of(&mint.operation(id).await?),
                Self::Model(id) => Assets::from(&mint.model(id).await?),
                Self::World(id) => Assets::from(&mint.world(id).await?),
                Self::AssetPack(id) => asset_pack::read(mint, id).await?,
                Self::AssetManifest { asset_type, id } => {
                    Assets::from(&mint.artifact_manifest(asset_type.clone(), id).await?)
                }
                Self::AnimationManifest(id) => Assets::from(&mint.animation_manifest(id).await?),
                Self::AnimationArtifacts(id) => animation_artifacts(mint, id).await?,
            };
            // A manifest may omit its source.
            Ok(Assets { sources: vec![self.clone()], ..assets })
        }
        .boxed()
    }
}

impl Mint {
    /// Finds an operation's files: in its reply, otherwise in its model or world, otherwise in the artifact manifest. For an
    /// animation, it reads the manifest, then the list of artifacts and each of them. For an asset pack, it reads the model of
    /// each item, whose files then have an [`item`](crate::asset::Asset::item); only if none has a file, the manifest.
    ///
    /// This method sends no request if the reply is enough: it names files and, after a success, more than images. A
    /// conversion has only the files in its reply, since the files of its model have other formats.
    /// [`download`](Self::download) finds files in the same way.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation). A model, world or manifest for which the server answers 400, 403 or 404 counts as
    /// one without files.
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

    /// Finds the files of an animation by its id: in its artifact manifest, otherwise by the list of its artifacts and each of
    /// them, since the manifest is closed to some accounts.
    ///
    /// [`download`](Self::download) finds the files of the operation in the same way; this method is for an animation whose
    /// operation is not known.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation). If the server answers 400, 403 or 404 to both routes, there are no files; a download
    /// of them says what each route answered.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let directory = tempfile::tempdir()?;
    /// # let operation = mint.generate_model("a rider").send_and_wait().await?.into_operation();
    /// # let model = operation.resource.and_then(|model| model.id).ok_or("no model")?;
    /// # let operation = mint.animate_model(model, "waves").send_and_wait().await?.into_operation();
    /// # let id = operation.resource.and_then(|animation| animation.id).ok_or("no animation")?;
    /// let clips = mint.animation_assets(id).await?;
    /// mint.download(clips).to_dir(directory.path()).await?.complete()?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn animation_assets(&self, id: impl AsRef<str> + Send) -> Result<Assets, Error> {
        let id = id.as_ref().to_owned();
        id::check("animation", &id)?;
        let elsewhere = [Source::AnimationManifest(id.clone()), Source::AnimationArtifacts(id.clone())].into();
        let resource = Some(resource_key("animation", &id));
        Assets { resource, may_lack_result: true, elsewhere, ..Assets::default() }.completed(self).await
    }
}

impl Assets {
    /// Reads the other routes until one names more than images, if this list may lack the result.
    pub(crate) async fn completed(mut self, mint: &Mint) -> Result<Self, Error> {
        while self.may_lack_result
            && let Some(found) = self.read_next(mint).await?
        {
            let has_result = found.iter().any(is_result);
            if has_result || found.len() > self.len() {
                if self.subject == Subject::Unknown {
                    self.subject = found.subject;
                }
                self.resource = self.resource.or(found.resource);
                (self.sources, self.assets, self.without_file) = (found.sources, found.assets, found.without_file);
            }
            self.may_lack_result = !has_result;
        }
        Ok(self)
    }

    /// Reads the other routes until `is_enough`, and adds the files of kinds that this list lacks.
    pub(crate) async fn extended(mut self, mint: &Mint, is_enough: impl Fn(&Self) -> bool) -> Result<Self, Error> {
        while !is_enough(&self)
            && let Some(found) = self.read_next(mint).await?
        {
            let lacks = |asset: &Asset| self.of_kind(&asset.kind).is_none();
            let new: Vec<_> = found.assets.into_iter().filter(lacks).collect();
            if !new.is_empty() {
                self.assets.extend(new);
                self.sources.extend(found.sources);
            }
        }
        Ok(self)
    }

    /// The files of the next route that answers; `None` if every route is read.
    async fn read_next(&mut self, mint: &Mint) -> Result<Option<Self>, Error> {
        while let Some(source) = self.elsewhere.pop_front() {
            match source.read(mint).await {
                Ok(found) => {
                    self.looked.push(format!("{source} names {}", named(&found.assets)));
                    return Ok(Some(found));
                }
                Err(error) if is_refusal(&error) => self.looked.push(format!("{source} answers {}", answered(&error))),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// Whether the route does not know the resource, or the key may not read it.
pub(super) fn is_refusal(error: &Error) -> bool {
    error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 403 | 404))
}

/// Whether other routes may name the result of an operation that names these files.
pub(super) fn may_lack_result(operation: &Operation, files: &[Asset]) -> bool {
    match operation.status.as_str() {
        "succeeded" | "partially_succeeded" => !files.iter().any(is_result),
        _ => files.is_empty(),
    }
}

/// The other routes that may name the files of an operation, in the order in which to read them.
pub(super) fn elsewhere(operation: &Operation, subject: Subject) -> VecDeque<Source> {
    let Some((kind, id)) = resource_of(operation).filter(|_| subject != Subject::Conversion) else {
        return VecDeque::new();
    };
    let id = id.to_owned();
    let manifest = || Source::AssetManifest { asset_type: kind.into(), id: id.clone() };
    let routes = match kind {
        "model" => vec![Source::Model(id.clone()), manifest()],
        "world" => vec![Source::World(id.clone()), manifest()],
        // The models have names, and files of every format.
        "asset_pack" => vec![Source::AssetPack(id.clone()), manifest()],
        type_ if is_animation(type_) => {
            vec![Source::AnimationManifest(id.clone()), Source::AnimationArtifacts(id)]
        }
        _ => vec![manifest()],
    };
    routes.into()
}

/// Whether a resource of this type is read by the routes of animations. An operation calls them `animation`, the routes
/// by their target types.
pub(super) fn is_animation(type_: &str) -> bool {
    type_ == "animation" || ANIMATION_TARGETS.contains(&type_)
}

/// The files of an animation by their list, which has no URLs, and each of its members, which has.
async fn animation_artifacts(mint: &Mint, id: &str) -> Result<Assets, Error> {
    let mut assets = Vec::new();
    for listed in mint.animation_artifacts(id).await? {
        let artifact = mint.animation_artifact(id, &listed.id).await?;
        let Some(url) = &artifact.download_url else {
            continue;
        };
        let kind = artifact.kind.or(listed.kind).unwrap_or(listed.id);
        assets.push(Asset {
            bytes: artifact.byte_size.and_then(|bytes| u64::try_from(bytes).ok()),
            content_type: artifact.content_type.or(listed.content_type),
            file_name: artifact.filename.or(listed.filename),
            ..Asset::new(AssetKind::Other(kind), url)
        });
    }
    Ok(Assets { resource: Some(resource_key("animation", id)), assets, ..Assets::default() })
}

/// The kinds of files, for a text.
pub(super) fn named(assets: &[Asset]) -> String {
    match assets {
        [] => "no file".to_owned(),
        assets => assets.iter().map(|asset| asset.kind.to_string()).collect::<Vec<_>>().join(", "),
    }
}

/// The status of a refusal and the slug of its problem, for a text.
pub(super) fn answered(error: &Error) -> String {
    let status = error.status().map(|status| status.as_u16().to_string()).unwrap_or_default();
    match error.problem_type() {
        Some(slug) => format!("{status} (`{}`)", quoted(slug)),
        None => status,
    }
}

/// Whether a file is part of the result, not only an image of it.
fn is_result(asset: &Asset) -> bool {
    !matches!(asset.kind, AssetKind::PreviewImage | AssetKind::Thumbnail)
}
