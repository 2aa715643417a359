//! The CDN: files with `Content-Length`, `ETag` and single ranges (RFC 9110, section 14).

use std::io::{self, Write as _};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream::{self, StreamExt as _};

use crate::simulator::cdn::fault::{Fault, What};
use crate::simulator::state::api_state::{File, State};

pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new().fallback_service(get(file).with_state(state))
}

async fn file(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    state.cdn_requests.add(&parts, Bytes::new());
    let path = parts.uri.path();
    let Some(file) = state.file(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !state.is_signed(path, parts.uri.query()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(fault) = state.next_fault(path) else {
        return respond(file, parts.headers);
    };
    if let What::ExpireAt(_) = fault.what {
        state.expire(path);
    }
    faulty(file, parts.headers, fault)
}

/// The reply that a request meets by a fault.
fn faulty(mut file: File, mut asked: HeaderMap, fault: Fault) -> Response {
    let mut response = match fault.what {
        What::CutAt(byte) | What::ExpireAt(byte) => ended(file, asked, byte, End::Cut),
        What::StallAt(byte) => ended(file, asked, byte, End::Stall),
        What::IgnoreRange => {
            asked.remove(header::RANGE);
            respond(file, asked)
        }
        What::ContentRange(text) => with(respond(file, asked), "content-range", &text),
        What::Etag(Some(etag)) => {
            file.etag = etag;
            respond(file, asked)
        }
        What::Etag(None) => {
            let mut response = respond(file, asked);
            response.headers_mut().remove(header::ETAG);
            response
        }
        What::ContentLength(bytes) => {
            let (head, body) = respond(file, asked).into_parts();
            // As a stream, whose length nobody corrects.
            let response = Response::from_parts(head, Body::from_stream(body.into_data_stream()));
            with(response, "content-length", &bytes.to_string())
        }
        What::Status(status) => status.into_response(),
        What::Page(page) => page.into_response(),
        What::Gzip => {
            file.bytes = gzip(&file.bytes).into();
            with(respond(file, asked), "content-encoding", "gzip")
        }
    };
    for (name, value) in &fault.headers {
        response = with(response, name, value);
    }
    response
}

/// A header in place of those of the same name. One that HTTP cannot carry is left out.
fn with(mut response: Response, name: &str, value: &str) -> Response {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[derive(Clone, Copy, Debug)]
enum End {
    Cut,
    Stall,
}

/// A reply whose body ends before this byte of the file.
fn ended(file: File, asked: HeaderMap, byte: usize, end: End) -> Response {
    let bytes = file.bytes.clone();
    let (head, _) = respond(file, asked).into_parts();
    let range = head.headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()).unwrap_or(0);
    let sent = bytes.slice(first.min(bytes.len())..byte.clamp(first.min(bytes.len()), bytes.len()));
    let last = async move {
        match end {
            // What was sent before is to arrive before the end does.
            End::Cut => {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            }
            End::Stall => std::future::pending().await,
        }
    };
    let length = match head.status {
        StatusCode::PARTIAL_CONTENT => bytes.len().saturating_sub(first),
        _ => bytes.len(),
    };
    let body = Body::from_stream(stream::iter([Ok(sent)]).chain(stream::once(last)));
    with(Response::from_parts(head, body), "content-length", &length.to_string())
}

fn respond(file: File, headers: HeaderMap) -> Response {
    let common = [
        (header::CONTENT_TYPE, file.content_type.to_owned()),
        (header::ETAG, file.etag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH) == Some(&file.etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let total = file.bytes.len();
    // A condition that does not hold asks for the whole file.
    let condition_holds = text(header::IF_RANGE).is_none_or(|condition| condition == file.etag);
    match text(header::RANGE).filter(|_| condition_holds).map(|range| requested(range, total)) {
        None | Some(Requested::Whole) => (StatusCode::OK, common, file.bytes).into_response(),
        Some(Requested::Part { first, last }) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{total}"))];
            (StatusCode::PARTIAL_CONTENT, common, range, file.bytes.slice(first..=last)).into_response()
        }
        Some(Requested::Unsatisfiable) => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}

#[derive(Debug, PartialEq)]
enum Requested {
    Whole,
    Part { first: usize, last: usize },
    Unsatisfiable,
}

/// What a `Range` asks for of so many bytes. One that is malformed, or asks for several parts, is ignored.
fn requested(range: &str, total: usize) -> Requested {
    let parsed = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let Some((first, last)) = parsed.map(|(first, last)| (first.trim(), last.trim())) else {
        return Requested::Whole;
    };
    let end = total.saturating_sub(1);
    let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(0)) if first.is_empty() => return Requested::Unsatisfiable,
        (Err(_), Ok(length)) if first.is_empty() => (total.saturating_sub(length), end),
        _ => return Requested::Whole,
    };
    match bounds {
        (first, _) if first >= total => Requested::Unsatisfiable,
        (first, last) => Requested::Part { first, last },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |first, last| Requested::Part { first, last };
        for (range, expected) in [
            ("bytes=0-", part(0, 9)),
            ("bytes=4-5", part(4, 5)),
            ("bytes=4-99", part(4, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=10-", Requested::Unsatisfiable),
            ("bytes=-0", Requested::Unsatisfiable),
            ("bytes=5-4", Requested::Whole),
            ("bytes=0-1,3-4", Requested::Whole),
            ("lines=1-2", Requested::Whole),
            ("bytes=a-b", Requested::Whole),
        ] {
            assert_eq!(requested(range, 10), expected, "{range}");
        }
        assert_eq!(requested("bytes=0-", 0), Requested::Unsatisfiable);
    }
}
