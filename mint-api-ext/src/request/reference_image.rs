//! Uploading images for generations to work from.

use std::fmt;

use futures::future::BoxFuture;
use mint_api::types::{self, CreateReferenceImageRequest, ReferenceImageLink, ResourceName};

use super::image_source::{self, ImageSource, WHAT};
use super::mutation::mutate;
use super::request::Request;
use crate::client::{Mint, idempotency};
use crate::error::{Error, ErrorKind, shown};

impl Mint {
    /// Describes the upload of an image for generations to work from: `POST /v1/reference-images`. This method reads and
    /// sends nothing.
    ///
    /// The image is a file, its bytes, or a URL; see [`ImageSource`]. Sending uploads a file or bytes, of at most
    /// [`ReferenceImage::MAX_BYTES`]; the first bytes decide the media type. The server reads a URL itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::request::Reference;
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
    pub fn upload_image(&self, image: impl Into<ImageSource>) -> Request<UploadImage> {
        Request::new(self, UploadImage { source: image.into(), name: None })
    }
}

/// Uploads an image; see [`Mint::upload_image`].
#[derive(Clone, Debug)]
pub struct UploadImage {
    source: ImageSource,
    name: Option<String>,
}

impl Request<UploadImage> {
    /// Sets the name that Mint shows for the image, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.name = Some(name.into());
        self
    }

    /// Reads the image and sends it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when the file cannot be read; [`ErrorKind::InvalidArgument`] when the image is too large or of
    /// an unknown type, or when the name or the key breaks its bound. Nothing is sent in these cases. Otherwise the errors
    /// of [`Request::send`](crate::Request::send).
    ///
    /// # Cancellation
    ///
    /// After the future is dropped, the server may or may not have the image. Send the same request again to find out. The
    /// future does not borrow from the request.
    pub fn send(&self) -> BoxFuture<'static, Result<ReferenceImage, Error>> {
        Box::pin(self.clone().run())
    }

    async fn run(self) -> Result<ReferenceImage, Error> {
        let key = idempotency::check(self.idempotency_key())?;
        let UploadImage { source, name } = self.call.clone();
        let name = name.as_deref().map(ResourceName::try_from).transpose().map_err(|error| {
            let text = format!("could not {WHAT}: `name` is {error}; give it 1 to 120 characters");
            Error::new(ErrorKind::InvalidArgument, text)
        })?;
        let body = match source {
            ImageSource::Url(url) => {
                image_source::check_url(&url)?;
                ReferenceImageLink { source_url: url, file_name: None, name }.into()
            }
            file => CreateReferenceImageRequest::from(image_source::read(file, name).await?),
        };
        let kept = mutate(&self.mint, WHAT, &key, |api, key| {
            Box::pin(api.create_reference_image().idempotency_key(key).body(body.clone()).send())
        });
        ReferenceImage::of(kept.await?.value).map_err(|error| error.with_idempotency_key(key.as_str()))
    }
}

/// An image that Mint stores, for generations to work from.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReferenceImage {
    /// The id.
    pub id: String,
    /// The URL, for [`Reference`](crate::request::Reference).
    pub url: String,
}

impl ReferenceImage {
    /// The largest image that is uploaded, in bytes: 10 MiB.
    ///
    /// The API documents no limit. This one is larger than a usual photograph, and small enough to be sent within the
    /// request timeout (30 s) at 4 Mbit/s.
    pub const MAX_BYTES: u64 = image_source::MAX_BYTES;

    /// Takes the first URL of the reply. Those that last longest come first.
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
            let text = format!(
                "could not {WHAT}: the reply for {} has no URL; the image is kept, so update this crate instead of sending it again",
                reply.id
            );
            return Err(Error::new(ErrorKind::Decode, text));
        };
        Ok(Self { url: url.clone(), id: reply.id })
    }
}

/// Omits the query of the URL, which may be a secret.
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
    fn the_first_url_in_order_is_taken() {
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
