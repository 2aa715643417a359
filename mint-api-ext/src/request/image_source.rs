//! The sources of an image, and the upload made from them.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use mint_api::types::{ReferenceImageUpload, ResourceName};
use url::Url;

use super::media_type::{self, KNOWN};
use crate::client::blocking;
use crate::error::{Error, ErrorKind, shown};

/// What the call does; it completes "could not ...".
pub(super) const WHAT: &str = "keep the reference image";

/// See [`ReferenceImage::MAX_BYTES`](super::ReferenceImage::MAX_BYTES).
pub(super) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The source of an image: a file, bytes or a URL.
///
/// It converts from a [`Path`], from bytes and from a [`Url`]. A text that begins with `https://` or `http://` is a URL;
/// any other text is the path of a file.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum ImageSource {
    /// A file. [`Request::send`](super::Request::send) reads it, off the async threads.
    File(PathBuf),
    /// The content of an image file.
    Bytes(Bytes),
    /// A URL, which the server reads.
    Url(String),
}

impl From<PathBuf> for ImageSource {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Path> for ImageSource {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<Bytes> for ImageSource {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for ImageSource {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<&[u8]> for ImageSource {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Bytes::copy_from_slice(bytes))
    }
}

impl From<Url> for ImageSource {
    fn from(url: Url) -> Self {
        Self::Url(url.into())
    }
}

impl From<&str> for ImageSource {
    fn from(text: &str) -> Self {
        match text.starts_with("https://") || text.starts_with("http://") {
            true => Self::Url(text.to_owned()),
            false => Self::File(text.into()),
        }
    }
}

impl From<String> for ImageSource {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// Omits the bytes, and the query of the URL, which may be a secret.
impl fmt::Debug for ImageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(&bytes.len()).finish(),
            Self::Url(url) => f.debug_tuple("Url").field(&shown(url)).finish(),
        }
    }
}

/// Makes the upload from a file or its bytes.
pub(super) async fn read(source: ImageSource, name: Option<ResourceName>) -> Result<ReferenceImageUpload, Error> {
    // Encoding 10 MiB as base64 would also block an async thread for too long.
    blocking(move || {
        let (bytes, file_name) = match source {
            ImageSource::File(path) => {
                let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                (read_file(&path)?, file_name)
            }
            ImageSource::Bytes(bytes) => (bytes, None),
            ImageSource::Url(url) => return Err(invalid(&format!("`{}` is not uploaded", shown(&url)))),
        };
        upload(&bytes, file_name, name)
    })
    .await
}

/// Reads a file, but at most one byte more than the limit, since a device or a pipe may never end.
fn read_file(path: &Path) -> Result<Bytes, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let text = format!("could not {WHAT}: `{}` cannot be read; check the path and its permissions", path.display());
        Error::new(ErrorKind::Io, text).with_source(error)
    })?;
    Ok(bytes.into())
}

fn upload(bytes: &[u8], file_name: Option<String>, name: Option<ResourceName>) -> Result<ReferenceImageUpload, Error> {
    if bytes.is_empty() {
        return Err(invalid("the image is empty; check that it is the right file"));
    }
    if bytes.len() as u64 > MAX_BYTES {
        let limit = MAX_BYTES / (1024 * 1024);
        return Err(invalid(&format!(
            "the image is larger than the {limit} MiB that are uploaded; scale it down, or pass a URL"
        )));
    }
    let Some(image) = media_type::of(bytes) else {
        return Err(invalid(&format!("the image is of no known type; convert it to {KNOWN}")));
    };
    let file_name = file_name.unwrap_or_else(|| format!("reference.{}", image.extension));
    Ok(ReferenceImageUpload {
        base64_data: STANDARD.encode(bytes),
        content_type: image.media_type.to_owned(),
        file_name: file_name.try_into().map_err(|error| invalid(&format!("`fileName` is {error}")))?,
        name,
    })
}

pub(super) fn check_url(url: &str) -> Result<(), Error> {
    match Url::parse(url) {
        Ok(_) => Ok(()),
        Err(error) => Err(invalid(&format!("`sourceUrl` is no URL ({error}); give the https URL of a public image"))),
    }
}

fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("could not {WHAT}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_urls_or_paths() {
        for (text, source) in [
            ("https://a.b/c.png", ImageSource::Url("https://a.b/c.png".into())),
            ("http://localhost/c.png", ImageSource::Url("http://localhost/c.png".into())),
            ("a/b.png", ImageSource::File("a/b.png".into())),
            ("C:\\a.png", ImageSource::File("C:\\a.png".into())),
            ("https", ImageSource::File("https".into())),
        ] {
            assert_eq!(ImageSource::from(text), source);
            assert_eq!(ImageSource::from(text.to_owned()), source);
        }
        assert_eq!(format!("{:?}", ImageSource::from("https://a.b/c?signature=x")), "Url(\"https://a.b/c\")");
        assert_eq!(format!("{:?}", ImageSource::from(vec![1, 2])), "Bytes(2)");
    }

    #[test]
    fn what_is_uploaded() {
        let png = b"\x89PNG\r\n\x1a\n";
        let sent = upload(png, None, None).unwrap();
        assert_eq!((sent.base64_data.as_str(), sent.content_type.as_str()), ("iVBORw0KGgo=", "image/png"));
        assert_eq!(sent.file_name.as_str(), "reference.png");
        assert_eq!(upload(png, Some("lampe é.PNG".into()), None).unwrap().file_name.as_str(), "lampe é.PNG");

        let limit = usize::try_from(MAX_BYTES).unwrap();
        let of_size = |size: usize| [&png[..], &vec![0; size - png.len()]].concat();
        assert!(upload(&of_size(limit), None, None).is_ok());
        for (bytes, says) in [
            (Vec::new(), "the image is empty"),
            (of_size(limit + 1), "larger than the 10 MiB"),
            (b"glTF".to_vec(), "convert it to PNG, JPEG"),
        ] {
            let error = upload(&bytes, None, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(says), "{error}");
        }
    }

    #[test]
    fn files() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.png");
        let error = read_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("a.png` cannot be read; check the path"), "{error}");
        let file = File::create(&path).unwrap();
        file.set_len(3 * MAX_BYTES).unwrap();
        assert_eq!(read_file(&path).unwrap().len() as u64, MAX_BYTES + 1);
    }
}
