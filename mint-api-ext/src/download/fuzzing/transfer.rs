//! The table of decisions.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_RANGE, RANGE};

use super::super::manifest::Entry;
use super::super::transfer::{Asked, Decision, Kept, decide, rest};

/// The first line is what was asked for (`whole`, `changed` or `rest`), how many bytes are kept, their `ETag` and the length of
/// the whole file, each of the last two `-` where it is not known; the second line is the status of the reply, and each
/// further one a header.
///
/// Bytes are put together only if both sides name one strong `ETag` and they meet; a file is complete only at the length that
/// is known; a length comes from the reply; no decision asks for the same again; and a header sent twice counts once.
pub fn transfer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let asked: Vec<_> = lines.next().unwrap_or_default().split(' ').collect();
    let [asked, length, etag, total] = asked[..] else { return };
    let known = |text: &str| Some(text.to_owned()).filter(|text| text != "-");
    let (etag, total) = (known(etag), known(total).and_then(|total| total.parse().ok()));
    let Ok(length) = length.parse() else { return };
    let kept = Kept { length, etag: etag.as_deref(), total };
    let Some(status) = lines.next().and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok()) else { return };
    let headers: HeaderMap = lines.filter_map(header).collect();
    let entry = entry(etag.clone());
    let asked = match asked {
        "whole" => Asked::Whole,
        "changed" => Asked::IfChanged(&entry),
        "rest" if kept.can_continue() => Asked::Rest,
        _ => return,
    };
    let decision = decide(asked, kept, status, &headers);
    check(asked, kept, status, &headers, &decision);
    let twice = headers.iter().chain(&headers).map(|(name, value)| (name.clone(), value.clone()));
    let repeated = twice.fold(HeaderMap::new(), |mut headers, (name, value)| {
        headers.append(name, value);
        headers
    });
    assert_eq!(decide(asked, kept, status, &repeated), decision, "a header that is sent twice counts twice");
    let request = rest(kept);
    assert_eq!(request.contains_key(RANGE), request.contains_key(IF_RANGE), "a range without its condition");
}

fn check(asked: Asked<'_>, kept: Kept<'_>, status: StatusCode, headers: &HeaderMap, decision: &Decision<'_>) {
    let (only_range, only_length) = (only(headers, CONTENT_RANGE), only(headers, CONTENT_LENGTH));
    let length = only_length.and_then(|length| digits(length.trim()));
    let range = only_range.and_then(range);
    match *decision {
        Decision::Continue { total } => {
            let Some((Some((first, last)), announced)) = range else { panic!("continued without a range") };
            assert!(asked == Asked::Rest && status == StatusCode::PARTIAL_CONTENT);
            let etag = only(headers, ETAG).unwrap_or_default();
            assert!(Some(etag) == kept.etag && etag.starts_with('"') && etag.ends_with('"'), "another version: {etag}");
            assert!(first == kept.length && first <= last && last < total, "{first} to {last} of {total}");
            assert!(announced.is_none_or(|announced| announced == total));
            assert!(kept.total.is_none_or(|known| known == total), "another length");
            assert!(length.is_none_or(|length| length == last - first + 1), "{length:?} bytes");
        }
        Decision::Complete => {
            assert!(asked == Asked::Rest && status == StatusCode::RANGE_NOT_SATISFIABLE);
            let announced = range.filter(|(part, _)| part.is_none()).and_then(|(_, total)| total);
            assert_eq!(announced.or(kept.total), Some(kept.length), "complete at another length");
            assert!(headers.get(ETAG).is_none() || only(headers, ETAG) == kept.etag, "complete, and changed");
        }
        Decision::Restart { total } => {
            assert!(matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT));
            let of_range = range.and_then(|(part, total)| Some((part?, total?)));
            let is_whole =
                of_range.is_some_and(|((first, last), of)| first == 0 && last + 1 == of && total == Some(of));
            assert!(is_whole || total == length && status == StatusCode::OK, "{total:?} comes from nowhere");
        }
        Decision::Unchanged(_) => {
            assert!(matches!(asked, Asked::IfChanged(_)) && status == StatusCode::NOT_MODIFIED);
        }
        Decision::StartOver => assert_eq!(asked, Asked::Rest, "the same request would follow"),
        Decision::Retry => assert!(!status.is_success() && status != StatusCode::RANGE_NOT_SATISFIABLE),
        Decision::Expired => assert!(matches!(status.as_u16(), 401 | 403 | 404 | 410)),
        Decision::Refuse(_) => assert!(status != StatusCode::NOT_FOUND),
    }
}

/// The value of a header, if all of its lines have the same one.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let values: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    let (first, others) = values.split_first()?;
    others.iter().all(|other| other == first).then(|| first.to_str().ok())?
}

/// The first and the last byte.
type Bounds = (u64, u64);

/// The bounds of a range, if it has any, and the length of the file.
fn range(text: &str) -> Option<(Option<Bounds>, Option<u64>)> {
    let (part, total) = text.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
    let part = match part.split_once('-') {
        Some((first, last)) => Some((digits(first)?, digits(last)?)),
        None => None,
    };
    Some((part, digits(total)))
}

fn digits(text: &str) -> Option<u64> {
    text.chars().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.parse().ok()?, HeaderValue::from_str(value.trim()).ok()?))
}

fn entry(etag: Option<String>) -> Entry {
    Entry {
        kind: "glb".to_owned(),
        url: "https://a.b/c".to_owned(),
        resource: None,
        pick: None,
        bytes: 1,
        sha256: String::new(),
        content_type: None,
        etag,
        last_modified: None,
        extension: None,
        stored_etag: None,
        unpacked: Vec::new(),
        unpacked_from: None,
    }
}
