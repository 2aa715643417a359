//! The CDN: files with `Content-Length`, `ETag` and single ranges (RFC 9110, section 14).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::state::{File, State};

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback_service(get(file).with_state(state))
}

async fn file(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    state.cdn_requests.add(&parts);
    match state.file(parts.uri.path()) {
        Some(file) => respond(&file, &parts.headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(file: &File, headers: &HeaderMap) -> Response {
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
        None | Some(Requested::Whole) => (StatusCode::OK, common, file.bytes.clone()).into_response(),
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
