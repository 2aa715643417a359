//! The public API of each crate is a text in this folder. `UPDATE_EXPECT=1` writes it anew: read the difference before you
//! commit it, and say in the changelog what it means for those who use the crate.

use std::fs;
use std::path::Path;
use std::process::Command;

use expect_test::expect_file;
use public_api::Builder;
use rustdoc_types::FORMAT_VERSION;
use serde_json::Value;

/// The public items of a crate of this workspace with all its features, one a line, or `None` if this compiler writes another
/// form of JSON than we read.
fn items(package: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = root.join("target");
    let mut rustdoc = Command::new(env!("CARGO"));
    rustdoc.current_dir(&root).env("RUSTDOC", env!("CARGO_BIN_EXE_mint-public-api")).arg("rustdoc");
    rustdoc.args(["--package", package, "--lib", "--all-features", "--target-dir"]).arg(&target);
    rustdoc.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    assert!(rustdoc.status().expect("cargo starts").success(), "rustdoc fails on {package}");
    let json = target.join("doc").join(format!("{}.json", package.replace('-', "_")));
    let form: Value = serde_json::from_slice(&fs::read(&json).expect("rustdoc writes it")).expect("it is JSON");
    let form = &form["format_version"];
    if form != FORMAT_VERSION {
        println!(
            "SKIPPED: rustdoc writes its JSON in the form {form}; the public API of {package} is read from {FORMAT_VERSION}"
        );
        println!("  fix: take the releases of public-api and rustdoc-types in tests/api that read {form}");
        return None;
    }
    let items = Builder::from_rustdoc_json(json)
        .sorted(true)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(false)
        .build()
        .expect("the form is the one that is read");
    Some(items.to_string())
}

#[test]
fn the_public_api_is_the_reviewed_one() {
    for package in ["openapi-client-codegen", "mint-api-ext"] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("{package}.txt"));
        if let Some(items) = items(package) {
            expect_file![golden].assert_eq(&items);
        }
    }
}
