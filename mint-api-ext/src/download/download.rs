//! The description of a download.

use std::sync::Arc;
use std::time::Duration;

use super::Event;
use super::event::OnEvent;
use super::naming::Naming;
use super::publish::Durability;
use super::retry::FAILURE_TOLERANCE;
use super::selection::Selection;
use super::verify::{ContentChecks, Limits, Sizes};
use crate::asset::Assets;
use crate::client::{Downloader, Mint};
use crate::retry::Jitter;

/// How many files are fetched at a time.
const CONCURRENCY: usize = 4;
/// How many connections fetch one file.
const CONNECTIONS: usize = 8;
/// How long to wait for another download that holds a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

impl Mint {
    /// Starts describing a download of files, such as all those of an operation. No request is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// # let directory = tempfile::tempdir()?;
    /// let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let files = mint.download(&operation).to_dir(directory.path()).await?.complete()?;
    /// for file in &files {
    ///     println!("{} {} bytes", file.path.display(), file.bytes);
    /// }
    /// # assert!(!files.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(&self, assets: impl Into<Assets>) -> Download {
        Download {
            mint: self.clone(),
            downloader: self.downloader().clone(),
            assets: assets.into(),
            selection: Selection::default(),
            naming: Naming::default(),
            lock_timeout: LOCK_TIMEOUT,
            failure_tolerance: FAILURE_TOLERANCE,
            on_event: Arc::new(|_| ()),
            concurrency: CONCURRENCY,
            connections: CONNECTIONS,
            overwrite: Overwrite::default(),
            limits: Limits { max_bytes: None, content: ContentChecks::Done, sizes: Sizes::AsTheApiSays },
            durability: Durability::Synced,
            #[cfg(feature = "unpack")]
            archives: Archives::Keep,
            jitter: Jitter::default(),
        }
    }
}

/// What to do with a file that already has the name of a file to fetch.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Overwrite {
    /// Keep it and send no request, unless the manifest says that it is another asset's: then the file fails. Nothing is
    /// overwritten, not even a file that another program creates meanwhile.
    Never,
    /// Replace it if the manifest says that a download of this asset saved it, and it is unchanged since: by size and
    /// SHA-256, in a store by size and the store's `ETag`. Else the file fails ([`ErrorKind::Io`](crate::ErrorKind::Io)),
    /// unless the new one has the same bytes.
    ///
    /// It is not fetched again if it is unchanged at the server, too, by a conditional request.
    #[default]
    IfChanged,
    /// Fetch the file and replace whatever has the name.
    Always,
}

/// Files to download; say where to with [`to_dir`](Self::to_dir), [`to_file`](Self::to_file),
/// [`to_bytes`](Self::to_bytes), [`to_writer`](Self::to_writer) or `to_store`.
///
/// If an operation does not name its files, the download finds them as [`Mint::assets_of`](crate::Mint::assets_of) does.
///
/// An HTTP client without the API key fetches the files. It accepts only https, follows at most five redirects and checks
/// each; it accepts http and this machine exactly if the API is on this machine, too.
///
/// After a broken connection, or 30 seconds without a byte, a file is continued if the server sent a strong `ETag`, and
/// fetched from the beginning if not. It fails after 5 minutes without a new byte
/// ([`failure_tolerance`](Self::failure_tolerance)). `Retry-After` is obeyed. If a URL has expired (401, 403, 404, 410, or a
/// 400 that says so), the API is asked for a fresh one, once for all files, and the file is continued; the API is asked
/// again only if the fresh URL brought bytes before it expired, too. If the API gives the same URL, or a fresh one is not
/// found (404), the file may not be on the CDN yet, and is asked for again within that time.
///
/// # Examples
///
/// ```
/// use mint_api_ext::asset::AssetKind;
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// # let directory = tempfile::tempdir()?;
/// let operation = mint.attach(id)?.wait().await?.into_operation();
/// let report = mint
///     .download(&operation)
///     .only([AssetKind::Glb, AssetKind::Thumbnail])
///     .concurrency(2)
///     .max_bytes(500_000_000)
///     .to_dir(directory.path())
///     .await?;
/// for failure in &report.failures {
///     println!("{}: {}", failure.path.display(), failure.error);
/// }
/// # assert_eq!(report.files.len(), 2);
/// # Ok(())
/// # }
/// ```
#[must_use = "a download does nothing until it is told where to and awaited"]
pub struct Download {
    pub(super) mint: Mint,
    pub(super) downloader: Downloader,
    pub(super) assets: Assets,
    pub(super) selection: Selection,
    pub(super) naming: Naming,
    pub(super) lock_timeout: Duration,
    pub(super) failure_tolerance: Duration,
    pub(super) on_event: OnEvent,
    pub(super) concurrency: usize,
    pub(super) connections: usize,
    pub(super) overwrite: Overwrite,
    pub(super) limits: Limits,
    pub(super) durability: Durability,
    #[cfg(feature = "unpack")]
    pub(super) archives: Archives,
    pub(super) jitter: Jitter,
}

