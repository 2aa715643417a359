#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use std::panic;

use fuzz_compiler::{generate, words::WORDS};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

// The compiler catches the panics of progenitor and typify, and the hook of libFuzzer would abort. What is not caught is still
// found.
fuzz_target!(init: drop(panic::take_hook()), |data: &[u8]| generate::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, WORDS, fuzzer_mutate)
});
