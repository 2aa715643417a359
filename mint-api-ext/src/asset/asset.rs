//! The files of an operation.

use std::fmt;

use mint_api::types::{ArtifactManifest, Model, Operation, OperationConversion, World};

use super::{AssetKind, Source, artifacts, collect};
use crate::error::shown;

/// A file that Mint made.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Asset {
    /// What the file is.
    pub kind: AssetKind,
    /// Where the file is. It is not checked before it is used.
    pub url: String,
    /// How large the file is, in bytes, where the API says so.
    pub bytes: Option<u64>,
    /// The media type, where the API says so.
    pub content_type: Option<String>,
    /// The name the API gives the file; not yet fit for a file system.
    pub file_name: Option<String>,
    /// How the file is packed, where the API says so: `single_file`, or `zip` for an archive.
    pub packaging: Option<String>,
    /// The path of the file to open first in an archive, where the API says so.
    pub primary_path: Option<String>,
}

impl Asset {
    /// Whether the file is a zip archive of files.
    pub(crate) fn is_archive(&self) -> bool {
        self.packaging.as_deref() == Some("zip")
    }
}

/// Without the query of the URL, which may be a secret.
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
            .finish()
    }
}

/// What the files of an operation are files of.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Subject {
    /// A world.
    World,
    /// A model.
    Model,
    /// A model converted to other formats.
    Conversion,
    /// Something this version does not know.
    #[default]
    Unknown,
}

/// The files of an operation, or of what it made: a model, a world, a conversion, an artifact manifest.
///
/// Each is read from the reply that tells of it, by `From`. Where that reply names the resource it is of, a download
/// can read it again once a URL has expired.
///
/// # Examples
///
/// ```
/// use mint_api_ext::{AssetKind, Assets};
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
    /// What to read again for fresh URLs.
    pub(super) source: Option<Source>,
    pub(super) assets: Vec<Asset>,
    /// What to read for the files that should be here, and are not.
    pub(super) elsewhere: Vec<Source>,
}

impl Assets {
    /// The files of an operation: every one that has a URL, in the order of the document.
    ///
    /// Files in a member of `assets` that this version does not know are found, too, by the names of their fields. Where
    /// the operation does not name its files, [`Mint::assets_of`](crate::Mint::assets_of) looks for them elsewhere.
    pub fn of(operation: &Operation) -> Self {
        collect::of(operation)
    }

    /// What the files are files of: told by the type of the resource, else by that of the operation, else by the fields
    /// of its `assets`.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// The model to show or to work with: the optimized GLB, else the plain one.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::{Asset, AssetKind, Assets};
    ///
    /// let glb = Asset::new(AssetKind::Glb, "https://cdn.mint.gg/a.glb");
    /// let optimized = Asset::new(AssetKind::OptimizedGlb, "https://cdn.mint.gg/b.glb");
    /// assert_eq!(Assets::from(vec![glb.clone(), optimized.clone()]).preferred(), Some(&optimized));
    /// assert_eq!(Assets::from(vec![glb.clone()]).preferred(), Some(&glb));
    /// assert_eq!(Assets::from(vec![]).preferred(), None);
    /// ```
    pub fn preferred(&self) -> Option<&Asset> {
        let of_kind = |kind| self.iter().find(|asset| asset.kind == kind);
        of_kind(AssetKind::OptimizedGlb).or_else(|| of_kind(AssetKind::Glb))
    }

    /// What to read again for fresh URLs, where that is known.
    pub(crate) fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// One file of this operation or resource, with the same source of fresh URLs.
    pub(crate) fn narrowed_to(self, asset: Asset) -> Self {
        Self { assets: vec![asset], elsewhere: Vec::new(), ..self }
    }

    /// The files.
    pub fn iter(&self) -> std::slice::Iter<'_, Asset> {
        self.assets.iter()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.assets.len()
    }

    /// Whether there are no files.
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

/// The files of an artifact manifest that have a URL, and what a streamed world is streamed from:
/// `GET /v1/assets/{assetType}/{assetId}/artifact-manifest` and its like for animations.
///
/// A file is of the kind that its artifact id or its role names; one of a role that this version does not know, such as
/// a clip of an animation, is [`AssetKind::Other`] with the name of the role.
impl From<&ArtifactManifest> for Assets {
    fn from(manifest: &ArtifactManifest) -> Self {
        artifacts::of(manifest)
    }
}

/// The files of a conversion alone; where their URLs come from is not known then.
impl From<&OperationConversion> for Assets {
    fn from(conversion: &OperationConversion) -> Self {
        collect::of_conversion(conversion)
    }
}

/// One file; of what it is a file is not known then.
impl From<Asset> for Assets {
    fn from(asset: Asset) -> Self {
        Self::from_iter([asset])
    }
}

/// Several chosen files; of what they are files is not known then.
impl From<Vec<Asset>> for Assets {
    fn from(assets: Vec<Asset>) -> Self {
        Self::from_iter(assets)
    }
}

/// Several chosen files; of what they are files is not known then.
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
