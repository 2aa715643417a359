//! Any document gives a client or an error.

use openapi_client_codegen::{Format, Report, Settings, generate, parse_json};
use serde_json::{Map, Value};

/// Methods that every version of OpenAPI has.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The input is a document; returns whether there is a client. It is Rust, the same one each time, and no operation is missing
/// that reaches nothing rejected.
///
/// Without the helpers that are in every client: those are parsed and formatted for seeds only, in `cargo test`.
pub fn check(data: &[u8]) -> bool {
    let Some(document) = std::str::from_utf8(data).ok().and_then(|text| parse_json(text).ok()) else { return false };
    let mut settings = Settings::default().with_formats(Format::ALL.iter().copied());
    settings.without_support = cfg!(fuzzing);
    let Ok(generated) = generate(&document, &settings) else { return false };
    if let Err(error) = syn::parse_file(&generated.rust) {
        panic!("the client is no Rust: {error}");
    }
    let found = generated.document.operations().count();
    let expected = expected(&document, &generated.report);
    assert!(found >= expected, "of {expected} operations that reach nothing rejected, {found} are left");
    let again = generate(&document, &settings).map(|again| again.rust);
    assert!(again.is_ok_and(|again| again == generated.rust), "the same document gives another client");
    true
}

/// How many operations a document describes in place that reach nothing rejected. After a rejection, only those count that
/// refer to nothing, in path items without one.
fn expected(document: &Value, report: &Report) -> usize {
    let rejected: Vec<_> = report.rejections().map(|entry| entry.pointer.as_str()).collect();
    let is_of_place = |at: &&str| at.starts_with("/paths/") || at.starts_with("/components/schemas/");
    if !rejected.iter().all(is_of_place) {
        return 0;
    }
    let count = |item: &Map<String, Value>| {
        METHODS.iter().filter(|name| item.get(**name).is_some_and(Value::is_object)).count()
    };
    let is_intact = |path: &str, item: &Map<String, Value>| {
        let at = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        let refers = Value::from(item.clone()).to_string().contains("\"$");
        rejected.is_empty() || !refers && !rejected.iter().any(|rejected| rejected.starts_with(&at))
    };
    let paths = document["paths"].as_object().into_iter().flatten().filter(|(path, _)| path.starts_with('/'));
    let items = paths.filter_map(|(path, item)| Some((path, item.as_object()?)));
    items.filter(|(path, item)| is_intact(path, item)).map(|(_, item)| count(item)).sum()
}
