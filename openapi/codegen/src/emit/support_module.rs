//! The module `support` of every generated client.

use syn::{File, Item, ItemMod};

use super::{Settings, attributes, credentials, formats, names};
use crate::error::Error;
use crate::plan::{Format, Items, Operation, Plan};

/// The helpers of generated types, in files of one concern each.
const SUPPORT: &[(&str, &str)] = &[
    ("builders", include_str!("support/builders.rs")),
    ("cookies", include_str!("support/cookies.rs")),
    ("decode_error", include_str!("support/decode_error.rs")),
    ("error", include_str!("support/error.rs")),
    ("integers", include_str!("support/integers.rs")),
    ("json", include_str!("support/json.rs")),
    ("json_reader", include_str!("support/json_reader.rs")),
    ("members", include_str!("support/members.rs")),
    ("numbers", include_str!("support/numbers.rs")),
    ("objects", include_str!("support/objects.rs")),
    ("query", include_str!("support/query.rs")),
    ("reply", include_str!("support/reply.rs")),
    ("salvage", include_str!("support/salvage.rs")),
    ("texts", include_str!("support/texts.rs")),
    ("timestamp", include_str!("support/timestamp.rs")),
    ("undecoded", include_str!("support/undecoded.rs")),
    ("unknown_value", include_str!("support/unknown_value.rs")),
    ("urls", include_str!("support/urls.rs")),
];

/// Only for documents with texts of a format that has a type.
const FORMATTED: (&str, &str) = ("formatted", include_str!("support/formatted.rs"));

/// Only for documents with bytes in Base64: it needs the crate base64.
const BASE64: (&str, &str) = ("base64", include_str!("support/base64.rs"));

/// Only for documents with properties of requests that may be absent and may be null.
const NULLABLE: (&str, &str) = ("nullable", include_str!("support/nullable.rs"));

/// Only for documents with lists, objects or styles in paths and headers.
const STYLES: (&str, &str) = ("styles", include_str!("support/styles.rs"));

/// Only for documents with security schemes.
const CREDENTIALS: (&str, &str) = ("credentials", include_str!("support/credentials.rs"));

/// Only for documents with multipart bodies: it needs the feature `multipart` of reqwest.
const MULTIPART: (&str, &str) = ("multipart", include_str!("support/multipart.rs"));

/// Only for documents with streams of items: they need the crates bytes and futures-core.
const STREAMS: (&str, &str) = ("streams", include_str!("support/streams.rs"));
const JSON_STREAMS: (&str, &str) = ("json_streams", include_str!("support/json_streams.rs"));

/// Only for documents with streams of events: they also need the crate sse-stream.
const EVENTS: (&str, &str) = ("events", include_str!("support/events.rs"));

pub(super) fn support_module(plan: &Plan, settings: &Settings) -> Result<ItemMod, Error> {
    let mut files = Vec::new();
    let multipart = plan.operations.values().any(|operation| operation.multipart.is_some()).then_some(&MULTIPART);
    let items: Vec<_> =
        plan.operations.values().filter_map(|operation| Some(operation.stream.as_ref()?.items)).collect();
    let is_json = |items: &Items| matches!(items, Items::Lines | Items::Records);
    let streams = (!items.is_empty()).then_some(&STREAMS);
    let of_json = items.iter().any(is_json).then_some(&JSON_STREAMS);
    let events = items.iter().any(|items| !is_json(items)).then_some(&EVENTS);
    let has_styles = |operation: &Operation| !operation.path_values.is_empty() || !operation.headers.is_empty();
    let styles = plan.operations.values().any(has_styles).then_some(&STYLES);
    let nullable = (!plan.optional_nulls.is_empty()).then_some(&NULLABLE);
    let credentials = credentials::are_needed(plan, settings).then_some(&CREDENTIALS);
    let formats = formats::used(plan);
    let formatted = (!formats.is_empty()).then_some(&FORMATTED);
    let base64 = formats.contains(&Format::Byte).then_some(&BASE64);
    let as_needed = [formatted, base64, nullable, styles, credentials, multipart, streams, of_json, events];
    let of_client = SUPPORT.iter().chain(as_needed.into_iter().flatten());
    for (name, text) in of_client.filter(|_| !settings.without_support) {
        let mut items = syn::parse_str::<File>(text)?.items;
        items.retain(|item| !matches!(item, Item::Mod(tests) if tests.ident == "tests"));
        if settings.schemars {
            attributes::derive_schemars(&mut items);
        }
        files.extend(names::flattened(name, items));
    }
    Ok(names::module("support", files))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Settings, generate};

    #[test]
    fn only_streams_need_their_crates_and_time() {
        for (media_type, sse_stream, futures_core) in [
            ("application/json", false, false),
            ("application/jsonl", false, true),
            ("application/json-seq", false, true),
            ("text/event-stream", true, true),
        ] {
            let replies =
                json!({"200": {"description": "d", "content": {media_type: {"schema": {"type": "integer"}}}}});
            let document = json!({
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"operationId": "a", "responses": replies}}},
            });
            let rust = generate(&document, &Settings::default()).unwrap().rust;
            assert_eq!(rust.contains("sse_stream::"), sse_stream, "{media_type}");
            assert_eq!(rust.contains("futures_core::"), futures_core, "{media_type}");
            assert_eq!(rust.contains(".read_timeout(dur)"), futures_core, "{media_type}");
            assert_eq!(rust.contains(".timeout(dur)"), !futures_core, "{media_type}");
        }
    }
}
