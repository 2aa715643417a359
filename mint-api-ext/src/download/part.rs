//! A partial file on disk: `<name>.part`, with a sidecar and a lock beside it. All of this module blocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::FutureExt as _;
use reqwest::Response;

use super::destination::{Arrival, Sink, Written};
use super::disk::{beside, io_error, naming_skip_sync};
use super::lock::Lock;
use super::publish::{Clobber, Durability, publish};
use super::sidecar::{Paths, Version};
use super::sum::{Sum, Summary};
use super::transfer::Kept;
use crate::client::blocking;
use crate::error::Error;

/// A run of writes ends after this many bytes, so that it is short.
const RUN: u64 = 4 * 1024 * 1024;

/// A partial file. Dropped, it stays on disk if a later download can continue it, and is removed if not.
#[derive(Debug)]
pub(super) struct Part {
    // Closed before `kept` removes it.
    file: File,
    kept: OnDisk,
}

/// The paths of a partial file, and what its bytes are.
#[derive(Debug)]
struct OnDisk {
    target: PathBuf,
    path: PathBuf,
    sidecar: PathBuf,
    version: Version,
    sum: Sum,
    // Last: released after the files are removed.
    _lock: Lock,
}

impl Part {
    /// Opens the partial file of this URL and hashes it, or creates an empty one.
    ///
    /// The length of the file counts, since a sidecar could be older than the last write.
    pub(super) fn open(target: &Path, url: &str, lock: Lock) -> Result<Self, Error> {
        let paths = Paths::of(target).map_err(|error| io_error("open", &beside(target, ".part"), error))?;
        let Paths { part: path, sidecar, version } = paths;
        let version = version.filter(|version| version.url == Version::of(url).url).unwrap_or_default();
        let target = target.to_owned();
        let mut kept = OnDisk { target, path, sidecar, version, sum: Sum::default(), _lock: lock };
        let file = kept.open().map_err(|error| io_error("open", &kept.path, error))?;
        Ok(Self { file, kept })
    }

    pub(super) fn length(&self) -> u64 {
        self.kept.sum.length()
    }

    #[cfg(feature = "unpack")]
    pub(super) fn path(&self) -> &Path {
        &self.kept.path
    }

    fn restart(self, version: Version) -> Result<Self, Error> {
        // Emptied first: a crash must not leave old bytes beside the new sidecar.
        let mut part = self.emptied()?;
        part.kept.sum = Sum::new(&version.digests);
        version.write(&part.kept.sidecar).map_err(|error| io_error("write", &part.kept.sidecar, error))?;
        part.kept.version = version;
        Ok(part)
    }

    fn clear(mut self) -> Result<Self, Error> {
        self.kept.version = Version::default();
        // Emptied first: a crash must not leave bytes without the sidecar, which marks them as a download's.
        let part = self.emptied()?;
        let _ = fs::remove_file(&part.kept.sidecar);
        Ok(part)
    }

    fn emptied(self) -> Result<Self, Error> {
        let Self { file, mut kept } = self;
        let emptied = if kept.sum.length() == 0 {
            file.set_len(0).map(|()| file)
        } else {
            // A new file: a crash while publishing can leave the old one under the target's name, too.
            drop(file);
            kept.create()
        };
        let file = emptied.map_err(|error| io_error("write", &kept.path, error))?;
        Ok(Self { file, kept })
    }

    /// Writes and hashes a piece, and the pieces after it that have arrived by then, `most` bytes in all, until the run
    /// ends. Returns the first arrival that it did not write.
    ///
    /// One task per piece would cost about as much as the writing.
    fn write_run(&mut self, first: Bytes, body: &mut Response, most: u64) -> Result<Option<Arrival>, Error> {
        let (mut next, mut bytes) = (Some(Ok(Some(first))), 0);
        loop {
            match next {
                Some(Ok(Some(piece))) if bytes + piece.len() as u64 <= most => {
                    self.file.write_all(&piece).map_err(|error| io_error("write", &self.kept.path, error))?;
                    self.kept.sum.add(&piece);
                    bytes += piece.len() as u64;
                }
                next => return Ok(next),
            }
            if bytes >= RUN {
                return Ok(None);
            }
            next = body.chunk().now_or_never();
        }
    }

    /// Gives the file its name.
    pub(super) fn publish(self, clobber: Clobber, durability: Durability) -> Result<(), Error> {
        let Self { file, mut kept } = self;
        let written = file.metadata().and_then(|found| match found.len() == kept.sum.length() {
            true if durability == Durability::Synced => file.sync_all().map_err(naming_skip_sync),
            true => Ok(()),
            // Only where the file system has no locks.
            false => Err(io::Error::other("another program wrote to it, too")),
        });
        drop(file);
        written.map_err(|error| io_error("write", &kept.path, error))?;
        let published = publish(&kept.path, &kept.target, clobber, durability);
        if !published.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
            // Nothing to continue: the rest goes when `kept` is dropped.
            kept.version = Version::default();
        }
        published.map_err(|error| io_error("write", &kept.target, error))
    }
}

impl OnDisk {
    fn open(&mut self) -> io::Result<File> {
        let length = match fs::symlink_metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        };
        let is_usable =
            Kept::of(&self.version, length).can_continue() && self.version.total.is_none_or(|total| length <= total);
        if is_usable {
            return self.read_again();
        }
        self.version = Version::default();
        self.create()
    }

    fn read_again(&mut self) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).append(true).open(&self.path)?;
        self.sum = Sum::new(&self.version.digests);
        self.sum.read(&mut file)?;
        Ok(file)
    }

    /// Creates an empty file; it never opens one that a link leads to.
    fn create(&mut self) -> io::Result<File> {
        let _ = fs::remove_file(&self.path);
        let file = OpenOptions::new().append(true).create_new(true).open(&self.path)?;
        self.sum = Sum::default();
        Ok(file)
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if Kept::of(&self.version, self.sum.length()).can_continue() {
            return;
        }
        // A failure cannot be reported from here.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.sidecar);
    }
}

/// Boxed once a file, so that a run of writes moves a pointer to its thread and back.
impl Sink for Box<Part> {
    fn version(&self) -> &Version {
        &self.kept.version
    }

    fn length(&self) -> u64 {
        Part::length(self)
    }

    fn summary(&self) -> Summary {
        self.kept.sum.finish()
    }

    async fn restart(self, version: Version) -> Result<Self, Error> {
        blocking(move || Part::restart(*self, version).map(Self::new)).await
    }

    async fn write(mut self, piece: Bytes, mut body: Response, most: u64) -> Result<Written<Self>, Error> {
        blocking(move || {
            let arrived = self.write_run(piece, &mut body, most)?;
            Ok(Written { sink: self, body, arrived })
        })
        .await
    }

    async fn clear(self) -> Result<Self, Error> {
        blocking(move || Part::clear(*self).map(Self::new)).await
    }
}

#[cfg(test)]
mod tests;
