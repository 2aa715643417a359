//! Published documents, where they are present: each generates, what comes out has no type that cannot be right, and what
//! the document admits is still read.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, iter, thread};

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
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // The largest ones take half of the time; `cargo xtask codegen --corpus` generates from them, too.
    paths.retain(|path| fs::metadata(path).is_ok_and(|metadata| metadata.len() < 500_000));
    let next = AtomicUsize::new(0);
    let check_next = || paths.get(next.fetch_add(1, Ordering::Relaxed)).map(|path| check(path));
    let checked: Vec<Checked> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| iter::from_fn(check_next).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let tried: usize = checked.iter().map(|checked| checked.tried).sum();
    let failures: Vec<_> = checked.into_iter().flat_map(|checked| checked.failures).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    eprintln!("{tried} instances of the documents' schemas were tried");
}

#[derive(Default)]
struct Checked {
    tried: usize,
    failures: Vec<String>,
}

fn check(path: &Path) -> Checked {
    let Ok(document) = parse_json(&fs::read_to_string(path).unwrap()) else {
        return Checked::default();
    };
    let (tried, mut failures) = match generate(&document, &Settings::default()) {
        Err(error) => (0, vec![error.to_string()]),
        Ok(generated) => {
            let flattened = generated.rust.contains("subtype_0");
            let uninhabited =
                generated.rust.lines().any(|line| line.contains("pub enum ") && line.trim_end().ends_with("{}"));
            let mut found = instances::check(&document, &generated, 4);
            if flattened || uninhabited {
                found.refused.push(format!("flattened {flattened}, empty enum {uninhabited}"));
            }
            (found.tried, found.refused)
        }
    };
    failures.iter_mut().for_each(|why| *why = format!("{}: {why}", path.display()));
    Checked { tried, failures }
}
