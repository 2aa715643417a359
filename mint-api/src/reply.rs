//! Normalises replies for the generated code: bodies are bounded, and every error reply is a problem document.

use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderName};
use reqwest::{Body, Response, ResponseBuilderExt as _};
use serde_json::{Map, Value, json};

/// How many bytes of an error's body are read. A problem document is far smaller.
const MAX_PROBLEM_BYTES: usize = 256 * 1024;

/// How many bytes of a body that is not a problem document become its detail.
const MAX_DETAIL_BYTES: usize = 500;

/// The body of a reply was larger than the limit of the client. It is among the sources of [`Error::ResponseBodyError`].
///
/// [`Error::ResponseBodyError`]: crate::Error::ResponseBodyError
#[derive(Debug, thiserror::Error)]
#[error("the body of the reply is larger than {limit} bytes; raise `max_body_bytes` if that is to be expected")]
#[non_exhaustive]
pub struct BodyTooLarge {
    /// The limit, in bytes; see [`ClientBuilder::max_body_bytes`](crate::ClientBuilder::max_body_bytes).
    pub limit: usize,
}

type BodyError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) async fn normalised(response: Response, max_body_bytes: usize) -> Response {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let (shell, body) = taken_apart(response);
        let bytes = read_up_to(body, MAX_PROBLEM_BYTES.min(max_body_bytes)).await;
        let problem = problem(status, &bytes);
        return put_together(shell, Body::from(problem.to_string()));
    }
    let announced = response.content_length();
    let fits = announced.is_none_or(|bytes| usize::try_from(bytes).is_ok_and(|bytes| bytes <= max_body_bytes));
    // HTTP delivers no more bytes than `Content-Length` announces, so most replies need no further check.
    if announced.is_some() && fits && !needs_hiding(&response) {
        return response;
    }
    let (shell, body) = taken_apart(response);
    let body = match fits {
        true => bounded(body, max_body_bytes).left_stream(),
        false => stream::once(async move { Err(BodyTooLarge { limit: max_body_bytes }.into()) }).right_stream(),
    };
    put_together(shell, Body::wrap_stream(body))
}

/// Removes the query from the URL of an error; it may be a secret.
pub(crate) fn without_query(mut error: reqwest::Error) -> reqwest::Error {
    if let Some(url) = error.url_mut() {
        url.set_query(None);
    }
    error
}

struct Shell {
    head: http::response::Builder,
}

/// Headers whose values may be secrets. `Debug` of an error prints them as `Sensitive`.
const SENSITIVE: &[HeaderName] =
    &[header::SET_COOKIE, header::LOCATION, header::CONTENT_LOCATION, header::LINK, header::REFRESH];

fn needs_hiding(response: &Response) -> bool {
    response.url().query().is_some() || SENSITIVE.iter().any(|name| response.headers().contains_key(name))
}

fn taken_apart(response: Response) -> (Shell, impl Stream<Item = reqwest::Result<Bytes>> + Send + Sync + 'static) {
    let mut url = response.url().clone();
    url.set_query(None);
    let mut head = http::Response::builder().status(response.status()).version(response.version()).url(url);
    if let Some(headers) = head.headers_mut() {
        *headers = response.headers().clone();
        for (_, value) in headers.iter_mut().filter(|(name, _)| SENSITIVE.contains(name)) {
            value.set_sensitive(true);
        }
    }
    (Shell { head }, response.bytes_stream())
}

fn put_together(shell: Shell, body: Body) -> Response {
    // Every part comes from a response, so building cannot fail.
    Response::from(shell.head.body(body).unwrap_or_default())
}

