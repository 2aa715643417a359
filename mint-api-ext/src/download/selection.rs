//! Which files a download saves, and the error of those that no place names.

use super::download::Download;
use crate::asset::{AssetKind, Assets};
use crate::error::{Error, ErrorKind};

/// What it means that no file is of a kind that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Absent {
    IsAnError,
    IsFine,
}

impl Download {
    /// Fetches only files of these kinds. Default: every file.
    ///
    /// A kind of which there is no file is an error, [`Report::missing`](crate::download::Report::missing), but for
    /// [`optional`](Self::optional).
    pub fn only(mut self, kinds: impl IntoIterator<Item = AssetKind>) -> Self {
        self.wanted.push(kinds.into_iter().collect());
        self
    }

    /// Lets the kinds of [`only`](Self::only) be absent, as long as there are other files. Default: an absent kind is an
    /// error.
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
        self.absent = Absent::IsFine;
        self
    }

    /// The error of kinds that no file has, or of no file at all.
    pub(super) fn missing(&self, assets: &Assets) -> Option<Error> {
        let what = match (assets.is_empty(), self.wanted.split_first()) {
            (true, None) => "no file".to_owned(),
            (false, None) => return None,
            (false, Some(_)) if self.absent == Absent::IsFine => return None,
            (_, Some((first, others))) => {
                let wanted = first.iter().filter(|kind| others.iter().all(|kinds| kinds.contains(kind)));
                let is_absent = |kind: &&AssetKind| !assets.iter().any(|asset| asset.kind == **kind);
                let absent: Vec<_> = wanted.clone().filter(is_absent).map(ToString::to_string).collect();
                match absent.as_slice() {
                    [] if wanted.count() > 0 => return None,
                    [] => "no file: `only` names no kind".to_owned(),
                    absent => format!("no file of these kinds: {}", absent.join(", ")),
                }
            }
        };
        let whose = assets.resource().map(|resource| format!(" of {}", resource.replace('/', " "))).unwrap_or_default();
        let places = match assets.looked() {
            [] if assets.is_empty() => "none was given".to_owned(),
            [] => "the files that were given have none".to_owned(),
            looked => looked.join("; "),
        };
        let advice = match self.wanted.as_slice() {
            _ if places.contains("downloads-disabled") => "let the owner allow downloads, then download again",
            [] => "wait until the operation has ended, then read it and download again",
            _ => "wait until the operation has ended, name other kinds, or let these be absent by `optional`",
        };
        Some(Error::new(ErrorKind::Download, format!("found {what}{whose}: {places}; {advice}")))
    }
}
