use std::{fmt, mem};

use progenitor_client::{ByteStream, ResponseValue};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::decode_error::DecodeError;
use super::error::{Error, RawResponse};
use super::salvage::read_reply;

/// A type of which the status of a reply decides what its body is.
pub(crate) trait ByStatus: Sized {
    /// Reads the body of a reply; `None` if the status has no documented type.
    fn by_status(status: u16, body: Body<'_>) -> Option<Result<Self, DecodeError>>;
}

/// The body of a reply.
#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    /// Of a success: what does not decode costs no more than it must.
    Success(&'a [u8]),
    /// Of an error: it is of the documented type, or it is kept as it came.
    Error(&'a [u8]),
}

impl Body<'_> {
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, DecodeError> {
        match self {
            Self::Success(body) => read_reply(body),
            Self::Error(body) => Ok(serde_json::from_slice(body)?),
        }
    }
}

/// The parts of a success.
pub(crate) struct Received<B> {
    status: StatusCode,
    headers: HeaderMap,
    body: B,
}

/// Receives a whole reply. Not generic over what it is read as, since each type would be one more future to compile.
pub(crate) async fn received(
    mut response: Response,
) -> Result<Received<impl AsRef<[u8]> + Into<Vec<u8>>>, reqwest::Error> {
    let (status, headers) = (response.status(), mem::take(response.headers_mut()));
    Ok(Received { status, headers, body: response.bytes().await? })
}

/// Reads a success in JSON.
pub(crate) fn json<T, E>(
    received: Result<Received<impl AsRef<[u8]> + Into<Vec<u8>>>, reqwest::Error>,
    read: fn(&[u8]) -> Result<T, DecodeError>,
) -> Result<ResponseValue<T>, Error<E>> {
    success(received, |_, body| Some(read(body)))
}

/// Reads a success in JSON whose type the status decides.
pub(crate) fn json_by_status<T: ByStatus, E>(
    received: Result<Received<impl AsRef<[u8]> + Into<Vec<u8>>>, reqwest::Error>,
) -> Result<ResponseValue<T>, Error<E>> {
    success(received, |status, body| T::by_status(status, Body::Success(body)))
}

fn success<T, E>(
    received: Result<Received<impl AsRef<[u8]> + Into<Vec<u8>>>, reqwest::Error>,
    read: impl FnOnce(u16, &[u8]) -> Option<Result<T, DecodeError>>,
) -> Result<ResponseValue<T>, Error<E>> {
    let Received { status, headers, body } = received.map_err(Error::ResponseBodyError)?;
    match read(status.as_u16(), body.as_ref()) {
        Some(Ok(value)) => Ok(ResponseValue::new(value, status, headers)),
        Some(Err(error)) => Err(Error::InvalidResponsePayload(RawResponse::new(status, headers, body.into()), error)),
        None => Err(Error::UnexpectedResponse(RawResponse::new(status, headers, body.into()))),
    }
}

/// What came back from an operation whose replies are of several kinds.
///
/// [`ResponseValue::status`] and [`ResponseValue::headers`] say more about it.
#[non_exhaustive]
pub enum Reply<T> {
    /// A reply in JSON.
    Json(T),
    /// A reply in another media type, as it comes.
    Bytes(ByteStream),
    /// A reply without a body.
    Empty,
}

impl<T> Reply<T> {
    /// What a reply in JSON holds; `None` for any other.
    pub fn json(self) -> Option<T> {
        match self {
            Self::Json(value) => Some(value),
            Self::Bytes(_) | Self::Empty => None,
        }
    }

    /// The bytes of a reply in another media type; `None` for any other.
    pub fn bytes(self) -> Option<ByteStream> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Json(_) | Self::Empty => None,
        }
    }

    pub(crate) fn of_json<E>(read: Result<ResponseValue<T>, Error<E>>) -> Result<ResponseValue<Self>, Error<E>> {
        let read = read?;
        let (status, headers) = (read.status(), read.headers().clone());
        Ok(ResponseValue::new(Self::Json(read.into_inner()), status, headers))
    }

    pub(crate) fn of_bytes<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = ResponseValue::stream(response).into_inner();
        Ok(ResponseValue::new(Self::Bytes(bytes), status, headers))
    }

    pub(crate) fn of_nothing<E>(response: Response) -> Result<ResponseValue<Self>, Error<E>> {
        Ok(ResponseValue::new(Self::Empty, response.status(), response.headers().clone()))
    }
}

/// Whether a reply that may come as JSON or in another media type is JSON. One without a media type is.
pub(crate) fn is_json(response: &Response) -> bool {
    media_type(response).is_none_or(|media_type| media_type.ends_with("/json") || media_type.ends_with("+json"))
}

/// The media type of a reply, without parameters, in lower case.
pub(crate) fn media_type(response: &Response) -> Option<String> {
    let media_type = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(value) => f.debug_tuple("Json").field(value).finish(),
            Self::Bytes(_) => f.write_str("Bytes(..)"),
            Self::Empty => f.write_str("Empty"),
        }
    }
}
