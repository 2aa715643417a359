//! A file that goes to a store.

use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use reqwest::Response;
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Handle;

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
    writer: Writer,
    version: Version,
    sum: Sum,
}

impl Upload {
    pub(super) fn new(store: Arc<dyn ObjectStore>, path: Path) -> Self {
        let writer = BufWriter::with_capacity(store.clone(), path.clone(), PART_BYTES).with_max_concurrency(PARTS);
        let writer = Writer(Some(writer));
        Self { store, path, writer, version: Version::default(), sum: Sum::default() }
    }

    /// Completes the upload, even if the caller is gone meanwhile: a completion that is cut off leaves parts that no one
    /// can abort.
    pub(super) async fn complete(mut self) -> Result<(), Error> {
        let Some(mut writer) = self.writer.0.take() else {
            return Ok(());
        };
        let shutdown = tokio::spawn(async move { writer.shutdown().await });
        let done = shutdown.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        done.map_err(|error| store_error(&self.path, error))
    }
}

/// The writer of an upload. Dropped, it aborts the upload, since a store bills the parts of one that is never ended.
struct Writer(Option<BufWriter>);

impl Writer {
    async fn abort(mut writer: BufWriter) {
        // An upload that is about to begin must have begun to be aborted.
        if writer.put(Bytes::new()).await.is_ok() {
            // If this fails, the rules of the store decide how long it keeps the parts.
            let _ = writer.abort().await;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let (Some(writer), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(Self::abort(writer));
        }
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
        let put = match &mut self.writer.0 {
            Some(writer) => writer.put(piece).await,
            None => Ok(()),
        };
        match put {
            Ok(()) => Ok(Written { sink: self, body, arrived: None }),
            Err(error) => {
                let error = store_error(&self.path, error);
                self.abandon().await;
                Err(error)
            }
        }
    }

    async fn abandon(mut self) {
        if let Some(writer) = self.writer.0.take() {
            Writer::abort(writer).await;
        }
    }
}
