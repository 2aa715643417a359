//! A partial file on disk: `<name>.part`, with a sidecar and a lock beside it. All of this module blocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use reqwest::Response;

use super::destination::{Arrival, Sink, Written};
use super::disk::{beside, cannot_sync, io_error, naming_skip_sync};
use super::file_system::sync;
use super::lock::Lock;
use super::publish::{Clobber, Durability, publish, sync_directory_of};
use super::segments::ranges::Ranges;
use super::segments::scattered::{Left, Scattered};
use super::segments::written;
use super::sidecar::{Paths, Sidecar, Version};
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
    durability: Durability,
    // Last: the lock in it is released after the files are removed.
    held: Held,
}

/// The bytes of a partial file.
#[derive(Debug)]
enum Held {
    /// Written in order: the length of the file is the truth.
    InOrder(Box<Sum>, Lock),
    /// Written in any order: the sidecar is the truth.
    Scattered(Arc<Scattered>),
    /// Of a file that failed.
    Nothing,
}

impl Part {
    /// Opens the partial file of this URL and hashes it, or creates an empty one.
    ///
    /// The length of the file counts, since a sidecar could be older than the last write; unless the bytes came in any
    /// order: then what is logged or listed counts.
    pub(super) fn open(target: &Path, url: &str, lock: Lock, durability: Durability) -> Result<Self, Error> {
        let paths = Paths::of(target).map_err(|error| io_error("open", &beside(target, ".part"), error))?;
        let Paths { part: path, sidecar, left } = paths;
        let left = left.filter(|left| left.version.url == Version::of(url).url);
        let (version, synced) = left.map(|left| (left.version, left.synced)).unwrap_or_default();
        let target = target.to_owned();
        let held = Held::InOrder(Box::default(), lock);
        let mut kept = OnDisk { target, path, sidecar, version, durability, held };
        let file = kept.open(synced)?;
        Ok(Self { file, kept })
    }

    pub(super) fn length(&self) -> u64 {
        self.kept.length()
    }

    #[cfg(feature = "unpack")]
    pub(super) fn path(&self) -> &Path {
        &self.kept.path
    }

    fn restart(self, version: Version) -> Result<Self, Error> {
        // Emptied first: a crash must not leave old bytes beside the new sidecar.
        let mut part = self.emptied()?;
        if let Held::InOrder(sum, _) = &mut part.kept.held {
            **sum = Sum::new(&version.digests);
        }
        let sidecar = Sidecar { version, synced: None };
        let written = sidecar.write(&part.kept.sidecar, Durability::Cached);
        written.map_err(|error| io_error("write", &part.kept.sidecar, error))?;
        part.kept.version = sidecar.version;
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
        let emptied = if kept.is_empty() {
            file.set_len(0).map(|()| file)
        } else {
            let was_scattered = kept.gather()?;
            // A new file: a crash while publishing can leave the old one under the target's name, too.
            drop(file);
            let created = kept.create();
            // After a power failure the length of the old file must not count as that of the new one.
            if was_scattered { created.and_then(|file| sync_directory_of(&kept.path).map(|()| file)) } else { created }
        };
        let file = emptied.map_err(|error| io_error("write", &kept.path, error))?;
        Ok(Self { file, kept })
    }

    /// Lets several connections write the rest of a file of `total` bytes, in any order. `None` where that is not safe.
    fn scatter(mut self, total: u64) -> Result<(Self, Option<Arc<Scattered>>), Error> {
        match self.kept.held {
            Held::Scattered(ref scattered) => {
                let scattered = Arc::clone(scattered);
                return Ok((self, Some(scattered)));
            }
            // Two processes cannot be kept apart, and the length of the file does not show that there were two.
            Held::InOrder(_, ref lock) if !lock.is_of_the_system() => return Ok((self, None)),
            Held::InOrder(ref sum, _) if sum.length() == 0 => return Ok((self, None)),
            Held::InOrder(..) | Held::Nothing => {}
        }
        match sync(&self.file) {
            // A power failure could leave zeros where the sidecar does not say so.
            Err(error) if cannot_sync(&error) => return Ok((self, None)),
            synced => synced.map_err(|error| io_error("write", &self.kept.path, error))?,
        }
        let written = Ranges::first(self.length());
        let scattered = self.kept.scatter(written, total)?;
        Ok((self, scattered))
    }

