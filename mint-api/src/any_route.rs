//! Calls of routes that the document does not have.

use std::fmt::{self, Display};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use percent_encoding::percent_decode_str;
use progenitor_client::{ClientHooks as _, ClientInfo as _, OperationInfo};
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::generated::support::{decode, json, received};
use crate::generated::types::{IdempotencyKey, Problem};
use crate::generated::{Client, Error, RawResponse, ResponseValue};

/// The name of the route in traces.
const INFO: OperationInfo = OperationInfo { operation_id: "any_route" };

impl Client {
    /// Starts a call of any route, such as one that is newer than this crate.
    ///
    /// The path follows the base URL. It begins with `/` and is percent-encoded, without a query. See
    /// [`AnyRoute::send`] for what a path must not have.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use mint_api::{Client, Method};
    ///
    /// # async fn example(client: Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let things = client.any_route(Method::GET, "/v1/things").query(&[("limit", 20)]);
    /// let things = things.send::<serde_json::Value>().await?.into_inner();
    /// println!("{things}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn any_route(&self, method: Method, path: impl Into<String>) -> AnyRoute<'_> {
        AnyRoute { client: self, method, path: path.into(), query: Vec::new(), idempotency_key: None, body: Ok(None) }
    }
}

/// A call of any route; made by [`Client::any_route`]. It does nothing until it is sent.
#[derive(Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct AnyRoute<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    idempotency_key: Option<IdempotencyKey>,
    /// The body, or why it is not JSON.
    body: Result<Option<Bytes>, String>,
}

impl AnyRoute<'_> {
    /// Adds parameters to the query. Their names and values are percent-encoded.
    pub fn query<K: AsRef<str>, V: Display>(mut self, parameters: &[(K, V)]) -> Self {
        self.query.extend(parameters.iter().map(|(name, value)| (name.as_ref().to_owned(), value.to_string())));
        self
    }

    /// Sets the header `Idempotency-Key`.
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Sets the body, as JSON.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = serde_json::to_vec(body).map(|json| Some(json.into())).map_err(|error| error.to_string());
        self
    }

    /// Sets the body, which is JSON already.
    pub fn body(mut self, json: impl Into<Bytes>) -> Self {
        self.body = Ok(Some(json.into()));
        self
    }

    /// Sends the call once, by the rules of every other call: the credentials, the timeout, the largest body of a reply, the
    /// rate limit and the user agent are those of the client, and redirects are not followed.
    ///
    /// `T` is read from the JSON in the reply. An empty body reads as null, such as for `()`, an [`Option`] or a
    /// [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// Those of every call. [`Error::InvalidRequest`] also when the method is `CONNECT` or `TRACE`, the body is not JSON, or
    /// the path
    /// - does not begin with `/`, such as a whole URL, or has an empty segment, such as `//host`;
    /// - has a segment `.` or `..`, encoded or not;
    /// - has a character that a path cannot have (RFC 3986, section 3.3), such as `?`, `#`, `\` or a space, or the code of a
    ///   control character.
    pub async fn send<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error<Problem>> {
        let client = self.client;
        let mut request = self.request().map_err(Error::InvalidRequest)?;
        client.pre(&mut request, &INFO).await?;
        let result = client.exec(request, &INFO).await;
        client.post(&result, &INFO).await?;
        let response = result?;
        if !response.status().is_success() {
            return Err(Error::of(RawResponse::of(response).await));
        }
        json(received(response).await, |body| decode(if body.trim_ascii().is_empty() { b"null" } else { body }))
    }

    /// The request, or why it cannot be sent.
    fn request(self) -> Result<reqwest::Request, String> {
        // A reply to `TRACE` would show the credentials (RFC 9110, section 9.3.8); `CONNECT` opens a tunnel.
        if matches!(self.method, Method::CONNECT | Method::TRACE) {
            return Err(format!("the method {} is not for an API; use another", self.method));
        }
        check_path(&self.path).map_err(|why| format!("the path {why}"))?;
        let url = format!("{}{}", self.client.baseurl(), self.path);
        let mut url = Url::parse(&url).map_err(|error| format!("the path makes no URL ({error}); correct it"))?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let mut request = reqwest::Request::new(self.method, url);
        let accept = HeaderValue::from_static("application/json, application/problem+json;q=0.9");
        request.headers_mut().insert(ACCEPT, accept);
        if let Some(key) = self.idempotency_key {
            let key = HeaderValue::from_str(&key);
            let key = key.map_err(|_| "the idempotency key has characters that a header cannot carry; use others")?;
            request.headers_mut().insert("idempotency-key", key);
        }
        if let Some(body) = self.body.map_err(|why| format!("the body is not JSON: {why}"))? {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }
}

