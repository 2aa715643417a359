//! A download to a directory.

use std::future::IntoFuture;
use std::path::Path;

use futures::future::BoxFuture;

use super::Report;
use super::directory::Directory;
#[cfg(feature = "unpack")]
use super::download::Archives;
use super::download::Download;
use crate::error::Error;

/// A download to a directory; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToDir {
    download: Download,
    directory: Directory,
}

impl Download {
    /// Saves the files in a directory, and creates it if it is missing. Await the result.
    ///
    /// Each file is streamed to `<name>.part` beside its target, and renamed once its length, its digest and its content are
    /// checked. The next download continues a partial file, even after the process was killed. `<name>.lock` keeps other
    /// downloads away while a file is written.
    ///
    /// `mint-manifest.json` records each file as it ends, without the queries of URLs. With it, the next download fetches
    /// only files that have changed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the directory cannot be made or the manifest cannot be read; the errors of
    /// [`Mint::assets_of`](crate::Mint::assets_of) when the operation does not name its files. A file that fails is in
    /// [`Report::failures`]; files that are missing, or that the manifest does not record, have their own fields there.
    ///
    /// # Cancellation
    ///
    /// Dropping it stops the download. Finished files stay, and so do partial files that can be continued.
    pub fn to_dir(self, directory: impl AsRef<Path>) -> ToDir {
        let directory = self.directory(directory.as_ref());
        ToDir { download: self, directory }
    }

    pub(super) fn directory(&self, path: &Path) -> Directory {
        Directory {
            path: path.to_owned(),
            lock_timeout: self.lock_timeout,
            durability: self.durability,
            #[cfg(feature = "unpack")]
            unpacking: (self.archives == Archives::Unpack).then_some(self.overwrite),
        }
    }
}

impl IntoFuture for ToDir {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.download.run(self.directory))
    }
}
