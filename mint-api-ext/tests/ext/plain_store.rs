//! A store that can do no more than it must.

use std::fmt;

use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// A store that names no versions, and so cannot replace one version only, as there are some.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    inner: InMemory,
    writes: Writes,
}

#[derive(Clone, Copy, Debug, Default)]
enum Writes {
    #[default]
    Taken,
    Refused,
}

impl Plain {
    /// One that takes nothing, and says so with a signed URL.
    pub(crate) fn refusing() -> Self {
        Self { writes: Writes::Refused, ..Self::default() }
    }

    fn may_write(&self) -> Result<()> {
        match self.writes {
            Writes::Taken => Ok(()),
            Writes::Refused => Err(Error::Generic { store: "Plain", source: "PUT https://a.b/c?signature=1".into() }),
        }
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Plain {
    async fn put_opts(&self, place: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.may_write()?;
        match options.mode {
            PutMode::Overwrite => self.inner.put_opts(place, payload, options).await,
            _ => Err(Error::NotImplemented { operation: "put_opts".into(), implementer: "Plain".into() }),
        }
    }

    async fn put_multipart_opts(&self, place: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.may_write()?;
        self.inner.put_multipart_opts(place, options).await
    }

    async fn get_opts(&self, place: &Path, options: GetOptions) -> Result<GetResult> {
        let mut found = self.inner.get_opts(place, options).await?;
        (found.meta.e_tag, found.meta.version) = (None, None);
        Ok(found)
    }

    fn delete_stream(&self, places: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(places)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