/// Omits the query and the body, which may hold secrets.
impl fmt::Debug for AnyRoute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyRoute").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Checks that a path follows the base URL as it is, and names nothing else. The error does not show the path: an address
/// can hold a password.
fn check_path(path: &str) -> Result<(), &'static str> {
    if !path.starts_with('/') {
        return Err("must begin with `/`; give it without the server");
    }
    if path.contains(['?', '#']) {
        return Err("must not have a query or a fragment; give the query on its own");
    }
    let in_segment = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    let mut encoded = path.split('%').skip(1).map(|code| code.as_bytes().get(..2).unwrap_or_default());
    if !path.bytes().all(in_segment) || !encoded.all(|code| code.len() == 2 && code.iter().all(u8::is_ascii_hexdigit)) {
        return Err("has a character that a path cannot have; percent-encode it");
    }
    if path[1..].split('/').any(str::is_empty) {
        return Err("has an empty segment; an id may be missing");
    }
    // URL parsers and proxies treat the codes of these characters as the characters.
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    if decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| matches!(segment, b"." | b"..")) {
        return Err("has a segment `.` or `..`; name the route itself");
    }
    if decoded.iter().any(u8::is_ascii_control) {
        return Err("has a control character; remove it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credentials;
    use crate::testing::Script;

    #[test]
    fn paths() {
        for path in
            ["/v1", "/v1/things/th_1:go", "/v1/a%20b/%C3%A9", "/v1/a%2Fb", "/v1/...", "/v1/@me;a=1,2", "/v1/a.b"]
        {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        for (path, says) in [
            ("", "begin with `/`"),
            ("v1/things", "begin with `/`"),
            ("https://evil.example/v1", "begin with `/`"),
            ("@evil.example/v1", "begin with `/`"),
            (".evil.example/v1", "begin with `/`"),
            (":80/v1", "begin with `/`"),
            (" /v1", "begin with `/`"),
            ("//evil.example/v1", "empty segment"),
            ("/", "empty segment"),
            ("/v1//things", "empty segment"),
            ("/v1/things/", "empty segment"),
            ("/\\evil.example", "percent-encode"),
            ("/v1/a b", "percent-encode"),
            ("/v1/a ", "percent-encode"),
            ("/v1/\n", "percent-encode"),
            ("/v1/\t..", "percent-encode"),
            ("/v1/é", "percent-encode"),
            ("/v1/%", "percent-encode"),
            ("/v1/%2", "percent-encode"),
            ("/v1/%2g", "percent-encode"),
            ("/v1/%é", "percent-encode"),
            ("/v1/..", "segment `.`"),
            ("/../v1", "segment `.`"),
            ("/v1/./things", "segment `.`"),
            ("/v1/%2E%2e/things", "segment `.`"),
            ("/v1/.%2e", "segment `.`"),
            ("/v1/a%2f..%2Fb", "segment `.`"),
            ("/v1/a%5C..", "segment `.`"),
            ("/v1/a%0ab", "control character"),
            ("/v1/%00", "control character"),
            ("/v1?a=b", "query"),
            ("/v1#a", "query"),
        ] {
            let why = check_path(path).unwrap_err();
            assert!(why.contains(says), "{path}: {why}");
        }
    }

    fn client(script: &Script) -> Client {
        script.serves(Client::builder(Credentials::api_key("key").unwrap())).build().unwrap()
    }

    #[test]
    fn a_request_is_as_it_is_described() {
        let client = client(&Script::default());
        let key = IdempotencyKey::try_from("key 1").unwrap();
        let call = client.any_route(Method::PATCH, "/v1/a%20b").query(&[("a b", "c&d")]).query(&[("limit", 20)]);
        let call = call.idempotency_key(key).json(&[1, 2]);
        assert_eq!(format!("{call:?}"), "AnyRoute { method: PATCH, .. }");
        let request = call.request().unwrap();
        assert_eq!(request.method(), Method::PATCH);
        assert_eq!(request.url().as_str(), "http://localhost/base/v1/a%20b?a+b=c%26d&limit=20");
        assert_eq!(request.headers()["idempotency-key"], "key 1");
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(request.body().and_then(|body| body.as_bytes()), Some(&b"[1,2]"[..]));
        let request = client.any_route(Method::POST, "/v1/a").body("[3]").request().unwrap();
        assert_eq!(request.body().and_then(|body| body.as_bytes()), Some(&b"[3]"[..]));
        let request = client.any_route(Method::GET, "/v1/a").request().unwrap();
        assert_eq!((request.url().query(), request.headers().len(), request.body().is_none()), (None, 1, true));
        assert_eq!(request.headers()[ACCEPT], "application/json, application/problem+json;q=0.9");
    }

    #[test]
    fn what_cannot_be_sent() {
        let client = client(&Script::default());
        let no_json = std::collections::HashMap::from([(vec![1], 2)]);
        for (call, says) in [
            (client.any_route(Method::TRACE, "/v1/a"), "the method TRACE"),
            (client.any_route(Method::CONNECT, "/v1/a"), "the method CONNECT"),
            (client.any_route(Method::GET, "v1"), "the path must begin with `/`"),
            (client.any_route(Method::POST, "/v1/a").json(&no_json), "the body is not JSON"),
        ] {
            let why = call.request().unwrap_err();
            assert!(why.contains(says), "{why}");
        }
    }

    #[tokio::test]
    async fn a_reply_is_its_json_or_an_error() {
        let script = Script::new([(200, "7"), (204, " \n"), (200, "x"), (302, "7"), (404, "{}")]);
        let client = client(&script);
        let call = || client.any_route(Method::GET, "/v1/a");
        assert_eq!(call().send::<u32>().await.unwrap().into_inner(), 7);
        let empty = call().send::<Option<u32>>().await.unwrap();
        assert_eq!((empty.status().as_u16(), empty.into_inner()), (204, None));
        assert!(matches!(call().send::<u32>().await, Err(Error::InvalidResponsePayload(..))));
        for status in [302, 404] {
            let error = call().send::<u32>().await.unwrap_err();
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
        assert_eq!(script.headers("authorization"), ["Bearer key"; 5]);
    }
}
