//! A directory as a destination.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(feature = "unpack")]
use super::Unpacked;
use super::destination::{Committed, Destination, Found, Item};
use super::disk::{beside, io_error};
use super::download::Overwrite;
use super::lock::Lock;
use super::manifest::{self, Entry, Manifest};
use super::part::Part;
use super::publish::{Clobber, Durability, publish};
use super::sum::{Sum, Summary};
#[cfg(feature = "unpack")]
use super::unpack::Archive;
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// A directory, and how files are put in it.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) path: PathBuf,
    pub(super) lock_timeout: Duration,
    pub(super) durability: Durability,
    /// What unpacked archives may replace; `None` if archives stay packed.
    #[cfg(feature = "unpack")]
    pub(super) unpacking: Option<Overwrite>,
}

#[cfg(feature = "unpack")]
impl Directory {
    /// The archive to unpack, if the item is one.
    fn archive(&self, item: &Item) -> Option<Archive> {
        self.unpacking.filter(|_| item.asset.is_archive()).map(|overwrite| Archive::of(item, overwrite))
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
            Manifest::read(&directory)
        })
        .await
    }

    async fn manifest_now(&self) -> Result<Option<Manifest>, Error> {
        let directory = self.path.clone();
        blocking(move || Manifest::read(&directory).map(Some)).await
    }

    async fn look(&self, item: &Item) -> Result<Found, Error> {
        let (directory, path) = (self.path.clone(), item.path.clone());
        blocking(move || match check_folders(&directory, &path).map(|()| fs::symlink_metadata(&path))? {
            Ok(found) if found.is_symlink() => Ok(Found::Link),
            Ok(found) if found.is_dir() => {
                let text = format!("could not write `{}`: it is a directory; choose another directory", path.display());
                Err(Error::new(ErrorKind::Io, text))
            }
            Ok(found) => Ok(Found::File(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Nothing),
            Err(error) => Err(io_error("read", &path, error)),
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
        let (directory, path) = (self.path.clone(), item.path.clone());
        blocking(move || make_folders(&directory, &path)).await?;
        let lock = Lock::acquire(beside(&item.path, ".lock"), self.lock_timeout).await?;
        let (path, url, durability) = (item.path.clone(), item.asset.url.clone(), self.durability);
        blocking(move || Part::open(&path, &url, lock, durability).map(Box::new)).await
    }

    async fn commit(
        &self,
        item: &Item,
        part: Box<Part>,
        clobber: Clobber,
        by_content: Option<&str>,
    ) -> Result<Committed, Error> {
        let durability = self.durability;
        #[cfg(feature = "unpack")]
        if let Some(archive) = self.archive(item) {
            return blocking(move || {
                // Unpacked first: an archive that cannot be unpacked is not published.
                let staged = archive.unpack(part.path())?;
                part.publish(clobber, durability)?;
                Ok(Committed { unpacked: Some(staged.publish()?), ..Committed::default() })
            })
            .await;
        }
        let (from, to) = (item.path.clone(), by_content.map(|name| (self.path.join(name), name.to_owned())));
        blocking(move || {
            part.publish(clobber, durability)?;
            let renamed = to.filter(|(to, _)| publish(&from, to, Clobber::Keep, durability).is_ok());
            Ok(Committed { renamed: renamed.map(|(_, name)| name), ..Committed::default() })
        })
        .await
    }

    #[cfg(feature = "unpack")]
    async fn unpack(&self, item: &Item) -> Result<Option<Unpacked>, Error> {
        match self.archive(item) {
            Some(archive) => blocking(move || archive.unpack_again().map(Some)).await,
            None => Ok(None),
        }
    }

    async fn record(&self, name: &str, entry: Entry) -> Result<(), Error> {
        let (directory, name) = (self.path.clone(), name.to_owned());
        let path = directory.join(manifest::NAME);
        // Each download holds it only while it writes this small file.
        let lock = Lock::acquire(beside(&path, ".lock"), self.lock_timeout).await?;
        blocking(move || {
            let added = Manifest::add(&directory, &name, entry);
            drop(lock);
            added
        })
        .await
    }
}

/// Makes the folders between the directory and a file.
fn make_folders(directory: &Path, file: &Path) -> Result<(), Error> {
    check_folders(directory, file)?;
    let folder = file.parent().unwrap_or(directory);
    fs::create_dir_all(folder).map_err(|error| io_error("make", folder, error))
}

/// Refuses a file below a folder that is a link, which may lead out of the directory, or that is itself a file.
fn check_folders(directory: &Path, file: &Path) -> Result<(), Error> {
    for folder in file.ancestors().skip(1).take_while(|folder| *folder != directory) {
        let why = match fs::symlink_metadata(folder) {
            Ok(found) if found.is_symlink() => "it is a symbolic link; download to the directory that it leads to",
            Ok(found) if !found.is_dir() => "it is a file; choose another path",
            _ => continue,
        };
        let text = format!("could not save `{}` below `{}`: {why}", file.display(), folder.display());
        return Err(Error::new(ErrorKind::Io, text));
    }
    Ok(())
}

fn summary(path: &Path) -> Result<Summary, Error> {
    let mut sum = Sum::default();
    let read = File::open(path).and_then(|mut file| sum.read(&mut file));
    read.map_err(|error| io_error("read", path, error))?;
    Ok(sum.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn another_download_that_writes_the_manifest_is_waited_for() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().to_owned();
        let file = json!({"kind": "model", "url": "https://cdn.mint.gg/a.glb", "bytes": 1, "sha256": "0"});
        let entry: Entry = serde_json::from_value(file).unwrap();
        let directory = |seconds| Directory {
            path: path.clone(),
            lock_timeout: Duration::from_secs(seconds),
            durability: Durability::Synced,
            #[cfg(feature = "unpack")]
            unpacking: None,
        };
        let lock = Lock::acquire(path.join("mint-manifest.json.lock"), Duration::ZERO).await.unwrap();
        let error = directory(0).record("a.glb", entry.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked);
        let (patient, recorded) = (directory(60), entry.clone());
        let recording = tokio::spawn(async move { patient.record("a.glb", recorded).await });
        sleep(Duration::from_secs(30)).await;
        assert!(!path.join(manifest::NAME).exists());
        Manifest::add(&path, "b.glb", entry.clone()).unwrap();
        drop(lock);
        recording.await.unwrap().unwrap();
        let manifest = Manifest::read(&path).unwrap();
        assert_eq!((manifest.entry("a.glb"), manifest.entry("b.glb")), (Some(&entry), Some(&entry)));
    }
}
