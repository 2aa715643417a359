//! An upload to a store.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;

use super::digest::Digests;
use super::sink::blocking;
use super::sum::{Sum, Summary};
use crate::error::{Error, ErrorKind};

/// The size of a part; stores take none below 5 MiB but the last.
const PART_BYTES: usize = 5 * 1024 * 1024;
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

    pub(super) async fn write(&mut self, pieces: Vec<Bytes>) -> Result<(), Error> {
        for piece in pieces {
            self.writer.put(piece).await.map_err(|error| store_error(&self.path, error))?;
        }
        Ok(())
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

/// Whether something is at a place.
pub(super) async fn exists(store: &Arc<dyn ObjectStore>, path: &Path) -> Result<bool, Error> {
    match store.head(path).await {
        Ok(_) => Ok(true),
        Err(object_store::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(store_error(path, error)),
    }
}

/// Sums up what is at a place.
pub(super) async fn summary(store: &Arc<dyn ObjectStore>, path: &Path) -> Result<Summary, Error> {
    let found = store.get(path).await.map_err(|error| store_error(path, error))?;
    let mut pieces = found.into_stream();
    let mut sum = Sum::new(&Digests::default());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| store_error(path, error))?;
        sum = blocking(move || {
            sum.add_all(&[piece]);
            Ok(sum)
        })
        .await?;
    }
    Ok(sum.finish())
}

fn writer(store: &Arc<dyn ObjectStore>, path: &Path) -> BufWriter {
    BufWriter::with_capacity(store.clone(), path.clone(), PART_BYTES).with_max_concurrency(PARTS)
}

/// The store's own error is not a source: what it says may hold a signed URL.
fn store_error(path: &Path, _error: impl std::error::Error) -> Error {
    let text = format!("could not write `{path}` to the store; check its address, its credentials and its log");
    Error::new(ErrorKind::Io, text)
}
