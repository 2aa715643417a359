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
    /// `mint-manifest.json` under the prefix is as in a directory. What was saved counts as unchanged in the store while it
    /// has its size and the store's `ETag` of it; where a store has none, it is read and hashed. [`Overwrite::Never`] looks
    /// before it begins: stores have no way to complete an upload only where nothing is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the manifest cannot be read or written. That single files fail is no
    /// error of the whole: see [`Report::failures`].
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
