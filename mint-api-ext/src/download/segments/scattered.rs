//! A partial file whose bytes are written in any order. All of this module blocks.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use bytes::Bytes;
use futures::FutureExt as _;
use reqwest::Response;

use super::super::destination::Arrival;
use super::super::disk::io_error;
use super::super::file_system::sync;
use super::super::lock::Lock;
use super::super::publish::Durability;
use super::super::sidecar::{Sidecar, Version};
use super::super::sum::{Sum, Summary};
use super::ledger::{Id, Ledger};
use super::ranges::Ranges;
use super::written::{self, Log, path as log_path};
use crate::error::Error;

/// After so many bytes the file is synced, while more are written.
const SYNCED_EVERY: u64 = 32 * 1024 * 1024;
/// Nothing is written before the disk has caught up, if so many bytes are not synced: what a power failure costs is these and
/// a piece of each connection, less than 64 MiB.
const MOST_UNSYNCED: u64 = 48 * 1024 * 1024;
/// A run of writes, or of reading again, ends after this many bytes, so that it is short.
const RUN: u64 = 4 * 1024 * 1024;
/// How many ranges are listed, so that a list stays short. The bytes of others are fetched again.
const MOST_RANGES: usize = 400;

/// A partial file that several connections write to.
///
/// Each blocking task holds it, and with it the lock: a download that is dropped amid a write leaves the file to others
/// only when the write is done.
#[derive(Debug)]
pub(in crate::download) struct Scattered {
    file: File,
    path: PathBuf,
    sidecar: PathBuf,
    version: Version,
    durability: Durability,
    ledger: Mutex<Ledger>,
    /// Of the bytes before the first hole, as far as they have been read.
    sum: Mutex<Sum>,
    /// The length of `sum`, for who must not wait for it.
    hashed: AtomicU64,
    /// Of what is written, for a download after a kill.
    log: Mutex<Option<Log>>,
    /// Lets one task sync, and say so in the sidecar, at a time.
    syncing: Mutex<()>,
    lock: Lock,
}

/// What an earlier download left of a file.
pub(in crate::download) struct Left {
    pub(in crate::download) path: PathBuf,
    pub(in crate::download) sidecar: PathBuf,
    pub(in crate::download) version: Version,
    pub(in crate::download) written: Ranges,
    /// Of the bytes before the first hole.
    pub(in crate::download) sum: Sum,
    pub(in crate::download) lock: Lock,
}

/// What became of a run of writes.
pub(in crate::download) struct Run {
    /// What arrived after it, if anything.
    pub(in crate::download) arrived: Option<Arrival>,
    /// Whether the connection has all of its segment.
    pub(in crate::download) is_full: bool,
}

impl Scattered {
    /// Opens the file for writing in any order. The sidecar says so, durably, before it returns.
    pub(in crate::download) fn open(left: Left, total: u64, durability: Durability) -> Result<Self, Error> {
        let Left { path, sidecar, version, written, sum, lock } = left;
        let opened = OpenOptions::new().read(true).write(true).open(&path).and_then(|file| {
            // Else the length is no truth after a power failure, and neither is the sidecar.
            sync(&file).map(|()| file)
        });
        let file = opened.map_err(|error| io_error("write", &path, error))?;
        // Before the mark: the log of an earlier file must not be taken for one of this file.
        let log = Log::begin(&path, &version, &written).map_err(|error| io_error("write", &log_path(&path), error))?;
        let ledger = Mutex::new(Ledger::new(total, written.clone(), written));
        let (hashed, sum, log) = (AtomicU64::new(sum.length()), Mutex::new(sum), Mutex::new(log));
        let syncing = Mutex::default();
        let scattered = Self { file, path, sidecar, version, durability, ledger, sum, hashed, log, syncing, lock };
        scattered.mark()?;
        Ok(scattered)
    }

    /// Declares that no byte can be relied on, durably, before the file is emptied; and gives the lock back.
    pub(in crate::download) fn forget(this: Arc<Self>) -> Result<Lock, Error> {
        let path = this.path.clone();
        *this.ledger() = Ledger::new(0, Ranges::default(), Ranges::default());
        written::remove(&path).map_err(|error| io_error("write", &log_path(&path), error))?;
        this.mark()?;
        let this =
            Arc::try_unwrap(this).map_err(|_| io_error("write", &path, io::Error::other("it is being written")))?;
        Ok(this.lock)
    }

    pub(in crate::download) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sum(&self) -> MutexGuard<'_, Sum> {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes are hashed, from the first.
    pub(in crate::download) fn length(&self) -> u64 {
        self.hashed.load(Ordering::Acquire)
    }

