//! The HTTP server of the CDN: `Content-Length`, `ETag`, single ranges (RFC 9110, section 14), and faults.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream::{self, StreamExt as _};

use super::fault::{Effect, Fault};
use super::files::{File, Files};
use super::range::Range;

pub(crate) fn router(files: Arc<Files>) -> Router {
    Router::new().fallback_service(get(serve).with_state(files))
}

async fn serve(State(files): State<Arc<Files>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    files.requests.add(&parts, Bytes::new());
    let path = parts.uri.path();
    let Some(file) = files.get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !files.is_signed(path, parts.uri.query()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Some(fault) = files.next_fault(path) else {
        return reply(file, &parts.headers);
    };
    if let Effect::ExpireAt(_) = fault.effect {
        files.expire(path);
    }
    faulty(file, parts.headers, fault)
}

/// The reply without a fault.
fn reply(file: File, request: &HeaderMap) -> Response {
    let common = [
        (header::CONTENT_TYPE, file.content_type.to_owned()),
        (header::ETAG, file.etag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH) == Some(&file.etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let total = file.bytes.len();
    // A request whose `If-Range` does not match gets the whole file.
    let condition_holds = text(header::IF_RANGE).is_none_or(|condition| condition == file.etag);
    match text(header::RANGE).filter(|_| condition_holds).map(|range| Range::parse(range, total)) {
        None | Some(Range::Whole) => (StatusCode::OK, common, file.bytes).into_response(),
        Some(Range::Part { first, last }) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{total}"))];
            (StatusCode::PARTIAL_CONTENT, common, range, file.bytes.slice(first..=last)).into_response()
        }
        Some(Range::Unsatisfiable) => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}

/// The reply with a fault.
fn faulty(mut file: File, mut request: HeaderMap, fault: Fault) -> Response {
    let mut response = match fault.effect {
        Effect::CutAt(byte) | Effect::ExpireAt(byte) => truncated(file, &request, byte, End::Cut),
        Effect::StallAt(byte) => truncated(file, &request, byte, End::Stall),
        Effect::Drip(rate) => dripping(reply(file, &request), rate),
        Effect::IgnoreRange => {
            request.remove(header::RANGE);
            reply(file, &request)
        }
        Effect::ContentRange(text) => with(reply(file, &request), "content-range", &text),
        Effect::Etag(Some(etag)) => {
            file.etag = etag;
            reply(file, &request)
        }
        Effect::Etag(None) => {
            let mut response = reply(file, &request);
            response.headers_mut().remove(header::ETAG);
            response
        }
        Effect::ContentLength(bytes) => {
            let (head, body) = reply(file, &request).into_parts();
            // hyper does not correct the length of a stream.
            let response = Response::from_parts(head, Body::from_stream(body.into_data_stream()));
            with(response, "content-length", &bytes.to_string())
        }
        Effect::Status(status) => status.into_response(),
        Effect::Page(page) => page.into_response(),
        Effect::Gzip => {
            file.bytes = gzip(&file.bytes).into();
            with(reply(file, &request), "content-encoding", "gzip")
        }
    };
    for (name, value) in &fault.headers {
        response = with(response, name, value);
    }
    response
}

/// A reply whose body arrives in a piece of this many bytes each second.
fn dripping(response: Response, rate: u64) -> Response {
    let (head, body) = response.into_parts();
    let piece = usize::try_from(rate).unwrap_or(usize::MAX);
    let pieces = body.into_data_stream().flat_map(move |bytes| {
        let bytes = bytes.unwrap_or_default();
        let starts = (0..bytes.len()).step_by(piece);
        stream::iter(starts.map(move |start| bytes.slice(start..start.saturating_add(piece).min(bytes.len()))))
    });
    let slow = pieces.enumerate().then(|(number, bytes)| async move {
        if number > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok::<_, io::Error>(bytes)
    });
    Response::from_parts(head, Body::from_stream(slow))
}

/// How a truncated body ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Cut,
    Stall,
}

/// A reply whose body ends before this byte of the file, though its `Content-Length` announces the rest.
fn truncated(file: File, request: &HeaderMap, byte: usize, end: End) -> Response {
    let bytes = file.bytes.clone();
    let (head, _) = reply(file, request).into_parts();
    let range = head.headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()).unwrap_or(0);
    let sent = bytes.slice(first.min(bytes.len())..byte.clamp(first.min(bytes.len()), bytes.len()));
    let last = async move {
        match end {
            // Lets the bytes before the cut arrive first.
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

/// Sets a header. A header that HTTP cannot carry is left out.
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
