#![no_main]

use fuzz_compiler::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read::check(data));