fn bounded(
    body: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
    limit: usize,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static {
    body.map_err(|error| BodyError::from(without_query(error))).scan(Some(0), move |read, chunk| {
        let result = match (*read, chunk) {
            (None, _) => None,
            (Some(before), Ok(chunk)) if before + chunk.len() <= limit => {
                *read = Some(before + chunk.len());
                Some(Ok(chunk))
            }
            (Some(_), Ok(_)) => {
                *read = None;
                Some(Err(BodyTooLarge { limit }.into()))
            }
            (Some(_), Err(error)) => {
                *read = None;
                Some(Err(error))
            }
        };
        std::future::ready(result)
    })
}

/// Reads a body until it ends, breaks off or reaches the limit. A truncated body is no error: the status matters more.
async fn read_up_to(body: impl Stream<Item = reqwest::Result<Bytes>> + Send, limit: usize) -> Bytes {
    let mut body = std::pin::pin!(body);
    let mut read = BytesMut::new();
    while let Some(Ok(chunk)) = body.next().await {
        let room = limit - read.len();
        read.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() >= room {
            break;
        }
    }
    read.freeze()
}

/// Returns the problem document (RFC 9457) of an error reply: the body with missing members added, or a new one if the
/// body is not a problem document.
fn problem(status: http::StatusCode, body: &[u8]) -> Value {
    let title = status.canonical_reason().unwrap_or("Unknown status");
    let mut problem = match serde_json::from_slice(body) {
        Ok(Value::Object(object)) if is_problem(&object) => object,
        _ => {
            let text = String::from_utf8_lossy(body);
            let text = text.trim();
            let mut end = text.len().min(MAX_DETAIL_BYTES);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let mut object = Map::new();
            if end > 0 {
                object.insert("detail".into(), text[..end].into());
            }
            object
        }
    };
    // RFC 9457, section 3.1: a member of the wrong type counts as absent.
    for (member, default) in
        [("type", json!("about:blank")), ("title", json!(title)), ("status", json!(status.as_u16()))]
    {
        if problem.get(member).is_none_or(|value| value.is_string() != default.is_string()) {
            problem.insert(member.into(), default);
        }
    }
    problem.retain(|member, value| !matches!(member.as_str(), "detail" | "instance") || value.is_string());
    if let Some(errors) = problem.remove("errors")
        && let Value::Array(errors) = errors
    {
        problem.insert("errors".into(), errors.into_iter().filter_map(field_error).collect());
    }
    Value::Object(problem)
}

/// Normalises one of the `errors` of a problem document. Proxies may write this extension differently: the example in
/// RFC 9457, section 3, has `detail` and `pointer`.
fn field_error(error: Value) -> Option<Value> {
    let Value::Object(mut error) = error else {
        return error.is_string().then(|| json!({ "message": error }));
    };
    error.retain(|_, value| value.is_string());
    for (member, other) in [("path", "pointer"), ("message", "detail")] {
        if !error.contains_key(member)
            && let Some(value) = error.remove(other)
        {
            error.insert(member.into(), value);
        }
    }
    if error.is_empty() {
        return None;
    }
    // `message` is the only required member.
    error.entry("message").or_insert_with(|| "".into());
    Some(Value::Object(error))
}

fn is_problem(object: &Map<String, Value>) -> bool {
    ["type", "title", "status", "detail"].iter().any(|member| object.contains_key(*member))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn every_error_body_becomes_a_problem() {
        let made_up = json!({"type": "about:blank", "title": "Bad Gateway", "status": 502});
        let with_detail = |detail: &str| {
            let mut problem = made_up.clone();
            problem["detail"] = detail.into();
            problem
        };
        for (body, expected) in [
            ("", made_up.clone()),
            ("  \n", made_up.clone()),
            ("<html>\n502</html>", with_detail("<html>\n502</html>")),
            ("[1]", with_detail("[1]")),
            ("{\"error\":\"x\"}", with_detail("{\"error\":\"x\"}")),
            ("{\"detail\":\"x\"}", with_detail("x")),
            ("{\"detail\":7,\"title\":null,\"status\":\"502\"}", made_up.clone()),
            (
                "{\"type\":\"busy\",\"title\":\"Busy\",\"status\":503,\"more\":[1]}",
                json!({"type": "busy", "title": "Busy", "status": 503, "more": [1]}),
            ),
        ] {
            assert_eq!(problem(StatusCode::BAD_GATEWAY, body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn errors_of_fields_are_read_however_they_are_written() {
        for (errors, expected) in [
            (
                json!([{"path": "/prompt", "code": "too_short", "message": "Is empty."}, {"code": "unknown_field"}]),
                json!([{"path": "/prompt", "code": "too_short", "message": "Is empty."},
                       {"code": "unknown_field", "message": ""}]),
            ),
            (json!([{"detail": "a", "pointer": "#/b"}]), json!([{"message": "a", "path": "#/b"}])),
            (json!(["a", 1, null, {}, {"path": 1, "message": "b"}]), json!([{"message": "a"}, {"message": "b"}])),
            (json!({"prompt": ["a"]}), Value::Null),
            (json!("a"), Value::Null),
        ] {
            let body = json!({"title": "t", "errors": errors});
            let problem = problem(StatusCode::UNPROCESSABLE_ENTITY, body.to_string().as_bytes());
            assert_eq!(problem["errors"], expected);
            serde_json::from_value::<crate::types::Problem>(problem).unwrap();
        }
    }

    #[test]
    fn details_are_cut_between_characters() {
        let body = format!("{}é{}", "a".repeat(499), "b".repeat(100));
        let problem = problem(StatusCode::BAD_GATEWAY, body.as_bytes());
        assert_eq!(problem["detail"], "a".repeat(499));
        let binary = [0xff, 0xfe, b'a'];
        assert_eq!(super::problem(StatusCode::BAD_GATEWAY, &binary)["detail"], "\u{fffd}\u{fffd}a");
    }

    #[tokio::test]
    async fn queries_and_sensitive_headers_are_not_shown() {
        for status in [202, 302, 404] {
            let response = http::Response::builder().status(status).header("set-cookie", "secret");
            let url = "https://api.mint.gg/v1/worlds?cursor=secret".parse().unwrap();
            let response = Response::from(response.header("link", "<secret>").url(url).body("").unwrap());
            let shown = format!("{:?}", normalised(response, 100).await);
            assert!(shown.contains("/v1/worlds") && !shown.contains("secret"), "{shown}");
        }
    }

    #[tokio::test]
    async fn bodies_are_bounded() {
        for (chunks, limit, read) in
            [(&["ab", "cd"][..], 4, &[true, true][..]), (&["ab", "cd", "ef"], 3, &[true, false])]
        {
            let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
            let body = bounded(stream::iter(chunks), limit);
            assert_eq!(body.map(|chunk| chunk.is_ok()).collect::<Vec<_>>().await, read);
        }
    }
}
