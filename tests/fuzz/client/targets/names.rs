#![no_main]

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::names;

fuzz_target!(|data: &[u8]| names(data));
