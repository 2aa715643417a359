//! Mutants of a document that has most constructs of OpenAPI.

use serde_json::Value;

use crate::mutants;

fn document() -> Value {
    serde_json::from_str(include_str!("../diff/base.json")).unwrap()
}

#[test]
fn no_mutant_makes_the_generator_panic_or_hang() {
    mutants::check_bounded(&document());
}

#[test]
fn the_same_mutant_gives_the_same_source() {
    mutants::check_deterministic(&document());
}
