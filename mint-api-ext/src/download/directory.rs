//! A directory as a destination.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Unpacked;
use super::destination::{Committed, Destination, Item};
use super::disk::io_error;
use super::download::{Archives, Overwrite};
use super::manifest::{Entry, Manifest};
use super::part::Part;
use super::publish::{Clobber, Durability};
use super::sum::{Sum, Summary};
use super::unpack::{self, Staged};
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// A directory, and how files are put in it.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    pub(super) clobber: Clobber,
    pub(super) durability: Durability,
    pub(super) archives: Archives,
}

impl Directory {
    fn unpacks(&self, item: &Item) -> bool {
        self.archives == Archives::Unpack && item.asset.is_archive()
    }
}

impl Destination for Directory {
    type Sink = Box<Part>;

    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    async fn prepare(&self, _: Overwrite) -> Result<Manifest, Error> {
        let directory = self.path.clone();
        blocking(move || {
            fs::create_dir_all(&directory).map_err(|error| {
                let shown = directory.display();
                let text = format!("could not make the directory `{shown}`; choose one that can be written to");
                Error::new(ErrorKind::Io, text).with_source(error)
            })?;
            Ok(Manifest::read(&directory))
        })
        .await
    }

    /// A link is not a file, wherever it leads.
    async fn find(&self, item: &Item) -> Result<Option<Summary>, Error> {
        let path = item.path.clone();
        blocking(move || match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => summary(&path).map(Some),
            _ => Ok(None),
        })
        .await
    }

    async fn is_recorded(&self, item: &Item, entry: &Entry) -> Result<bool, Error> {
        let (path, bytes, sha256) = (item.path.clone(), entry.bytes, entry.sha256.clone());
        blocking(move || match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() && metadata.len() == bytes => Ok(summary(&path)?.sha256 == sha256),
            _ => Ok(false),
        })
        .await
    }

    async fn open(&self, item: &Item) -> Result<Box<Part>, Error> {
        let (path, url) = (item.path.clone(), item.asset.url.clone());
        blocking(move || Part::open(&path, &url).map(Box::new)).await
    }

    async fn commit(&self, item: &Item, part: Box<Part>) -> Result<Committed, Error> {
        let (clobber, durability, unpacks) = (self.clobber, self.durability, self.unpacks(item));
        let (asset, target, before) = (item.asset.clone(), item.path.clone(), item.unpacked_before.clone());
        blocking(move || {
            // Unpacked first: an archive that cannot be unpacked is not published.
            let staged = match unpacks {
                true => Some(Staged::unpack(&asset, part.path(), &target, clobber, &before)?),
                false => None,
            };
            part.publish(clobber, durability)?;
            let unpacked = staged.map(Staged::publish).transpose()?;
            Ok(Committed { unpacked, stored_etag: None })
        })
        .await
    }

    async fn unpack(&self, item: &Item) -> Result<Option<Unpacked>, Error> {
        if !self.unpacks(item) {
            return Ok(None);
        }
        let clobber = self.clobber;
        let (asset, target, before) = (item.asset.clone(), item.path.clone(), item.unpacked_before.clone());
        blocking(move || {
            if let Some(unpacked) = unpack::there(&asset, &target, &before) {
                return Ok(Some(unpacked));
            }
            Staged::unpack(&asset, &target, &target, clobber, &before)?.publish().map(Some)
        })
        .await
    }

    async fn record(&self, name: &str, entry: Entry) -> Result<(), Error> {
        let (directory, name) = (self.path.clone(), name.to_owned());
        blocking(move || Manifest::add(&directory, &name, entry)).await
    }
}

fn summary(path: &Path) -> Result<Summary, Error> {
    let mut sum = Sum::default();
    let read = File::open(path).and_then(|mut file| sum.read(&mut file));
    read.map_err(|error| io_error("read", path, error))?;
    Ok(sum.finish())
}
