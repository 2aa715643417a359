use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::delivery::Delivery;

/// The reply to a request.
///
/// A constructor sets the content. [`cut`](Self::cut), [`stall`](Self::stall), [`drip`](Self::drip) or
/// [`endless`](Self::endless) sets how the server sends the body; the last call wins. The server announces the length of
/// the whole body, unless the body is endless. It adds no other header than `content-length`.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) head: Head,
    pub(crate) body: Bytes,
    pub(crate) delivery: Delivery,
}

#[derive(Clone, Debug)]
pub(crate) enum Head {
    /// A status and headers, which hyper writes.
    Http(StatusCode, HeaderMap),
    /// The body is the whole reply.
    Raw,
    /// No reply: the connection is reset.
    Reset,
}

impl Reply {
    /// JSON with the status 200 and its content type.
    pub fn json(body: &Value) -> Self {
        Self::bytes(body.to_string()).header(CONTENT_TYPE.as_str(), "application/json")
    }

    /// A body with the status 200 and no headers.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self::new(Head::Http(StatusCode::OK, HeaderMap::new()), body.into())
    }

    /// Sends these bytes instead of a reply, and closes the connection. Use it over HTTP/1 only, for replies that no HTTP
    /// library sends.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::new(Head::Raw, bytes.into())
    }

    /// No reply, and the connection stays open.
    pub fn never() -> Self {
        Self::raw("").stall(0)
    }

    /// No reply: the server resets the connection (TCP `RST`), with every other request on it.
    pub fn reset() -> Self {
        Self::new(Head::Reset, Bytes::new())
    }

    fn new(head: Head, body: Bytes) -> Self {
        Self { head, body, delivery: Delivery::Whole }
    }

    /// Sets the status.
    ///
    /// # Panics
    ///
    /// If the status does not have three digits, or the reply has no head.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        *self.parts().0 = StatusCode::from_u16(status).expect("a status of three digits");
        self
    }

    /// Adds a header. Earlier headers of the same name are kept.
    ///
    /// # Panics
    ///
    /// If HTTP does not allow the name or the value, or the reply has no head.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a name that HTTP allows");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value that HTTP allows");
        self.parts().1.append(name, value);
        self
    }

    /// The headers that were added; `None` if the reply has no head.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &self.head {
            Head::Http(_, headers) => Some(headers),
            Head::Raw | Head::Reset => None,
        }
    }

    /// Sends this many bytes of the body, and closes the connection. Over HTTP/2, resets the stream.
    #[must_use]
    pub fn cut(self, at: usize) -> Self {
        Self { delivery: Delivery::Cut(at), ..self }
    }

    /// Sends this many bytes of the body, and the rest after [`Loopback::resume`](crate::Loopback::resume).
    #[must_use]
    pub fn stall(self, at: usize) -> Self {
        Self { delivery: Delivery::Stall(at), ..self }
    }

    /// Sends the body in pieces of this many bytes, and pauses before each.
    #[must_use]
    pub fn drip(self, piece: usize, pause: Duration) -> Self {
        Self { delivery: Delivery::Drip(piece, pause), ..self }
    }

    /// Sends the body repeatedly and forever, without an announced length.
    #[must_use]
    pub fn endless(self) -> Self {
        Self { delivery: Delivery::Endless, ..self }
    }

    /// The headers that hyper sends. The length is added if hyper cannot know it.
    pub(crate) fn announced(mut headers: HeaderMap, body: &Bytes, delivery: &Delivery) -> HeaderMap {
        if !matches!(delivery, Delivery::Whole | Delivery::Endless) {
            headers.entry(CONTENT_LENGTH).or_insert_with(|| body.len().into());
        }
        headers
    }

    fn parts(&mut self) -> (&mut StatusCode, &mut HeaderMap) {
        match &mut self.head {
            Head::Http(status, headers) => (status, headers),
            Head::Raw | Head::Reset => panic!("this reply has no head"),
        }
    }
}
