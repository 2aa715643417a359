//! Picks: a download of the files that a use needs.

use std::fmt;

use super::download::Download;
use crate::asset::{Asset, AssetKind, Assets};

/// A choice of the files that a use needs: all of them, or none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Pick {
    Preferred,
    PreferredWithoutDraco,
    Poster,
    /// Of this quality.
    Splat(String),
    WorldRuntime,
}

/// # Picks
///
/// A pick chooses the files that a use needs. Several picks add up. A pick that finds nothing is
/// [`Report::missing`](crate::download::Report::missing), an error that says what was looked for and what there is, but
/// for [`optional`](Self::optional). [`Assets`] has a method of the same name for each pick.
impl Download {
    /// Fetches the model to show or to work with: the optimized GLB, or the original one if there is no optimized one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// let files = mint.download(&operation).preferred().poster().to_dir(directory).await?.complete()?;
    /// # assert_eq!(files.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn preferred(self) -> Self {
        self.picked(Pick::Preferred)
    }

    /// Fetches the model for a loader without Draco compression: the original GLB. The optimized one usually requires the
    /// extension `KHR_draco_mesh_compression`, and is never chosen.
    pub fn preferred_without_draco(self) -> Self {
        self.picked(Pick::PreferredWithoutDraco)
    }

    /// Fetches the picture to show before the model or the world is loaded: the preview image, or the thumbnail if there is
    /// no preview image.
    pub fn poster(self) -> Self {
        self.picked(Pick::Poster)
    }

    /// Fetches the SPZ splats of a quality such as `500k`; else of the nearest smaller quality; else of the nearest larger
    /// one. [`Assets::splat`] describes the order.
    pub fn splat(self, quality: impl Into<String>) -> Self {
        self.picked(Pick::Splat(quality.into()))
    }

    /// Fetches the two files that a world is walked through with: the RAD splats and the collider mesh. If either is missing,
    /// neither is fetched, and that is an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::world()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// let files = mint.download(&operation).world_runtime().to_dir(directory).await?.complete()?;
    /// # assert_eq!(files.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn world_runtime(self) -> Self {
        self.picked(Pick::WorldRuntime)
    }

    fn picked(mut self, pick: Pick) -> Self {
        self.selection.picks.push(pick);
        self
    }
}

impl Pick {
    /// The files; none if one of them is missing.
    pub(super) fn of<'a>(&self, assets: &'a Assets) -> Vec<&'a Asset> {
        let one = match self {
            Self::Preferred => assets.preferred(),
            Self::PreferredWithoutDraco => assets.preferred_without_draco(),
            Self::Poster => assets.poster(),
            Self::Splat(quality) => assets.splat(quality),
            Self::WorldRuntime => {
                return assets.world_runtime().map(|(rad, collider)| vec![rad, collider]).unwrap_or_default();
            }
        };
        one.into_iter().collect()
    }

    /// Whether it chooses one file: the same file for its caller, whichever kind it has.
    pub(super) fn is_of_one_file(&self) -> bool {
        *self != Self::WorldRuntime
    }

    /// Whether some of its files are there, and others are missing.
    pub(super) fn has_half(&self, assets: &Assets) -> bool {
        let has = |kind| assets.of_kind(&kind).is_some();
        *self == Self::WorldRuntime && has(AssetKind::Rad) != has(AssetKind::ColliderMesh)
    }

    /// The files that are missing, for a text.
    pub(super) fn absent(&self, assets: &Assets) -> Option<String> {
        if !self.of(assets).is_empty() {
            return None;
        }
        let what = match self {
            Self::Preferred => "GLB",
            Self::PreferredWithoutDraco => "GLB without Draco compression",
            Self::Poster => "preview image or thumbnail",
            Self::Splat(_) => "SPZ splats",
            Self::WorldRuntime if assets.of_kind(&AssetKind::Rad).is_some() => "collider mesh beside the RAD splats",
            Self::WorldRuntime if self.has_half(assets) => "RAD splats beside the collider mesh",
            Self::WorldRuntime => "RAD splats with a collider mesh",
        };
        Some(format!("no {what} (`{self}`)"))
    }
}

/// The call that makes it.
impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preferred => f.write_str("preferred"),
            Self::PreferredWithoutDraco => f.write_str("preferred_without_draco"),
            Self::Poster => f.write_str("poster"),
            Self::Splat(quality) => write!(f, "splat({quality:?})"),
            Self::WorldRuntime => f.write_str("world_runtime"),
        }
    }
}
