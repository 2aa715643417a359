//! Where the bytes of a file go: a partial file on disk, or a stream that cannot take them back.

use bytes::Bytes;
use reqwest::Response;

use super::part::{Arrival, Part};
use super::sidecar::Version;
use super::stream::Stream;
use super::sum::Summary;
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// Where the bytes of a file go.
///
/// All that blocks runs off the async threads, in short tasks of its own: each takes the partial file and gives it
/// back, so that none lasts longer than one run of writes, and a caller who is gone leaves nobody behind.
#[derive(Debug)]
pub(super) enum Sink {
    /// `None` while a task has it, and after one has panicked.
    Part(Option<Box<Part>>),
    Stream(Box<Stream>),
}

impl Sink {
    /// How many bytes are there, from the beginning on.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Part(part) => part.as_ref().map_or(0, |part| part.length()),
            Self::Stream(stream) => stream.length(),
        }
    }

    /// Which version of the file they are of.
    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Self::Part(part) => part.as_ref()?.version(),
            Self::Stream(stream) => stream.version(),
        }
    }

    /// Begins again, with this version of the file.
    pub(super) async fn restart(&mut self, version: Version) -> Result<(), Error> {
        match self {
            Self::Part(part) => with(part, move |part| part.restart(version)).await,
            Self::Stream(stream) => stream.restart(version).await,
        }
    }

    /// Takes a piece, and perhaps some after it, but no more than `most` bytes. The body, and what has arrived of it and
    /// was not taken.
    pub(super) async fn write(
        &mut self,
        first: Bytes,
        mut body: Response,
        most: u64,
    ) -> Result<(Response, Option<Arrival>), Error> {
        match self {
            Self::Part(part) => {
                with(part, move |part| part.write_run(first, &mut body, most).map(|next| (body, next))).await
            }
            Self::Stream(stream) => stream.write(first).await.map(|()| (body, None)),
        }
    }

    /// Forgets what is there.
    pub(super) async fn clear(&mut self) -> Result<(), Error> {
        match self {
            Self::Part(part) => with(part, Part::clear).await,
            Self::Stream(stream) => stream.clear().await,
        }
    }

    /// What is known of what is there.
    pub(super) fn summary(&self) -> Option<Summary> {
        match self {
            Self::Part(part) => part.as_ref().map(|part| part.summary()),
            Self::Stream(stream) => Some(stream.summary()),
        }
    }
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
