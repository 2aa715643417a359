//! Images for generations to work from.

use std::fmt;

use futures::future::BoxFuture;
use mint_api::types::{self, CreateReferenceImageRequest, ReferenceImageLink, ResourceName};

use super::image_source::{self, ImageSource};
use super::mutation::mutate;
use crate::client::{Mint, idempotency};
use crate::error::{Error, ErrorKind, shown};

pub(super) const WHAT: &str = "keep the reference image";

impl Mint {
    /// Describes an image to keep at Mint, for generations to work from: `POST /v1/reference-images`. Nothing is read or
    /// sent yet.
    ///
    /// It is a file, its bytes, or a URL; see [`ImageSource`]. What is not at a URL is uploaded, its media type told by
    /// its first bytes; it may have [`ReferenceImage::MAX_BYTES`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Reference;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("lamp.png");
    /// # std::fs::write(&path, b"\x89PNG\r\n\x1a\n")?;
    /// let image = mint.upload_image(path).name("the lamp").send().await?;
    /// let handle = mint.generate_model("a brass lamp").reference(Reference::Image(image.url)).send().await?;
    /// # assert!(!handle.id().as_str().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload_image(&self, image: impl Into<ImageSource>) -> UploadImage {
        UploadImage { mint: self.clone(), key: self.next_idempotency_key(), source: image.into(), name: None }
    }
}

/// An image to keep at Mint; see [`Mint::upload_image`].
///
/// It has an `Idempotency-Key` from the moment it is made, with which it is also sent again where its failure may pass.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct UploadImage {
    mint: Mint,
    key: String,
    source: ImageSource,
    name: Option<String>,
}

impl UploadImage {
    /// The name to show for it, of 1 to 120 characters. Default: none.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Another `Idempotency-Key`, of 1 to 255 printable characters of ASCII.
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// The `Idempotency-Key` this is sent with, to be kept before it is.
    pub fn idempotency_key(&self) -> &str {
        &self.key
    }

    /// Reads the image and sends it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when the file cannot be read; [`ErrorKind::InvalidArgument`] when it is too large, of no known
    /// type, or a name or key breaks its bound; nothing was sent then. Else as [`Request::send`](crate::Request::send).
    ///
    /// # Cancellation
    ///
    /// The future does not borrow from this. When it is dropped it is not known whether the server has the image; send
    /// this again to find out.
    pub fn send(&self) -> BoxFuture<'static, Result<ReferenceImage, Error>> {
        Box::pin(self.clone().run())
    }

    async fn run(self) -> Result<ReferenceImage, Error> {
        let key = idempotency::check(&self.key)?;
        let name = self.name.as_deref().map(ResourceName::try_from).transpose().map_err(|error| {
            let text = format!("could not {WHAT}: `name` is {error}; give it 1 to 120 characters");
            Error::new(ErrorKind::InvalidArgument, text)
        })?;
        let body = match self.source {
            ImageSource::Url(url) => {
                image_source::check_url(&url)?;
                ReferenceImageLink { source_url: url, file_name: None, name }.into()
            }
            file => CreateReferenceImageRequest::from(image_source::read(file, name).await?),
        };
        let kept = mutate(&self.mint, WHAT, &key, |api, key| {
            api.create_reference_image().idempotency_key(key).body(body.clone()).send()
        });
        ReferenceImage::of(kept.await?.value).map_err(|error| error.with_idempotency_key(key.as_str()))
    }
}

/// An image that is kept at Mint.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReferenceImage {
    /// Its id.
    pub id: String,
    /// Where it is, for [`Reference`](crate::Reference).
    pub url: String,
}

impl ReferenceImage {
    /// How large an image may be that is uploaded: 10 MiB.
    ///
    /// The API documents no bound. This one lets a photograph through, and fits into the time for one request (30 s) at
    /// 4 Mbit/s.
    pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

    /// The reply may have several URLs; the first of these lasts.
    fn of(reply: types::ReferenceImage) -> Result<Self, Error> {
        let assets = reply.assets.as_ref();
        let urls = [
            reply.url.as_ref(),
            reply.source_url.as_ref(),
            reply.image_url.as_ref(),
            assets.and_then(|assets| assets.image_url.as_ref()),
            assets.and_then(|assets| assets.source_url.as_ref()),
        ];
        let Some(url) = urls.into_iter().flatten().find(|url| !url.is_empty()) else {
            let text = format!("could not {WHAT}: the reply for {} has no URL; send it again", reply.id);
            return Err(Error::new(ErrorKind::Decode, text));
        };
        Ok(Self { url: url.clone(), id: reply.id })
    }
}

/// Without the query of the URL, which may be a secret.
impl fmt::Debug for ReferenceImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferenceImage").field("id", &self.id).field("url", &shown(&self.url)).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_url_that_lasts() {
        let url = |reply: Value| {
            let mut whole = json!({"id": "r"});
            whole.as_object_mut().unwrap().extend(reply.as_object().unwrap().clone());
            ReferenceImage::of(serde_json::from_value(whole).unwrap()).map(|image| image.url)
        };
        let all = json!({"url": "1", "sourceUrl": "2", "imageUrl": "3", "assets": {"imageUrl": "4", "sourceUrl": "5"}});
        let mut left = all;
        for (expected, removed) in [("1", "/url"), ("2", "/sourceUrl"), ("3", "/imageUrl"), ("4", "/assets/imageUrl")] {
            assert_eq!(url(left.clone()).unwrap(), expected);
            *left.pointer_mut(removed).unwrap() = Value::Null;
        }
        assert_eq!(url(left).unwrap(), "5");
        for none in [json!({}), json!({"url": "", "assets": null})] {
            let error = url(none).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains("has no URL"), "{error}");
        }
    }

    #[test]
    fn no_query_is_shown() {
        let image = ReferenceImage { id: "r".into(), url: "https://a.b/c?signature=x".into() };
        assert_eq!(format!("{image:?}"), r#"ReferenceImage { id: "r", url: "https://a.b/c" }"#);
    }
}
