//! Where the bytes of a file go: a partial file on disk, or a stream that cannot take them back.

use bytes::Bytes;
use reqwest::Response;
use tokio::task::spawn_blocking;

use super::hashing::Hashing;
use super::part::{Next, Part, Run};
use super::sidecar::Version;
use super::stream::Stream;
use super::sum::{Sum, Summary};
use crate::error::{Error, ErrorKind};

/// Where the bytes of a file go.
///
/// All that blocks runs off the async threads, in short tasks of its own: each takes the partial file and gives it
/// back, so that none lasts longer than one run of pieces, and a caller who is gone leaves nobody behind.
#[derive(Debug)]
pub(super) enum Sink {
    Part {
        /// `None` while a task has it, and after one has panicked.
        part: Option<Box<Part>>,
        hashing: Hashing,
    },
    Stream(Box<Stream>),
}

impl Sink {
    /// A partial file, and what is known of it.
    pub(super) fn part((part, sum): (Part, Sum)) -> Self {
        Self::Part { part: Some(Box::new(part)), hashing: sum.into() }
    }

    /// How many bytes are there, from the beginning on.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Part { part, .. } => part.as_ref().map_or(0, |part| part.length()),
            Self::Stream(stream) => stream.length(),
        }
    }

    /// Which version of the file they are of.
    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Self::Part { part, .. } => part.as_ref()?.version(),
            Self::Stream(stream) => stream.version(),
        }
    }

    /// Begins again, with this version of the file.
    pub(super) async fn restart(&mut self, version: Version) -> Result<(), Error> {
        match self {
            Self::Part { part, hashing } => {
                *hashing = Sum::new(&version.digests).into();
                with(part, move |part| part.restart(version)).await
            }
            Self::Stream(stream) => stream.restart(version).await,
        }
    }

    /// Takes a piece and perhaps some after it, but no more than `most` bytes. They are hashed while the next are taken.
    pub(super) async fn write(&mut self, first: Bytes, mut body: Response, most: u64) -> Result<Taken, Error> {
        match self {
            Self::Part { part, hashing } => {
                let (Run { written, next }, body) =
                    with(part, move |part| Ok((part.write_run(first, &mut body, most)?, body))).await?;
                let bytes = written.iter().map(|piece| piece.len() as u64).sum();
                hashing.add(written).await?;
                Ok(Taken { bytes, next, body })
            }
            Self::Stream(stream) => {
                let bytes = first.len() as u64;
                stream.write(first).await?;
                Ok(Taken { bytes, next: None, body })
            }
        }
    }

    /// Forgets what is there.
    pub(super) async fn clear(&mut self) -> Result<(), Error> {
        match self {
            Self::Part { part, .. } => with(part, Part::clear).await,
            Self::Stream(stream) => stream.clear().await,
        }
    }

    /// What is known of what is there.
    pub(super) async fn summary(&mut self) -> Result<Summary, Error> {
        match self {
            Self::Part { hashing, .. } => hashing.settled().await.map(|sum| sum.finish()),
            Self::Stream(stream) => stream.summary().await,
        }
    }
}

/// What was taken of a body.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) bytes: u64,
    /// What has arrived after it, and was not taken.
    pub(super) next: Option<Next>,
    pub(super) body: Response,
}

async fn with<T, F>(slot: &mut Option<Box<Part>>, change: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce(&mut Part) -> Result<T, Error> + Send + 'static,
{
    let Some(mut part) = slot.take() else {
        return Err(Error::new(ErrorKind::Io, "the partial file was lost when a task that wrote it stopped"));
    };
    let (part, result) = blocking(move || {
        let result = change(&mut part);
        Ok((part, result))
    })
    .await?;
    *slot = Some(part);
    result
}

/// Runs what blocks off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.unwrap_or_else(|error| {
        let text = "a task that reads or writes files stopped; the runtime is shutting down";
        Err(Error::new(ErrorKind::Io, text).with_source(error))
    })
}
