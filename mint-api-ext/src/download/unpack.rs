//! Unpacks archives: all files or none, and never outside of the directory.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::Unpacked;
use super::destination::{Item, UnpackedFrom};
use super::disk::{beside, io_error};
use super::download::Overwrite;
use super::end::end_record;
use super::file_name::{folded, is_of_downloads, is_reserved};
use super::publish::rename;
use super::sum::{Sum, TAIL};
use crate::asset::Asset;
use crate::client::refused;
use crate::error::{Error, ErrorKind};

const MAX_FILES: usize = 10_000;
const MAX_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// How many times its own size an archive may hold. Small archives may always hold [`ALWAYS_ALLOWED`] bytes.
const MAX_RATIO: u64 = 200;
const ALWAYS_ALLOWED: u64 = 1024 * 1024;
/// How deep paths in an archive may be.
const MAX_DEPTH: usize = 32;

/// An archive to unpack.
pub(super) struct Archive {
    asset: Asset,
    /// Where the download puts it.
    target: PathBuf,
    overwrite: Overwrite,
    /// The files that an earlier download unpacked from it, and what they were unpacked from.
    earlier: Vec<PathBuf>,
    earlier_from: UnpackedFrom,
}

impl Archive {
    pub(super) fn of(item: &Item, overwrite: Overwrite) -> Self {
        let (asset, target) = (item.asset.clone(), item.path.clone());
        Self { asset, target, overwrite, earlier: item.unpacked_before.clone(), earlier_from: item.unpacked_from }
    }

    /// Unpacks it from where it is; an error if publishing it would lose other files.
    pub(super) fn unpack(&self, from: &Path) -> Result<Staged, Error> {
        Staged::unpack(&self.asset, from, &self.target, self.overwrite, &self.earlier)
    }

    /// Unpacks it from its target, unless its files are there.
    pub(super) fn unpack_again(&self) -> Result<Unpacked, Error> {
        let there = match (self.earlier_from, self.earlier.as_slice()) {
            (UnpackedFrom::Earlier, _) => None,
            // A directory that no download recorded is kept like a file.
            (UnpackedFrom::This, []) if self.overwrite != Overwrite::Never => None,
            (UnpackedFrom::This, known) => there(&self.asset, &self.target, known),
        };
        match there {
            Some(unpacked) => Ok(unpacked),
            None => self.unpack(&self.target)?.publish(),
        }
    }
}

/// An archive unpacked into a temporary directory, which is removed on drop.
pub(super) struct Staged {
    staging: PathBuf,
    directory: PathBuf,
    files: Vec<PathBuf>,
    primary: Option<PathBuf>,
}

/// The paths of an archive so far, as the file systems compare them that ignore case.
#[derive(Default)]
struct Names {
    files: HashSet<String>,
    directories: HashSet<String>,
}

impl Names {
    /// The error says why a directory cannot hold this path beside the others.
    fn take(&mut self, path: &Path, is_directory: bool) -> Result<(), &'static str> {
        let folded = |path: &Path| folded(&path.to_string_lossy());
        let paths: Vec<String> = path.ancestors().map(folded).filter(|path| !path.is_empty()).collect();
        self.directories.extend(paths.iter().skip(usize::from(!is_directory)).cloned());
        if !is_directory && !self.files.insert(folded(path)) {
            return Err("is there twice");
        }
        let clashes = paths.iter().any(|path| self.files.contains(path) && self.directories.contains(path));
        if clashes { Err("is within a file, or a file and a directory") } else { Ok(()) }
    }
}

/// Why an archive cannot be unpacked.
enum Trouble {
    /// The archive itself.
    Archive(String),
    /// The disk.
    Disk(PathBuf, io::Error),
}

impl Staged {
    pub(super) fn unpack(
        asset: &Asset,
        archive: &Path,
        target: &Path,
        overwrite: Overwrite,
        earlier: &[PathBuf],
    ) -> Result<Self, Error> {
        let staging = beside(target, ".unpacking");
        let mut staged = Self { staging, directory: directory_of(target), files: Vec::new(), primary: None };
        staged.fill(asset, archive).map_err(|trouble| match trouble {
            Trouble::Archive(why) => refused(
                &asset.url,
                &format!("its archive was not unpacked: {why}; leave out `unpack_archives` to keep it"),
            ),
            Trouble::Disk(path, error) => io_error("write", &path, error),
        })?;
        staged.check_replaceable(overwrite, earlier)?;
        Ok(staged)
    }

