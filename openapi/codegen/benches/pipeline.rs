//! How long a document takes on its way to Rust, and how much of that is the lowering.
//!
//! `cargo bench -p openapi-client-codegen` takes the largest document of `../shared/corpus` where that folder is, beside the
//! workspace, and that of the tests elsewhere.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/median.rs"]
mod median;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::Criterion;
use openapi_client_codegen::{Settings, generate, lower, parse_json};

use median::median;

/// The lowering may take at most this part of the pipeline.
const MOST: f64 = 0.05;

/// How often each is run for the ratio; an odd number has a middle.
const RUNS: usize = 9;

fn main() {
    let subject = Subject::largest();
    println!("{}: {} bytes", subject.name, subject.text.len());
    benches(&subject);
    ratio(&subject);
}

/// The document that is measured.
struct Subject {
    name: String,
    text: String,
}

impl Subject {
    fn largest() -> Self {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
        let documents = fs::read_dir(corpus).into_iter().flatten().flatten().map(|entry| entry.path());
        let documents = documents.filter(|path| path.extension().is_some_and(|end| end == "json"));
        let bytes = |path: &PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
        let Some(path) = documents.max_by_key(bytes) else {
            return Self { name: "base.json".into(), text: include_str!("../tests/diff/base.json").into() };
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { name, text: fs::read_to_string(&path).expect("the document can be read") }
    }

    /// Parses, lowers, prepares and generates.
    fn pipeline(&self) -> usize {
        let document = parse_json(&self.text).expect("the document is JSON");
        let generated = generate(&document, &Settings::default());
        generated.unwrap_or_else(|error| panic!("there is no client for {}: {error}", self.name)).rust.len()
    }
}

fn benches(subject: &Subject) {
    let document = parse_json(&subject.text).expect("the document is JSON");
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("pipeline");
    group.bench_function("whole", |bencher| bencher.iter(|| subject.pipeline()));
    group.bench_function("lower", |bencher| bencher.iter(|| lower(black_box(&document))));
    group.finish();
    criterion.final_summary();
}

fn ratio(subject: &Subject) {
    let document = parse_json(&subject.text).expect("the document is JSON");
    let whole = median(RUNS, || {
        black_box(subject.pipeline());
    });
    let lower = median(RUNS, || {
        black_box(lower(black_box(&document)).expect("the document is lowered"));
    });
    let ratio = lower.as_secs_f64() / whole.as_secs_f64();
    let verdict = if ratio <= MOST { "as it should be" } else { "TOO MUCH" };
    println!("lower {lower:.1?} of {whole:.1?}: {ratio:.3} of the pipeline (at most {MOST}): {verdict}");
}
