//! A download to a writer.

use std::future::IntoFuture;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use tokio::io::AsyncWrite;
use tokio::time::Instant;

use super::download::Download;
use super::fetch::Fetched;
use super::retry::Retries;
use super::sidecar::Version;
use super::sink::Sink;
use super::stream::{Output, Stream};
use super::{FetchedFile, Report};
use crate::asset::Asset;
use crate::error::Error;

/// A download of one file to a writer; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToWriter {
    download: Download,
    output: Output,
}

impl IntoFuture for ToWriter {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl ToWriter {
    pub(super) fn new(mut download: Download, asset: Asset, writer: Box<dyn AsyncWrite + Send + Unpin>) -> Self {
        download.assets = asset.into();
        download.wanted.clear();
        Self { download, output: Output::Writer(writer) }
    }

    async fn run(self) -> Result<Report, Error> {
        let Self { mut download, output } = self;
        let Some((asset, name, retries)) = download.jobs().pop() else {
            return Ok(Report::default());
        };
        let path = PathBuf::from(name);
        let result = write(&download, &asset, &path, output, retries).await;
        download.ended(&asset, &path, &result);
        Ok(Report::of(vec![(asset, path, result)]))
    }
}

async fn write(
    download: &Download,
    asset: &Asset,
    path: &Path,
    output: Output,
    retries: Retries,
) -> Result<FetchedFile, Error> {
    let began = Instant::now();
    let fetched = stream(download, asset, path, None, Stream::new(output), retries).await?;
    let Fetched { summary: Some(summary), version, obtained, attempts } = fetched else {
        unreachable!("only what is there can be unchanged");
    };
    let file = FetchedFile::there(asset, path, summary.length, summary.sha256, began);
    Ok(FetchedFile { content_type: version.content_type, obtained, attempts, ..file })
}

/// Fetches a file into a stream, which is ended well or given up.
pub(super) async fn stream(
    download: &Download,
    asset: &Asset,
    path: &Path,
    have: Option<&Version>,
    stream: Stream,
    retries: Retries,
) -> Result<Fetched, Error> {
    let mut sink = Sink::Stream(Box::new(stream));
    let fetched = download.fetch(asset, path, have, &mut sink, retries).await;
    let Sink::Stream(stream) = sink else {
        unreachable!("a sink does not change what it is");
    };
    match &fetched {
        Ok(Fetched { summary: Some(_), .. }) => stream.finish().await?,
        _ => stream.abort().await,
    }
    fetched
}
