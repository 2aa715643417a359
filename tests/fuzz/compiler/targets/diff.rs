#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use fuzz_compiler::{diff, words::WORDS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| diff::check(data));

crate::mutate_json!(WORDS);
