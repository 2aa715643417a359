//! How the time and the memory grow with the size of a document, from parsed JSON to Rust.
//!
//! `cargo bench -p openapi-client-codegen --bench scale` prints a table for each shape of document: five sizes, each twice the
//! one before, with the exponent of the growth. 1 is linear. On Linux it prints the peak memory, too, that of the largest
//! documents of `../shared/corpus` among them where that folder is beside the workspace.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{fmt, fs};

use openapi_client_codegen::{Settings, generate, parse_json};
use serde_json::{Map, Value, json};

/// The exponent may be at most this.
const MOST_EXPONENT: f64 = 1.15;
/// The largest documents may take at most so much memory.
const MOST_MIB: f64 = 300.0;

/// A kind of document that can be of any size.
struct Shape {
    name: &'static str,
    largest: usize,
    document: fn(usize) -> Value,
}

const SHAPES: [Shape; 4] = [
    Shape { name: "properties of one schema", largest: 100_000, document: properties },
    Shape { name: "schemas", largest: 20_000, document: schemas },
    Shape { name: "values of one enum", largest: 10_000, document: values },
    Shape { name: "operations", largest: 4_000, document: operations },
];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // Each document has a process of its own, since the memory of one is not given back.
        ["measure", document] => measure(&read(Path::new(document))),
        ["measure", shape, size] => {
            let shape = SHAPES.iter().find(|found| found.name == shape).expect("there is such a shape");
            measure(&(shape.document)(size.parse().expect("the size is a number")));
        }
        _ => {
            SHAPES.iter().for_each(table);
            large_documents();
        }
    }
}

fn table(shape: &Shape) {
    let sizes = [16, 8, 4, 2, 1].map(|part| shape.largest / part);
    println!("\n{:>10} {}", "", shape.name);
    let points = sizes.map(|size| {
        let measured = Measured::of(&[shape.name, &size.to_string()]);
        println!("{size:>10} {measured}");
        ((size as f64).ln(), measured.seconds.ln())
    });
    let exponent = slope(&points);
    let verdict = if exponent <= MOST_EXPONENT { "as it should be" } else { "TOO MUCH" };
    println!("{:>10} time grows with the size to the power of {exponent:.2} (at most {MOST_EXPONENT}): {verdict}", "");
}

fn large_documents() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let documents = fs::read_dir(corpus).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut documents: Vec<(u64, PathBuf)> = documents
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| (fs::metadata(&path).map_or(0, |metadata| metadata.len()), path))
        .collect();
    documents.sort();
    println!();
    for (bytes, path) in documents.iter().rev().take(3) {
        let measured = Measured::of(&[&path.display().to_string()]);
        let verdict = if measured.mib <= MOST_MIB { "as it should be" } else { "TOO MUCH" };
        println!("{:>7} kB {measured} (at most {MOST_MIB} MiB): {verdict}", bytes / 1000);
    }
}

fn read(path: &Path) -> Value {
    parse_json(&fs::read_to_string(path).expect("the document can be read")).expect("the document is JSON")
}

/// Generates a client, and prints the seconds, the MiB and the bytes of Rust.
fn measure(document: &Value) {
    let before = resident("VmRSS:");
    let start = Instant::now();
    let generated = generate(document, &Settings::default()).expect("there is a client");
    println!("{} {} {}", start.elapsed().as_secs_f64(), resident("VmHWM:") - before, generated.rust.len());
}

/// Reads a field of `/proc/self/status`, in MiB. Returns NaN on other systems than Linux.
fn resident(line: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|found| found.strip_prefix(line)?.trim().strip_suffix(" kB")?.parse().ok());
    kib.map_or(f64::NAN, |kib: f64| kib / 1024.0)
}

/// What it took to generate a client.
struct Measured {
    seconds: f64,
    /// The most memory of the process, less what the parsed document takes.
    mib: f64,
    rust: f64,
}

impl Measured {
    /// Measures in another process.
    fn of(subject: &[&str]) -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let output = Command::new(this).arg("measure").args(subject).output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let [seconds, mib, rust] = numbers[..] else { panic!("three numbers, not {text}") };
        Self { seconds, mib, rust }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, mib, rust } = self;
        write!(f, "{seconds:>8.2} s {:>8.1} MB of Rust {mib:>8.0} MiB at the peak", rust / 1e6)
    }
}

/// The slope of the line with the least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let above: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    above / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

fn named(count: usize, prefix: &str, value: impl Fn(usize) -> Value) -> Map<String, Value> {
    (0..count).map(|index| (format!("{prefix}{index}"), value(index))).collect()
}

/// A document with an operation that returns the first of these schemas.
fn document(schemas: Map<String, Value>) -> Value {
    let first = schemas.keys().next().cloned().unwrap_or_default();
    let reference = json!({"$ref": format!("#/components/schemas/{first}")});
    let content = json!({"application/json": {"schema": reference}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Scale", "version": "1"},
        "paths": {"/first": {"get": {
            "operationId": "get_first",
            "responses": {"200": {"description": "It", "content": content}},
        }}},
        "components": {"schemas": schemas},
    })
}

fn properties(count: usize) -> Value {
    let properties =
        named(count, "property_", |index| json!({"type": if index % 2 == 0 { "string" } else { "integer" }}));
    document(Map::from_iter([("Large".to_owned(), json!({"type": "object", "properties": properties}))]))
}

fn schemas(count: usize) -> Value {
    document(named(count, "Schema", |index| {
        let next = format!("#/components/schemas/Schema{}", (index + 1) % count);
        json!({
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string"}, "next": {"$ref": next}, "count": {"type": ["integer", "null"]}},
        })
    }))
}

fn values(count: usize) -> Value {
    let values: Vec<_> = (0..count).map(|index| format!("value_{index}")).collect();
    document(Map::from_iter([("Large".to_owned(), json!({"type": "string", "enum": values}))]))
}

fn operations(count: usize) -> Value {
    let mut document =
        document(named(1, "Thing", |_| json!({"type": "object", "properties": {"id": {"type": "string"}}})));
    let reply = document["paths"]["/first"]["get"]["responses"].clone();
    let paths = (0..count).map(|index| {
        let parameter = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
        let operation = json!({"operationId": format!("get_{index}"), "parameters": [parameter], "responses": reply});
        (format!("/things{index}/{{id}}"), json!({"get": operation}))
    });
    document["paths"] = paths.collect::<Map<_, _>>().into();
    document
}
