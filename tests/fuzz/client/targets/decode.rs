#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use fuzz_client::decode;
use libfuzzer_sys::fuzz_target;

/// Values that the types do not expect everywhere.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "1e300",
    "18446744073709551616",
    "[]",
    "{}",
    "[null]",
    r#"{"": 1}"#,
    r#""""#,
    r#""id""#,
    r#""status""#,
    r#""succeeded""#,
    r#""New""#,
    r#""undecoded""#,
    r#""assets""#,
    r#""2026-11-29T12:00:00Z""#,
    r#""\u0000""#,
    r#""$serde_json::private::RawValue""#,
];

fuzz_target!(|data: &[u8]| {
    decode::check(data);
});

crate::mutate_json!(WORDS);
