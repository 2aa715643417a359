//! A file that goes to a writer or to a store.

use std::fmt;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::sidecar::Version;
#[cfg(feature = "object-store")]
use super::store::Upload;
use super::sum::{Sum, Summary};
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// Where a stream goes.
pub(super) enum Output {
    /// What was written cannot be taken back.
    Writer(Box<dyn AsyncWrite + Send + Unpin>),
    /// Nothing is there before the upload is completed.
    #[cfg(feature = "object-store")]
    Store(Box<Upload>),
}

/// A file that goes to a writer or to a store.
#[derive(Debug)]
pub(super) struct Stream {
    output: Output,
    version: Option<Version>,
    /// Of what was written.
    sum: Sum,
    /// Of what was sent again from the beginning, which must be the same as far as it was written.
    again: Option<Sum>,
}

impl Stream {
    pub(super) fn new(output: Output) -> Self {
        Self { output, version: None, sum: Sum::default(), again: None }
    }

    pub(super) fn length(&self) -> u64 {
        self.again.as_ref().unwrap_or(&self.sum).length()
    }

    pub(super) fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    pub(super) fn summary(&self) -> Summary {
        self.sum.finish()
    }

    pub(super) async fn restart(&mut self, version: Version) -> Result<(), Error> {
        self.clear().await?;
        match &mut self.again {
            Some(again) => *again = Sum::new(&version.digests),
            None => self.sum = Sum::new(&version.digests),
        }
        self.version = Some(version);
        Ok(())
    }

    pub(super) async fn clear(&mut self) -> Result<(), Error> {
        self.version = None;
        match &mut self.output {
            Output::Writer(_) if self.sum.length() > 0 => self.again = Some(Sum::default()),
            Output::Writer(_) => {}
            #[cfg(feature = "object-store")]
            Output::Store(upload) => {
                upload.restart().await?;
                self.sum = Sum::default();
            }
        }
        Ok(())
    }

    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), Error> {
        let piece = self.unwritten(piece).await?;
        if piece.is_empty() {
            return Ok(());
        }
        let sum = added(self.sum.clone(), piece.clone()).await?;
        match &mut self.output {
            Output::Writer(writer) => writer.write_all(&piece).await.map_err(writer_error)?,
            #[cfg(feature = "object-store")]
            Output::Store(upload) => upload.write(piece).await?,
        }
        self.sum = sum;
        Ok(())
    }

    /// What of a piece was not written before; an error if what was is not the same.
    async fn unwritten(&mut self, mut piece: Bytes) -> Result<Bytes, Error> {
        let Some(again) = self.again.take() else {
            return Ok(piece);
        };
        let missing = self.sum.length() - again.length();
        let known = piece.split_to(piece.len().min(usize::try_from(missing).unwrap_or(usize::MAX)));
        let again = added(again, known).await?;
        if again.length() < self.sum.length() {
            self.again = Some(again);
            return Ok(piece);
        }
        if again.finish().sha256 != self.sum.finish().sha256 {
            let text = "the file changed at the server while it was written, and a writer cannot take bytes back; \
                        download it again";
            return Err(Error::new(ErrorKind::Download, text));
        }
        // The same bytes, by the digests that the server sends now.
        self.sum = again;
        Ok(piece)
    }

    /// Ends the output: the file is whole.
    pub(super) async fn finish(self) -> Result<(), Error> {
        match self.output {
            Output::Writer(mut writer) => writer.flush().await.map_err(writer_error),
            #[cfg(feature = "object-store")]
            Output::Store(upload) => upload.finish().await,
        }
    }

    /// Ends the output: there will be no whole file.
    pub(super) async fn abort(self) {
        match self.output {
            Output::Writer(_) => {}
            #[cfg(feature = "object-store")]
            Output::Store(upload) => upload.abort().await,
        }
    }
}

async fn added(mut sum: Sum, piece: Bytes) -> Result<Sum, Error> {
    blocking(move || {
        sum.add(&piece);
        Ok(sum)
    })
    .await
}

fn writer_error(error: std::io::Error) -> Error {
    let text = format!("could not write a file to the writer given for it: {error}; see what the writer needs");
    Error::new(ErrorKind::Io, text).with_source(error)
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer(_) => "Writer",
            #[cfg(feature = "object-store")]
            Self::Store(_) => "Store",
        })
    }
}
