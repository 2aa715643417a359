//! What to do with a reply to a request for a file: a pure function of the bytes kept and the reply's headers.

use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};

use super::manifest::Entry;
use super::sidecar::Version;
use crate::retry::is_retryable;

/// The bytes kept of a file, and their version.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kept<'a> {
    /// How many bytes are kept, counted from the beginning of the file.
    pub(super) length: u64,
    /// The `ETag` of their version.
    pub(super) etag: Option<&'a str>,
    /// The length of the whole file.
    pub(super) total: Option<u64>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked<'a> {
    /// The whole file.
    Whole,
    /// The whole file, unless it is still this one.
    IfChanged(&'a Entry),
    /// The missing bytes.
    Rest,
}

/// What to do with a reply.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Decision<'a> {
    /// The body has the missing bytes of a file of so many bytes, or the first of them.
    Continue { total: u64 },
    /// The body has the whole file, from its first byte.
    Restart { total: Option<u64> },
    /// No bytes are missing.
    Complete,
    /// The server's file is still the one that an earlier download saved.
    Unchanged(&'a Entry),
    /// The bytes kept are of no use: ask for the whole file.
    StartOver,
    /// The same request may succeed later.
    Retry,
    /// The URL has expired, or never led to the file.
    Expired,
    /// The server does not send the file, for this reason.
    Refuse(&'static str),
}

impl<'a> Kept<'a> {
    pub(super) fn of(version: &'a Version, length: u64) -> Self {
        Self { length, etag: version.etag.as_deref(), total: version.total }
    }

    /// The `ETag`, if it is strong (RFC 9110, section 8.8.1), as `If-Range` requires.
    fn strong(&self) -> Option<&'a str> {
        self.etag.filter(|etag| is_strong(etag))
    }

    /// Whether a request can ask for the missing bytes.
    pub(super) fn can_continue(&self) -> bool {
        self.length > 0 && self.strong().is_some()
    }
}

/// Whether an `ETag` is strong: it guarantees the same bytes.
pub(super) fn is_strong(etag: &str) -> bool {
    etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"')
}

/// The headers that ask for the missing bytes.
pub(super) fn rest(kept: Kept<'_>) -> HeaderMap {
    ranged(kept, &format!("bytes={}-", kept.length))
}

/// The headers that ask for the missing bytes before `end`.
pub(super) fn part(kept: Kept<'_>, end: u64) -> HeaderMap {
    ranged(kept, &format!("bytes={}-{}", kept.length, end.saturating_sub(1)))
}

fn ranged(kept: Kept<'_>, range: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(etag) = kept.strong().and_then(|etag| HeaderValue::from_str(etag).ok())
        && let Ok(range) = HeaderValue::from_str(range)
    {
        headers.insert(RANGE, range);
        headers.insert(IF_RANGE, etag);
    }
    headers
}

/// The headers that ask for a file unless it is still this one.
pub(super) fn unless(have: &Entry) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let etag = have.etag.as_deref().map(|etag| (IF_NONE_MATCH, etag));
    let condition = etag.or(have.last_modified.as_deref().map(|date| (IF_MODIFIED_SINCE, date)));
    if let Some((name, value)) = condition
        && let Ok(value) = HeaderValue::from_str(value)
    {
        headers.insert(name, value);
    }
    headers
}

/// Decides what to do with a reply.
pub(super) fn decide<'a>(asked: Asked<'a>, kept: Kept<'_>, status: StatusCode, headers: &HeaderMap) -> Decision<'a> {
    let is_identity = |encoding: &str| encoding.trim().is_empty() || encoding.trim().eq_ignore_ascii_case("identity");
    let encoded = headers.get_all(CONTENT_ENCODING).iter().any(|value| !value.to_str().is_ok_and(is_identity));
    if let (StatusCode::NOT_MODIFIED, Asked::IfChanged(have)) = (status, asked) {
        return Decision::Unchanged(have);
    }
    match status {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT if encoded => {
            Decision::Refuse("the server compressed the file, which it was asked not to")
        }
        StatusCode::OK => whole(asked, kept, headers),
        StatusCode::PARTIAL_CONTENT if asked == Asked::Rest => partial(kept, headers),
        StatusCode::PARTIAL_CONTENT => match range_of_whole(headers) {
            Some(total) => Decision::Restart { total: Some(total) },
            None => Decision::Refuse("the server sent a part (206) when asked for the whole"),
        },
        StatusCode::RANGE_NOT_SATISFIABLE if asked == Asked::Rest => unsatisfiable(kept, headers),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            Decision::Expired
        }
        status if is_retryable(status) => Decision::Retry,
        _ => Decision::Refuse("the server did not send the file"),
    }
}

