//! The journal of starts: what was sent outside a catalog, written down before it was sent.
//!
//! Each start is a file of its own in `mint/starts` in the folder of the user's state, so that two processes never write
//! the same one for different starts. A change of a file is made under the lock of the folder.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs4::FileExt;
use mint_api::Timestamp;
use mint_api_ext::download::replace_file;
use mint_api_ext::request::SavedRequest;
use mint_api_ext::wait::SavedOperation;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The format that this version writes and reads.
const FORMAT: u64 = 1;

/// A call that was written down, as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Call {
    /// A call that the library knows.
    Request(Box<SavedRequest>),
    /// A call of `mint api`.
    Route(Route),
}

/// A call of any route.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) query: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    pub(crate) idempotency_key: String,
}

/// A start in the journal.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    #[serde(deserialize_with = "format")]
    format: u64,
    pub(crate) key: String,
    /// What it starts, such as `generate model "a lamp"`.
    pub(crate) what: String,
    /// The server that it was sent to.
    pub(crate) server: String,
    pub(crate) sent_at: Timestamp,
    /// The call, until the operation has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) call: Option<Call>,
    /// The operation, once the reply is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<SavedOperation>,
    /// The status with which the operation ended for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended: Option<String>,
}

fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let format = u64::deserialize(deserializer)?;
    match format {
        FORMAT => Ok(format),
        _ => Err(serde::de::Error::custom(format_args!(
            "it has format {format}, and this version reads format {FORMAT}; use the version that wrote it"
        ))),
    }
}

impl Call {
    fn key(&self) -> &str {
        match self {
            Self::Request(saved) => &saved.idempotency_key,
            Self::Route(route) => &route.idempotency_key,
        }
    }
}

impl Start {
    pub(crate) fn new(what: String, server: String, call: Call) -> Self {
        let key = call.key().to_owned();
        let sent_at = SystemTime::now().into();
        Self { format: FORMAT, key, what, server, sent_at, call: Some(call), operation: None, ended: None }
    }
}

/// Whether a call with its key may have been sent before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Attempt {
    First,
    Again,
}

/// The folder of the starts.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    folder: Option<PathBuf>,
}

impl Journal {
    /// The journal of this user. Without a folder for it, it is empty and takes nothing.
    pub(crate) fn open() -> Self {
        Self { folder: state_folder().map(|folder| folder.join("mint").join("starts")) }
    }

    /// Writes a start down before it is sent. An earlier attempt with its key stays as it is.
    pub(crate) fn sending(&self, start: &Start) -> Result<Attempt, Failure> {
        let Some(folder) = &self.folder else {
            let text = "there is no folder to write down what is started; set HOME or XDG_STATE_HOME, then run again";
            return Err(Failure::usage(text));
        };
        let create = || {
            create_private(folder)?;
            let _lock = lock(folder)?;
            let path = path(folder, &start.key);
            if path.try_exists()? {
                return Ok(Attempt::Again);
            }
            write(&path, start).map(|()| Attempt::First)
        };
        create().map_err(|error| cannot(folder, &error))
    }

    /// Changes a start, if it is in the journal.
    pub(crate) fn change(&self, key: &str, change: impl FnOnce(&mut Start)) -> Result<(), Failure> {
        let Some(folder) = self.existing() else { return Ok(()) };
        let rewrite = || {
            let _lock = lock(folder)?;
            let path = path(folder, key);
            let Some(mut start) = read(&path)? else { return Ok(()) };
            change(&mut start);
            write(&path, &start)
        };
        rewrite().map_err(|error| cannot(folder, &error))
    }

    /// Removes a start that has no operation.
    pub(crate) fn remove(&self, key: &str) -> Result<(), Failure> {
        let Some(folder) = self.existing() else { return Ok(()) };
        let remove = || {
            let _lock = lock(folder)?;
            let path = path(folder, key);
            match read(&path)? {
                Some(start) if start.operation.is_none() => fs::remove_file(path),
                _ => Ok(()),
            }
        };
        remove().map_err(|error| cannot(folder, &error))
    }

    /// The start with a key.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Start>, Failure> {
        let Some(folder) = self.existing() else { return Ok(None) };
        read(&path(folder, key)).map_err(|error| cannot(folder, &error))
    }

    /// Every start, oldest first, and the files that cannot be read, with why.
    pub(crate) fn all(&self) -> Result<(Vec<Start>, Vec<String>), Failure> {
        let Some(folder) = self.existing() else { return Ok(Default::default()) };
        let cannot = |error: io::Error| cannot(folder, &error);
        let (mut starts, mut unreadable) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            match read(&path) {
                Ok(start) => starts.extend(start),
                Err(error) => unreadable.push(format!("`{}` cannot be read: {error}", path.display())),
            }
        }
        starts.sort_by_key(|start| (start.sent_at.as_str().to_owned(), start.key.clone()));
        Ok((starts, unreadable))
    }

    /// The start of an operation.
    pub(crate) fn of_operation(&self, id: &str) -> Result<Option<Start>, Failure> {
        let is_of = |start: &Start| start.operation.as_ref().is_some_and(|operation| operation.id.as_str() == id);
        // Approving or revising goes on with an operation; the newest start knows most.
        Ok(self.all()?.0.into_iter().rev().find(is_of))
    }

    fn existing(&self) -> Option<&Path> {
        self.folder.as_deref().filter(|folder| folder.is_dir())
    }
}

fn state_folder() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(folder) = variable("XDG_STATE_HOME") {
        return Some(folder);
    }
    if cfg!(windows) {
        return variable("LOCALAPPDATA");
    }
    let home = variable("HOME")?;
    Some(if cfg!(target_os = "macos") { home.join("Library/Application Support") } else { home.join(".local/state") })
}

/// The file of a start. A key may hold characters that a file name cannot.
fn path(folder: &Path, key: &str) -> PathBuf {
    let hash = Sha256::digest(key.as_bytes());
    let name: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    folder.join(format!("{name}.json"))
}

/// Creates the folder. Only its owner can read it: a body may hold the signed URL of a picture.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn lock(folder: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    // The standard library's own is newer than the oldest Rust that builds this.
    FileExt::lock(&file)?;
    Ok(file)
}

fn read(path: &Path) -> io::Result<Option<Start>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => Ok(Some(serde_json::from_slice(&bytes?)?)),
    }
}

/// Replaces the file at once, and returns when it is on the disk.
fn write(path: &Path, start: &Start) -> io::Result<()> {
    replace_file(path, &serde_json::to_vec_pretty(start)?)
}

fn cannot(folder: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!(
        "could not use the journal of what was started in `{}`: {error}; check the folder and the disk, then run again",
        folder.display()
    ))
}
