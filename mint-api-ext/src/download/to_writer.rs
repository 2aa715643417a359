//! A download to a writer.

use std::future::IntoFuture;
use std::path::PathBuf;

use futures::future::BoxFuture;
use tokio::io::AsyncWrite;
use tokio::time::Instant;

use super::sink::Sink;
use super::stream::{Output, Stream};
use super::{Download, Fetched, FetchedFile};
use crate::asset::{Asset, unique_file_names};
use crate::error::Error;

/// A download of one file to a writer; await it for the [`FetchedFile`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToWriter {
    download: Download,
    asset: Asset,
    output: Output,
}

impl IntoFuture for ToWriter {
    type Output = Result<FetchedFile, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl ToWriter {
    pub(super) fn new(download: Download, asset: Asset, writer: Box<dyn AsyncWrite + Send + Unpin>) -> Self {
        Self { download, asset, output: Output::Writer(writer) }
    }

    async fn run(self) -> Result<FetchedFile, Error> {
        let Self { mut download, asset, output } = self;
        let retries = download.retries();
        let name = unique_file_names(std::slice::from_ref(&asset)).pop().unwrap_or_default();
        let path = PathBuf::from(name);
        let result = stream(&download, &asset, path.clone(), Stream::new(output), retries).await;
        download.ended(&asset, &path, &result);
        result
    }
}

/// Fetches a file into a stream, which is ended well or given up.
pub(super) async fn stream(
    download: &Download,
    asset: &Asset,
    path: PathBuf,
    stream: Stream,
    retries: super::Retries,
) -> Result<FetchedFile, Error> {
    let began = Instant::now();
    let mut sink = Sink::Stream(Box::new(stream));
    let fetched = download.fetch(asset, &path, None, &mut sink, retries).await;
    let Sink::Stream(stream) = sink else {
        unreachable!("a sink does not change what it is");
    };
    match fetched {
        Ok(Fetched { summary: Some(summary), version, obtained, attempts }) => {
            stream.finish().await?;
            Ok(FetchedFile {
                kind: asset.kind.clone(),
                path,
                bytes: summary.length,
                sha256: summary.sha256,
                content_type: version.content_type,
                asset: asset.clone(),
                obtained,
                attempts,
                elapsed: began.elapsed(),
                unpacked: None,
            })
        }
        Ok(_) => unreachable!("only what is there can be unchanged"),
        Err(error) => {
            stream.abort().await;
            Err(error)
        }
    }
}