    fn fill(&mut self, asset: &Asset, archive: &Path) -> Result<(), Trouble> {
        remove(&self.staging).map_err(|error| Trouble::Disk(self.staging.clone(), error))?;
        fs::create_dir(&self.staging).map_err(|error| Trouble::Disk(self.staging.clone(), error))?;
        let mut file = File::open(archive).map_err(|error| Trouble::Disk(archive.to_owned(), error))?;
        let size =
            file.metadata().map(|found| found.len()).map_err(|error| Trouble::Disk(archive.to_owned(), error))?;
        let listed = entries(&mut file, size).map_err(|error| Trouble::Disk(archive.to_owned(), error))?;
        let mut archive = ZipArchive::new(file).map_err(|error| Trouble::Archive(error.to_string()))?;
        let count = archive.len();
        if count > MAX_FILES {
            return Err(Trouble::Archive(format!("it holds {count} files, and {MAX_FILES} are the most")));
        }
        // The reader keeps one file of each name, so only the count shows a second one.
        if listed != Some(count) {
            return Err(Trouble::Archive("it holds two files of one name, or its parts contradict each other".into()));
        }
        let mut left = MAX_BYTES.min((size.saturating_mul(MAX_RATIO)).max(ALWAYS_ALLOWED));
        let mut names = Names::default();
        for index in 0..count {
            let entry = archive.by_index(index).map_err(|error| Trouble::Archive(error.to_string()))?;
            self.entry(entry, &mut names, &mut left)?;
        }
        self.find_primary(asset)
    }

    fn entry(&mut self, mut entry: ZipFile<'_, File>, names: &mut Names, left: &mut u64) -> Result<(), Trouble> {
        let refused = |why: &str| {
            let name: String = entry.name().chars().take(80).collect();
            Trouble::Archive(format!("{name:?} {why}"))
        };
        let path = inside(entry.name()).map_err(|why| refused(&format!("is not a path within the archive: {why}")))?;
        let is_directory = entry.name().ends_with(['/', '\\']);
        if path.as_os_str().is_empty() {
            return if is_directory { Ok(()) } else { Err(refused("has no name")) };
        }
        if entry.is_symlink()
            || entry.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000))
        {
            return Err(refused("is neither a file nor a directory"));
        }
        if entry.encrypted() {
            return Err(refused("is encrypted"));
        }
        names.take(&path, is_directory).map_err(refused)?;
        let to = self.staging.join(&path);
        let disk = |error| Trouble::Disk(to.clone(), error);
        if is_directory {
            return fs::create_dir_all(&to).map_err(disk);
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(disk)?;
        }
        // The sizes in the archive are not trusted: the bytes are counted.
        let mut file = File::create_new(&to).map_err(disk)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            // The last read fails if the CRC is wrong.
            let read = entry.read(&mut buffer).map_err(|error| {
                let name: String = entry.name().chars().take(80).collect();
                Trouble::Archive(format!("{name:?} cannot be read: {error}"))
            })?;
            if read == 0 {
                break;
            }
            *left = left.checked_sub(read as u64).ok_or_else(|| {
                Trouble::Archive(format!(
                    "it holds more than {MAX_RATIO} times its size, or more than {MAX_BYTES} bytes"
                ))
            })?;
            io::Write::write_all(&mut file, &buffer[..read]).map_err(disk)?;
        }
        self.files.push(path);
        Ok(())
    }

    fn find_primary(&mut self, asset: &Asset) -> Result<(), Trouble> {
        let Some(path) = asset.primary_path.as_deref().filter(|path| !path.is_empty()) else {
            return Ok(());
        };
        let within = inside(path).ok().filter(|path| self.staging.join(path).is_file());
        let Some(within) = within else {
            return Err(Trouble::Archive(format!("the file to open first, {path:?}, is not in it")));
        };
        self.primary = Some(within);
        Ok(())
    }

    /// An error if replacing the directory would lose a file: one that is neither in `earlier` nor the same as in this
    /// archive. With [`Overwrite::Always`], it need only have the name of a file of the archive.
    fn check_replaceable(&self, overwrite: Overwrite, earlier: &[PathBuf]) -> Result<(), Error> {
        let failed = |error| io_error("replace", &self.directory, error);
        let why = match fs::symlink_metadata(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
            Ok(found) if found.is_dir() && overwrite != Overwrite::Never => {
                let (earlier, ours): (HashSet<_>, HashSet<_>) = (earlier.iter().collect(), self.files.iter().collect());
                let is_lost = |file: &&PathBuf| {
                    let is_kept = || overwrite == Overwrite::Always || self.holds_the_same(file);
                    !(earlier.contains(file) || ours.contains(file) && is_kept())
                };
                let files = files_in(&self.directory).map_err(failed)?;
                let Some(foreign) = files.iter().find(is_lost) else {
                    return Ok(());
                };
                format!("`{}` in it is not of the archive, and would be lost", foreign.display())
            }
            Ok(_) => "it is there already".to_owned(),
        };
        let shown = self.directory.display();
        let text = format!("could not unpack to `{shown}`: {why}; move it away, or choose another directory");
        Err(Error::new(ErrorKind::Io, text))
    }

    /// Whether a file of the archive has the same bytes in the directory.
    fn holds_the_same(&self, file: &Path) -> bool {
        let length =
            |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|found| found.len());
        let (old, new) = (self.directory.join(file), self.staging.join(file));
        let sha256 = |path: &Path| {
            let mut sum = Sum::default();
            sum.read(&mut File::open(path).ok()?).ok().map(|()| sum.finish().sha256)
        };
        length(&old).is_some() && length(&old) == length(&new) && sha256(&old) == sha256(&new)
    }

    /// Gives the directory its name, in place of an older one.
    pub(super) fn publish(self) -> Result<Unpacked, Error> {
        let failed = |error| io_error("write", &self.directory, error);
        let old = beside(&self.directory, ".replaced");
        remove(&old).map_err(failed)?;
        let replaced = fs::symlink_metadata(&self.directory).is_ok();
        if replaced {
            rename(&self.directory, &old).map_err(failed)?;
        }
        rename(&self.staging, &self.directory).map_err(|error| {
            // Restores the older one.
            let _ = if replaced { rename(&old, &self.directory) } else { Ok(()) };
            failed(error)
        })?;
        remove(&old).map_err(failed)?;
        Ok(Unpacked {
            directory: self.directory.clone(),
            files: self.files.clone(),
            primary: self.primary.as_ref().map(|path| self.directory.join(path)),
        })
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Published, it is no longer there.
        let _ = remove(&self.staging);
    }
}

