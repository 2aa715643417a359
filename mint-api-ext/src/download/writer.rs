//! A writer, or memory, as a destination.

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
use super::verify::Limits;
use crate::error::{Error, ErrorKind};

/// What takes the bytes of a file in their order.
pub(super) enum Output {
    Writer(Box<dyn AsyncWrite + Send + Unpin>),
    Memory(Vec<u8>),
}

impl Output {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Writer(writer) => writer.write_all(bytes).await.map_err(writer_error),
            Self::Memory(memory) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::Writer(writer) => writer.flush().await.map_err(writer_error),
            Self::Memory(_) => Ok(()),
        }
    }

    /// The bytes in memory; none of a writer.
    pub(super) fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Writer(_) => Vec::new(),
            Self::Memory(memory) => std::mem::take(memory),
        }
    }

    /// Forgets every byte, if it can.
    fn take_back(&mut self) -> bool {
        match self {
            Self::Writer(_) => false,
            Self::Memory(memory) => {
                memory.clear();
                true
            }
        }
    }
}

/// A place for one file. The file holds the output from its opening to its end.
pub(super) struct Writer {
    limits: Limits,
    output: Arc<Mutex<Output>>,
}

impl Writer {
    pub(super) fn new(limits: Limits, output: Output) -> Self {
        Self { limits, output: Arc::new(Mutex::new(output)) }
    }

    pub(super) fn output(&self) -> Arc<Mutex<Output>> {
        self.output.clone()
    }
}

impl Destination for Writer {
    type Sink = WriterSink;

    /// Refuses a file that is too large by what the API says, before it is requested.
    async fn open(&self, item: &Item) -> Result<WriterSink, Error> {
        self.limits.admit_declared(&item.asset)?;
        let output = self.output().lock_owned().await;
        Ok(WriterSink { output, version: Version::default(), progress: Progress::Writing(Sum::default()) })
    }

    async fn commit(&self, _: &Item, mut sink: WriterSink, _: Clobber, _: Option<&str>) -> Result<Committed, Error> {
        if let Progress::Comparing { .. } = sink.progress {
            return Err(changed());
        }
        sink.output.flush().await?;
        Ok(Committed::default())
    }
}

/// A file that goes to an output. A writer cannot take bytes back, so bytes that the server sends again are compared.
pub(super) struct WriterSink {
    output: OwnedMutexGuard<Output>,
    version: Version,
    progress: Progress,
}

enum Progress {
    /// New bytes go to the output. The hash of what it has.
    Writing(Sum),
    /// The server sends the file from its beginning again.
    Comparing {
        /// Hash of the bytes that the output has.
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

    async fn restart(mut self, version: Version) -> Result<Self, Error> {
        let written = match self.progress {
            Progress::Writing(sum) => Box::new(sum),
            Progress::Comparing { written, .. } => written,
        };
        let sum = Sum::new(&version.digests);
        let progress = match written.length() == 0 || self.output.take_back() {
            true => Progress::Writing(sum),
            false => Progress::Comparing { written, again: sum },
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
        self.output.write(&piece).await?;
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
