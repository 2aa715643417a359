//! An upload to a store.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, UpdateVersion};
use tokio::io::AsyncWriteExt as _;

use super::manifest::{Entry, MAX_BYTES, Manifest};
use super::sum::{Sum, Summary};
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// The size of a part; stores take none below 5 MiB but the last.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// How often the manifest is read again when another download changed it meanwhile.
const MANIFEST_TRIES: u32 = 10;
/// How many parts of one file are sent at a time.
const PARTS: usize = 1;

/// An upload to a store. Nothing is at its place before it is finished.
pub(super) struct Upload {
    store: Arc<dyn ObjectStore>,
    path: Path,
    writer: BufWriter,
}

impl Upload {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        let writer = writer(&store, &path);
        Self { store, path, writer }
    }

    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        self.writer.put(piece).await.map_err(|error| store_error(&self.path, error))
    }

    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        // Parts that a store keeps of an upload that was given up go by its own rules.
        let _ = self.writer.abort().await;
        self.writer = writer(&self.store, &self.path);
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<(), Error> {
        self.writer.shutdown().await.map_err(|error| store_error(&self.path, error))
    }

    pub(super) async fn abort(mut self) {
        let _ = self.writer.abort().await;
    }
}

/// What is told of a place; `None` if nothing is there.
pub(super) async fn head(store: &Arc<dyn ObjectStore>, path: &Path) -> Result<Option<ObjectMeta>, Error> {
    match store.head(path).await {
        Ok(stored) => Ok(Some(stored)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(store_error(path, error)),
    }
}

/// Whether what an earlier download saved is still there.
pub(super) async fn is_unchanged(store: &Arc<dyn ObjectStore>, path: &Path, entry: &Entry) -> Result<bool, Error> {
    match head(store, path).await? {
        Some(stored) if stored.size == entry.bytes => match (&stored.e_tag, &entry.stored_etag) {
            (Some(now), Some(then)) => Ok(now == then),
            // The store does not name versions.
            _ => Ok(summary(store, path).await?.sha256 == entry.sha256),
        },
        _ => Ok(false),
    }
}

/// Reads the manifest at a place, and which version of it that is. What is no manifest is empty.
pub(super) async fn read_manifest(
    store: &Arc<dyn ObjectStore>,
    path: &Path,
) -> Result<(Manifest, Option<UpdateVersion>), Error> {
    let found = match store.get(path).await {
        Err(StoreError::NotFound { .. }) => return Ok((Manifest::default(), None)),
        found => found.map_err(|error| store_error(path, error))?,
    };
    let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
    if found.meta.size > MAX_BYTES {
        return Ok((Manifest::default(), Some(version)));
    }
    let bytes = found.bytes().await.map_err(|error| store_error(path, error))?;
    Ok((Manifest::parse(&bytes), Some(version)))
}

/// Adds a file to the manifest at a place. What it tells of others stays, also when another download adds to it at the
/// same time, if the store can replace one version only.
pub(super) async fn add_to_manifest(
    store: &Arc<dyn ObjectStore>,
    path: &Path,
    name: String,
    entry: Entry,
) -> Result<(), Error> {
    for _ in 0..MANIFEST_TRIES {
        let (manifest, version) = read_manifest(store, path).await?;
        let extended = manifest.extended(name.clone(), entry.clone()).map_err(|error| store_error(path, error))?;
        let Some(bytes) = extended.map(Bytes::from) else {
            return Ok(());
        };
        let mode = match version {
            None => PutMode::Create,
            Some(UpdateVersion { e_tag: None, version: None }) => PutMode::Overwrite,
            Some(version) => PutMode::Update(version),
        };
        let put = match store.put_opts(path, bytes.clone().into(), mode.into()).await {
            // Another one was first: what it wrote is read again.
            Err(StoreError::Precondition { .. } | StoreError::AlreadyExists { .. }) => continue,
            Err(StoreError::NotImplemented { .. } | StoreError::NotSupported { .. }) => {
                store.put(path, bytes.into()).await
            }
            put => put,
        };
        return put.map(drop).map_err(|error| store_error(path, error));
    }
    let text = format!("could not write `{path}` to the store: other downloads keep changing it; download again");
    Err(Error::new(ErrorKind::Io, text))
}

/// Sums up what is at a place.
pub(super) async fn summary(store: &Arc<dyn ObjectStore>, path: &Path) -> Result<Summary, Error> {
    let found = store.get(path).await.map_err(|error| store_error(path, error))?;
    let mut pieces = found.into_stream();
    let mut sum = Sum::default();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| store_error(path, error))?;
        sum = blocking(move || {
            sum.add(&piece);
            Ok(sum)
        })
        .await?;
    }
    Ok(sum.finish())
}

fn writer(store: &Arc<dyn ObjectStore>, path: &Path) -> BufWriter {
    BufWriter::with_capacity(store.clone(), path.clone(), PART_BYTES).with_max_concurrency(PARTS)
}

/// The store's own error is not a source: what it says may hold a signed URL. Its kind is told.
fn store_error(path: &Path, error: impl std::error::Error + 'static) -> Error {
    let why = why(&error);
    let text =
        format!("could not read or write `{path}` in the store: {why}; check its address, its credentials and its log");
    Error::new(ErrorKind::Io, text)
}

fn why(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return match error {
            StoreError::NotFound { .. } => "it is not there",
            StoreError::AlreadyExists { .. } => "it is there already",
            StoreError::Precondition { .. } | StoreError::NotModified { .. } => "it was changed meanwhile",
            StoreError::PermissionDenied { .. } => "the store does not permit it",
            StoreError::Unauthenticated { .. } => "the store does not accept the credentials",
            StoreError::NotSupported { .. } | StoreError::NotImplemented { .. } => "the store cannot do it",
            StoreError::InvalidPath { .. } => "the store does not take such a path",
            _ => "the store failed",
        }
        .to_owned();
    }
    match error.downcast_ref::<std::io::Error>() {
        Some(error) => error.get_ref().map_or_else(|| error.kind().to_string(), |inner| why(inner)),
        None => "the store failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_store_s_error_is_told_and_nothing_else() {
        let secret = || Box::<dyn std::error::Error + Send + Sync>::from("PUT https://a.b/c?signature=1");
        let denied = || StoreError::PermissionDenied { path: "a?signature=1".into(), source: secret() };
        for (error, expected) in [
            (Box::new(denied()) as Box<dyn std::error::Error>, "does not permit it"),
            (Box::new(std::io::Error::other(denied())), "does not permit it"),
            (Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), "connection reset"),
            (Box::new(StoreError::Generic { store: "s", source: secret() }), "the store failed"),
        ] {
            let text = why(&*error);
            assert!(text.contains(expected) && !text.contains("signature"), "{text}");
        }
    }
}
