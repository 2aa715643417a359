use std::error::Error as StdError;
use std::ops::Deref;
use std::{fmt, mem};

use reqwest::header::{HeaderMap, InvalidHeaderValue};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::decode_error::DecodeError;
use super::reply::{Body, ByStatus};

/// How many bytes of the body of an error reply are kept.
const MAX_ERROR_BYTES: usize = 1024 * 1024;

/// A reply as it came: its status, its headers and its body.
#[derive(Clone)]
pub struct RawResponse(Box<Parts>);

/// They are in a box, since an error should be small.
#[derive(Clone)]
struct Parts {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl RawResponse {
    /// A reply of these parts, such as for a test.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self(Box::new(Parts { status, headers, body }))
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of the reply. That of an error reply is kept up to 1 MiB, and up to the point where the connection broke.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Reads a reply that is not the expected success. What was received of a truncated body is kept.
    pub(crate) async fn of(mut response: Response) -> Self {
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = MAX_ERROR_BYTES - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() >= room {
                break;
            }
        }
        Self::new(status, headers, body)
    }

    fn is_error(&self) -> bool {
        self.0.status.is_client_error() || self.0.status.is_server_error()
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { status, headers, body } = &*self.0;
        let body = format_args!("{} bytes", body.len());
        f.debug_struct("RawResponse").field("status", status).field("headers", headers).field("body", &body).finish()
    }
}

/// An error reply: what it says, and the reply as it came. It dereferences to what it says.
#[derive(Clone, Debug)]
pub struct ErrorResponse<E> {
    value: Box<E>,
    raw: RawResponse,
}

impl<E> ErrorResponse<E> {
    /// An error reply of these parts, such as for a test.
    pub fn new(value: E, raw: RawResponse) -> Self {
        Self { value: Box::new(value), raw }
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.raw.status()
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        self.raw.headers()
    }

    /// The body of the reply, with what the type does not hold.
    pub fn body(&self) -> &[u8] {
        self.raw.body()
    }

    /// What the reply says.
    pub fn into_inner(self) -> E {
        *self.value
    }
}

impl<E> Deref for ErrorResponse<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.value
    }
}

/// Why a call gave no value. `E` is the type of the error replies that the operation documents.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E = ()> {
    /// The request was not sent, since a value in it is missing or not allowed.
    InvalidRequest(String),
    /// No reply came: the server could not be reached, the connection broke, or the request took too long.
    CommunicationError(reqwest::Error),
    /// An error reply (4xx or 5xx) of a documented type.
    ErrorResponse(ErrorResponse<E>),
    /// A reply whose status has no documented type, or an error reply that is not of its type.
    UnexpectedResponse(RawResponse),
    /// The connection broke while the body of a success was read, or the body was too large.
    ResponseBodyError(reqwest::Error),
    /// The body of a success is not of its documented type.
    InvalidResponsePayload(RawResponse, DecodeError),
    /// An error of a hook of the client, or of a source of credentials.
    Custom(String),
}

impl<E> Error<E> {
    /// The status of the reply. `None` if no reply came.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::ErrorResponse(response) => Some(response.status()),
            Self::UnexpectedResponse(raw) | Self::InvalidResponsePayload(raw, _) => Some(raw.status()),
            Self::CommunicationError(error) | Self::ResponseBodyError(error) => error.status(),
            Self::InvalidRequest(_) | Self::Custom(_) => None,
        }
    }

    /// The reply as it came. `None` if no whole reply came.
    pub fn raw_response(&self) -> Option<&RawResponse> {
        match self {
            Self::ErrorResponse(response) => Some(&response.raw),
            Self::UnexpectedResponse(raw) | Self::InvalidResponsePayload(raw, _) => Some(raw),
            _ => None,
        }
    }

    /// Whether the same request may succeed later: no reply came, or its status is 408, 429, 502, 503 or 504.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::CommunicationError(_))
            || self.status().is_some_and(|status| matches!(status.as_u16(), 408 | 429 | 502..=504))
    }

    /// The error of a reply that is no success, where all documented errors are of one type.
    pub(crate) fn of(raw: RawResponse) -> Self
    where
        E: DeserializeOwned,
    {
        Self::read(raw, |_, body| serde_json::from_slice(body).ok())
    }

    /// The error of a reply that is no success, where the status decides its type.
    pub(crate) fn of_status(raw: RawResponse) -> Self
    where
        E: ByStatus,
    {
        Self::read(raw, |status, body| E::by_status(status, Body::Error(body))?.ok())
    }

    fn read(raw: RawResponse, read: impl FnOnce(u16, &[u8]) -> Option<E>) -> Self {
        let value = if raw.is_error() { read(raw.status().as_u16(), raw.body()) } else { None };
        match value {
            Some(value) => Self::ErrorResponse(ErrorResponse::new(value, raw)),
            None => Self::UnexpectedResponse(raw),
        }
    }
}

impl<E> From<progenitor_client::Error<E>> for Error<E> {
    fn from(error: progenitor_client::Error<E>) -> Self {
        use progenitor_client::Error as Hook;

        let raw = |status, headers: &HeaderMap| RawResponse::new(status, headers.clone(), Vec::new());
        match error {
            Hook::InvalidRequest(why) => Self::InvalidRequest(why),
            Hook::CommunicationError(error) | Hook::InvalidUpgrade(error) => error.into(),
            Hook::ErrorResponse(response) => {
                let raw = raw(response.status(), response.headers());
                Self::ErrorResponse(ErrorResponse::new(response.into_inner(), raw))
            }
            Hook::ResponseBodyError(error) => Self::ResponseBodyError(error),
            Hook::InvalidResponsePayload(_, error) => Self::Custom(error.to_string()),
            Hook::UnexpectedResponse(response) => Self::UnexpectedResponse(raw(response.status(), response.headers())),
            Hook::Custom(why) => Self::Custom(why),
        }
    }
}

impl<E> From<reqwest::Error> for Error<E> {
    /// The query may hold a key, so the error does not show it.
    fn from(mut error: reqwest::Error) -> Self {
        if let Some(url) = error.url_mut() {
            url.set_query(None);
        }
        Self::CommunicationError(error)
    }
}

impl<E> From<InvalidHeaderValue> for Error<E> {
    fn from(error: InvalidHeaderValue) -> Self {
        Self::InvalidRequest(error.to_string())
    }
}

impl<E> From<std::convert::Infallible> for Error<E> {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequest(why) => write!(f, "the request is not valid: {why}"),
            Self::CommunicationError(error) => write!(f, "no reply came: {error}"),
            Self::ErrorResponse(ErrorResponse { value, raw }) => {
                write!(f, "the server answered {}: {value:?}", raw.status())
            }
            Self::UnexpectedResponse(raw) => {
                let (status, bytes) = (raw.status(), raw.body().len());
                write!(f, "the server answered {status}, with {bytes} bytes that have no documented type")
            }
            Self::ResponseBodyError(error) => write!(f, "the body of the reply could not be read: {error}"),
            Self::InvalidResponsePayload(raw, error) => {
                write!(f, "the body of the reply ({}) is not of its documented type: {error}", raw.status())
            }
            Self::Custom(why) => f.write_str(why),
        }
    }
}

impl<E: fmt::Debug> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::CommunicationError(error) | Self::ResponseBodyError(error) => Some(error),
            Self::InvalidResponsePayload(_, error) => Some(error),
            _ => None,
        }
    }
}
