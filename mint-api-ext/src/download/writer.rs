//! A writer as a destination.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::Response;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::destination::{Committed, Destination, Item, Sink, Written};
use super::publish::Clobber;
use super::sidecar::Version;
use super::sum::{Sum, Summary};
use crate::error::{Error, ErrorKind};

type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// A writer. A file holds it from its opening to its end.
pub(super) struct Writer(Arc<Mutex<Output>>);

impl Writer {
    pub(super) fn new(writer: Output) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }
}

impl Destination for Writer {
    type Sink = WriterSink;

    async fn open(&self, _: &Item) -> Result<WriterSink, Error> {
        let writer = self.0.clone().lock_owned().await;
        Ok(WriterSink { writer, version: Version::default(), progress: Progress::Writing(Sum::default()) })
    }

    async fn commit(&self, _: &Item, mut sink: WriterSink, _: Clobber, _: Option<&str>) -> Result<Committed, Error> {
        if let Progress::Comparing { .. } = sink.progress {
            return Err(changed());
        }
        sink.writer.flush().await.map_err(writer_error)?;
        Ok(Committed::default())
    }
}

/// A file that goes to a writer. It cannot take bytes back, so bytes that the server sends again are compared.
pub(super) struct WriterSink {
    writer: OwnedMutexGuard<Output>,
    version: Version,
    progress: Progress,
}

enum Progress {
    /// New bytes go to the writer. The hash of what it has.
    Writing(Sum),
    /// The server sends the file from its beginning again.
    Comparing {
        /// Hash of the bytes that the writer has.
        written: Box<Sum>,
        /// Hash of the re-sent bytes; must equal `written` before more is written.
        again: Sum,
    },
}

impl Sink for WriterSink {
    fn version(&self) -> &Version {
        &self.version
    }

    fn length(&self) -> u64 {
        match &self.progress {
            Progress::Writing(sum) | Progress::Comparing { again: sum, .. } => sum.length(),
        }
    }

    fn summary(&self) -> Summary {
        match &self.progress {
            Progress::Writing(sum) | Progress::Comparing { again: sum, .. } => sum.finish(),
        }
    }

    async fn restart(self, version: Version) -> Result<Self, Error> {
        let written = match self.progress {
            Progress::Writing(sum) => Box::new(sum),
            Progress::Comparing { written, .. } => written,
        };
        let sum = Sum::new(&version.digests);
        let progress = match written.length() {
            0 => Progress::Writing(sum),
            _ => Progress::Comparing { written, again: sum },
        };
        Ok(Self { version, progress, ..self })
    }

    async fn write(self, piece: Bytes, body: Response, _: u64) -> Result<Written<Self>, Error> {
        let sink = self.compared_and_written(piece).await?;
        Ok(Written { sink, body, arrived: None })
    }
}

impl WriterSink {
    async fn compared_and_written(mut self, mut piece: Bytes) -> Result<Self, Error> {
        let sum = match self.progress {
            Progress::Writing(sum) => sum,
            Progress::Comparing { written, again } => {
                let missing = usize::try_from(written.length() - again.length()).unwrap_or(usize::MAX);
                let again = again.added(piece.split_to(piece.len().min(missing))).await?;
                if again.length() < written.length() {
                    self.progress = Progress::Comparing { written, again };
                    return Ok(self);
                }
                if again.finish().sha256 != written.finish().sha256 {
                    return Err(changed());
                }
                again
            }
        };
        let sum = if piece.is_empty() { sum } else { sum.added(piece.clone()).await? };
        self.writer.write_all(&piece).await.map_err(writer_error)?;
        self.progress = Progress::Writing(sum);
        Ok(self)
    }
}

fn changed() -> Error {
    let text = "the file changed at the server while it was written, and a writer cannot take bytes back; \
                download it again";
    Error::new(ErrorKind::Download, text)
}

fn writer_error(error: std::io::Error) -> Error {
    let text = format!("could not write a file to the writer given for it: {error}; see what the writer needs");
    Error::new(ErrorKind::Io, text).with_source(error)
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}
