#![no_main]

#[path = "../../mutate.rs"]
mod mutate;

use fuzz_compiler::{overlay, words::WORDS};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| overlay::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::json(data, size, max_size, seed, WORDS, fuzzer_mutate)
});
