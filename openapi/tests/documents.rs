//! The vendored document and its overlay, as given and with something wrong in them.

#[path = "../codegen/tests/documents/mutants.rs"]
mod mutants;
#[path = "../codegen/tests/documents/openapi_30.rs"]
#[allow(dead_code)]
mod openapi_30;
#[path = "../codegen/tests/documents/random.rs"]
#[allow(dead_code)]
mod random;

use mint_openapi::{OVERLAY_JSON, document, effective_document, generate};
use openapi_client_codegen::lower;
use openapi_client_codegen::overlay::{Overlay, Verdict, apply};
use serde_json::json;

#[test]
fn every_action_of_the_overlay_is_applied() {
    let overlay = Overlay::parse(OVERLAY_JSON).unwrap();
    assert_eq!(overlay.provenances().unwrap().len(), overlay.actions.len());
    let applied = apply(&document().unwrap(), &overlay);
    assert_eq!(applied.unsettled().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(effective_document().unwrap(), applied.document);
}

#[test]
fn what_upstream_publishes_of_the_overlay_is_superseded() {
    let overlay = Overlay::parse(OVERLAY_JSON).unwrap();
    let applied = apply(&effective_document().unwrap(), &overlay);
    let others: Vec<_> = applied.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Superseded).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(applied.document, effective_document().unwrap());

    // The likeliest change of all, in both spellings.
    for required in [json!({"required": ["id", "status"]}), json!({})] {
        let mut relaxed = document().unwrap();
        let operation = relaxed["components"]["schemas"]["Operation"].as_object_mut().unwrap();
        operation.shift_remove("required").unwrap();
        operation.extend(required.as_object().unwrap().clone());
        let unsettled: Vec<_> = apply(&relaxed, &overlay).unsettled().cloned().collect();
        assert_eq!(unsettled.iter().map(|outcome| outcome.verdict).collect::<Vec<_>>(), [Verdict::Superseded]);
    }
}

#[test]
fn docs_hold_no_schema_dumps_and_no_doctests() {
    let rust = generate().unwrap().rust;
    assert!(!rust.contains("JSON schema"));
    let fences: Vec<_> = rust.lines().map(str::trim).filter(|line| line.starts_with("```")).collect();
    assert!(!fences.is_empty());
    for pair in fences.chunks(2) {
        assert_eq!(pair[0], "```text");
    }
}

#[test]
fn nullable_has_a_meaning_wherever_the_lowered_document_uses_it() {
    let lowered = serde_json::to_value(lower(&effective_document().unwrap()).unwrap().document).unwrap();
    assert_eq!(openapi_30::nullable_without_type(&lowered), [""; 0]);
}

#[test]
fn no_mutant_makes_the_generator_panic_or_hang() {
    mutants::check_bounded(&effective_document().unwrap());
}

#[test]
fn the_same_mutant_gives_the_same_source() {
    mutants::check_deterministic(&effective_document().unwrap());
}
