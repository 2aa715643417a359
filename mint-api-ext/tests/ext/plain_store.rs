//! A store that can do no more than it must.

use std::fmt;
use std::sync::{Arc, Mutex};

use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

/// A store that names no versions, and so cannot replace one version only, as there are some.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    inner: InMemory,
    writes: Writes,
    uploads: Arc<Mutex<(u32, u32)>>,
}

/// A multipart upload that counts when it is aborted.
#[derive(Debug)]
struct Upload {
    inner: Box<dyn MultipartUpload>,
    uploads: Arc<Mutex<(u32, u32)>>,
}

#[async_trait::async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        self.inner.put_part(part)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.inner.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.uploads.lock().unwrap().1 += 1;
        self.inner.abort().await
    }
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

    /// How many multipart uploads were begun, and how many of them aborted.
    pub(crate) fn uploads(&self) -> (u32, u32) {
        *self.uploads.lock().unwrap()
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
        let inner = self.inner.put_multipart_opts(place, options).await?;
        self.uploads.lock().unwrap().0 += 1;
        Ok(Box::new(Upload { inner, uploads: self.uploads.clone() }))
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
