//! How long it takes to compare two documents.
//!
//! `cargo bench -p openapi-client-codegen --features diff --bench diff` takes the two largest documents of `../shared/corpus` where
//! that folder is, beside the workspace, and that of the tests with a field less elsewhere.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/median.rs"]
mod median;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use openapi_client_codegen::diff::{diff, diff_sources};
use openapi_client_codegen::parse_json;
use serde_json::Value;

use median::median;

/// The longest that the comparison may take, generating both clients included.
const MOST: Duration = Duration::from_secs(5);

/// How often each is run; an odd number has a middle.
const RUNS: usize = 5;

fn main() {
    let [(old_name, old), (new_name, new)] = subjects();
    println!("{old_name} -> {new_name}");
    let documents = median(RUNS, || {
        let none = || Err(String::new());
        black_box(diff_sources(black_box(&old), &new, none(), none()).expect("both are documents"));
    });
    let whole = median(RUNS, || {
        black_box(diff(black_box(&old), &new).expect("both are documents"));
    });
    let verdict = if whole <= MOST { "as it should be" } else { "TOO LONG" };
    println!("documents alone {documents:.2?}, with both sources {whole:.2?} (at most {MOST:?}): {verdict}");
}

fn subjects() -> [(String, Value); 2] {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let documents = fs::read_dir(corpus).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut documents: Vec<_> = documents.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    documents.sort_by_key(|path| fs::metadata(path).map_or(0, |metadata| metadata.len()));
    if let [.., second, first] = documents.as_slice() {
        return [read(second), read(first)];
    }
    let old = parse_json(include_str!("../tests/diff/base.json")).expect("the document is JSON");
    let mut new = old.clone();
    new["components"]["schemas"]["Note"]["properties"].as_object_mut().map(|names| names.shift_remove("author"));
    [("base.json".into(), old), ("without a field".into(), new)]
}

fn read(path: &PathBuf) -> (String, Value) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("the document can be read");
    (name, parse_json(&text).expect("the document is JSON"))
}