/// Finds the unpacked files of an archive: the `known` ones if all are present, or every file if none is known.
fn there(asset: &Asset, target: &Path, known: &[PathBuf]) -> Option<Unpacked> {
    let directory = directory_of(target);
    if !fs::symlink_metadata(&directory).ok()?.is_dir() {
        return None;
    }
    let found = files_in(&directory).ok()?;
    let files = match known {
        [] => found,
        known => {
            let found: HashSet<PathBuf> = found.into_iter().collect();
            known.iter().all(|file| found.contains(file)).then(|| known.to_vec())?
        }
    };
    let primary = asset.primary_path.as_deref().filter(|path| !path.is_empty());
    let primary = match primary {
        Some(path) => Some(directory.join(inside(path).ok()?)).filter(|path| path.is_file()).map(Some)?,
        None => None,
    };
    Some(Unpacked { directory, files, primary })
}

/// Every file below a directory.
fn files_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(within) = directories.pop() {
        for entry in fs::read_dir(directory.join(&within))? {
            let entry = entry?;
            let path = within.join(entry.file_name());
            if entry.file_type()?.is_dir() { directories.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// The archive's name without its extension, or with `-unpacked` if it has none, or if downloads use the name that is left or
/// Windows forbids it.
pub(super) fn directory_of(target: &Path) -> PathBuf {
    let is_free = |stem: &str| !is_forbidden_by_windows(stem) && !is_of_downloads(stem);
    match (target.extension(), target.file_stem()) {
        (Some(_), Some(stem)) if is_free(&stem.to_string_lossy()) => target.with_extension(""),
        _ => beside(target, "-unpacked"),
    }
}

/// The path of an entry, relative to the directory and within it; the error says why it is not one. It is empty for the
/// directory itself.
///
/// Archives of Windows separate by `\`, and some begin each path with `./`.
fn inside(name: &str) -> Result<PathBuf, &'static str> {
    let name = name.replace('\\', "/");
    if name.contains('\0') {
        return Err("it holds a null byte");
    }
    if name.starts_with('/') && name.bytes().any(|byte| byte != b'/') {
        return Err("it is absolute");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err("it leads out of it");
    }
    if parts.len() > MAX_DEPTH {
        return Err("it is too deep");
    }
    if cfg!(windows) && parts.iter().copied().any(is_forbidden_by_windows) {
        return Err("Windows forbids it");
    }
    Ok(parts.into_iter().collect())
}

/// Whether Windows forbids a name, or opens something else by it: `:` also names drives and streams, and a dot or a space at
/// the end is dropped.
fn is_forbidden_by_windows(part: &str) -> bool {
    part.contains(|character: char| character.is_ascii_control() || r#"<>:"|?*"#.contains(character))
        || part.ends_with([' ', '.'])
        || is_reserved(part)
}

/// The number of entries in the end record of an archive.
fn entries(file: &mut File, size: u64) -> io::Result<Option<usize>> {
    let tail = size.min(TAIL as u64);
    file.seek(SeekFrom::Start(size - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    file.rewind()?;
    Ok(end_record(&bytes).and_then(|(record, _)| match u16::from_le_bytes([record[10], record[11]]) {
        // ZIP64: the number is in a record of its own, 32 bytes after that begins.
        u16::MAX => {
            let at = bytes.windows(4).rposition(|window| window == b"PK\x06\x06")?;
            let number = bytes.get(at + 32..at + 40)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(number)).ok()
        }
        number => Some(usize::from(number)),
    }))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