/// A 200 has the whole file, unless its `Content-Range` or its length says that it has a part. Some servers and caches
/// answer a request for a range so.
fn whole<'a>(asked: Asked<'_>, kept: Kept<'_>, headers: &HeaderMap) -> Decision<'a> {
    let length = length(headers);
    // The same version has the same length.
    let is_cut = is_same_version(kept, headers)
        && matches!((length, kept.total), (Some(length), Some(total)) if length != total);
    let range = headers.get(CONTENT_RANGE).map(|_| text(headers, &CONTENT_RANGE).and_then(content_range));
    if let Some(total) = range_of_whole(headers) {
        return Decision::Restart { total: Some(total) };
    }
    match (asked, range) {
        (Asked::Rest, None) if is_cut => Decision::StartOver,
        (_, None) => Decision::Restart { total: length },
        (Asked::Rest, Some(_)) => Decision::StartOver,
        // Nothing that can be read as a range, and none was asked for.
        (_, Some(None)) => Decision::Restart { total: length },
        (_, Some(Some(_))) => Decision::Refuse("the server sent a part (200 with `Content-Range`) of the file"),
    }
}

/// The length of the file, if `Content-Range` has all of it and `Content-Length` does not contradict.
fn range_of_whole(headers: &HeaderMap) -> Option<u64> {
    match content_range(text(headers, &CONTENT_RANGE)?)? {
        ContentRange::Part { first: 0, last, total: Some(total) }
            if last + 1 == total && length(headers).is_none_or(|length| length == total) =>
        {
            Some(total)
        }
        _ => None,
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    number(text(headers, &CONTENT_LENGTH)?.trim())
}

/// A number of HTTP: digits and nothing else, where Rust also takes a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A part fits only if it has the same `ETag`, begins where the bytes kept end, and says how long the file is, if that is
/// not known. Without an `ETag` it counts as changed.
fn partial<'a>(kept: Kept<'_>, headers: &HeaderMap) -> Decision<'a> {
    let Some(ContentRange::Part { first, last, total: announced }) =
        text(headers, &CONTENT_RANGE).and_then(content_range)
    else {
        return Decision::StartOver;
    };
    let fits = length(headers).is_none_or(|length| Some(length) == (last - first).checked_add(1));
    match kept.total.or(announced) {
        Some(total)
            if is_same_version(kept, headers)
                && agrees(kept, announced)
                && fits
                && first == kept.length
                && last < total =>
        {
            Decision::Continue { total }
        }
        _ => Decision::StartOver,
    }
}

/// The file is complete if the server's has exactly as many bytes as are kept. It may have announced another length before, if
/// this is surely the same version.
fn unsatisfiable<'a>(kept: Kept<'_>, headers: &HeaderMap) -> Decision<'a> {
    let changed = headers.contains_key(ETAG) && text(headers, &ETAG) != kept.etag;
    let announced = match text(headers, &CONTENT_RANGE).and_then(content_range) {
        Some(ContentRange::Unsatisfied { total }) => Some(total),
        _ => None,
    };
    let agrees = is_same_version(kept, headers) || agrees(kept, announced);
    let total = announced.or(kept.total);
    if !changed && agrees && total == Some(kept.length) { Decision::Complete } else { Decision::StartOver }
}

/// Whether a reply names the version of the bytes that are kept, by a strong `ETag`.
fn is_same_version(kept: Kept<'_>, headers: &HeaderMap) -> bool {
    kept.strong().is_some() && text(headers, &ETAG) == kept.strong()
}

/// Whether the length that a reply announces is the known one, as far as both are known.
fn agrees(kept: Kept<'_>, announced: Option<u64>) -> bool {
    announced.is_none() || kept.total.is_none() || announced == kept.total
}

#[derive(Debug, Eq, PartialEq)]
enum ContentRange {
    Part { first: u64, last: u64, total: Option<u64> },
    Unsatisfied { total: u64 },
}

/// Parses `Content-Range` (RFC 9110, section 14.4); `None` if it contradicts itself.
fn content_range(text: &str) -> Option<ContentRange> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
    if range == "*" {
        return Some(ContentRange::Unsatisfied { total: number(total)? });
    }
    let (first, last) = range.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let total = match total {
        "*" => None,
        total => Some(number(total)?),
    };
    let consistent = first <= last && total.is_none_or(|total| last < total);
    consistent.then_some(ContentRange::Part { first, last, total })
}

/// A header as text. One that is there several times, with different values, says nothing.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.all(|value| value == first).then(|| first.to_str().ok())?
}

/// The `ETag` and the `Last-Modified` of a reply.
pub(super) fn validators(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    (text(headers, &ETAG).map(str::to_owned), text(headers, &LAST_MODIFIED).map(str::to_owned))
}

#[cfg(test)]
mod tests;
