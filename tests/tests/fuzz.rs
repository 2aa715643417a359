//! The seeds and the regressions of the fuzz targets of `tests/fuzz`, but for those within `mint-api-ext`, which tests them
//! itself.

use std::fs;
use std::path::Path;

// A package of its own, in which these are public.
#[allow(unreachable_pub)]
#[path = "../fuzz/client/src/lib.rs"]
mod client;
#[allow(unreachable_pub)]
#[path = "../fuzz/compiler/src/lib.rs"]
mod compiler;
#[allow(unreachable_pub)]
#[path = "../fuzz/mutate.rs"]
mod mutate;

/// The inputs of a target.
fn inputs(package: &str, target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(package);
    let files = ["seeds", "regressions"].iter().filter_map(|kind| fs::read_dir(folder.join(kind).join(target)).ok());
    let paths = files.flatten().map(|entry| entry.unwrap().path());
    let inputs: Vec<_> = paths.map(|path| fs::read(path).unwrap()).collect();
    assert!(!inputs.is_empty(), "{target} has no inputs");
    inputs
}

#[track_caller]
fn replay(package: &str, target: &str, check: fn(&[u8])) {
    inputs(package, target).iter().for_each(|input| check(input));
}

/// A seed that is not read would check nothing.
#[test]
fn decoding() {
    assert!(inputs("client", "decode").iter().all(|input| client::decode::check(input)));
}

#[test]
fn comparisons() {
    replay("compiler", "diff", compiler::diff::check);
}

/// A seed without a client would check nothing.
#[test]
fn generation() {
    assert!(inputs("compiler", "generate").iter().all(|input| compiler::generate::check(input)));
}

#[test]
fn overlays() {
    replay("compiler", "overlay", compiler::overlay::check);
}

#[test]
fn readers() {
    replay("compiler", "read", compiler::read::check);
}

/// Every component that a server sends is in the table.
#[test]
fn every_reply_type_is_decoded() {
    let generated = mint_openapi::generate().unwrap();
    let known: Vec<_> = client::decode::TYPES.iter().map(|(name, _)| *name).collect();
    let received = generated.type_names.iter().filter(|(_, rust)| generated.plan.read_types.contains_key(*rust));
    let received: Vec<_> = received.map(|(name, _)| name.as_str()).collect();
    let missing: Vec<_> = received.iter().filter(|name| !known.contains(name)).collect();
    assert!(received.len() > 20 && missing.is_empty(), "add to tests/fuzz/client/src/decode.rs: {missing:?}");
}

#[test]
fn mutated_json_is_other_json() {
    let document = r#"{"a": [1, "two", null, true], "b/c": {"~": 1.5}}"#;
    let mut changed = 0;
    for seed in 0..1000 {
        let mut buffer = [0; 256];
        buffer[..document.len()].copy_from_slice(document.as_bytes());
        let size = mutate::json(&mut buffer, document.len(), 200, seed, compiler::words::WORDS, |_, size, _| size);
        assert!(size <= 200);
        let mutated: serde_json::Value = serde_json::from_slice(&buffer[..size]).unwrap();
        changed += u32::from(mutated != serde_json::from_str::<serde_json::Value>(document).unwrap());
    }
    assert!(changed > 800, "only {changed} of 1000 are others");
}
