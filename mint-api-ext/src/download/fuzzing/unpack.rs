//! Unpacking.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, Crc, write::DeflateEncoder};

use super::super::download::Overwrite;
use super::super::unpack::Staged;
use super::assert_distinct;
use crate::asset::{Asset, AssetKind};

/// The input is an archive, or else lines that describe one. A line is an entry: how it is packed, its name and its content,
/// separated by tabs. `s` stores it, `d` deflates it 1000 times over, `l` makes it a symbolic link, `x` gives it a wrong
/// checksum. Lines that begin with `old`, `known` or `first` are a file that the directory has, one that an earlier download
/// unpacked into it, and the file to open first; `never` and `always` are settings.
///
/// All files are unpacked with their content and names of their own, or nothing in the directory, which is empty at first,
/// changes. No file of another program is lost.
pub fn unpack(data: &[u8], directory: &Path) {
    let input = Input::of(data);
    let (archive, target) = (directory.join("a.zip"), directory.join("a"));
    let is_ready = fs::write(&archive, &input.archive).is_ok()
        && input.old.iter().all(|(name, content)| {
            let path = target.join(name);
            path.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok()) && fs::write(path, content).is_ok()
        });
    if !is_ready {
        return;
    }
    let before = tree(directory);
    let asset = Asset { primary_path: input.first, ..Asset::new(AssetKind::Obj, "https://a.b/a.zip") };
    let staged = Staged::unpack(&asset, &archive, &archive, input.overwrite, &input.known);
    let unpacked = match staged.and_then(Staged::publish) {
        Ok(unpacked) => unpacked,
        Err(_) => return assert_eq!(tree(directory), before, "a directory is changed by an archive that is refused"),
    };
    let mut after = tree(directory);
    assert_eq!(after.remove(Path::new("a.zip")), before.get(Path::new("a.zip")).cloned(), "the archive is changed");
    let found: BTreeMap<PathBuf, Vec<u8>> = after
        .into_iter()
        .map(|(path, content)| {
            let within = path.strip_prefix("a").unwrap_or_else(|_| panic!("{} is outside", path.display()));
            (within.to_owned(), content)
        })
        .collect();
    let mut listed = unpacked.files.clone();
    listed.sort();
    assert_eq!(listed, found.keys().cloned().collect::<Vec<_>>(), "the files are not those of the list");
    let names: Vec<_> = found.keys().map(|path| path.to_string_lossy()).collect();
    assert_distinct(names.iter().map(AsRef::as_ref));
    assert!(unpacked.primary.is_none_or(|primary| primary.is_file()), "the file to open first is none");
    if let Some(entries) = input.entries {
        assert_eq!(found, entries, "the content is not that of the archive");
    }
    for (path, content) in input.old {
        let is_kept = found.get(&path) == Some(&content);
        let may_go = input.known.contains(&path) || input.overwrite == Overwrite::Always && found.contains_key(&path);
        assert!(is_kept || may_go, "{} is lost", path.display());
    }
}

#[derive(Default)]
struct Input {
    archive: Vec<u8>,
    /// The files of an archive that was made from lines.
    entries: Option<BTreeMap<PathBuf, Vec<u8>>>,
    old: BTreeMap<PathBuf, Vec<u8>>,
    known: Vec<PathBuf>,
    first: Option<String>,
    overwrite: Overwrite,
}

impl Input {
    fn of(data: &[u8]) -> Self {
        let text = match std::str::from_utf8(data) {
            Ok(text) if !text.starts_with("PK") => text,
            _ => return Self { archive: data.to_owned(), ..Self::default() },
        };
        let (mut input, mut zip) = (Self::default(), Zip::default());
        let mut entries = BTreeMap::new();
        for line in text.lines() {
            let mut fields = line.splitn(3, '\t');
            let mut next = || fields.next().unwrap_or_default();
            let (how, name, content) = (next(), next(), next());
            // A path of the test's own, where the input must not write.
            let own = || name.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']));
            match how {
                "old" if own() => drop(input.old.insert(name.into(), content.into())),
                "known" => input.known.push(name.into()),
                "first" => input.first = Some(name.to_owned()),
                "never" => input.overwrite = Overwrite::Never,
                "always" => input.overwrite = Overwrite::Always,
                "s" | "d" | "l" | "x" => {
                    let content = if how == "d" { content.repeat(1000) } else { content.to_owned() };
                    zip.add(how, name, content.as_bytes());
                    if !name.ends_with(['/', '\\']) {
                        let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
                        entries.insert(parts.collect(), content.into_bytes());
                    }
                }
                _ => {}
            }
        }
        input.archive = zip.finish();
        Self { entries: Some(entries), ..input }
    }
}

/// A writer of archives that lets them be wrong.
#[derive(Default)]
pub(in crate::download) struct Zip {
    files: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    pub(in crate::download) fn add(&mut self, how: &str, name: &str, content: &[u8]) {
        let mut sum = Crc::new();
        sum.update(content);
        let packed = match how {
            "d" => deflated(content),
            _ => content.to_owned(),
        };
        let method: u16 = if how == "d" { 8 } else { 0 };
        let (kind, sum): (u32, u32) = match how {
            "l" => (0o120_777, sum.sum()),
            "x" => (0o100_644, !sum.sum()),
            _ => (0o100_644, sum.sum()),
        };
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let Ok(name_length) = u16::try_from(name.len()) else { return };
        let offset = size(self.files.len());
        // The version to extract with, the flag of UTF-8, the method, and no time.
        let common = [
            &[20, 0][..],
            &0x800_u16.to_le_bytes(),
            &method.to_le_bytes(),
            &[0; 4],
            &sum.to_le_bytes(),
            &size(packed.len()),
            &size(content.len()),
            &name_length.to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        self.files.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
        let attributes = (kind << 16).to_le_bytes();
        let made_by_unix = [20, 3];
        self.directory.extend(
            [b"PK\x01\x02", &made_by_unix[..], &common, &[0; 6], &attributes, &offset, name.as_bytes()].concat(),
        );
        self.count = self.count.saturating_add(1);
    }

    pub(in crate::download) fn finish(self) -> Vec<u8> {
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let count = self.count.to_le_bytes();
        let end =
            [b"PK\x05\x06", &[0; 4][..], &count, &count, &size(self.directory.len()), &size(self.files.len()), &[0; 2]];
        [self.files, self.directory, end.concat()].concat()
    }
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    // A vector takes whatever is written.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// The files below a directory with their contents.
fn tree(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a directory") {
            let entry = entry.expect("an entry");
            let kind = entry.file_type().expect("a type");
            assert!(kind.is_dir() || kind.is_file(), "{} is neither a file nor a directory", entry.path().display());
            match kind.is_dir() {
                true => open.push(entry.path()),
                false => {
                    let path = entry.path().strip_prefix(directory).map(Path::to_owned).unwrap_or_default();
                    found.insert(path, fs::read(entry.path()).expect("a file"));
                }
            }
        }
    }
    found
}
