//! What changed between two documents: cases with golden reports, symmetry, and what is no change.

#[path = "diff/cases.rs"]
mod cases;
#[path = "diff/order.rs"]
mod order;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use expect_test::expect_file;
use openapi_client_codegen::diff::{Change, ClientSource, Direction, Drift, Rule, diff, diff_sources};
use openapi_client_codegen::{Settings, generate, parse_json};
use serde_json::{Value, json};

use cases::{Case, base, files};

/// A case, compared both ways.
struct Compared {
    case: Case,
    forth: Drift,
    back: Drift,
}

fn source(document: &Value) -> Result<ClientSource, String> {
    generate(document, &Settings::default()).map(ClientSource::from).map_err(|error| error.to_string())
}

/// Every case of every file; they take a while, so all tests share them.
fn compared() -> &'static Vec<(PathBuf, Vec<Compared>)> {
    static COMPARED: OnceLock<Vec<(PathBuf, Vec<Compared>)>> = OnceLock::new();
    COMPARED.get_or_init(|| {
        let old = base();
        let before = source(&old);
        let compare = |case: Case| {
            let new = case.apply(&old);
            let after = source(&new);
            let forth = diff_sources(&old, &new, before.clone(), after.clone()).unwrap();
            let back = diff_sources(&new, &old, after, before.clone()).unwrap();
            Compared { case, forth, back }
        };
        let compare_all = |cases: Vec<Case>| cases.into_iter().map(compare).collect();
        thread::scope(|scope| {
            let spawn = |(path, cases)| (path, scope.spawn(move || compare_all(cases)));
            let running: Vec<_> = files().into_iter().map(spawn).collect();
            running.into_iter().map(|(path, cases)| (path, cases.join().unwrap())).collect()
        })
    })
}

fn every_case() -> impl Iterator<Item = &'static Compared> {
    compared().iter().flat_map(|(_, cases)| cases)
}

/// A report with a line for each change.
fn table(drift: &Drift) -> String {
    let mut text = String::new();
    for change in &drift.changes {
        let directions: Vec<_> = change.directions.iter().map(ToString::to_string).collect();
        let reaches = if directions.is_empty() { "nothing".to_owned() } else { directions.join(" and ") };
        let rust = change.rust.map_or("-".to_owned(), |bump| bump.to_string());
        let _ = writeln!(
            text,
            "{} | wire {} | rust {rust} | binary {} | {reaches} of {} | {} | {}: {}",
            change.rule,
            change.wire,
            change.reading,
            change.operations.len(),
            change.pointer,
            change.subject,
            change.detail
        );
    }
    for item in &drift.rust.others {
        let _ = writeln!(text, "rust | {} | {}", item.bump, item.detail);
    }
    text + &drift.suggestion_line() + "\n"
}

#[test]
fn reports() {
    assert!(every_case().count() >= 60);
    for (path, cases) in compared() {
        let mut text = String::new();
        for Compared { case, forth, .. } in cases {
            let _ = writeln!(text, "# {}\n{}\n{}", case.title, case.patch.join("\n"), table(forth));
        }
        expect_file![path].assert_eq(text.strip_suffix('\n').unwrap_or(&text));
    }
}

/// The verbs of headlines.
const VERBS: &[&str] = &[
    "is", "are", "was", "may", "must", "has", "become", "becomes", "change", "changes", "comes", "stands", "tells",
    "appear",
];

#[test]
fn every_headline_has_a_verb() {
    let changes = every_case().flat_map(|one| one.forth.changes.iter().chain(&one.back.changes));
    let has_verb = |change: &&Change| change.detail.split([' ', ',']).any(|word| VERBS.contains(&word));
    let without: Vec<_> = changes.filter(|change| !has_verb(change)).map(Change::headline).collect();
    assert!(without.is_empty(), "{without:#?}");
}

/// Cases in which a rule does not become its mirror when the documents are swapped, and why.
const ASYMMETRIC: &[(&str, &str)] = &[];

#[test]
fn swapped_documents_give_mirrored_rules() {
    for rule in Rule::ALL {
        assert_eq!(rule.mirror().mirror(), *rule);
    }
    let mut known: Vec<_> = ASYMMETRIC.iter().map(|(title, _)| *title).collect();
    for Compared { case, forth, back } in every_case() {
        let mut mirrored: Vec<_> = forth.changes.iter().map(|change| change.rule.mirror()).collect();
        let mut found: Vec<_> = back.changes.iter().map(|change| change.rule).collect();
        mirrored.sort();
        found.sort();
        if let Some(index) = known.iter().position(|title| *title == case.title) {
            known.swap_remove(index);
            assert_ne!(mirrored, found, "{}: no exception any more", case.title);
            continue;
        }
        assert_eq!(mirrored, found, "{}", case.title);
    }
    assert!(known.is_empty(), "there are no cases {known:?}");
}

