//! The files of an operation.

use std::collections::VecDeque;
use std::fmt;

use mint_api::types::{ArtifactManifest, Model, Operation, OperationConversion, World};

use super::collect::resource_key;
use super::source::named;
use super::{AssetKind, Source, artifacts, collect};
use crate::error::shown;

/// A file that Mint made.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Asset {
    /// The kind of the file.
    pub kind: AssetKind,
    /// The URL of the file, as the API sent it. A download checks it.
    pub url: String,
    /// The size of the file in bytes, if the API sends it.
    pub bytes: Option<u64>,
    /// The media type, if the API sends it.
    pub content_type: Option<String>,
    /// The API's name for the file. It may be unsafe as a path; a download makes it safe.
    pub file_name: Option<String>,
    /// The packaging, if the API sends it: `single_file`, or `zip` for an archive.
    pub packaging: Option<String>,
    /// The path in the archive of the file to open first, if the API sends it.
    pub primary_path: Option<String>,
    /// The item of the asset pack whose file it is, if it is read by that.
    pub item: Option<PackItem>,
}

/// An item of an asset pack.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PackItem {
    /// The name of the item, which no other item of the pack has: a repeated one ends in a number, such as `Rake 2`.
    pub name: String,
    /// The id of its model.
    pub model_id: String,
}

impl Asset {
    /// Whether the file is a zip archive of files.
    pub(crate) fn is_archive(&self) -> bool {
        self.packaging.as_deref() == Some("zip")
    }
}

/// Omits the query of the URL, which may be a secret.
impl fmt::Debug for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asset")
            .field("kind", &self.kind)
            .field("url", &shown(&self.url))
            .field("bytes", &self.bytes)
            .field("content_type", &self.content_type)
            .field("file_name", &self.file_name)
            .field("packaging", &self.packaging)
            .field("primary_path", &self.primary_path)
            .field("item", &self.item)
            .finish()
    }
}

/// The subject of a list of files: what Mint made.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Subject {
    /// A world.
    World,
    /// A model.
    Model,
    /// A model converted to other formats.
    Conversion,
    /// A subject that this version does not know.
    #[default]
    Unknown,
}

/// The files of an operation, a model, a world, a conversion or an artifact manifest.
///
/// `From` reads them from each of these. If the reply names its operation or resource, a download can read that again
/// after a URL has expired.
///
/// # Examples
///
/// ```
/// use mint_api_ext::asset::{AssetKind, Assets};
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// let operation = mint.attach(id)?.wait().await?.into_operation();
/// let assets = Assets::of(&operation);
/// let glb = assets.iter().find(|asset| asset.kind == AssetKind::Glb);
/// println!("{:?}", glb.map(|glb| glb.bytes));
/// # assert!(glb.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Assets {
    pub(super) subject: Subject,
    /// The resource of the files, such as `model/m_1`.
    pub(super) resource: Option<String>,
    /// The routes to read again for fresh URLs, the first one first.
    pub(super) sources: Vec<Source>,
    pub(super) assets: Vec<Asset>,
    /// Whether this list may lack the result.
    pub(super) may_lack_result: bool,
    /// The other routes that may name files, in the order in which to read them.
    pub(super) elsewhere: VecDeque<Source>,
    /// The items of an asset pack that have no file, and why.
    pub(super) without_file: Vec<String>,
    /// Where files were looked for, and what each place said: for the error of a download that finds none.
    pub(super) looked: Vec<String>,
}

impl Assets {
    /// The files that an operation names with a URL, in the order of the document. No request is sent.
    ///
    /// If this version does not know the type of `assets`, it finds files by the names of their fields. If the operation does
    /// not name its files, [`Mint::assets_of`](crate::Mint::assets_of) reads other routes.
    pub fn of(operation: &Operation) -> Self {
        collect::of(operation)
    }

