//! The layers of this crate: a folder uses only those below it.

mod check;

use std::path::Path;

use check::Table;

/// The folders of `src` from the ground up, each with those it uses. A new arrow is a decision, made here.
const LAYERS: Table<'_> = &[
    ("error", &[]),
    ("retry", &["error"]),
    ("client", &["error", "retry"]),
    ("read", &["error", "client"]),
    ("asset", &["error", "client", "read"]),
    ("wait", &["error", "retry", "client"]),
    ("request", &["error", "client", "wait"]),
    ("download", &["error", "retry", "client", "asset"]),
    ("simulator", &["error", "client", "download"]),
];

#[test]
fn a_layer_uses_only_those_below_it() {
    let wrong = check::check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), LAYERS);
    assert!(wrong.is_empty(), "move the item down, or allow the arrow in `LAYERS`:\n{}", wrong.join("\n"));
}
