#![no_main]

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::lock;

fuzz_target!(|data: &[u8]| lock(data));