    /// Writes and hashes a piece, and the pieces after it that have arrived by then, `most` bytes in all, until the run
    /// ends. Returns the first arrival that it did not write.
    ///
    /// One task per piece would cost about as much as the writing.
    fn write_run(&mut self, first: Bytes, body: &mut Response, most: u64) -> Result<Option<Arrival>, Error> {
        let Held::InOrder(sum, _) = &mut self.kept.held else {
            return Err(io_error("write", &self.kept.path, io::Error::other("it is written in segments")));
        };
        let (mut next, mut bytes) = (Some(Ok(Some(first))), 0);
        loop {
            match next {
                Some(Ok(Some(piece))) if bytes + piece.len() as u64 <= most => {
                    self.file.write_all(&piece).map_err(|error| io_error("write", &self.kept.path, error))?;
                    sum.add(&piece);
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
        let written = file.metadata().and_then(|found| match found.len() == kept.length() {
            true if durability == Durability::Synced => sync(&file).map_err(naming_skip_sync),
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
    /// How many bytes are hashed, from the first.
    fn length(&self) -> u64 {
        match &self.held {
            Held::InOrder(sum, _) => sum.length(),
            Held::Scattered(scattered) => scattered.length(),
            Held::Nothing => 0,
        }
    }

    fn is_empty(&self) -> bool {
        matches!(&self.held, Held::InOrder(sum, _) if sum.length() == 0)
    }

    /// `synced` is what the sidecar lists, if the bytes came in any order.
    fn open(&mut self, synced: Option<Ranges>) -> Result<File, Error> {
        let length = match fs::symlink_metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        };
        let is_scattered = synced.is_some();
        let ranges = synced.map_or_else(|| Ranges::first(length), |synced| self.certain(synced).within(length));
        let first = ranges.prefix();
        let is_usable = Kept::of(&self.version, first).can_continue()
            && match (is_scattered, self.version.total) {
                (false, total) => total.is_none_or(|total| length <= total),
                (true, Some(total)) => length <= total && self.has_lock_of_the_system(),
                (true, None) => false,
            };
        if !is_usable {
            self.version = Version::default();
            let file = self.create().map_err(|error| io_error("open", &self.path, error))?;
            if is_scattered {
                // It would be believed of the new file, even after a power failure.
                let removed = self.remove_lists().and_then(|()| sync_directory_of(&self.path));
                removed.map_err(|error| io_error("write", &self.sidecar, error))?;
            }
            return Ok(file);
        }
        let file = self.read_again(first).map_err(|error| io_error("open", &self.path, error))?;
        if let (true, Some(total)) = (is_scattered, self.version.total) {
            self.scatter(ranges, total)?;
        }
        Ok(file)
    }

    /// What is written for certain, if the bytes came in any order.
    fn certain(&self, synced: Ranges) -> Ranges {
        written::read(&self.path, &self.version).unwrap_or(synced)
    }

    /// Removes what says which bytes the file has.
    fn remove_lists(&self) -> io::Result<()> {
        written::remove(&self.path)?;
        match fs::remove_file(&self.sidecar) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn has_lock_of_the_system(&self) -> bool {
        matches!(&self.held, Held::InOrder(_, lock) if lock.is_of_the_system())
    }

    fn read_again(&mut self, bytes: u64) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).append(true).open(&self.path)?;
        if let Held::InOrder(sum, _) = &mut self.held {
            **sum = Sum::new(&self.version.digests);
            sum.read(&mut (&mut file).take(bytes))?;
        }
        Ok(file)
    }

    /// Creates an empty file; it never opens one that a link leads to.
    fn create(&mut self) -> io::Result<File> {
        let _ = fs::remove_file(&self.path);
        let file = OpenOptions::new().append(true).create_new(true).open(&self.path)?;
        if let Held::InOrder(sum, _) = &mut self.held {
            **sum = Sum::default();
        }
        Ok(file)
    }

    fn scatter(&mut self, written: Ranges, total: u64) -> Result<Option<Arc<Scattered>>, Error> {
        let (sum, lock) = match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::InOrder(sum, lock) => (*sum, lock),
            held => {
                self.held = held;
                return Ok(None);
            }
        };
        let (path, sidecar, version) = (self.path.clone(), self.sidecar.clone(), self.version.clone());
        let left = Left { path, sidecar, version, written, sum, lock };
        let scattered = Arc::new(Scattered::open(left, total, self.durability)?);
        self.held = Held::Scattered(Arc::clone(&scattered));
        Ok(Some(scattered))
    }

    /// Prepares for an empty file whose bytes come in order; whether those of the old one came in any order.
    fn gather(&mut self) -> Result<bool, Error> {
        let (held, was_scattered) = match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Scattered(scattered) => (Held::InOrder(Box::default(), Scattered::forget(scattered)?), true),
            held => (held, false),
        };
        self.held = held;
        Ok(was_scattered)
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if Kept::of(&self.version, self.length()).can_continue() {
            return;
        }
        // What could not be made ready for segments is as it was.
        if matches!(self.held, Held::Nothing) && self.version.etag.is_some() {
            return;
        }
        // A failure cannot be reported from here.
        let _ = fs::remove_file(&self.path);
        let _ = self.remove_lists();
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
        match &self.kept.held {
            Held::InOrder(sum, _) => sum.finish(),
            Held::Scattered(scattered) => scattered.summary(),
            Held::Nothing => Sum::default().finish(),
        }
    }

    fn held(&self) -> u64 {
        match &self.kept.held {
            Held::Scattered(scattered) => scattered.held(),
            Held::InOrder(..) | Held::Nothing => self.length(),
        }
    }

    fn scattered(&self) -> Option<Arc<Scattered>> {
        match &self.kept.held {
            Held::Scattered(scattered) => Some(Arc::clone(scattered)),
            Held::InOrder(..) | Held::Nothing => None,
        }
    }

    async fn scatter(self, total: u64) -> Result<(Self, Option<Arc<Scattered>>), Error> {
        blocking(move || Part::scatter(*self, total).map(|(part, scattered)| (Self::new(part), scattered))).await
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