/// Whether archives are unpacked.
#[cfg(feature = "unpack")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Archives {
    Keep,
    Unpack,
}

impl Download {
    /// How long a file may bring no new byte, over all its attempts, before it fails. Default: 5 minutes, as of a
    /// [`Wait`](crate::wait::Wait::failure_tolerance).
    ///
    /// The time counts from the first failure since the last new byte. A wait that the server asks for counts, too; the
    /// last one that begins within the time is waited for.
    pub fn failure_tolerance(mut self, tolerance: Duration) -> Self {
        self.failure_tolerance = tolerance;
        self
    }

    /// How long to wait for another download that writes the same file or the same manifest, in this process or another.
    /// Default: 60 seconds.
    ///
    /// After that, the file is an [`ErrorKind::Locked`](crate::ErrorKind::Locked).
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How many files are fetched at a time; 0 means 1. Default: 4.
    pub fn concurrency(mut self, files: usize) -> Self {
        self.concurrency = files.max(1);
        self
    }

    /// The most connections that fetch one file to a directory or a path; 0 means 1. Default: 8.
    ///
    /// A file of more than 16 MiB begins with one connection. If the server sends a strong `ETag` and honours ranges, the
    /// number doubles as long as twice the connections are at least 1.5 times as fast; what arrives at 200 MB/s needs no more.
    /// It falls when the server answers 429 or 503 or resets a connection, and rises again after ten seconds, later each time.
    /// A client has at most 16 connections to one host, those of files fetched at the same time among them, unless
    /// [`concurrency`](Self::concurrency) is higher. Writers and stores get one connection for each file.
    ///
    /// With several connections, a download that is killed loses at most 1.25 MiB of each connection on Linux, and up to 64 MiB
    /// of the file elsewhere, since only Linux names its start: what is not synced cannot be told from what a power failure
    /// took. A power failure costs up to 64 MiB of the file. What was under way in the network comes on top, as with any
    /// download.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// Calls a function with each [`Event`]. It must not block: it runs between two pieces of a file.
    pub fn on_event(mut self, on_event: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// What to do with a file that already has the name. Default: [`Overwrite::IfChanged`].
    pub fn overwrite(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Unpacks archives (`packaging: zip`) into a directory beside them, named like the archive without its extension.
    /// Default: archives stay packed. Needs the feature `unpack`.
    ///
    /// All files are unpacked, or none. An archive is refused if it leads out of the directory, or holds a link, two files
    /// of one name, more than 10,000 files, more than 4 GiB, or more than 200 times its size. It replaces a directory only
    /// if each file in that was unpacked from an earlier version of the archive, or has the same bytes in this one; with
    /// [`Overwrite::Always`], the same name is enough. A writer or a store gets archives packed.
    #[cfg(feature = "unpack")]
    pub fn unpack_archives(mut self) -> Self {
        self.archives = Archives::Unpack;
        self
    }

    /// The largest file that is accepted, in bytes. Default: no limit for a file whose length the
    /// server announces; else twice the size that the API names and 64 MiB. [`to_bytes`](Self::to_bytes) accepts 64 MiB.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.limits.max_bytes = Some(bytes);
        self
    }

    /// Accepts files that are shorter than the API says. Default: such a file is an error, unless its own format says that
    /// it is whole; see [the table](crate::download#when-a-file-is-cut-off).
    ///
    /// A longer file is taken in any case, and its size is in [`FetchedFile::notes`](crate::download::FetchedFile::notes).
    pub fn accept_other_sizes(mut self) -> Self {
        self.limits.sizes = Sizes::Any;
        self
    }

    /// Accepts any content. Default: what is surely not the file is an error: an empty file, a web page or a JSON or XML
    /// document instead of a model, a model or archive of another format, a file that ends before its own end. What merely
    /// disagrees is in [`FetchedFile::notes`](crate::download::FetchedFile::notes). Digests and lengths are always checked.
    pub fn skip_content_checks(mut self) -> Self {
        self.limits.content = ContentChecks::Skipped;
        self
    }

    /// Does not sync files to the disk. Default: a file is synced before it gets its name, so that a file with that name is
    /// whole even after a power failure.
    pub fn skip_sync(mut self) -> Self {
        self.durability = Durability::Cached;
        self
    }

    /// How long a server may send nothing before the connection counts as broken. Default: 30 seconds. The time of the whole
    /// download has no limit.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.downloader.stall_after(timeout);
        self
    }

    /// Accepts files from this machine and from private addresses, also by http. Default: from this machine only, and only
    /// if the API is on it.
    pub fn allow_local_network(mut self) -> Self {
        self.downloader.allow_local_network();
        self
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the URLs of the assets: a query may be a secret.
        f.debug_struct("Download").field("files", &self.assets.len()).finish_non_exhaustive()
    }
}
