//! Memory as a destination.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::Response;

use super::destination::{Committed, Destination, Item, Sink, Written};
use super::publish::Clobber;
use super::sidecar::Version;
use super::sum::{Sum, Summary};
use super::verify::Limits;
use crate::error::Error;

/// A place for one file in memory.
#[derive(Debug)]
pub(super) struct Memory {
    limits: Limits,
    bytes: Shared,
}

/// The bytes of a whole file, once it is committed.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<Bytes>>);

impl Memory {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, bytes: Shared::default() }
    }

    pub(super) fn bytes(&self) -> Shared {
        self.bytes.clone()
    }
}

impl Shared {
    pub(super) fn take(&self) -> Bytes {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, bytes: Bytes) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }
}

impl Destination for Memory {
    type Sink = MemorySink;

    /// Refuses a file that is too large by what the API says, before it is requested.
    async fn open(&self, item: &Item) -> Result<MemorySink, Error> {
        self.limits.admit_declared(&item.asset)?;
        Ok(MemorySink { bytes: Vec::new(), version: Version::default(), sum: Sum::default() })
    }

    async fn commit(&self, _: &Item, sink: MemorySink, _: Clobber, _: Option<&str>) -> Result<Committed, Error> {
        self.bytes.set(sink.bytes.into());
        Ok(Committed::default())
    }
}

/// A file while it is fetched into memory.
pub(super) struct MemorySink {
    bytes: Vec<u8>,
    version: Version,
    sum: Sum,
}

impl Sink for MemorySink {
    fn version(&self) -> &Version {
        &self.version
    }

    fn length(&self) -> u64 {
        self.sum.length()
    }

    fn summary(&self) -> Summary {
        self.sum.finish()
    }

    async fn restart(mut self, version: Version) -> Result<Self, Error> {
        self.bytes.clear();
        self.sum = Sum::new(&version.digests);
        self.version = version;
        Ok(self)
    }

    async fn write(mut self, piece: Bytes, body: Response, _: u64) -> Result<Written<Self>, Error> {
        self.bytes.extend_from_slice(&piece);
        self.sum = self.sum.added(piece).await?;
        Ok(Written { sink: self, body, arrived: None })
    }
}
