//! A file that goes to a writer or to a store.

use std::fmt;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::digest::Digests;
use super::sidecar::Version;
use super::sink::blocking;
#[cfg(feature = "object-store")]
use super::store::Upload;
use super::sum::{Sum, Summary};
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
        Self { output, version: None, sum: Sum::new(&Digests::default()), again: None }
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
            Output::Writer(_) if self.sum.length() > 0 => self.again = Some(Sum::new(&Digests::default())),
            Output::Writer(_) => {}
            #[cfg(feature = "object-store")]
            Output::Store(upload) => {
                upload.restart().await?;
                self.sum = Sum::new(&Digests::default());
            }
        }
        Ok(())
    }

    pub(super) async fn write(&mut self, pieces: Vec<Bytes>) -> Result<(), Error> {
        let pieces = self.unwritten(pieces)?;
        if pieces.is_empty() {
            return Ok(());
        }
        let mut sum = self.sum.clone();
        let (sum, pieces) = blocking(move || {
            sum.add_all(&pieces);
            Ok((sum, pieces))
        })
        .await?;
        match &mut self.output {
            Output::Writer(writer) => {
                for piece in pieces {
                    writer.write_all(&piece).await.map_err(writer_error)?;
                }
            }
            #[cfg(feature = "object-store")]
            Output::Store(upload) => upload.write(pieces).await?,
        }
        self.sum = sum;
        Ok(())
    }

    /// What of these pieces was not written before; an error if what was is not the same.
    fn unwritten(&mut self, pieces: Vec<Bytes>) -> Result<Vec<Bytes>, Error> {
        let Some(mut again) = self.again.take() else {
            return Ok(pieces);
        };
        let mut rest = Vec::new();
        for mut piece in pieces {
            let missing = self.sum.length() - again.length();
            let known = piece.split_to(piece.len().min(usize::try_from(missing).unwrap_or(usize::MAX)));
            again.add_all(&[known]);
            if !piece.is_empty() {
                rest.push(piece);
            }
        }
        if again.length() < self.sum.length() {
            self.again = Some(again);
            return Ok(rest);
        }
        if again.finish().sha256 != self.sum.finish().sha256 {
            let text = "the file changed at the server while it was written, and a writer cannot take bytes back; \
                        download it again";
            return Err(Error::new(ErrorKind::Download, text));
        }
        // The same bytes, by the digests that the server sends now.
        self.sum = again;
        Ok(rest)
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
