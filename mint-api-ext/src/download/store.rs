//! A store as a destination.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, UpdateVersion};

use super::destination::{Committed, Destination, Found, Item};
use super::download::Overwrite;
use super::manifest::{self, Entry, MAX_BYTES, Manifest};
use super::publish::Clobber;
use super::sum::{Sum, Summary};
use super::upload::Upload;
use crate::error::{Error, ErrorKind};

/// How often the manifest is read again after another download changed it.
const MANIFEST_TRIES: u32 = 10;

/// A store, with the prefix of every file.
pub(super) struct Store {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Store {
    pub(super) fn new(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { store, prefix: Path::from(prefix) }
    }

    fn place(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), |place, part| place.join(part))
    }

    /// The description of the file at a place; `None` if the store has no such file.
    async fn head(&self, place: &Path) -> Result<Option<ObjectMeta>, Error> {
        match self.store.head(place).await {
            Ok(stored) => Ok(Some(stored)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(store_error(place, error)),
        }
    }

    /// Reads and hashes the file at a place.
    async fn summary(&self, place: &Path) -> Result<Summary, Error> {
        let found = self.store.get(place).await.map_err(|error| store_error(place, error))?;
        let mut pieces = found.into_stream();
        let mut sum = Sum::default();
        while let Some(piece) = pieces.next().await {
            sum = sum.added(piece.map_err(|error| store_error(place, error))?).await?;
        }
        Ok(sum.finish())
    }

    /// Reads the manifest, and the version of it in the store. A file that is not a manifest reads as an empty one.
    async fn manifest(&self) -> Result<(Manifest, Option<UpdateVersion>), Error> {
        let place = self.place(manifest::NAME);
        let found = match self.store.get(&place).await {
            Err(StoreError::NotFound { .. }) => return Ok((Manifest::default(), None)),
            found => found.map_err(|error| store_error(&place, error))?,
        };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        if found.meta.size > MAX_BYTES {
            return Ok((Manifest::default(), Some(version)));
        }
        let bytes = found.bytes().await.map_err(|error| store_error(&place, error))?;
        Ok((Manifest::parse(&bytes, std::path::Path::new(place.as_ref()))?, Some(version)))
    }
}

impl Destination for Store {
    type Sink = Upload;

    fn path(&self, name: &str) -> PathBuf {
        self.place(name).as_ref().into()
    }

    async fn prepare(&self, overwrite: Overwrite) -> Result<Manifest, Error> {
        match overwrite {
            Overwrite::IfChanged | Overwrite::Never => Ok(self.manifest().await?.0),
            Overwrite::Always => Ok(Manifest::default()),
        }
    }

    async fn look(&self, item: &Item) -> Result<Found, Error> {
        let stored = self.head(&self.place(&item.saved_as)).await?;
        Ok(stored.map_or(Found::Nothing, |stored| Found::File(stored.size)))
    }

    async fn find(&self, item: &Item) -> Result<Option<Summary>, Error> {
        let place = self.place(&item.saved_as);
        match self.head(&place).await? {
            Some(_) => self.summary(&place).await.map(Some),
            None => Ok(None),
        }
    }

    async fn is_recorded(&self, item: &Item, entry: &Entry) -> Result<bool, Error> {
        let place = self.place(&item.saved_as);
        match self.head(&place).await? {
            Some(stored) if stored.size == entry.bytes => match (&stored.e_tag, &entry.stored_etag) {
                (Some(now), Some(then)) => Ok(now == then),
                // The store has no `ETag`s.
                _ => Ok(self.summary(&place).await?.sha256 == entry.sha256),
            },
            _ => Ok(false),
        }
    }

    async fn open(&self, item: &Item) -> Result<Upload, Error> {
        Ok(Upload::new(self.store.clone(), self.place(&item.saved_as)))
    }

    async fn commit(
        &self,
        item: &Item,
        sink: Upload,
        _: Clobber,
        by_content: Option<&str>,
    ) -> Result<Committed, Error> {
        sink.complete().await?;
        let mut place = self.place(&item.saved_as);
        let mut renamed = None;
        if let Some(name) = by_content {
            let to = self.place(name);
            // Some stores cannot rename.
            if self.store.rename_if_not_exists(&place, &to).await.is_ok() {
                (place, renamed) = (to, Some(name.to_owned()));
            }
        }
        let stored = self.head(&place).await?;
        Ok(Committed { renamed, stored_etag: stored.and_then(|stored| stored.e_tag), unpacked: None })
    }

    /// Adds a file to the manifest and keeps every other entry. If another download changes the manifest at the same time,
    /// a store with conditional writes makes this one read it again.
    async fn record(&self, name: &str, entry: Entry) -> Result<(), Error> {
        let place = self.place(manifest::NAME);
        for _ in 0..MANIFEST_TRIES {
            let (manifest, version) = self.manifest().await?;
            let extended = manifest.extended(name, entry.clone()).map_err(|error| store_error(&place, error))?;
            let Some(bytes) = extended.map(Bytes::from) else {
                return Ok(());
            };
            let mode = match version {
                None => PutMode::Create,
                Some(UpdateVersion { e_tag: None, version: None }) => PutMode::Overwrite,
                Some(version) => PutMode::Update(version),
            };
            let put = match self.store.put_opts(&place, bytes.clone().into(), mode.into()).await {
                Err(StoreError::Precondition { .. } | StoreError::AlreadyExists { .. }) => continue,
                Err(StoreError::NotImplemented { .. } | StoreError::NotSupported { .. }) => {
                    self.store.put(&place, bytes.into()).await
                }
                put => put,
            };
            return put.map(drop).map_err(|error| store_error(&place, error));
        }
        let text = format!("could not write `{place}` to the store: other downloads keep changing it; download again");
        Err(Error::new(ErrorKind::Io, text))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The store's own error is not attached as `source`: its text may hold a signed URL.
pub(super) fn store_error(path: &Path, error: impl std::error::Error + 'static) -> Error {
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
    fn a_store_error_shows_its_kind_and_no_text() {
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