    pub(in crate::download) fn held(&self) -> u64 {
        self.ledger().written.bytes()
    }

    pub(in crate::download) fn summary(&self) -> Summary {
        self.sum().finish()
    }

    /// Writes a piece and those after it that have arrived by then, until the segment is full or the run ends.
    pub(super) fn write_run(&self, id: Id, first: Bytes, body: &mut Response) -> Result<Run, Error> {
        let (mut next, mut bytes) = (Some(Ok(Some(first))), 0);
        loop {
            let Some(Ok(Some(piece))) = next else {
                return Ok(Run { arrived: next, is_full: self.ledger().is_full(id) });
            };
            let mut rest = piece;
            while !rest.is_empty() {
                if self.has_unsynced(MOST_UNSYNCED) {
                    self.sync()?;
                }
                let (at, taken) = self.ledger().take(id, rest.len() as u64);
                if taken == 0 {
                    return Ok(Run { arrived: None, is_full: true });
                }
                // Not more than the piece has.
                let piece = rest.split_to(taken as usize);
                write_all_at(&self.file, &piece, at).map_err(|error| io_error("write", &self.path, error))?;
                self.add(at, &piece);
                self.ledger().wrote(id, at + taken);
                self.log(at, at + taken)?;
                bytes += taken;
            }
            if bytes >= RUN || self.ledger().is_full(id) {
                return Ok(Run { arrived: None, is_full: self.ledger().is_full(id) });
            }
            next = body.chunk().now_or_never();
        }
    }

    /// Hashes a piece while it is in the processor's cache, if its turn has come.
    fn add(&self, at: u64, piece: &[u8]) {
        let mut sum = match self.sum.try_lock() {
            Ok(sum) => sum,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if sum.length() == at {
            sum.add(piece);
            self.hashed.store(sum.length(), Ordering::Release);
        }
    }

    /// Whether bytes before the first hole are not hashed.
    pub(super) fn is_behind(&self) -> bool {
        let prefix = self.ledger().written.prefix();
        self.length() < prefix
    }

    /// Reads and hashes some of the bytes whose turn has come.
    pub(super) fn catch_up(&self) -> Result<(), Error> {
        let mut sum = self.sum();
        let end = self.ledger().written.prefix().min(sum.length() + RUN);
        let mut buffer = vec![0; 256 * 1024];
        while sum.length() < end {
            let most = buffer.len().min(usize::try_from(end - sum.length()).unwrap_or(usize::MAX));
            let read = read_at(&self.file, &mut buffer[..most], sum.length());
            match read.map_err(|error| io_error("read", &self.path, error))? {
                0 => {
                    let error = io::Error::other("another program made it shorter");
                    return Err(io_error("read", &self.path, error));
                }
                read => sum.add(&buffer[..read]),
            }
            self.hashed.store(sum.length(), Ordering::Release);
        }
        Ok(())
    }

    /// Whether it is time to sync the file.
    pub(super) fn is_unsynced(&self) -> bool {
        self.has_unsynced(SYNCED_EVERY)
    }

    fn has_unsynced(&self, bytes: u64) -> bool {
        let ledger = self.ledger();
        self.durability == Durability::Synced && ledger.written.bytes() >= ledger.synced.bytes() + bytes
    }

    /// Syncs the file, then says so in the sidecar; unless another task just did.
    pub(super) fn sync(&self) -> Result<(), Error> {
        let _syncing = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_unsynced() {
            return Ok(());
        }
        let written = self.ledger().written.clone();
        sync(&self.file).map_err(|error| io_error("write", &self.path, error))?;
        self.ledger().synced = written;
        self.mark()
    }

    /// Says in the sidecar, durably, that the bytes come in any order, and which of them are on the disk.
    fn mark(&self) -> Result<(), Error> {
        let synced = Some(self.ledger().synced.at_most(MOST_RANGES));
        let sidecar = Sidecar { version: self.version.clone(), synced };
        let marked = sidecar.write(&self.sidecar, Durability::Synced);
        marked.map_err(|error| io_error("write", &self.sidecar, error))
    }

    /// Adds a range that is written to the log.
    fn log(&self, start: u64, end: u64) -> Result<(), Error> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(log) = log.as_mut() else {
            return Ok(());
        };
        let logged = log.add(start, end, || self.ledger().written.at_most(MOST_RANGES));
        logged.map_err(|error| io_error("write", &log_path(&self.path), error))
    }
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => (bytes, at) = (&bytes[written..], at + written as u64),
        }
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

#[cfg(test)]
mod tests;
