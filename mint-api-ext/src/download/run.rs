//! The run of a download: every file, to any destination.

use std::collections::HashSet;
use std::path::Path;

use futures::FutureExt as _;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::claim::Claim;
use super::destination::{Committed, Destination, Found, Item, Sink, UnpackedFrom};
use super::disk::is_out_of_files;
use super::download::{Download, Overwrite};
use super::fetch::{Fetched, Job, NewFile};
use super::file_name::{folded, with_image_extension};
use super::in_order::in_order;
use super::manifest::{Entry, Manifest};
use super::one_file::check_one;
use super::refresh::Refresher;
use super::retry::Retries;
use super::selection::{Count, Selected};
use super::sum::{Sum, Summary};
use super::{Event, FetchedFile, Report};
use crate::asset::Assets;
use crate::error::Error;
use crate::retry::Jitter;

impl Download {
    /// Saves every file at a destination.
    pub(super) async fn run<D: Destination>(mut self, destination: D) -> Result<Report, Error> {
        let manifest = destination.prepare(self.overwrite).await?;
        let assets = self.find_assets().boxed().await?;
        let mut missing = self.missing(&assets);
        let selected = self.selection.of(&assets);
        if self.selection.count == Count::One {
            missing.take().map_or_else(|| check_one(&selected), Err)?;
        }
        let refresher = Refresher::new(self.mint.clone(), assets.sources());
        let concurrency = self.concurrency;
        let Plan { items, planned } = self.plan(&destination, &manifest, selected, &assets)?;
        (self.on_event)(&Event::Planned { files: items.len() });
        let (recorded, one_by_one) = (Mutex::new(Ok(())), Mutex::new(()));
        let run = Run { download: self, refresher, destination, manifest, planned, recorded, one_by_one };
        let saves = items.into_iter().map(|(item, retries)| run.item(item, retries).boxed());
        let results = in_order(saves.collect(), concurrency).await;
        Ok(Report { missing, unrecorded: run.recorded.into_inner().err(), ..Report::of(results) })
    }

    /// Finds the files.
    async fn find_assets(&mut self) -> Result<Assets, Error> {
        let assets = std::mem::take(&mut self.assets).completed(&self.mint).await?;
        assets.extended(&self.mint, |assets| self.selection.absent_of(assets).is_empty()).await
    }

    /// Names the files. The jitter of each keeps its retries out of step with those of the others.
    fn plan<D: Destination>(
        &mut self,
        destination: &D,
        manifest: &Manifest,
        selected: Vec<Selected>,
        assets: &Assets,
    ) -> Result<Plan, Error> {
        let names = self.names(&selected)?;
        let planned: HashSet<String> = names.iter().map(|name| folded(name)).collect();
        let items = selected.into_iter().zip(names).map(|(Selected { asset, pick }, name)| {
            let retries = Retries::new(Jitter::seeded(self.jitter.next().to_bits()), self.failure_tolerance);
            let (path, resource, saved_as) = (destination.path(&name), assets.resource_of(&asset), name.clone());
            let (unpacked_before, unpacked_from) = (Vec::new(), UnpackedFrom::This);
            let open_extension = self.naming.leaves_extension_open(&asset);
            let mut item =
                Item { asset, resource, pick, name, open_extension, saved_as, path, unpacked_before, unpacked_from };
            if let Some(entry) = manifest.entry(&item.name).filter(|entry| entry.is_of(&item)) {
                if let Some(name) = by_content(&item, entry.extension.as_deref(), &planned) {
                    item.path = destination.path(&name);
                    item.saved_as = name;
                }
                item.unpacked_before.clone_from(&entry.unpacked);
                if entry.unpacked_from.is_some() {
                    item.unpacked_from = UnpackedFrom::Earlier;
                }
            }
            (item, retries)
        });
        Ok(Plan { items: items.collect(), planned })
    }
}

/// The files to save.
struct Plan {
    items: Vec<(Item, Retries)>,
    /// The names of all files, as file systems compare them.
    planned: HashSet<String>,
}

