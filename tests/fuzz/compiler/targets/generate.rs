#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use std::panic;

use fuzz_compiler::{generate, words::WORDS};
use libfuzzer_sys::fuzz_target;

// The compiler catches the panics of progenitor and typify, and the hook of libFuzzer would abort. What is not caught is still
// found.
fuzz_target!(init: drop(panic::take_hook()), |data: &[u8]| {
    generate::check(data);
});

crate::mutate_json!(WORDS);
