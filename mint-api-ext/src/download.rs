//! Downloading files.

mod downloader;
mod event;
mod file;
mod report;

use std::future::IntoFuture;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};

use crate::asset::{Asset, Assets, unique_file_names};
use crate::error::{Error, ErrorKind};

pub(crate) use downloader::Downloader;
pub use event::Event;
pub use report::{Failure, FetchedFile, Report};

/// How many files are fetched at a time.
const CONCURRENCY: usize = 4;

pub(crate) type OnEvent = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// Files to download; say where to with [`to_dir`](Self::to_dir).
///
/// The files are fetched by an HTTP client that has no key and cannot get one. It takes only https, follows at most
/// five redirects and checks each; http and this machine are taken exactly when the API is on this machine, too.
#[must_use = "a download does nothing until it is told where to and awaited"]
pub struct Download {
    downloader: Downloader,
    assets: Assets,
    on_event: OnEvent,
}

impl Download {
    pub(crate) fn new(downloader: Downloader, assets: Assets) -> Self {
        Self { downloader, assets, on_event: Arc::new(|_| ()) }
    }

    /// Calls a function as the files begin, grow and end. It must not block.
    pub fn on_event(mut self, on_event: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// Saves the files in a directory, which is made if it is not there. Await the result.
    ///
    /// Each file is streamed to `<name>.part` beside its target and renamed once it is whole: as long as the server
    /// said, and as large as the operation says. A file of the same name is replaced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when the directory cannot be made. That single files fail is no error of the whole: see
    /// [`Report::failures`].
    ///
    /// # Cancellation
    ///
    /// Dropping it stops the download; finished files stay, unfinished ones are removed.
    pub fn to_dir(self, directory: impl AsRef<Path>) -> ToDir {
        ToDir { download: self, directory: directory.as_ref().to_owned() }
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the URLs of the assets: a query may be a secret.
        f.debug_struct("Download").field("files", &self.assets.len()).finish_non_exhaustive()
    }
}

/// A download to a directory; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToDir {
    download: Download,
    directory: PathBuf,
}

impl IntoFuture for ToDir {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl ToDir {
    async fn run(self) -> Result<Report, Error> {
        let Self { download: Download { downloader, assets, on_event }, directory } = self;
        tokio::fs::create_dir_all(&directory).await.map_err(|error| {
            let shown = directory.display();
            let text = format!("could not make the directory `{shown}`; choose one that can be written to");
            Error::new(ErrorKind::Io, text).with_source(error)
        })?;
        let assets: Vec<Asset> = assets.into_iter().collect();
        let targets = unique_file_names(&assets).into_iter().map(|name| directory.join(name));
        let fetches = assets.into_iter().zip(targets).map(|(asset, target)| {
            let (downloader, on_event) = (downloader.clone(), on_event.clone());
            async move {
                let result = file::fetch(&downloader, &asset, &target, &on_event).await;
                on_event(&match &result {
                    Ok(file) => Event::Finished { file },
                    Err(error) => Event::Failed { asset: &asset, path: &target, error },
                });
                result.map_err(|error| Failure { asset, path: target, error })
            }
        });
        // In the order of the assets, so that a report reads the same each time.
        let results: Vec<_> = stream::iter(fetches).buffered(CONCURRENCY).collect().await;
        let mut report = Report::default();
        for result in results {
            match result {
                Ok(file) => report.files.push(file),
                Err(failure) => report.failures.push(failure),
            }
        }
        Ok(report)
    }
}
