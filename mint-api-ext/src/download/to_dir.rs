//! A download to a directory.

use std::fs::{self, File};
use std::future::IntoFuture;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::download::{Archives, Download, Overwrite};
use super::fetch::Fetched;
use super::in_order::in_order;
use super::manifest::{Entry, Manifest};
use super::part::{Part, io_error};
use super::publish::Clobber;
use super::retry::Retries;
use super::sidecar::Version;
use super::sink::Sink;
use super::sum::{Sum, Summary};
use super::unpack::{self, Staged};
use super::{FetchedFile, Report};
use crate::asset::Asset;
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

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
    pub(super) fn new(download: Download, directory: PathBuf) -> Self {
        Self { download, directory }
    }

    async fn run(mut self) -> Result<Report, Error> {
        let directory = self.directory.clone();
        let manifest = blocking(move || {
            fs::create_dir_all(&directory).map_err(|error| {
                let shown = directory.display();
                let text = format!("could not make the directory `{shown}`; choose one that can be written to");
                Error::new(ErrorKind::Io, text).with_source(error)
            })?;
            Ok(Manifest::read(&directory))
        })
        .await?;
        self.download.complete().await?;
        let jobs = self.download.jobs();
        let noted = Mutex::new(Ok(()));
        let (this, manifest, noted_each) = (&self, &manifest, &noted);
        let fetches = jobs.into_iter().map(|(asset, name, retries)| async move {
            let target = this.directory.join(&name);
            let known = Known { entry: manifest.entry(&name, &asset), unpacked: manifest.unpacked(&name) };
            let result = match this.save(&asset, &target, known, retries).await {
                Ok((file, version)) => {
                    let entry = version.map(|version| (name, Entry::new(&file, &version)));
                    this.note(entry, noted_each).await;
                    Ok(file)
                }
                Err(error) => Err(error),
            };
            this.download.ended(&asset, &target, &result);
            (asset, target, result)
        });
        let results = in_order(fetches.collect(), self.download.concurrency).await;
        noted.into_inner()?;
        Ok(Report::of(results))
    }

    /// Adds a file to the manifest, one at a time, until that fails: a download that is stopped leaves what is true.
    async fn note(&self, entry: Option<(String, Entry)>, noted: &Mutex<Result<(), Error>>) {
        let Some((name, entry)) = entry else { return };
        let mut noted = noted.lock().await;
        if noted.is_ok() {
            let directory = self.directory.clone();
            *noted = blocking(move || Manifest::add(&directory, name, entry)).await;
        }
    }

    /// Saves one file; also which version of it is there, if that is known.
    async fn save(
        &self,
        asset: &Asset,
        target: &Path,
        known: Known<'_>,
        retries: Retries,
    ) -> Result<(FetchedFile, Option<Version>), Error> {
        let began = Instant::now();
        let there = match self.download.overwrite {
            Overwrite::Always => None,
            Overwrite::Never => local(target).await?,
            Overwrite::IfChanged => match known.entry {
                Some(entry) => unchanged(target, entry).await?,
                None => None,
            },
        };
        let file = |summary: Summary, unpacked| FetchedFile {
            unpacked,
            ..FetchedFile::there(asset, target, summary.length, summary.sha256, began)
        };
        let have = match (self.download.overwrite, &there) {
            (Overwrite::Never, Some(summary)) => {
                let unpacked = self.unpack_there(asset, target, known).await?;
                return Ok((file(summary.clone(), unpacked), None));
            }
            (_, Some(_)) => known.entry.map(Entry::version),
            (_, None) => None,
        };
        let (path, url) = (target.to_owned(), asset.url.clone());
        let part = blocking(move || Part::open(&path, &url)).await?;
        let mut sink = Sink::Part(Some(Box::new(part)));
        let fetched = self.download.fetch(asset, target, have.as_ref(), &mut sink, retries).await?;
        let Fetched { summary, version, obtained, attempts } = fetched;
        let (summary, unpacked) = match (summary, there) {
            (Some(summary), _) => (summary, self.publish(asset, target, known, sink).await?),
            (None, Some(summary)) => (summary, self.unpack_there(asset, target, known).await?),
            (None, None) => unreachable!("only what is there can be unchanged"),
        };
        let content_type = version.content_type.clone();
        Ok((FetchedFile { content_type, obtained, attempts, ..file(summary, unpacked) }, Some(version)))
    }

    /// Gives a whole file its name, and what is in it, too, if it is to be unpacked.
    async fn publish(
        &self,
        asset: &Asset,
        target: &Path,
        known: Known<'_>,
        sink: Sink,
    ) -> Result<Option<super::Unpacked>, Error> {
        let Sink::Part(Some(part)) = sink else {
            return Err(Error::new(ErrorKind::Io, "the partial file was lost when a task that wrote it stopped"));
        };
        let clobber = self.clobber();
        let durability = self.download.durability;
        let (unpacks, asset, target) = (self.unpacks(asset), asset.clone(), target.to_owned());
        let earlier = known.unpacked.to_vec();
        blocking(move || {
            // Unpacked first: an archive that cannot be is not published.
            let staged = match unpacks {
                true => Some(Staged::unpack(&asset, part.path(), &target, clobber, &earlier)?),
                false => None,
            };
            part.publish(clobber, durability)?;
            staged.map(Staged::publish).transpose()
        })
        .await
    }

    /// Unpacks an archive that is there, unless it is unpacked already.
    async fn unpack_there(
        &self,
        asset: &Asset,
        target: &Path,
        known: Known<'_>,
    ) -> Result<Option<super::Unpacked>, Error> {
        if !self.unpacks(asset) {
            return Ok(None);
        }
        let (asset, target, earlier) = (asset.clone(), target.to_owned(), known.unpacked.to_vec());
        let clobber = self.clobber();
        blocking(move || {
            if let Some(unpacked) = unpack::there(&asset, &target, &earlier) {
                return Ok(Some(unpacked));
            }
            Staged::unpack(&asset, &target, &target, clobber, &earlier)?.publish().map(Some)
        })
        .await
    }

    fn clobber(&self) -> Clobber {
        match self.download.overwrite {
            Overwrite::Never => Clobber::Keep,
            Overwrite::IfChanged | Overwrite::Always => Clobber::Replace,
        }
    }

    fn unpacks(&self, asset: &Asset) -> bool {
        self.download.archives == Archives::Unpack && asset.is_archive()
    }
}

/// What the manifest tells of a file.
#[derive(Clone, Copy, Debug)]
struct Known<'a> {
    /// If it can be asked for by whether it has changed.
    entry: Option<&'a Entry>,
    unpacked: &'a [PathBuf],
}

/// What is there under a name; a link is nothing, wherever it leads.
async fn local(target: &Path) -> Result<Option<Summary>, Error> {
    let path = target.to_owned();
    blocking(move || match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_file() => summary(&path).map(Some).map_err(|error| io_error("read", &path, error)),
        _ => Ok(None),
    })
    .await
}

/// What is there under a name, if it is what an earlier download saved.
async fn unchanged(target: &Path, entry: &Entry) -> Result<Option<Summary>, Error> {
    let (path, length) = (target.to_owned(), entry.bytes);
    let same_length =
        blocking(move || Ok(fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() == length)))
            .await?;
    if !same_length {
        return Ok(None);
    }
    Ok(local(target).await?.filter(|summary| summary.sha256 == entry.sha256))
}

fn summary(path: &Path) -> std::io::Result<Summary> {
    let mut file = File::open(path)?;
    let mut sum = Sum::default();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(sum.finish());
        }
        sum.add(&buffer[..read]);
    }
}