struct Run<D> {
    download: Download,
    refresher: Refresher,
    destination: D,
    /// The manifest as it was before.
    manifest: Manifest,
    /// The names of all files, as file systems compare them.
    planned: HashSet<String>,
    /// The first failure to write the manifest. Its lock lets one file write at a time.
    recorded: Mutex<Result<(), Error>>,
    /// Held by the one file that goes on after the process ran out of file descriptors.
    one_by_one: Mutex<()>,
}

impl<D: Destination> Run<D> {
    /// Saves one file, and records it at once: a download that is stopped leaves a true manifest.
    async fn item(&self, item: Item, retries: Retries) -> (Item, Result<FetchedFile, Error>) {
        let result = match self.save_with_few_files(&item, retries.clone()).await {
            Ok((file, Some(entry))) => {
                self.record(&item, entry, retries).await;
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

    /// Adds a file to the manifest. If the process runs out of file descriptors, it waits for those of other files.
    async fn record(&self, item: &Item, entry: Entry, mut waits: Retries) {
        let mut recorded = self.recorded.lock().await;
        let result = loop {
            match self.destination.record(&item.name, entry.clone()).await {
                Err(error) if is_out_of_files(&error) => match waits.next(None) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => break Err(error),
                },
                result => break result,
            }
        };
        if recorded.is_ok() {
            *recorded = result;
        }
    }

    /// Saves one file. If the process runs out of file descriptors, such files go on one at a time.
    async fn save_with_few_files(&self, item: &Item, retries: Retries) -> Result<(FetchedFile, Option<Entry>), Error> {
        match self.save(item, retries.clone()).await {
            Err(error) if is_out_of_files(&error) => {}
            result => return result,
        }
        let _one = self.one_by_one.lock().await;
        let mut waits = retries.clone();
        loop {
            match (self.save(item, retries.clone()).await, waits.next(None)) {
                (Err(error), Some(wait)) if is_out_of_files(&error) => tokio::time::sleep(wait).await,
                (result, _) => return result,
            }
        }
    }

    /// Saves one file; also its entry in the manifest, unless its version is unknown.
    async fn save(&self, item: &Item, retries: Retries) -> Result<(FetchedFile, Option<Entry>), Error> {
        let Self { download, refresher, destination, .. } = self;
        let began = Instant::now();
        let there = |path: &Path, bytes, sha256| FetchedFile::there(&item.asset, path, bytes, sha256, began);
        let found = destination.look(item).await?;
        let mut claim = self.claim(item, found, &self.manifest)?;
        if claim == Claim::Keep {
            return Ok((self.kept(item, began).await?, None));
        }
        let sink = destination.open(item).await?;
        // Another download may have saved the file while this one waited to open it.
        let (now, again) = match (destination.manifest_now().await, destination.look(item).await) {
            (Ok(now), Ok(again)) => (now, again),
            (Err(error), _) | (_, Err(error)) => return Err(abandoned(sink, error).await),
        };
        let manifest = now.as_ref().unwrap_or(&self.manifest);
        if again != found || manifest.entry(&item.name) != self.manifest.entry(&item.name) {
            claim = match self.claim(item, again, manifest) {
                Ok(Claim::Keep) => {
                    sink.abandon().await;
                    return Ok((self.kept(item, began).await?, None));
                }
                Ok(claim) => claim,
                Err(error) => return Err(abandoned(sink, error).await),
            };
        }
        let (claim, have) = match self.confirmed(item, claim, again, manifest).await {
            Ok(confirmed) => confirmed,
            Err(error) => return Err(abandoned(sink, error).await),
        };
        let job = Job {
            downloader: &download.downloader,
            refresher,
            limits: download.limits,
            item,
            claim,
            on_event: &download.on_event,
            connections: download.connections,
            have,
        };
        let (fetched, attempts) = job.fetch(sink, retries).await?;
        let (file, version, stored_etag, saved_as) = match fetched {
            // The server has the version that was edited here.
            Fetched::Unchanged(_) if claim.must_equal().is_some() => return Err(claim.taken(item, None)),
            Fetched::Unchanged(entry) => {
                let unpacked = destination.unpack(item).await?;
                let file = FetchedFile { unpacked, ..there(&item.path, entry.bytes, entry.sha256.clone()) };
                (file, entry.version(), entry.stored_etag.clone(), item.saved_as.clone())
            }
            Fetched::New(new) => {
                let NewFile { sink, summary, version, obtained, content } = *new;
                if let Err(error) = self.check_same(item, claim, &summary).await {
                    return Err(abandoned(sink, error).await);
                }
                let wanted = by_content(item, content.extension, &self.planned);
                let committed = destination.commit(item, sink, claim.clobber(), wanted.as_deref()).await?;
                let Committed { renamed, unpacked, stored_etag } = committed;
                let saved_as = renamed.unwrap_or_else(|| item.saved_as.clone());
                let file = there(&destination.path(&saved_as), summary.length, summary.sha256);
                let file = FetchedFile {
                    obtained,
                    unpacked,
                    notes: content.notes,
                    #[cfg(feature = "glb")]
                    glb: content.glb,
                    ..file
                };
                (file, version, stored_etag, saved_as)
            }
        };
        let file = FetchedFile { content_type: version.content_type.clone(), attempts, ..file };
        let extension = (saved_as != item.name).then(|| saved_as.rsplit_once('.').map(|(_, after)| after.to_owned()));
        let entry = Entry { stored_etag, extension: extension.flatten(), ..Entry::new(item, &file, &version) };
        Ok((file, Some(entry)))
    }

    /// What may be done with the name of a file; an error if nothing may.
    fn claim(&self, item: &Item, found: Found, manifest: &Manifest) -> Result<Claim, Error> {
        let entry = manifest.entry(&item.name);
        match Claim::of(item, self.download.overwrite, found, entry) {
            Claim::Anothers => Err(Claim::Anothers.taken(item, entry)),
            claim => Ok(claim),
        }
    }

    /// The file that stays in its place.
    async fn kept(&self, item: &Item, began: Instant) -> Result<FetchedFile, Error> {
        let found = self.destination.find(item).await?.unwrap_or_else(|| Sum::default().finish());
        let unpacked = self.destination.unpack(item).await?;
        Ok(FetchedFile { unpacked, ..FetchedFile::there(&item.asset, &item.path, found.length, found.sha256, began) })
    }

    /// The claim once the file in its place was compared with the manifest; also the entry in the manifest, if a
    /// conditional request can confirm that version.
    async fn confirmed<'a>(
        &self,
        item: &Item,
        claim: Claim,
        found: Found,
        manifest: &'a Manifest,
    ) -> Result<(Claim, Option<&'a Entry>), Error> {
        let (Found::File(bytes), Some(entry)) = (found, manifest.entry(&item.name)) else {
            return Ok((claim, None));
        };
        if claim != Claim::Ours || self.download.overwrite == Overwrite::Always {
            return Ok((claim, None));
        }
        let is_recorded = self.destination.is_recorded(item, entry).await?;
        let claim = if is_recorded { claim } else { Claim::Edited { bytes } };
        Ok((claim, Some(entry).filter(|entry| entry.can_be_confirmed(&item.asset.url))))
    }

    /// Refuses to replace a file that no download wrote as it is now by one of other bytes.
    async fn check_same(&self, item: &Item, claim: Claim, new: &Summary) -> Result<(), Error> {
        if claim.must_equal().is_none() {
            return Ok(());
        }
        match self.destination.find(item).await? {
            Some(found) if found.sha256 != new.sha256 => Err(claim.taken(item, None)),
            _ => Ok(()),
        }
    }
}

/// The name that the content of a file asks for, if its extension is open and no other file of the download has that name.
fn by_content(item: &Item, extension: Option<&str>, planned: &HashSet<String>) -> Option<String> {
    let extension = extension.filter(|_| item.open_extension)?;
    with_image_extension(&item.saved_as, extension)
        .filter(|name| *name == item.name || !planned.contains(&folded(name)))
}

/// Gives a sink up; returns the error for which.
async fn abandoned(sink: impl Sink, error: Error) -> Error {
    sink.abandon().await;
    error
}