#[test]
fn every_rule_has_a_case() {
    let found: BTreeSet<_> = every_case()
        .flat_map(|one| one.forth.changes.iter().chain(&one.back.changes))
        .map(|change| change.rule)
        .collect();
    let missing: Vec<_> = Rule::ALL.iter().filter(|rule| !found.contains(rule)).map(ToString::to_string).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn the_codes_are_listed() {
    let mut text = String::from(
        "# The codes of changes\n\nWritten by a test from `src/diff/rule.rs`; `UPDATE_EXPECT=1` rewrites it. A running \
         client may do better, or worse,\nthan its column says where the rest of the old document decides.\n\n\
         | code | change | in a request | in a reply | running client | the other way round |\n|---|---|---|---|---|---|\n",
    );
    for rule in Rule::ALL {
        let [request, reply] = [Direction::Request, Direction::Reply].map(|direction| rule.wire(direction));
        let (summary, reading, mirror) = (rule.summary(), rule.reading(), rule.mirror());
        let _ = writeln!(text, "| {rule} | {summary} | {request} | {reply} | {reading} | {mirror} |");
        assert_eq!(rule.to_string().parse::<Rule>().unwrap(), *rule);
    }
    assert!("D999".parse::<Rule>().is_err());
    expect_file!["../diff-codes.md"].assert_eq(&text);
}

#[test]
fn another_order_or_layout_is_no_change() {
    order::check_order_is_no_change(&base());
}

#[test]
fn inlined_references_break_nothing_on_the_wire() {
    order::check_inlining_is_unaffected(&base());
}

/// What changed, whatever is generated.
fn changes(old: &Value, new: &Value) -> Option<Drift> {
    let none = || Err("not generated".to_owned());
    diff_sources(old, new, none(), none()).ok()
}

#[test]
fn no_change_is_dropped() {
    let old = base();
    let mut dropped = Vec::new();
    // What the specification fixes is not read: a parameter in the path is required, scopes are lists.
    let fixed = |pointer: &str| {
        pointer == "/paths/~1things~1{id}/parameters/0/required"
            || ["/bearer", "/key", "/login"].iter().any(|end| pointer.contains("/security/") && pointer.ends_with(end))
    };
    for pointer in order::pointers(&old).into_iter().filter(|pointer| !fixed(pointer)) {
        let mut mutants = vec![order::without(&old, &pointer)];
        for odd in [json!(7), json!({"odd": 1})] {
            mutants.push(order::with(&old, &pointer, odd));
        }
        for mutant in mutants.iter().flatten().filter(|mutant| **mutant != old) {
            let Some(drift) = changes(&old, mutant) else { continue };
            if drift.changes.is_empty() {
                dropped.push(format!("{pointer} is {:?}", mutant.pointer(&pointer)));
            }
        }
    }
    assert!(dropped.is_empty(), "{}", dropped.join("\n"));
}

#[test]
fn a_schema_that_contains_itself_may_gain_and_lose_every_keyword() {
    let with = |fields: Value| {
        let mut document = base();
        document["components"]["schemas"]["Note"]["properties"]["author"] =
            json!({"$ref": "#/components/schemas/Tree"});
        document["components"]["schemas"]["Tree"] = fields;
        document
    };
    let plain = with(json!({"description": "A tree."}));
    let tree = || json!({"$ref": "#/components/schemas/Tree"});
    let keywords = [
        json!({"items": tree()}),
        json!({"prefixItems": [tree(), tree()]}),
        json!({"additionalProperties": tree()}),
        json!({"patternProperties": {"^a": tree(), "^b": tree()}}),
        json!({"contains": tree()}),
        json!({"propertyNames": tree()}),
        json!({"unevaluatedItems": tree()}),
        json!({"items": {"prefixItems": [{"additionalProperties": tree()}]}, "patternProperties": {"^a": tree()}}),
    ];
    for fields in keywords {
        let growing = with(fields.clone());
        for (old, new) in [(&plain, &growing), (&growing, &plain)] {
            let drift = changes(old, new).unwrap();
            assert!(!drift.changes.is_empty(), "{fields}");
        }
    }
}

#[test]
fn a_program_reads_the_report() {
    let old = base();
    let mut new = old.clone();
    new["components"]["schemas"]["Note"]["properties"]["author"]["type"] = "integer".into();
    let drift = diff(&old, &new).unwrap();
    expect_file!["diff/report.json"].assert_eq(&drift.to_json());
}

#[test]
fn a_document_without_a_client_is_told() {
    let old = base();
    let mut new = old.clone();
    new["info"]["version"] = "2".into();
    let drift = diff_sources(&old, &new, source(&old), Err("it has no end".into())).unwrap();
    assert!(drift.is_unclear());
    assert_eq!(drift.suggestion.bump, None);
    assert!(drift.to_text().contains("there is no client for the new document: it has no end"));
    for other in [json!({}), json!([]), json!({"swagger": "2.0"})] {
        assert!(diff(&old, &other).is_err(), "{other}");
        assert!(diff(&other, &old).is_err(), "{other}");
    }
}

#[test]
fn published_documents_are_compared() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(entries) = fs::read_dir(&corpus) else {
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there are no documents in {}", corpus.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| parse_json(&fs::read_to_string(path).ok()?).ok();
    // The largest ones hold nothing that the others do not, and take most of the time.
    paths.retain(|path| fs::metadata(path).is_ok_and(|metadata| metadata.len() < 100_000));
    let documents: Vec<_> = paths.iter().filter_map(|path| Some((path, read(path)?))).collect();
    let documents = &documents;
    let compare = |index: usize| {
        let (path, document) = &documents[index];
        let drift = changes(document, document).unwrap();
        assert!(drift.changes.is_empty(), "{}: {}", path.display(), drift.to_text());
        let reversed = changes(document, &order::fields_reversed(document)).unwrap();
        assert!(reversed.changes.is_empty(), "{}: {}", path.display(), reversed.to_text());
        let (_, other) = &documents[(index + 1) % documents.len()];
        assert!(!changes(document, other).unwrap().changes.is_empty(), "{}", path.display());
    };
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || (first..documents.len()).step_by(threads).for_each(compare));
        }
    });
}
