//! The run of a download: every file, to any destination.

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::destination::{Committed, Destination, Item};
use super::download::{Download, Overwrite};
use super::fetch::{Fetched, Job, NewFile};
use super::file_name::unique_file_names;
use super::in_order::in_order;
use super::manifest::{Entry, Manifest};
use super::refresh::Refresher;
use super::retry::Retries;
use super::{Event, FetchedFile, Report};
use crate::asset::{Asset, Assets};
use crate::error::Error;
use crate::retry::Jitter;

impl Download {
    /// Saves every file at a destination.
    pub(super) async fn run<D: Destination>(mut self, destination: D) -> Result<Report, Error> {
        let manifest = destination.prepare(self.overwrite).await?;
        let assets = std::mem::take(&mut self.assets).completed(&self.mint).await?;
        let refresher = Refresher::new(self.mint.clone(), assets.source());
        let concurrency = self.concurrency;
        let items = self.items(&destination, &manifest, &assets);
        let run = Run { download: self, refresher, destination, manifest, recorded: Mutex::new(Ok(())) };
        let saves = items.into_iter().map(|(item, retries)| run.item(item, retries));
        let results = in_order(saves.collect(), concurrency).await;
        run.recorded.into_inner()?;
        Ok(Report::of(results))
    }

    /// The files to save. The jitter of each keeps its retries out of step with those of the others.
    fn items<D: Destination>(&mut self, destination: &D, manifest: &Manifest, assets: &Assets) -> Vec<(Item, Retries)> {
        let is_wanted = |asset: &&Asset| self.wanted.iter().all(|kinds| kinds.contains(&asset.kind));
        let assets: Vec<Asset> = assets.iter().filter(is_wanted).cloned().collect();
        let names = unique_file_names(&assets);
        let items = assets.into_iter().zip(names).map(|(asset, name)| {
            let (path, unpacked_before) = (destination.path(&name), manifest.unpacked(&name).to_vec());
            let retries = Retries::new(Jitter::seeded(self.jitter.next().to_bits()));
            (Item { asset, name, path, unpacked_before }, retries)
        });
        items.collect()
    }
}

struct Run<D> {
    download: Download,
    refresher: Refresher,
    destination: D,
    /// The manifest as it was before.
    manifest: Manifest,
    /// The first failure to write the manifest. Its lock lets one file write at a time.
    recorded: Mutex<Result<(), Error>>,
}

impl<D: Destination> Run<D> {
    /// Saves one file, and records it at once: a download that is stopped leaves a true manifest.
    async fn item(&self, item: Item, retries: Retries) -> (Item, Result<FetchedFile, Error>) {
        let result = match self.save(&item, retries).await {
            Ok((file, Some(entry))) => {
                let mut recorded = self.recorded.lock().await;
                if recorded.is_ok() {
                    *recorded = self.destination.record(&item.name, entry).await;
                }
                Ok(file)
            }
            Ok((file, None)) => Ok(file),
            Err(error) => Err(error),
        };
        (self.download.on_event)(&match &result {
            Ok(file) => Event::Finished { file },
            Err(error) => Event::Failed { asset: &item.asset, path: &item.path, error },
        });
        (item, result)
    }

    /// Saves one file; also its entry in the manifest, unless its version is unknown.
    async fn save(&self, item: &Item, retries: Retries) -> Result<(FetchedFile, Option<Entry>), Error> {
        let Self { download, refresher, destination, manifest, .. } = self;
        let began = Instant::now();
        let in_place = |bytes, sha256| FetchedFile::there(&item.asset, &item.path, bytes, sha256, began);
        if download.overwrite == Overwrite::Never
            && let Some(found) = destination.find(item).await?
        {
            let unpacked = destination.unpack(item).await?;
            return Ok((FetchedFile { unpacked, ..in_place(found.length, found.sha256) }, None));
        }
        let have = match manifest.entry(&item.name, &item.asset) {
            Some(entry)
                if download.overwrite == Overwrite::IfChanged && destination.is_recorded(item, entry).await? =>
            {
                Some(entry)
            }
            _ => None,
        };
        let sink = destination.open(item).await?;
        let job = Job {
            downloader: &download.downloader,
            refresher,
            limits: download.limits,
            asset: &item.asset,
            path: &item.path,
            on_event: &download.on_event,
            have,
        };
        let (fetched, attempts) = job.fetch(sink, retries).await?;
        let (file, version, stored_etag) = match fetched {
            Fetched::Unchanged(entry) => {
                let unpacked = destination.unpack(item).await?;
                let file = FetchedFile { unpacked, ..in_place(entry.bytes, entry.sha256.clone()) };
                (file, entry.version(), entry.stored_etag.clone())
            }
            Fetched::New(new) => {
                let NewFile { sink, summary, version, obtained } = *new;
                let Committed { unpacked, stored_etag } = destination.commit(item, sink).await?;
                let file = FetchedFile { obtained, unpacked, ..in_place(summary.length, summary.sha256) };
                (file, version, stored_etag)
            }
        };
        let file = FetchedFile { content_type: version.content_type.clone(), attempts, ..file };
        let entry = Entry { stored_etag, ..Entry::new(&file, &version) };
        Ok((file, Some(entry)))
    }
}
