//! Fetching one file.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::downloader::{Downloader, fetch_error, shown};
use super::{Event, FetchedFile, OnEvent};
use crate::asset::Asset;
use crate::error::{Error, ErrorKind};

/// How many pieces may wait for the disk before the network does.
const QUEUE: usize = 16;

pub(super) async fn fetch(
    downloader: &Downloader,
    asset: &Asset,
    target: &Path,
    on_event: &OnEvent,
) -> Result<FetchedFile, Error> {
    let response = downloader.get(&asset.url).await?;
    if response.status() != reqwest::StatusCode::OK {
        let text = format!(
            "could not fetch `{}`: the server answered {}; read the operation again for a fresh URL",
            shown(&asset.url),
            response.status()
        );
        return Err(Error::new(ErrorKind::Download, text));
    }
    let announced = response.content_length();
    check_length(asset, "the server announces", announced)?;
    on_event(&Event::Started { asset, path: target, total: announced.or(asset.bytes) });

    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (written, part) = stream_to(Part::beside(target), response, asset, target, on_event).await?;
    if announced.is_some_and(|announced| announced != written.bytes) {
        return Err(wrong_length(asset, "the server sent", written.bytes, announced));
    }
    check_length(asset, "the server sent", Some(written.bytes))?;
    part.publish(target).await?;
    Ok(FetchedFile {
        kind: asset.kind.clone(),
        path: target.to_owned(),
        bytes: written.bytes,
        sha256: written.sha256,
        content_type,
    })
}

struct Written {
    bytes: u64,
    sha256: String,
}

async fn stream_to(
    part: Part,
    mut response: reqwest::Response,
    asset: &Asset,
    target: &Path,
    on_event: &OnEvent,
) -> Result<(Written, Part), Error> {
    let (pieces, writer) = writer(part);
    let mut bytes = 0;
    let outcome = loop {
        match response.chunk().await {
            Ok(Some(piece)) => {
                bytes += piece.len() as u64;
                // No more than was announced is written, whatever is sent.
                if asset.bytes.is_some_and(|expected| bytes > expected) {
                    break Err(wrong_length(asset, "the server sends at least", bytes, asset.bytes));
                }
                // The writer has stopped; it tells why below.
                if pieces.send(piece).await.is_err() {
                    break Ok(());
                }
                on_event(&Event::Progress { path: target, bytes });
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(fetch_error(&asset.url, error)),
        }
    };
    drop(pieces);
    let written = writer.await.unwrap_or_else(|error| {
        Err(Error::new(ErrorKind::Io, "the task that writes files stopped; the runtime is shutting down")
            .with_source(error))
    });
    outcome.and(written)
}

type Writer = JoinHandle<Result<(Written, Part), Error>>;

/// Writes and hashes pieces off the async threads.
///
/// The task owns the partial file, so that it is removed after it was closed, also when nobody waits any more.
fn writer(part: Part) -> (mpsc::Sender<Bytes>, Writer) {
    let (sender, pieces) = mpsc::channel(QUEUE);
    let task = spawn_blocking(move || match write(&part.path, pieces) {
        Ok(written) => Ok((written, part)),
        Err(error) => Err(part.error("write", error)),
    });
    (sender, task)
}

fn write(path: &Path, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<Written> {
    let mut file = File::create(path)?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    while let Some(piece) = pieces.blocking_recv() {
        file.write_all(&piece)?;
        hash.update(&piece);
        bytes += piece.len() as u64;
    }
    file.sync_all()?;
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Written { bytes, sha256 })
}

/// `<name>.part` beside the target, removed unless it is published.
struct Part {
    path: PathBuf,
}

impl Part {
    fn beside(target: &Path) -> Self {
        let mut path = target.as_os_str().to_owned();
        path.push(".part");
        Self { path: path.into() }
    }

    async fn publish(self, target: &Path) -> Result<(), Error> {
        let renamed = tokio::fs::rename(&self.path, target).await;
        renamed.map_err(|error| self.error("rename", error))
    }

    fn error(&self, verb: &str, error: io::Error) -> Error {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
            _ => "choose a directory that can be written to",
        };
        let text = format!("could not {verb} `{}`: {error}; {advice}", self.path.display());
        Error::new(ErrorKind::Io, text).with_source(error)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Gone when it was published; nothing can be done about another failure.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn check_length(asset: &Asset, what: &str, bytes: Option<u64>) -> Result<(), Error> {
    match (bytes, asset.bytes) {
        (Some(bytes), Some(expected)) if bytes != expected => Err(wrong_length(asset, what, bytes, Some(expected))),
        _ => Ok(()),
    }
}

fn wrong_length(asset: &Asset, what: &str, bytes: u64, expected: Option<u64>) -> Error {
    let expected = expected.map(|expected| expected.to_string()).unwrap_or_default();
    let text = format!(
        "could not fetch `{}`: {what} {bytes} bytes instead of {expected}; download again, or read the operation again",
        shown(&asset.url)
    );
    Error::new(ErrorKind::Download, text)
}
