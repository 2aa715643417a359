//! A download to a writer.

use std::future::IntoFuture;

use futures::future::BoxFuture;
use tokio::io::AsyncWrite;

use super::Report;
use super::download::Download;
use super::writer::{Output, Writer};
use crate::asset::Asset;
use crate::error::Error;

/// A download of one file to a writer; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToWriter {
    download: Download,
    writer: Writer,
}

impl Download {
    /// Writes one file to a writer, in place of the files chosen before. Await the result.
    ///
    /// If the file fails, the writer may have the beginning of it. A writer cannot take bytes back: if the server sends the
    /// file from the beginning again, its bytes must equal those written before. The writer is flushed, not shut down.
    ///
    /// # Errors
    ///
    /// None: the file is in [`Report::files`] or [`Report::failures`]. Its error is
    /// [`ErrorKind::Download`](crate::ErrorKind::Download) when the file is too large, fails a check,
    /// or changed meanwhile; [`ErrorKind::Transport`](crate::ErrorKind::Transport) or
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) when it could not be fetched;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when it could not be written.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::Assets;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let assets = Assets::of(&operation);
    /// if let Some(asset) = assets.iter().next() {
    ///     let files = mint.download(&operation).to_writer(asset, tokio::io::sink()).await?.complete()?;
    ///     println!("{} bytes, SHA-256 {}", files[0].bytes, files[0].sha256);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_writer(self, asset: &Asset, writer: impl AsyncWrite + Send + Unpin + 'static) -> ToWriter {
        let writer = Writer::new(self.limits, Output::Writer(Box::new(writer)));
        ToWriter { download: self.asset(asset), writer }
    }
}

impl IntoFuture for ToWriter {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.download.run(self.writer))
    }
}
