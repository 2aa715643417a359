//! A file that goes to a store.

use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use reqwest::Response;
use tokio::io::AsyncWriteExt as _;

use super::destination::{Sink, Written};
use super::sidecar::Version;
use super::store::store_error;
use super::sum::{Sum, Summary};
use crate::error::Error;

/// The size of a part; stores refuse smaller ones than 5 MiB, except the last.
const PART_BYTES: usize = 5 * 1024 * 1024;
/// How many parts of one file are sent at a time.
const PARTS: usize = 1;

/// An upload to a store. The store shows no file before the upload is completed.
pub(super) struct Upload {
    store: Arc<dyn ObjectStore>,
    path: Path,
    writer: BufWriter,
    version: Version,
    sum: Sum,
}

impl Upload {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        let writer = BufWriter::with_capacity(store.clone(), path.clone(), PART_BYTES).with_max_concurrency(PARTS);
        Self { store, path, writer, version: Version::default(), sum: Sum::default() }
    }

    pub(super) async fn complete(mut self) -> Result<(), Error> {
        self.writer.shutdown().await.map_err(|error| store_error(&self.path, error))
    }
}

impl Sink for Upload {
    fn version(&self) -> &Version {
        &self.version
    }

    fn length(&self) -> u64 {
        self.sum.length()
    }

    fn summary(&self) -> Summary {
        self.sum.finish()
    }

    async fn restart(self, version: Version) -> Result<Self, Error> {
        let (store, path) = (self.store.clone(), self.path.clone());
        self.abandon().await;
        Ok(Self { sum: Sum::new(&version.digests), version, ..Self::new(store, path) })
    }

    async fn write(mut self, piece: Bytes, body: Response, _: u64) -> Result<Written<Self>, Error> {
        self.sum = self.sum.added(piece.clone()).await?;
        match self.writer.put(piece).await {
            Ok(()) => Ok(Written { sink: self, body, arrived: None }),
            Err(error) => {
                let error = store_error(&self.path, error);
                self.abandon().await;
                Err(error)
            }
        }
    }

    async fn clear(self) -> Result<Self, Error> {
        self.restart(Version::default()).await
    }

    async fn abandon(mut self) {
        // If this fails, the rules of the store decide how long it keeps the parts.
        let _ = self.writer.abort().await;
    }
}
