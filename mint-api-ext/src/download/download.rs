//! Downloading files.

use std::sync::Arc;
use std::time::Duration;

use super::Event;
use super::event::OnEvent;
use super::publish::Durability;
use super::verify::{ContentChecks, Limits};
use crate::asset::{AssetKind, Assets};
use crate::client::{Downloader, Mint};
use crate::retry::Jitter;

/// How many files are fetched at a time.
const CONCURRENCY: usize = 4;

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
            wanted: Vec::new(),
            on_event: Arc::new(|_| ()),
            concurrency: CONCURRENCY,
            overwrite: Overwrite::default(),
            limits: Limits { max_bytes: None, content: ContentChecks::Done },
            durability: Durability::Synced,
            archives: Archives::Keep,
            jitter: Jitter::default(),
        }
    }
}

/// What to do with a file that is there before the download, under the name of a file to fetch.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Overwrite {
    /// Leave it, and do not ask the server. Nothing is overwritten, not even what another program makes meanwhile.
    Never,
    /// Fetch the file unless it is the one that an earlier download saved here, unchanged on this side by size and
    /// SHA-256 (in a store, by size and the store's `ETag`), and unchanged at the server by a conditional request.
    #[default]
    IfChanged,
    /// Fetch the file.
    Always,
}

/// Files to download; say where to with [`to_dir`](Self::to_dir), [`to_writer`](Self::to_writer) or `to_store`.
///
/// Where an operation does not name its files, they are looked for as [`Mint::assets_of`](crate::Mint::assets_of) does.
///
/// The files are fetched by an HTTP client that has no key and cannot get one. It takes only https, follows at most
/// five redirects and checks each; http and this machine are taken exactly when the API is on this machine, too.
///
/// A connection that breaks off, or brings nothing for 30 seconds, is taken up where it ended, if the server names the
/// version of the file by a strong `ETag`, and from the beginning if not. What arrives fills the budget of tries again;
/// six tries in a row that bring nothing new end it. `Retry-After` is obeyed. Where a URL has expired (401, 403, 404,
/// 410), the API is asked for a fresh one, once for all files, and the download goes on with what it has; it is asked
/// again only when the fresh one brought bytes and then expired, too.
///
/// # Examples
///
/// ```
/// use mint_api_ext::AssetKind;
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
    /// Each call of `only`; the files may not be known yet.
    pub(super) wanted: Vec<Vec<AssetKind>>,
    pub(super) on_event: OnEvent,
    pub(super) concurrency: usize,
    pub(super) overwrite: Overwrite,
    pub(super) limits: Limits,
    pub(super) durability: Durability,
    pub(super) archives: Archives,
    pub(super) jitter: Jitter,
}

/// What to do with archives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Archives {
    Keep,
    Unpack,
}

impl Download {
    /// Fetches only files of these kinds. Default: every file.
    pub fn only(mut self, kinds: impl IntoIterator<Item = AssetKind>) -> Self {
        self.wanted.push(kinds.into_iter().collect());
        self
    }

    /// How many files are fetched at a time; 0 means 1. Default: 4.
    pub fn concurrency(mut self, files: usize) -> Self {
        self.concurrency = files.max(1);
        self
    }

    /// Calls a function as the files begin, grow and end, in the order that [`Event`] tells. It must not block: it is
    /// called between two pieces of a file.
    pub fn on_event(mut self, on_event: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.on_event = Arc::new(on_event);
        self
    }

    /// What to do with files that are there already. Default: [`Overwrite::IfChanged`].
    pub fn overwrite(mut self, overwrite: Overwrite) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Unpacks files that the API calls archives (`packaging: zip`) into a directory beside them, named as the archive
    /// without its extension. Default: archives stay packed.
    ///
    /// An archive is unpacked as a whole or not at all. One that leads out of the directory, holds links, two files of
    /// one name, more than 10,000 files, more than 4 GiB, or more than 200 times its size is refused. It takes the place of
    /// a directory only where that holds nothing but files of this archive, or of an earlier version that was unpacked
    /// there. A writer or a store gets archives as they are.
    pub fn unpack_archives(mut self) -> Self {
        self.archives = Archives::Unpack;
        self
    }

    /// The largest file that is taken, in bytes. Default: any, as far as the API does not say the size.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.limits.max_bytes = Some(bytes);
        self
    }

    /// Takes files as they are. Default: the first and last bytes must be those of what a file is called, and a web page
    /// or a JSON document under the name of a model is an error. Lengths and digests are checked in any case.
    pub fn skip_content_checks(mut self) -> Self {
        self.limits.content = ContentChecks::Skipped;
        self
    }

    /// Leaves it to the system when files reach the disk. Default: a file is on the disk before it gets its name, so that
    /// what has the name is whole even after the power failed.
    pub fn skip_sync(mut self) -> Self {
        self.durability = Durability::Cached;
        self
    }

    /// How long a server may send nothing before the connection counts as broken, and the file is tried again. Default: 30
    /// seconds. Nothing limits how long the whole may take.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.downloader.stall_after(timeout);
        self
    }

    /// Takes files from this machine and from private addresses, http included. Default: exactly when the API is on this
    /// machine, and then from this machine only.
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
