//! A download to a directory.

use std::future::IntoFuture;
use std::path::Path;

use futures::future::BoxFuture;

use super::Report;
use super::directory::Directory;
use super::download::{Download, Overwrite};
use super::publish::Clobber;
use crate::error::Error;

/// A download to a directory; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToDir {
    download: Download,
    directory: Directory,
}

impl Download {
    /// Saves the files in a directory, which is made if it is not there. Await the result.
    ///
    /// Each file is streamed to `<name>.part` beside its target and renamed once it is whole: as long as the server
    /// said, and as large as the operation says, with the digest that the server sent, and what it is called. What is
    /// there of a file when a download breaks off, also when the process ends, is continued by the next one. While a file
    /// is written, `<name>.lock` keeps other downloads off it.
    ///
    /// `mint-manifest.json` tells what was saved, as each file ends, without the queries of URLs; with it, the next download
    /// of the same files fetches only what has changed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the directory cannot be made, or the manifest not be written. That
    /// single files fail is no error of the whole: see [`Report::failures`]. Those of
    /// [`Mint::assets_of`](crate::Mint::assets_of), where the operation does not name its files.
    ///
    /// # Cancellation
    ///
    /// Dropping it stops the download; finished files stay, and so does what can be continued.
    pub fn to_dir(self, directory: impl AsRef<Path>) -> ToDir {
        let clobber = match self.overwrite {
            Overwrite::Never => Clobber::Keep,
            Overwrite::IfChanged | Overwrite::Always => Clobber::Replace,
        };
        let (path, durability, archives) = (directory.as_ref().to_owned(), self.durability, self.archives);
        ToDir { download: self, directory: Directory { path, clobber, durability, archives } }
    }
}

impl IntoFuture for ToDir {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.download.run(self.directory))
    }
}
