#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::saved_operation;

/// Values that the types do not expect everywhere.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "1",
    "2",
    "-1",
    "1.0",
    "18446744073709551615",
    "[]",
    "{}",
    r#""""#,
    r#""op""#,
    r#""running""#,
    r#"{"secs": 18446744073709551615, "nanos": 999999999}"#,
    r#"{"secs": 0, "nanos": 0}"#,
    r#""2026-11-29T12:00:00Z""#,
    r#""9999-12-31T23:59:60Z""#,
    r#""-262143-01-01T00:00:00Z""#,
    r#""+262142-12-31T23:59:59.999999999Z""#,
    r#""1969-12-31T23:59:59Z""#,
    r#""not a time""#,
    r#""wait""#,
    r#""progress""#,
    r#""failures""#,
    r#""seen""#,
];

fuzz_target!(|data: &[u8]| saved_operation(data));

crate::mutate_json!(WORDS);
