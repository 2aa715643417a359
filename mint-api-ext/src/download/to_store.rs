//! A download to a store.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use object_store::ObjectStore;
use object_store::path::Path;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::download::{Download, Overwrite};
use super::fetch::Fetched;
use super::in_order::in_order;
use super::manifest::{self, Entry, Manifest};
use super::retry::Retries;
use super::sidecar::Version;
use super::store::{self, Upload};
use super::stream::{Output, Stream};
use super::to_writer;
use super::{FetchedFile, Report};
use crate::asset::Asset;
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
        let place_of_manifest = self.prefix.clone().join(manifest::NAME);
        let manifest = match self.download.overwrite {
            Overwrite::IfChanged => store::read_manifest(&self.store, &place_of_manifest).await?.0,
            Overwrite::Never | Overwrite::Always => Manifest::default(),
        };
        self.download.complete().await?;
        let jobs = self.download.jobs();
        let noted = Mutex::new(Ok(()));
        let (this, manifest, place_of_manifest, noted_each) = (&self, &manifest, &place_of_manifest, &noted);
        let fetches = jobs.into_iter().map(|(asset, name, retries)| async move {
            let place = this.prefix.clone().join(name.as_str());
            let path = PathBuf::from(place.as_ref());
            let result = match this.save(&asset, &place, manifest.entry(&name, &asset), retries).await {
                Ok((file, entry)) => {
                    // One at a time, until that fails: a download that is stopped leaves what is true.
                    let mut noted = noted_each.lock().await;
                    if let (Ok(()), Some(entry)) = (&*noted, entry) {
                        *noted = store::add_to_manifest(&this.store, place_of_manifest, name, entry).await;
                    }
                    Ok(file)
                }
                Err(error) => Err(error),
            };
            this.download.ended(&asset, &path, &result);
            (asset, path, result)
        });
        let results = in_order(fetches.collect(), self.download.concurrency).await;
        noted.into_inner()?;
        Ok(Report::of(results))
    }

    /// Saves one file; also what the manifest is to tell of it, if that is known.
    async fn save(
        &self,
        asset: &Asset,
        place: &Path,
        entry: Option<&Entry>,
        retries: Retries,
    ) -> Result<(FetchedFile, Option<Entry>), Error> {
        let began = Instant::now();
        let path = PathBuf::from(place.as_ref());
        let file = |bytes, sha256| FetchedFile::there(asset, &path, bytes, sha256, began);
        if self.download.overwrite == Overwrite::Never && store::head(&self.store, place).await?.is_some() {
            let summary = store::summary(&self.store, place).await?;
            return Ok((file(summary.length, summary.sha256), None));
        }
        let have = match entry {
            Some(entry) if store::is_unchanged(&self.store, place, entry).await? => Some(entry),
            _ => None,
        };
        let version: Option<Version> = have.map(Entry::version);
        let stream = Stream::new(Output::Store(Box::new(Upload::new(self.store.clone(), place.clone()))));
        let fetched = to_writer::stream(&self.download, asset, &path, version.as_ref(), stream, retries).await?;
        let Fetched { summary, version, obtained, attempts } = fetched;
        let file = match (summary, have) {
            (Some(summary), _) => file(summary.length, summary.sha256),
            (None, Some(entry)) => file(entry.bytes, entry.sha256.clone()),
            (None, None) => unreachable!("only what is there can be unchanged"),
        };
        let file = FetchedFile { content_type: version.content_type.clone(), obtained, attempts, ..file };
        let entry = match have {
            Some(entry) if file.obtained == super::Obtained::AlreadyThere => entry.clone(),
            _ => Entry {
                stored_etag: store::head(&self.store, place).await?.and_then(|stored| stored.e_tag),
                ..Entry::new(&file, &version)
            },
        };
        Ok((file, Some(entry)))
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
