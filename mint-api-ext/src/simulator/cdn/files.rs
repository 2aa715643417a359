//! The files of the CDN.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::fault::{Fault, Faults, Target};
use crate::asset::AssetKind;
use crate::client::Sha256;
use crate::download::hex;
use crate::simulator::http::RequestLog;

/// The files of the CDN, their faults, the signatures of their URLs, and the requests for them.
#[derive(Debug)]
pub(crate) struct Files {
    address: SocketAddr,
    pub(crate) requests: RequestLog,
    /// By path.
    files: Mutex<HashMap<String, File>>,
    faults: Mutex<Faults>,
    /// How often the URL of a file has expired, by path.
    expired: Mutex<HashMap<String, u32>>,
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
    pub(crate) etag: String,
}

/// The bytes of a file, and the hash that is in its URL and its `ETag`.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) bytes: Bytes,
    hash: String,
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        let hash = hex(&Sha256::digest(&bytes)[..16]);
        Self { bytes, hash }
    }
}

impl Files {
    /// The files of a CDN that listens on this address.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            requests: RequestLog::default(),
            files: Mutex::default(),
            faults: Mutex::default(),
            expired: Mutex::default(),
        }
    }

    /// Adds a file and returns its URL. The same name and bytes give the same URL.
    pub(crate) fn add(&self, name: &str, content_type: &'static str, content: impl Into<Content>) -> String {
        self.of("files").add(name, content_type, content)
    }

    /// The files of one owner, such as an operation. Owners share no URL, so that a fault of one does not hit another.
    pub(crate) fn of<'a>(&'a self, owner: &'a str) -> FilesOf<'a> {
        FilesOf { files: self, owner }
    }

    fn add_of(&self, owner: &str, name: &str, content_type: &'static str, content: Content) -> String {
        let Content { bytes, hash } = content;
        let path = format!("/{owner}/{hash}/{name}");
        let file = File { bytes, content_type, etag: format!("\"{hash}\"") };
        locked(&self.files).insert(path.clone(), file);
        format!("http://{}{path}", self.address)
    }

    /// The file at a path.
    pub(crate) fn get(&self, path: &str) -> Option<File> {
        locked(&self.files).get(path).cloned()
    }

    /// The path in a URL of this CDN. A path is returned as it is, without its query.
    pub(crate) fn path<'a>(&self, url: &'a str) -> &'a str {
        let path = url.strip_prefix(&format!("http://{}", self.address)).unwrap_or(url);
        path.split('?').next().unwrap_or_default()
    }

    pub(crate) fn add_fault(&self, url: &str, fault: Fault) {
        locked(&self.faults).add(Target::Path(self.path(url).to_owned()), fault);
    }

    pub(crate) fn add_fault_of(&self, kind: AssetKind, fault: Fault) {
        locked(&self.faults).add(Target::Kind(kind), fault);
    }

    pub(crate) fn add_fault_of_owner(&self, owner: &str, fault: Fault) {
        locked(&self.faults).add(Target::Owner(owner.to_owned()), fault);
    }

    /// Takes the fault that the next request for a file meets: one of its own, of its owner or of its kind.
    pub(crate) fn next_fault(&self, path: &str) -> Option<Fault> {
        let mut faults = locked(&self.faults);
        let of_path = faults.next(&Target::Path(path.to_owned()));
        let of_owner = of_path.or_else(|| faults.next(&Target::Owner(path.split('/').nth(1)?.to_owned())));
        of_owner.or_else(|| faults.next(&Target::Kind(kind_of(path)?)))
    }

    /// Makes the current URL of a file invalid. [`Files::signed`] gives the next one.
    pub(crate) fn expire(&self, path: &str) {
        *locked(&self.expired).entry(path.to_owned()).or_default() += 1;
    }

    /// Makes the current URLs of all files invalid, or of those of one owner.
    pub(crate) fn expire_all(&self, owner: Option<&str>) {
        let paths: Vec<_> = locked(&self.files).keys().cloned().collect();
        let is_meant = |path: &&String| owner.is_none_or(|owner| path.split('/').nth(1) == Some(owner));
        paths.iter().filter(is_meant).for_each(|path| self.expire(path));
    }

    /// Whether a query has the current signature of a file. A file that never expired needs no signature.
    pub(crate) fn is_signed(&self, path: &str, query: Option<&str>) -> bool {
        let expired = locked(&self.expired);
        expired.get(path).is_none_or(|times| query == Some(signature(*times).as_str()))
    }

    /// Replaces every expired URL in a JSON value by the current one.
    pub(crate) fn signed(&self, value: &Value) -> Value {
        match value {
            Value::String(url) => match locked(&self.expired).get(self.path(url)) {
                Some(times) => format!("{}?{}", url.split('?').next().unwrap_or_default(), signature(*times)).into(),
                None => value.clone(),
            },
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), self.signed(value))).collect(),
            Value::Array(items) => items.iter().map(|item| self.signed(item)).collect(),
            other => other.clone(),
        }
    }
}

/// The files of one owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilesOf<'a> {
    files: &'a Files,
    owner: &'a str,
}

impl FilesOf<'_> {
    /// Adds a file and returns its URL. The same name and bytes give the same URL.
    pub(crate) fn add(&self, name: &str, content_type: &'static str, content: impl Into<Content>) -> String {
        self.files.add_of(self.owner, name, content_type, content.into())
    }
}

fn signature(times: u32) -> String {
    format!("signature={times}")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The kind of a generated file, by its name.
fn kind_of(path: &str) -> Option<AssetKind> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    Some(match (stem, extension) {
        ("collider", "glb") => AssetKind::ColliderMesh,
        ("model-optimized", "glb") => AssetKind::OptimizedGlb,
        (_, "glb") => AssetKind::Glb,
        (_, "fbx") => AssetKind::Fbx,
        (_, "obj") => AssetKind::Obj,
        (_, "stl") => AssetKind::Stl,
        (_, "usdz") => AssetKind::Usdz,
        (_, "rad") => AssetKind::Rad,
        (stem, "spz") => AssetKind::Spz(stem.strip_prefix("world-").unwrap_or(stem).to_owned()),
        ("thumbnail", _) => AssetKind::Thumbnail,
        ("pano", _) => AssetKind::Panorama,
        (_, "png") => AssetKind::PreviewImage,
        _ => return None,
    })
}
