#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::saved_request;

/// Values that the types do not expect everywhere.
const WORDS: &[&str] = &[
    "null",
    "true",
    "0",
    "1",
    "2",
    "-1",
    "1.5",
    "1e300",
    "18446744073709551615",
    "[]",
    "{}",
    r#""""#,
    r#""a""#,
    r#""a/../b""#,
    r#""generate_model""#,
    r#""generate_world""#,
    r#""generate_asset_pack""#,
    r#""generate_audio""#,
    r#""animate_model""#,
    r#""convert_model""#,
    r#""optimize_model""#,
    r#""retry_model""#,
    r#""approve""#,
    r#""revise""#,
    r#""resume""#,
    r#""fast""#,
    r#""prompt""#,
    r#""feedback""#,
    r#""generationPreset""#,
    r#""imageUrl""#,
    r#""body""#,
    r#""id""#,
    r#""found""#,
    r#""maxCredits""#,
    r#""budget""#,
    r#""glb""#,
    r#""https://a.b/c?d""#,
];

fuzz_target!(|data: &[u8]| {
    saved_request(data);
});

crate::mutate_json!(WORDS);
