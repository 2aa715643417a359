//! Checks the layers of the crates: a folder of `src` uses only the folders below it.

mod check;

use std::path::Path;

use check::Table;

/// The folders of `openapi-client-codegen` from the ground up, each with the folders that it uses. A new arrow is a
/// decision: make it here. `error` comes after `report`, since an error lists entries of a report.
const CODEGEN: Table<'_> = &[
    ("model", &[]),
    ("report", &["model"]),
    ("error", &["model", "report"]),
    ("document", &["model", "report", "error"]),
    ("overlay", &["model", "error", "document"]),
    ("lower", &["model", "report", "error", "document"]),
    ("plan", &[]),
    ("prepare", &["model", "report", "error", "lower", "plan"]),
    ("emit", &["model", "report", "error", "document", "lower", "plan", "prepare"]),
    ("diff", &["model", "error", "lower", "emit"]),
    ("source", &["model", "error", "document"]),
];

/// The folders of `mint-api-ext` from the ground up, each with the folders that it uses. A new arrow is a decision: make it
/// here.
const EXT: Table<'_> = &[
    ("error", &[]),
    ("retry", &["error"]),
    ("client", &["error", "retry"]),
    ("read", &["error", "client"]),
    ("asset", &["error", "client", "read"]),
    ("wait", &["error", "retry", "client"]),
    ("request", &["error", "client", "wait"]),
    ("download", &["error", "retry", "client", "asset"]),
    ("progress", &["error", "wait", "download"]),
    ("catalog", &["error", "client", "read", "asset", "wait", "request", "download"]),
    ("simulator", &["error", "client", "asset", "download"]),
    ("guide", &[]),
];

#[track_caller]
fn check(src: &str, table: Table<'_>) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(src);
    let wrong = check::check(&src, table);
    assert!(wrong.is_empty(), "move the item down, or allow the arrow in the table:\n{}", wrong.join("\n"));
}

#[test]
fn a_layer_of_the_compiler_uses_only_those_below_it() {
    check("openapi/codegen/src", CODEGEN);
}

#[test]
fn a_layer_of_mint_api_ext_uses_only_those_below_it() {
    check("mint-api-ext/src", EXT);
}
