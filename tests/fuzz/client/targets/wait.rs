#![no_main]

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::wait;

fuzz_target!(|data: &[u8]| wait(data));
