//! A download to a store.

use std::future::IntoFuture;
use std::sync::Arc;

use futures::future::BoxFuture;
use object_store::ObjectStore;

use super::Report;
use super::download::Download;
use super::store::Store;
use crate::error::Error;

/// A download to a store; await it for the [`Report`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToStore {
    download: Download,
    store: Store,
}

impl Download {
    /// Saves the files in a store, each under the prefix and its name, by a multipart upload that is completed once the
    /// file is whole. Await the result.
    ///
    /// `mint-manifest.json` is as in a directory, under the prefix. A saved file counts as unchanged while its size and the
    /// store's `ETag` are the same; in a store without `ETag`s it is read and hashed. [`Overwrite::Never`] looks before the
    /// upload only: a store cannot complete a multipart upload on the condition that the name is free.
    ///
    /// [`Overwrite::Never`]: crate::download::Overwrite::Never
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the manifest cannot be read or written. A file that fails is in
    /// [`Report::failures`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use object_store::memory::InMemory;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// let store = Arc::new(InMemory::new());
    /// let files = mint.download(&operation).to_store(store, "models/lamp").await?.complete()?;
    /// println!("{}", files[0].path.display());
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_store(self, store: Arc<dyn ObjectStore>, prefix: &str) -> ToStore {
        ToStore { download: self, store: Store::new(store, prefix) }
    }
}

impl IntoFuture for ToStore {
    type Output = Result<Report, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.download.run(self.store))
    }
}
