//! A download of exactly one file.

use super::FetchedFile;
use super::destination::Destination;
use super::download::Download;
use super::selection::{Absent, Count, Selected};
use crate::error::{Error, ErrorKind};

impl Download {
    /// Saves the one file that is selected; an error if none is, or if there are several.
    pub(super) async fn run_one<D: Destination>(mut self, destination: D) -> Result<FetchedFile, Error> {
        self.selection.count = Count::One;
        self.selection.absent = Absent::IsAnError;
        let files = self.run(destination).await?.complete()?;
        files.into_iter().next().ok_or_else(|| Error::new(ErrorKind::Download, "found no file; choose one by `asset`"))
    }
}

/// Refuses to choose among several files.
pub(super) fn check_one(selected: &[Selected]) -> Result<(), Error> {
    if selected.len() < 2 {
        return Ok(());
    }
    let kinds: Vec<_> = selected.iter().map(|selected| selected.asset.kind.to_string()).collect();
    let text = format!(
        "could not choose one file of {}: {}; choose it by a pick such as `preferred`, by `only` or by `asset`, or save all \
         by `to_dir`",
        kinds.len(),
        kinds.join(", ")
    );
    Err(Error::new(ErrorKind::InvalidArgument, text))
}
