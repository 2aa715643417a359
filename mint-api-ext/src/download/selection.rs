//! Which files a download saves.

use super::download::Download;
use super::pick::Pick;
use crate::asset::{Asset, AssetKind, Assets};

/// Which files a download saves; applied once the files are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The kinds of each call of `only`.
    pub(super) kinds: Vec<Vec<AssetKind>>,
    pub(super) picks: Vec<Pick>,
    pub(super) absent: Absent,
    pub(super) count: Count,
}

/// How many files may be selected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Count {
    #[default]
    Any,
    One,
}

/// What it means that a file that was asked for is absent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Absent {
    #[default]
    IsAnError,
    IsFine,
}

/// A file to save.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) asset: Asset,
    /// The pick of one file that chose it.
    pub(super) pick: Option<Pick>,
}

impl Selection {
    /// The files of the kinds of every `only`.
    pub(super) fn of_kinds(&self, assets: &Assets) -> Assets {
        assets.iter().filter(|asset| self.kinds.iter().all(|kinds| kinds.contains(&asset.kind))).cloned().collect()
    }

    /// The files to save, in the order of the assets. A pick chooses from each item of an asset pack.
    pub(super) fn of(&self, assets: &Assets) -> Vec<Selected> {
        let assets = self.of_kinds(assets);
        if self.picks.is_empty() {
            return assets.into_iter().map(|asset| Selected { asset, pick: None }).collect();
        }
        assets.by_item().iter().flat_map(|(_, assets)| self.picked(assets)).collect()
    }

    fn picked(&self, assets: &Assets) -> Vec<Selected> {
        let picked: Vec<_> = self.picks.iter().map(|pick| (pick, pick.of(assets))).collect();
        let selected = assets.iter().filter_map(|asset| {
            let (pick, _) = picked.iter().find(|(_, files)| files.iter().any(|file| std::ptr::eq(*file, asset)))?;
            Some(Selected { asset: asset.clone(), pick: pick.is_of_one_file().then(|| (*pick).clone()) })
        });
        selected.collect()
    }
}

impl Download {
    /// Fetches only files of these kinds. Default: every file.
    ///
    /// A kind of which there is no file is an error, [`Report::missing`](crate::download::Report::missing), but for
    /// [`optional`](Self::optional). With a pick, such as [`preferred`](Self::preferred), the kinds are those that it
    /// chooses from.
    pub fn only(mut self, kinds: impl IntoIterator<Item = AssetKind>) -> Self {
        self.selection.kinds.push(kinds.into_iter().collect());
        self
    }

    /// Lets the kinds of [`only`](Self::only) and the files of a pick be absent, as long as there are other files. Default:
    /// an absent one is an error. Half of a [`world_runtime`](Self::world_runtime) is an error in any case.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::AssetKind;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// # let directory = tempfile::tempdir()?;
    /// let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let download = mint.download(&operation).only([AssetKind::Glb, AssetKind::Rad]).optional();
    /// let files = download.to_dir(directory.path()).await?.complete()?;
    /// # assert_eq!(files.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn optional(mut self) -> Self {
        self.selection.absent = Absent::IsFine;
        self
    }

    /// Fetches this file, in place of the files chosen before. Unlike `mint.download(asset)`, the download still knows the
    /// operation, so that an expired URL is read anew.
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
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let assets = Assets::of(&operation);
    /// let usdz = assets.iter().find(|asset| asset.kind == AssetKind::Usdz).ok_or("no USDZ")?;
    /// let files = mint.download(&operation).asset(usdz).to_dir(directory).await?.complete()?;
    /// # assert_eq!(files.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn asset(mut self, asset: &Asset) -> Self {
        self.assets = self.assets.narrowed_to(asset.clone());
        self.selection = Selection::default();
        self
    }
}
