//! Published documents, where they are present: each generates, what comes out has no type that cannot be right, and what
//! the document admits is still read.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use openapi_client_codegen::{Settings, generate, parse_json};

use crate::instances;

#[test]
fn every_document_generates() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(files) = fs::read_dir(&corpus) else {
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there are no documents in {}", corpus.display());
        return;
    };
    let mut failures = Vec::new();
    let mut tried = 0;
    for file in files {
        let path = file.unwrap().path();
        let Ok(document) = parse_json(&fs::read_to_string(&path).unwrap()) else {
            continue;
        };
        match generate(&document, &Settings::default()) {
            Err(error) => failures.push(format!("{}: {error}", path.display())),
            Ok(generated) => {
                let flattened = generated.rust.contains("subtype_0");
                let uninhabited =
                    generated.rust.lines().any(|line| line.contains("pub enum ") && line.trim_end().ends_with("{}"));
                let found = instances::check(&document, &generated, 4);
                tried += found.tried;
                failures.extend(found.refused.into_iter().map(|why| format!("{}: {why}", path.display())));
                if flattened || uninhabited {
                    failures.push(format!("{}: flattened {flattened}, empty enum {uninhabited}", path.display()));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    eprintln!("{tried} instances of the documents' schemas were tried");
}
