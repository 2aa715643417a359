//! What the hand-written crates rely on in the document, and what of it a new document has lost.

use serde_json::Value;

/// The lists and maps of the document that `mint-api-ext` relies on, the names in them, and the file that uses these.
const RELIED_ON: &[(&str, &[&str], &str)] = &[
    (
        "/components/schemas/Operation/properties/status/enum",
        &[
            "queued",
            "running",
            "succeeded",
            "partially_succeeded",
            "failed",
            "canceled",
            "billing_required",
            "preview_ready",
        ],
        "wait/phase.rs",
    ),
    ("/components/schemas/Operation/properties/generationMode/enum", &["review", "auto"], "wait/phase.rs"),
    (
        "/components/schemas/Operation/properties",
        &["id", "status", "generationMode", "updatedAt", "resource", "assets", "conversion", "billing", "error"],
        "wait/outcome.rs",
    ),
    ("/components/schemas/Problem/properties", &["type", "title", "status", "detail"], "error/error.rs"),
];

/// The last segments of problem types that `mint-api-ext` relies on, and the file that uses each. The document has no list
/// of them; it names some in its texts.
const PROBLEM_TYPES: &[(&str, &str)] = &[
    ("idempotency-conflict", "error/problem_type.rs"),
    ("model-already-optimized", "request/optimization.rs"),
    ("model-optimization-in-progress", "request/optimization.rs"),
    ("downloads-disabled", "download/missing.rs"),
];

/// A line for each name that the old document has and the new one lacks.
pub(crate) fn lost(old: &Value, new: &Value) -> Vec<String> {
    let names = RELIED_ON.iter().flat_map(|(place, names, file)| names.iter().map(move |name| (place, *name, file)));
    let lost = names.filter(|(place, name, _)| has(old, place, name) && !has(new, place, name));
    let lost = lost.map(|(place, name, file)| {
        format!("`mint-api-ext/src/{file}` relies on `{name}` in {place}, and the document no longer has it")
    });
    let (old, new) = (old.to_string(), new.to_string());
    let types = PROBLEM_TYPES.iter().filter(|(slug, _)| old.contains(slug) && !new.contains(slug));
    let types = types.map(|(slug, file)| {
        format!("`mint-api-ext/src/{file}` relies on the problem type `{slug}`, and the document no longer names it")
    });
    lost.chain(types).collect()
}

fn has(document: &Value, place: &str, name: &str) -> bool {
    match document.pointer(place) {
        Some(Value::Array(list)) => list.iter().any(|value| value == name),
        Some(Value::Object(fields)) => fields.contains_key(name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn a_renamed_status_is_named() {
        let old = mint_openapi_document();
        let text = old.to_string().replace("preview_ready", "awaiting_review");
        let new: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            lost(&old, &new),
            ["`mint-api-ext/src/wait/phase.rs` relies on `preview_ready` in \
                 /components/schemas/Operation/properties/status/enum, and the document no longer has it"]
        );
        assert_eq!(lost(&old, &old), [""; 0]);
    }

    #[test]
    fn a_renamed_problem_type_is_named() {
        let old = mint_openapi_document();
        let text = old.to_string().replace("model-already-optimized", "model-optimized");
        assert_eq!(
            lost(&old, &serde_json::from_str(&text).unwrap()),
            [
                "`mint-api-ext/src/request/optimization.rs` relies on the problem type `model-already-optimized`, and the \
                 document no longer names it"
            ]
        );
    }

    #[test]
    fn the_problem_types_are_those_of_the_sources() {
        for (slug, file) in PROBLEM_TYPES {
            let path = Workspace::of_this_build().root().join("mint-api-ext/src").join(file);
            assert!(fs::read_to_string(path).unwrap().contains(&format!("\"{slug}\"")), "{file}: {slug}");
        }
    }

    /// The vendored document with its overlay.
    fn mint_openapi_document() -> Value {
        let workspace = Workspace::of_this_build();
        let overlay = crate::overlay::read(&workspace).unwrap();
        let text = fs::read_to_string(workspace.document()).unwrap();
        openapi_client_codegen::overlay::apply(&serde_json::from_str(&text).unwrap(), &overlay).document
    }

    #[test]
    fn the_table_is_what_the_document_has() {
        let document = mint_openapi_document();
        for (place, names, _) in RELIED_ON {
            for name in *names {
                assert!(has(&document, place, name), "{place}: {name}");
            }
        }
    }

    #[test]
    fn the_table_is_what_the_sources_name() {
        let path = Workspace::of_this_build().root().join("mint-api-ext/src/wait/phase.rs");
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let arms = lines.filter_map(|line| line.split_once("=>"));
        let named: BTreeSet<_> = arms.flat_map(|(pattern, _)| pattern.split('"').skip(1).step_by(2)).collect();
        let listed = RELIED_ON.iter().filter(|(_, _, file)| *file == "wait/phase.rs");
        assert_eq!(named, listed.flat_map(|(_, names, _)| names.iter().copied()).collect());
    }
}
