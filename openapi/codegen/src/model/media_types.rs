//! Media types.

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const BYTES: &str = "application/octet-stream";

/// A media type whose values are sequences of items (OpenAPI 3.2, section 4.14.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sequential {
    /// Server-sent events (HTML, section 9.2).
    Events,
    /// JSON texts, one in each line.
    Lines,
    /// JSON texts, each after a record separator (RFC 7464, RFC 8091).
    Records,
}

/// Which sequence of items a media type is; `None` for one value.
pub(crate) fn sequential(media_type: &str) -> Option<Sequential> {
    match essence(media_type).as_str() {
        "text/event-stream" => Some(Sequential::Events),
        "application/jsonl" | "application/jsonlines" | "application/x-jsonlines" => Some(Sequential::Lines),
        "application/ndjson" | "application/x-ndjson" => Some(Sequential::Lines),
        "application/json-seq" => Some(Sequential::Records),
        other if other.ends_with("+json-seq") => Some(Sequential::Records),
        _ => None,
    }
}

/// The media type without parameters, in lower case.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// Whether a header can hold the media type: visible ASCII, with a type and a subtype (RFC 9110, section 8.3.1).
pub(crate) fn is_sendable(media_type: &str) -> bool {
    let printable = media_type.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let parts = essence(media_type);
    printable && parts.split_once('/').is_some_and(|(kind, inner)| !kind.is_empty() && !inner.is_empty())
}

/// Whether a media type is JSON (RFC 6839, section 3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON || essence == "text/json" || essence.ends_with("+json")
}
