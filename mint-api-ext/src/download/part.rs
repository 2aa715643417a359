//! A partial file on disk: `<name>.part`, with a sidecar and a lock beside it. All of it blocks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::FutureExt as _;
use reqwest::Response;

use super::lock::Lock;
use super::publish::{Clobber, Durability, publish};
use super::sidecar::Version;
use super::sum::{Sum, Summary};
use crate::error::{Error, ErrorKind};

/// After how many bytes a run of writes ends, so that none takes long.
const RUN: u64 = 4 * 1024 * 1024;

/// What has arrived of a body: a piece, its end, or why there is no more.
pub(super) type Arrival = reqwest::Result<Option<Bytes>>;

/// A partial file. Dropped, it stays if it can be continued later, and goes if not.
#[derive(Debug)]
pub(super) struct Part {
    target: PathBuf,
    path: PathBuf,
    sidecar: PathBuf,
    version: Option<Version>,
    file: Option<File>,
    sum: Sum,
    // Last, so that it is freed when the rest is settled.
    _lock: Lock,
}

impl Part {
    /// Opens what is there of a file, if it is of this URL, and hashes it; else begins a new one.
    ///
    /// The file's own length is the truth: what a sidecar could say of it may be older.
    pub(super) fn open(target: &Path, url: &str) -> Result<Self, Error> {
        if fs::symlink_metadata(target).is_ok_and(|metadata| metadata.is_dir()) {
            let text = format!("could not write `{}`: it is a directory; choose another directory", target.display());
            return Err(Error::new(ErrorKind::Io, text));
        }
        let (path, sidecar) = (beside(target, ".part"), beside(target, ".part.json"));
        let lock = beside(target, ".lock");
        let lock = Lock::wait_for(&lock).map_err(|error| io_error("lock", &lock, error))?.ok_or_else(|| {
            let shown = target.display();
            let text = format!("could not write `{shown}`: another download is writing it; wait until that has ended");
            Error::new(ErrorKind::Io, text)
        })?;
        let version = Version::read(&sidecar).filter(|version| version.url == Version::of(url).url);
        let part =
            Self { target: target.to_owned(), path, sidecar, version, file: None, sum: Sum::default(), _lock: lock };
        part.opened()
    }

    fn opened(mut self) -> Result<Self, Error> {
        let length = match fs::symlink_metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        };
        let usable = self.version.as_ref().is_some_and(|version| {
            version.kept(length).can_continue() && version.total.is_none_or(|total| length <= total)
        });
        let opened = if usable { self.read_again() } else { self.create() };
        if !usable {
            self.version = None;
        }
        opened.map_err(|error| io_error("open", &self.path, error))?;
        Ok(self)
    }

    fn read_again(&mut self) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).append(true).open(&self.path)?;
        let digests = self.version.as_ref().map(|version| &version.digests);
        self.sum = digests.map_or_else(Sum::default, Sum::new);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            self.sum.add(&buffer[..read]);
        }
        self.file = Some(file);
        Ok(())
    }

    /// A new file, never one that a link leads to.
    fn create(&mut self) -> io::Result<()> {
        self.file = None;
        let _ = fs::remove_file(&self.path);
        self.file = Some(OpenOptions::new().append(true).create_new(true).open(&self.path)?);
        self.sum = Sum::default();
        Ok(())
    }

    pub(super) fn length(&self) -> u64 {
        self.sum.length()
    }

    pub(super) fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Begins again, with this version of the file.
    pub(super) fn restart(&mut self, version: Version) -> Result<(), Error> {
        // Emptied first: after a crash in between, there is nothing that the wrong sidecar could speak of.
        let emptied = match &self.file {
            Some(file) if self.sum.length() == 0 => file.set_len(0),
            _ => self.create(),
        };
        emptied.map_err(|error| self.error("write", error))?;
        self.sum = Sum::new(&version.digests);
        version.write(&self.sidecar).map_err(|error| io_error("write", &self.sidecar, error))?;
        self.version = Some(version);
        Ok(())
    }

    /// Writes and hashes a piece, and each after it that has arrived by then, until a run ends; no more than `most` bytes.
    /// What has arrived after them and was not written, if anything.
    ///
    /// To hand each piece over to another thread would take about as long as to write it.
    pub(super) fn write_run(&mut self, first: Bytes, body: &mut Response, most: u64) -> Result<Option<Arrival>, Error> {
        let (mut next, mut bytes) = (Some(Ok(Some(first))), 0);
        loop {
            match next {
                Some(Ok(Some(piece))) if bytes + piece.len() as u64 <= most => {
                    self.write(&piece)?;
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

    fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let written = match &mut self.file {
            Some(file) => file.write_all(piece),
            None => Err(io::Error::other("it is closed")),
        };
        written.map_err(|error| self.error("write", error))?;
        self.sum.add(piece);
        Ok(())
    }

    pub(super) fn summary(&self) -> Summary {
        self.sum.finish()
    }

    /// Forgets what is there: it is not, or not wholly, what it should be.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        self.version = None;
        let _ = fs::remove_file(&self.sidecar);
        self.create().map_err(|error| self.error("write", error))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name.
    pub(super) fn publish(mut self, clobber: Clobber, durability: Durability) -> Result<(), Error> {
        if let (Some(file), Durability::Synced) = (&self.file, durability) {
            file.sync_all().map_err(|error| self.error("write", error))?;
        }
        self.file = None;
        let published = publish(&self.path, &self.target, clobber, durability);
        if !published.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
            // What is left goes with the part.
            self.version = None;
        }
        published.map_err(|error| io_error("write", &self.target, error))
    }

    fn error(&self, verb: &str, error: io::Error) -> Error {
        io_error(verb, &self.path, error)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.file = None;
        let length = self.sum.length();
        if self.version.as_ref().is_some_and(|version| version.kept(length).can_continue()) {
            return;
        }
        // Nothing can be done about a failure.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.sidecar);
    }
}

/// A path with this at the end of its name.
pub(super) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

pub(super) fn io_error(verb: &str, path: &Path, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then download again",
        io::ErrorKind::AlreadyExists => "another program made it meanwhile; choose another directory",
        _ => "choose a directory that can be written to",
    };
    let text = format!("could not {verb} `{}`: {error}; {advice}", path.display());
    Error::new(ErrorKind::Io, text).with_source(error)
}

#[cfg(test)]
mod tests;