    /// The subject of the files. The type of the resource decides it, otherwise the type of the operation, otherwise the
    /// fields of `assets`.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// The resource of the files, such as `model/m_1`, if it is known. Every route to a file names the same one.
    pub(crate) fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// The resource of one file: of an item of an asset pack, its model.
    pub(crate) fn resource_of(&self, asset: &Asset) -> Option<String> {
        match &asset.item {
            Some(item) => Some(resource_key("model", &item.model_id)),
            None => self.resource.clone(),
        }
    }

    /// The routes to read again for fresh URLs.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The items of an asset pack that have no file, and why, for a text.
    pub(crate) fn without_file(&self) -> &[String] {
        &self.without_file
    }

    /// The files of each item of an asset pack, or else all files.
    pub(crate) fn by_item(&self) -> Vec<(Option<&PackItem>, Self)> {
        let mut items: Vec<&PackItem> = self.iter().filter_map(|asset| asset.item.as_ref()).collect();
        items.dedup();
        let of = |item: &PackItem| self.iter().filter(|asset| asset.item.as_ref() == Some(item)).cloned().collect();
        match items.as_slice() {
            [] => vec![(None, self.iter().cloned().collect())],
            items => items.iter().map(|item| (Some(*item), of(item))).collect(),
        }
    }

    /// The kinds of the files, for a text.
    pub(crate) fn kinds(&self) -> String {
        named(&self.assets)
    }

    /// Where files were looked for, and what each place said.
    pub(crate) fn looked(&self) -> &[String] {
        &self.looked
    }

    /// One file of this operation or resource, with the same source of fresh URLs.
    pub(crate) fn narrowed_to(self, asset: Asset) -> Self {
        Self { assets: vec![asset], may_lack_result: false, elsewhere: VecDeque::new(), ..self }
    }

    /// The files.
    pub fn iter(&self) -> std::slice::Iter<'_, Asset> {
        self.assets.iter()
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.assets.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }
}

impl From<&Operation> for Assets {
    fn from(operation: &Operation) -> Self {
        Self::of(operation)
    }
}

/// The files of a model: `GET /v1/models/{modelId}`, field `assets`.
impl From<&Model> for Assets {
    fn from(model: &Model) -> Self {
        collect::of_model(model)
    }
}

/// The files of a world: `GET /v1/worlds/{worldId}`, field `assets`.
impl From<&World> for Assets {
    fn from(world: &World) -> Self {
        collect::of_world(world)
    }
}

/// The files of an artifact manifest: `GET /v1/assets/{assetType}/{assetId}/artifact-manifest`, and the same route of
/// animations.
///
/// These are the artifacts that have a URL, and the files that a world is streamed from. The artifact's id or role decides
/// the kind. A file with an unknown role, such as a clip of an animation, is [`AssetKind::Other`] with the name of the role.
impl From<&ArtifactManifest> for Assets {
    fn from(manifest: &ArtifactManifest) -> Self {
        artifacts::of(manifest)
    }
}

/// The files of a conversion. Fresh URLs cannot be read for them.
impl From<&OperationConversion> for Assets {
    fn from(conversion: &OperationConversion) -> Self {
        collect::of_conversion(conversion)
    }
}

/// One file. Fresh URLs cannot be read for it.
impl From<Asset> for Assets {
    fn from(asset: Asset) -> Self {
        Self::from_iter([asset])
    }
}

/// Several chosen files. Fresh URLs cannot be read for them.
impl From<Vec<Asset>> for Assets {
    fn from(assets: Vec<Asset>) -> Self {
        Self::from_iter(assets)
    }
}

/// Several chosen files. Fresh URLs cannot be read for them.
impl FromIterator<Asset> for Assets {
    fn from_iter<I: IntoIterator<Item = Asset>>(assets: I) -> Self {
        Self { assets: assets.into_iter().collect(), ..Self::default() }
    }
}

impl IntoIterator for Assets {
    type Item = Asset;
    type IntoIter = std::vec::IntoIter<Asset>;

    fn into_iter(self) -> Self::IntoIter {
        self.assets.into_iter()
    }
}

impl<'a> IntoIterator for &'a Assets {
    type Item = &'a Asset;
    type IntoIter = std::slice::Iter<'a, Asset>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
