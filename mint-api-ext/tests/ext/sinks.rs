//! The three places a file can go, alike for tests.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use mint_api_ext::asset::{Asset, Assets};
use mint_api_ext::download::{Download, FetchedFile};
use mint_api_ext::{Error, Mint};
use object_store::memory::InMemory;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use tokio::io::AsyncWrite;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    Directory,
    Writer,
    Store,
}

pub(crate) const PLACES: [Place; 3] = [Place::Directory, Place::Writer, Place::Store];

impl Place {
    /// Downloads one file here: what is there in the end, and what is told of it. Where it fails, it asserts that nothing
    /// has the name of the file.
    pub(crate) async fn download(
        self,
        mint: &Mint,
        asset: &Asset,
        settings: impl Fn(Download) -> Download,
    ) -> Result<(Vec<u8>, FetchedFile), Error> {
        let download = settings(mint.download(Assets::from_iter([asset.clone()])));
        self.save(download, asset).await
    }

    pub(crate) async fn save(self, download: Download, asset: &Asset) -> Result<(Vec<u8>, FetchedFile), Error> {
        match self {
            Self::Directory => {
                let directory = tempfile::tempdir().unwrap();
                let mut report = download.to_dir(directory.path()).await?;
                if let Some(failure) = report.failures.pop() {
                    assert!(!failure.path.exists(), "{}", failure.path.display());
                    return Err(failure.error);
                }
                let file = report.files.remove(0);
                Ok((std::fs::read(&file.path).unwrap(), file))
            }
            Self::Writer => {
                let written = Written::default();
                let file = download.to_writer(asset, written.clone()).await?.complete()?.remove(0);
                Ok((written.0.lock().unwrap().clone(), file))
            }
            Self::Store => {
                let store = Arc::new(InMemory::new());
                let mut report = download.to_store(store.clone(), "a/prefix").await?;
                if let Some(failure) = report.failures.pop() {
                    let mut listed = store.list(None);
                    assert!(futures::StreamExt::next(&mut listed).await.is_none(), "nothing is in the store");
                    return Err(failure.error);
                }
                let file = report.files.remove(0);
                let place = object_store::path::Path::from(file.path.to_str().unwrap());
                let bytes = store.get(&place).await.unwrap().bytes().await.unwrap();
                Ok((bytes.to_vec(), file))
            }
        }
    }
}

/// A writer that keeps what it is given.
#[derive(Clone, Default)]
pub(crate) struct Written(pub(crate) Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Written {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
