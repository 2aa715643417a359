use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, RequestBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Map, Value};

use super::error::Error;

/// A file in a multipart body: its content, and what the server is told about it.
///
/// The content is anything that becomes a [`Body`]: bytes, text, a `tokio::fs::File`, or a stream by
/// [`Body::wrap_stream`], which is sent as it comes. A stream can be sent once; clones share it.
#[derive(Clone)]
pub struct FilePart {
    content: Arc<Mutex<Option<Body>>>,
    name: Option<String>,
    media_type: Option<String>,
    bytes: Option<u64>,
}

impl FilePart {
    /// A file with this content. Without a name of its own, it is named like the part.
    pub fn new(content: impl Into<Body>) -> Self {
        Self { content: Arc::new(Mutex::new(Some(content.into()))), name: None, media_type: None, bytes: None }
    }

    /// Sets the name of the file, such as `chair.png`. Servers often tell the format from it.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, such as `image/png`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Sets the length of a stream in bytes, so that the request has a `Content-Length`.
    pub fn bytes(mut self, bytes: u64) -> Self {
        self.bytes = Some(bytes);
        self
    }

    /// The part, and its media type if it has one. `Err` if the content was sent before.
    fn part(&self, name: &str) -> Result<(Part, Option<&str>), InvalidPart> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        let body = match content.as_ref().and_then(Body::as_bytes) {
            Some(bytes) => Body::from(bytes.to_vec()),
            None => content
                .take()
                .ok_or_else(|| InvalidPart(format!("the stream of `{name}` was sent before; make a new one")))?,
        };
        let part = match self.bytes {
            Some(bytes) => Part::stream_with_length(body, bytes),
            None => Part::stream(body),
        };
        let file_name = self.name.clone().unwrap_or_else(|| name.to_owned());
        Ok((part.file_name(file_name), self.media_type.as_deref()))
    }
}

impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, media_type, .. } = self;
        f.debug_struct("FilePart").field("file_name", name).field("media_type", media_type).finish_non_exhaustive()
    }
}

thread_local! {
    /// The files of the body that this thread is writing; `None` while it writes none.
    static FILES: RefCell<Option<Vec<FilePart>>> = const { RefCell::new(None) };
}

/// The name of the only property of the object that stands for a file: its value is the index in [`FILES`].
const FILE: &str = "\0file";

impl Serialize for FilePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let index = FILES.with_borrow_mut(|files| {
            let files = files.as_mut()?;
            files.push(self.clone());
            Some(files.len() - 1)
        });
        let index = index.ok_or_else(|| ser::Error::custom("a file is sent in a multipart body only"))?;
        serializer.collect_map([(FILE, index)])
    }
}

impl<'de> Deserialize<'de> for FilePart {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("a file is sent in a multipart body only"))
    }
}

/// Adds a multipart body to a request (RFC 7578): a part for each property, and for each item of a list.
pub(crate) fn multipart<T: Serialize>(
    request: RequestBuilder,
    body: &T,
    media_type: &str,
    content_types: &[(&str, &str)],
) -> Result<RequestBuilder, InvalidPart> {
    let (fields, files) = collected(body)?;
    let mut form = Form::new();
    for (name, value) in fields {
        let content_type = content_types.iter().find(|(part, _)| *part == name).map(|(_, media_type)| *media_type);
        let is_json = content_type.is_some_and(|name| name.ends_with("json"));
        let values = match value {
            Value::Null => Vec::new(),
            Value::Array(list) if !is_json => list,
            value => vec![value],
        };
        for value in values {
            let file =
                value.get(FILE).and_then(Value::as_u64).and_then(|index| files.get(usize::try_from(index).ok()?));
            let (part, own_type) = match (file, &value) {
                (Some(file), _) => file.part(&name)?,
                (None, Value::String(text)) if !is_json => (Part::text(text.clone()), None),
                (None, Value::Object(_) | Value::Array(_)) => (Part::text(value.to_string()), Some("application/json")),
                (None, value) => (Part::text(value.to_string()), None),
            };
            // What the caller says of a file counts more than the document.
            let media_type = if file.is_some() { own_type.or(content_type) } else { content_type.or(own_type) };
            let part = match media_type {
                Some(media_type) => part.mime_str(media_type).map_err(|_| {
                    InvalidPart(format!(
                        "`{media_type}`, the media type of `{name}`, is none; pass one such as `image/png`"
                    ))
                })?,
                None => part,
            };
            form = form.part(name.clone(), part);
        }
    }
    let content_type = HeaderValue::from_str(&format!("{media_type}; boundary={}", form.boundary()));
    let content_type = content_type.map_err(|error| InvalidPart(error.to_string()))?;
    Ok(request.multipart(form).headers(HeaderMap::from_iter([(CONTENT_TYPE, content_type)])))
}

/// The properties of a body, and its files.
fn collected<T: Serialize>(body: &T) -> Result<(Map<String, Value>, Vec<FilePart>), InvalidPart> {
    let before = FILES.replace(Some(Vec::new()));
    let value = serde_json::to_value(body);
    let files = FILES.replace(before).unwrap_or_default();
    match value {
        Ok(Value::Object(fields)) => Ok((fields, files)),
        Ok(_) => Err(InvalidPart("a multipart body is an object".to_owned())),
        Err(error) => Err(InvalidPart(error.to_string())),
    }
}

/// Why a body has no parts.
#[derive(Debug)]
pub(crate) struct InvalidPart(String);

impl<E> From<InvalidPart> for Error<E> {
    fn from(InvalidPart(why): InvalidPart) -> Self {
        Self::InvalidRequest(why)
    }
}
