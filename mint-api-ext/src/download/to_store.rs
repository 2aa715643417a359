//! A download to a store.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use object_store::ObjectStore;
use object_store::path::Path;
use tokio::time::Instant;

use super::store::{Upload, exists};
use super::stream::{Output, Stream};
use super::to_writer;
use super::{Download, FetchedFile, Obtained, Overwrite, Report, Retries};
use crate::asset::{Asset, unique_file_names};
use crate::error::Error;

/// A download to a store; await it for the [`Report`].
#[must_use = "a download does nothing until it is awaited"]
pub struct ToStore {
    download: Download,
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl IntoFuture for ToStore {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl ToStore {
    pub(super) fn new(download: Download, store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { download, store, prefix: Path::from(prefix) }
    }

    async fn run(mut self) -> Result<Report, Error> {
        let assets: Vec<Asset> = self.download.assets.iter().cloned().collect();
        let names = unique_file_names(&assets);
        let retries: Vec<_> = assets.iter().map(|_| self.download.retries()).collect();
        let this = &self;
        let fetches = assets.into_iter().zip(names).zip(retries).map(|((asset, name), retries)| async move {
            let place = this.prefix.clone().join(name);
            let path = PathBuf::from(place.as_ref());
            let result = this.save(&asset, place, retries).await;
            this.download.ended(&asset, &path, &result);
            (asset, path, result)
        });
        let results: Vec<_> = stream::iter(fetches).buffered(self.download.concurrency).collect().await;
        Ok(Report::of(results))
    }

    async fn save(&self, asset: &Asset, place: Path, retries: Retries) -> Result<FetchedFile, Error> {
        let path = PathBuf::from(place.as_ref());
        if self.download.overwrite == Overwrite::Never && exists(&self.store, &place).await? {
            return self.there(asset, &place, path).await;
        }
        let upload = Upload::new(self.store.clone(), place);
        to_writer::stream(&self.download, asset, path, Stream::new(Output::Store(Box::new(upload))), retries).await
    }

    /// What is at a place already.
    async fn there(&self, asset: &Asset, place: &Path, path: PathBuf) -> Result<FetchedFile, Error> {
        let began = Instant::now();
        let summary = super::store::summary(&self.store, place).await?;
        Ok(FetchedFile {
            kind: asset.kind.clone(),
            path,
            bytes: summary.length,
            sha256: summary.sha256,
            content_type: None,
            asset: asset.clone(),
            obtained: Obtained::AlreadyThere,
            attempts: 0,
            elapsed: began.elapsed(),
            unpacked: None,
        })
    }
}

impl std::fmt::Debug for ToStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToStore")
            .field("download", &self.download)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
