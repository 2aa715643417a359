//! The two traits of every place that a download writes to.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::Response;

use super::Unpacked;
use super::download::Overwrite;
use super::manifest::{Entry, Manifest};
use super::pick::Pick;
use super::publish::Clobber;
use super::segments::scattered::Scattered;
use super::sidecar::Version;
use super::sum::Summary;
use crate::asset::Asset;
use crate::error::Error;

/// A file of a download, with its place at the destination.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) asset: Asset,
    /// The resource whose file it is, such as `model/m_1`.
    pub(super) resource: Option<String>,
    /// The pick of one file that chose it.
    pub(super) pick: Option<Pick>,
    /// Its name in the manifest, which no other file of the download has: a relative path with `/` between folders.
    pub(super) name: String,
    /// Whether the extension of its content replaces that of its name.
    pub(super) open_extension: bool,
    /// The name it has at the destination: that name, or the same with the extension of its content.
    pub(super) saved_as: String,
    /// Its place, for events and the report.
    pub(super) path: PathBuf,
    /// The files that an earlier download unpacked from it.
    pub(super) unpacked_before: Vec<PathBuf>,
    /// What they were unpacked from.
    pub(super) unpacked_from: UnpackedFrom,
}

/// Which version of an archive its unpacked files are from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum UnpackedFrom {
    /// The one that the manifest records.
    This,
    /// An earlier one.
    Earlier,
}

/// Where a download puts its files: a directory, a store or a writer.
///
/// Each file is opened as a [`Sink`], written, and committed once it is whole and checked. The default methods are those of a
/// destination that keeps no record of what it was given.
pub(super) trait Destination: Send + Sync {
    type Sink: Sink;

    /// The place of the file that has this name.
    fn path(&self, name: &str) -> PathBuf {
        name.into()
    }

    /// Makes the destination ready for writing and reads its manifest.
    fn prepare(&self, _: Overwrite) -> impl Future<Output = Result<Manifest, Error>> + Send {
        async { Ok(Manifest::default()) }
    }

    /// The manifest as it is now, if other downloads may have changed it while this one waited to open a file.
    fn manifest_now(&self) -> impl Future<Output = Result<Option<Manifest>, Error>> + Send {
        async { Ok(None) }
    }

    /// Looks at an item's place.
    fn look(&self, _: &Item) -> impl Future<Output = Result<Found, Error>> + Send {
        async { Ok(Found::Nothing) }
    }

    /// Sums up the file at an item's place, whoever wrote it.
    fn find(&self, _: &Item) -> impl Future<Output = Result<Option<Summary>, Error>> + Send {
        async { Ok(None) }
    }

    /// Whether the file at an item's place is the one that the manifest records.
    fn is_recorded(&self, _: &Item, _: &Entry) -> impl Future<Output = Result<bool, Error>> + Send {
        async { Ok(false) }
    }

    /// Opens a file for writing, with the bytes that an earlier download left of it.
    fn open(&self, item: &Item) -> impl Future<Output = Result<Self::Sink, Error>> + Send;

    /// Puts a whole file in its place, then gives it the name that its content asks for, if any, unless that is taken.
    fn commit(
        &self,
        item: &Item,
        sink: Self::Sink,
        clobber: Clobber,
        by_content: Option<&str>,
    ) -> impl Future<Output = Result<Committed, Error>> + Send;

    /// Unpacks the archive in its place, if the download asks for that and it is not done.
    fn unpack(&self, _: &Item) -> impl Future<Output = Result<Option<Unpacked>, Error>> + Send {
        async { Ok(None) }
    }

    /// Adds a file to the manifest.
    fn record(&self, _: &str, _: Entry) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }
}

/// What is at a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Found {
    Nothing,
    /// A symbolic link, which is replaced without touching the file that it leads to.
    Link,
    /// A file of so many bytes.
    File(u64),
}

/// What a destination adds to the description of a file.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// The name, if it was given another.
    pub(super) renamed: Option<String>,
    pub(super) unpacked: Option<Unpacked>,
    /// The store's `ETag` of the file.
    pub(super) stored_etag: Option<String>,
}

/// A file while it is being written.
///
/// A method that changes the sink takes it and gives it back, since the work may happen on another thread. On an error it
/// has abandoned the sink: no other request can help when the destination fails.
pub(super) trait Sink: Sized + Send {
    /// The version whose bytes the sink holds; the default one while it holds none.
    fn version(&self) -> &Version;

    /// How many bytes it holds, counted from the beginning of the file.
    fn length(&self) -> u64;

    /// How many bytes of the file it holds in all, those after a hole among them.
    fn held(&self) -> u64 {
        self.length()
    }

    fn summary(&self) -> Summary;

    /// The file, if its bytes came in any order.
    fn scattered(&self) -> Option<Arc<Scattered>> {
        None
    }

    /// Lets several connections write the rest of a file of `total` bytes, in any order. `None` if the sink cannot.
    fn scatter(self, _total: u64) -> impl Future<Output = Result<(Self, Option<Arc<Scattered>>), Error>> + Send {
        async { Ok((self, None)) }
    }

    /// Starts from the first byte, with this version of the file.
    fn restart(self, version: Version) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Writes a piece, and perhaps pieces of `body` that have arrived after it, `most` bytes in all.
    fn write(
        self,
        piece: Bytes,
        body: Response,
        most: u64,
    ) -> impl Future<Output = Result<Written<Self>, Error>> + Send;

    /// Forgets every byte.
    fn clear(self) -> impl Future<Output = Result<Self, Error>> + Send {
        self.restart(Version::default())
    }

    /// Gives the file up. Bytes that a later download can continue stay.
    fn abandon(self) -> impl Future<Output = ()> + Send {
        async move { drop(self) }
    }
}

/// A sink after a write.
#[derive(Debug)]
pub(super) struct Written<S> {
    pub(super) sink: S,
    pub(super) body: Response,
    /// What was read from the body and not written.
    pub(super) arrived: Option<Arrival>,
}

/// A piece of a body, its end (`None`), or the error that ends it.
pub(super) type Arrival = reqwest::Result<Option<Bytes>>;
