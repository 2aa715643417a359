use bytes::Bytes;
use http::{HeaderMap, Method, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::time::Instant;

/// A request as the server received it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as received, percent-encoded, without the query.
    pub path: String,
    /// The query as received, percent-encoded, without its `?`.
    pub query: Option<String>,
    /// The version of HTTP.
    pub version: Version,
    /// The headers. Several values of one name keep their order.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// When the server read the last byte, by tokio's clock.
    pub at: Instant,
}

impl Request {
    pub(crate) async fn read(request: hyper::Request<Incoming>) -> hyper::Result<Self> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            version: head.version,
            headers: head.headers,
            body,
            at: Instant::now(),
        })
    }

    /// The path with the query.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The request line, such as `GET /v1/operations/op_1 HTTP/1.1`.
    pub fn line(&self) -> String {
        format!("{} {} {:?}", self.method, self.target(), self.version)
    }

    /// The values of a header, in the order received.
    ///
    /// # Panics
    ///
    /// If a value is not UTF-8.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| std::str::from_utf8(value.as_bytes()).expect("a header in UTF-8")).collect()
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// If the body is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If the body is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }
}
