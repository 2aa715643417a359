//! Writers and stores that fail.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use mint_api_ext::ErrorKind;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::simulator::{Fault, Simulator};
use tokio::io::AsyncWrite;

use crate::plain_store::Plain;

/// A writer that takes so many bytes and no more.
struct Full(usize);

impl AsyncWrite for Full {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Poll::Ready(if taken > 0 { Ok(taken) } else { Err(io::Error::other("no room")) })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_writer_that_fails_is_told_of_and_not_tried_again() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let url = simulator.add_file("a.stl", "model/stl", vec![7; 300_000]);
    let asset = Asset::new(AssetKind::Stl, &url);
    for room in [0, 100_000] {
        let before = simulator.cdn_requests().len();
        let report = mint.download(Assets::default()).to_writer(&asset, Full(room)).await.unwrap();
        let error = &report.failures[0].error;
        assert_eq!((error.kind(), simulator.cdn_requests().len() - before), (ErrorKind::Io, 1), "{error}");
        assert!(error.to_string().contains("no room"), "{error}");
    }
}

/// A caller who is gone leaves no upload begun, whose parts a store would bill.
#[tokio::test]
async fn a_dropped_download_aborts_its_upload() {
    let store = Arc::new(Plain::default());
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("a.stl", "model/stl", vec![7; 12_000_000]);
    simulator.add_fault(&url, Fault::stall_at(11_000_000));
    let download = simulator.mint().unwrap().download(Asset::new(AssetKind::Stl, &url));
    let task = tokio::spawn(download.to_store(store.clone(), "a").into_future());
    while store.uploads() == (0, 0) {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    while store.uploads() != (1, 1) {
        tokio::task::yield_now().await;
    }
}

/// Small files go to a store in one request, large ones in parts.
#[tokio::test]
async fn a_store_that_fails_is_told_of_without_its_urls() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for size in [10, 7_000_000] {
        let url = simulator.add_file("a.stl", "model/stl", vec![7; size]);
        let assets = Assets::from(Asset::new(AssetKind::Stl, &url));
        let report = mint.download(assets).to_store(Arc::new(Plain::refusing()), "a").await.unwrap();
        let error = &report.failures[0].error;
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert!(error.to_string().contains("`a/model.stl`"), "{error}");
        assert!(!format!("{report:?}").contains("signature"), "{report:?}");
    }
}
