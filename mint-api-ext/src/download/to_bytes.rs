//! A download of one file to memory.

use std::future::IntoFuture;

use bytes::Bytes;
use futures::future::BoxFuture;

use super::download::Download;
use super::writer::{Output, Writer};
use crate::error::Error;

/// The largest file that is accepted, unless the caller says otherwise.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A download of one file to memory; await it for the bytes.
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToBytes {
    download: Download,
}

impl Download {
    /// Fetches one file into memory. Await the result.
    ///
    /// The file has at most [`max_bytes`](Self::max_bytes), 64 MiB by default. A larger one is refused before the request if
    /// the API says its size, and before its body if the server does. Otherwise the download ends at the bound. After
    /// [`accept_other_sizes`](Self::accept_other_sizes), what the API says does not count.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if several files are selected, before any file is
    /// requested; [`ErrorKind::Download`](crate::ErrorKind::Download) if no file is selected, if the file is too large, or
    /// if it fails a check; [`ErrorKind::Transport`](crate::ErrorKind::Transport) or
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it could not be fetched; the errors of
    /// [`Mint::assets_of`](crate::Mint::assets_of).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let poster = mint.download(&operation).poster().max_bytes(5_000_000).to_bytes().await?;
    /// assert!(poster.starts_with(b"\x89PNG"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_bytes(mut self) -> ToBytes {
        self.limits.max_bytes.get_or_insert(MAX_BYTES);
        ToBytes { download: self }
    }
}

impl IntoFuture for ToBytes {
    type Output = Result<Bytes, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let memory = Writer::new(self.download.limits, Output::Memory(Vec::new()));
            let output = memory.output();
            self.download.run_one(memory).await?;
            let bytes = output.lock().await.take();
            Ok(bytes.into())
        })
    }
}
