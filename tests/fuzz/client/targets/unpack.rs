#![no_main]

use libfuzzer_sys::fuzz_target;
use mint_api_ext::fuzzing::unpack;

fuzz_target!(|data: &[u8]| {
    let directory = tempfile::tempdir().expect("a directory");
    unpack(data, directory.path());
});
