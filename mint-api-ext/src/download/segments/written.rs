//! The log of what is written of a file in segments, for a download that continues it after a kill.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::disk::{beside, replace};
use super::super::publish::Durability;
use super::super::sidecar::Version;
use super::ranges::Ranges;

/// The layout of the log.
const LAYOUT: u32 = 1;
/// A log that has this many bytes is written anew, with the ranges that touch joined.
const LONG: u64 = 64 * 1024;
/// A log that was written for this crate is not longer.
const MAX_BYTES: u64 = 16 * LONG;

/// The first line of a log. Each of the others has a range: its first byte, and the one after its last.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Head {
    version: u32,
    /// The run of the system that has the bytes, perhaps in its cache only.
    boot: String,
    url: String,
    etag: Option<String>,
}

/// The log of a file that is being written.
///
/// It is never synced. After a power failure its file may hold anything: then another run of the system reads it, and believes
/// only what the sidecar lists as synced. It does without a run where the system does not name that.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    head: String,
    file: File,
    bytes: u64,
}

impl Log {
    /// Begins the log of a partial file, in place of any other; `None` where it could not be believed.
    pub(super) fn begin(part: &Path, of: &Version, written: &Ranges) -> io::Result<Option<Self>> {
        let Some(head) = Head::of(of) else {
            return remove(part).map(|()| None);
        };
        let (path, head) = (path(part), serde_json::to_string(&head)?);
        let (file, bytes) = anew(&path, &head, written)?;
        Ok(Some(Self { path, head, file, bytes }))
    }

    /// Adds a range that is written. A log that becomes long is written anew, with `all` of the ranges.
    pub(super) fn add(&mut self, start: u64, end: u64, all: impl FnOnce() -> Ranges) -> io::Result<()> {
        let line = format!("{start} {end}\n");
        self.file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        if self.bytes >= LONG {
            (self.file, self.bytes) = anew(&self.path, &self.head, &all())?;
        }
        Ok(())
    }
}

impl Head {
    fn of(version: &Version) -> Option<Self> {
        let (url, etag) = (version.url.clone(), version.etag.clone());
        Some(Self { version: LAYOUT, boot: boot()?, url, etag })
    }
}

fn anew(path: &Path, head: &str, written: &Ranges) -> io::Result<(File, u64)> {
    let mut text = format!("{head}\n");
    for (start, end) in written.iter() {
        // A `String` takes everything.
        let _ = writeln!(text, "{start} {end}");
    }
    replace(path, text.as_bytes(), Durability::Cached)?;
    Ok((OpenOptions::new().append(true).open(path)?, text.len() as u64))
}

/// What the log of a partial file lists, if this run of the system wrote it, of this version of the file.
pub(in crate::download) fn read(part: &Path, of: &Version) -> Option<Ranges> {
    let (head, lines) = parsed(&path(part))?;
    (Some(head) == Head::of(of)).then(|| {
        let mut ranges = Ranges::default();
        lines.iter().for_each(|(start, end)| ranges.add(*start, *end));
        ranges
    })
}

/// Whether a file is a log, of whatever file.
pub(in crate::download) fn is_log(path: &Path) -> bool {
    parsed(path).is_some_and(|(head, _)| head.version == LAYOUT)
}

/// A log, as far as it can be read: a kill can leave a part of its last line.
fn parsed(path: &Path) -> Option<(Head, Vec<(u64, u64)>)> {
    let found = fs::symlink_metadata(path).ok().filter(|found| found.is_file() && found.len() <= MAX_BYTES);
    let text = String::from_utf8(found.and_then(|_| fs::read(path).ok())?).ok()?;
    let mut lines = text.split_inclusive('\n').map_while(|line| line.strip_suffix('\n'));
    let head = serde_json::from_str(lines.next()?).ok()?;
    let range = |line: &str| {
        let (start, end) = line.split_once(' ')?;
        Some((start.parse().ok()?, end.parse().ok()?))
    };
    Some((head, lines.map_while(range).collect()))
}

/// Where the log of a partial file is.
pub(in crate::download) fn path(part: &Path) -> PathBuf {
    beside(part, ".written")
}

/// Removes the log of a partial file, and what a kill has left of a new one.
pub(in crate::download) fn remove(part: &Path) -> io::Result<()> {
    let _ = fs::remove_file(beside(&path(part), ".new"));
    match fs::remove_file(path(part)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Names the run of the operating system, where it does.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().filter(|_| cfg!(target_os = "linux"))?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn version(etag: &str) -> Version {
        Version { etag: Some(etag.to_owned()), ..Version::of("https://a.b/a?s=1") }
    }

    fn ranges(ranges: &[(u64, u64)]) -> Ranges {
        let mut all = Ranges::default();
        ranges.iter().for_each(|(start, end)| all.add(*start, *end));
        all
    }

    #[test]
    fn a_log_counts_for_its_version_within_one_run_of_the_system() {
        let directory = tempfile::tempdir().unwrap();
        let part = directory.path().join("a.part");
        let (one, path) = (version("\"one\""), path(&part));
        let mut log = Log::begin(&part, &one, &ranges(&[(0, 5)])).unwrap().unwrap();
        log.add(9, 12, Ranges::default).unwrap();
        log.add(5, 7, Ranges::default).unwrap();
        assert_eq!(read(&part, &one), Some(ranges(&[(0, 7), (9, 12)])));
        assert_eq!(read(&part, &version("\"two\"")), None);
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("s=1"), "{text}");
        let boot = boot().unwrap();
        let other = text.replace(&boot, "another");
        // As a kill, a power failure, or a later version of this crate leaves it.
        for (text, expected) in [
            (text[..text.len() - 1].to_owned(), Some(ranges(&[(0, 5), (9, 12)]))),
            (format!("{text}13"), Some(ranges(&[(0, 7), (9, 12)]))),
            (format!("{text}\0\0\0\n1 90\n"), Some(ranges(&[(0, 7), (9, 12)]))),
            (other, None),
            (text.replace("\"version\":1", "\"version\":2"), None),
            (text[..20].to_owned(), None),
            ("\0\0\0\n".to_owned(), None),
            (String::new(), None),
        ] {
            fs::write(&path, &text).unwrap();
            assert_eq!(read(&part, &one), expected, "{text:?}");
        }
        // One of an earlier file does not count for a new one.
        Log::begin(&part, &one, &Ranges::default()).unwrap();
        assert_eq!(read(&part, &one), Some(Ranges::default()));
        remove(&part).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_long_log_is_written_anew() {
        let directory = tempfile::tempdir().unwrap();
        let part = directory.path().join("a.part");
        let mut log = Log::begin(&part, &version("\"one\""), &Ranges::default()).unwrap().unwrap();
        for n in 0..20_000 {
            log.add(n, n + 1, || Ranges::first(n + 1)).unwrap();
            assert!(log.bytes < LONG && log.bytes == fs::metadata(path(&part)).unwrap().len());
        }
        assert_eq!(read(&part, &version("\"one\"")), Some(Ranges::first(20_000)));
    }
}
