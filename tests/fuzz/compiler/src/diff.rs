//! Comparing equal documents finds no change, and comparing them the other way round mirrors each rule.

use openapi_client_codegen::diff::{Drift, diff_sources};
use openapi_client_codegen::{Error, parse_json};
use serde_json::Value;

/// The input is a list of two documents. Neither differs from itself, whatever the order of its keys. Swapped documents give
/// the mirrored rules.
pub fn check(data: &[u8]) {
    let Some(pair) = std::str::from_utf8(data).ok().and_then(|text| parse_json(text).ok()) else { return };
    let [old, new] = pair.as_array().map(Vec::as_slice).unwrap_or_default() else { return };
    for document in [old, new] {
        for same in [document.clone(), reversed(document)] {
            if let Ok(drift) = compared(document, &same) {
                assert!(drift.changes.is_empty(), "a document differs from itself: {}", drift.to_text());
            }
        }
    }
    let (forth, back) = (compared(old, new), compared(new, old));
    match (forth, back) {
        (Ok(forth), Ok(back)) => {
            let mut mirrored: Vec<_> = forth.changes.iter().map(|change| change.rule.mirror()).collect();
            let mut found: Vec<_> = back.changes.iter().map(|change| change.rule).collect();
            mirrored.sort();
            found.sort();
            // A change is told once for each place of the new document. Where one place stands for several of the other
            // document, only the rules are the same, and not how often each was found.
            if stands_for_several(old) || stands_for_several(new) {
                mirrored.dedup();
                found.dedup();
            }
            assert_eq!(mirrored, found, "forth:\n{}\nback:\n{}", forth.to_text(), back.to_text());
        }
        (forth, back) => assert_eq!(forth.is_err(), back.is_err(), "only one direction can be compared"),
    }
}

/// Compares without clients, whose generation has a target of its own.
fn compared(old: &Value, new: &Value) -> Result<Drift, Error> {
    diff_sources(old, new, Err(String::new()), Err(String::new()))
}

/// Whether there may be a reference, or a reply for several statuses.
fn stands_for_several(value: &Value) -> bool {
    let is_shared = |name: &str| {
        let name = name.to_uppercase();
        name == "$REF" || name == "DEFAULT" || name.ends_with("XX")
    };
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| is_shared(name) || stands_for_several(value)),
        Value::Array(items) => items.iter().any(stands_for_several),
        _ => false,
    }
}

/// The same value, with the keys of each object in the opposite order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        scalar => scalar.clone(),
    }
}
