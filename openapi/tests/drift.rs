//! What changes of the vendored document mean to its clients.

#[path = "../codegen/tests/diff/order.rs"]
#[allow(dead_code)]
mod order;

use std::path::Path;

use expect_test::expect_file;
use mint_openapi::document;
use openapi_client_codegen::diff::diff;
use serde_json::{Value, json};

#[test]
fn another_order_or_layout_is_no_change() {
    order::check_order_is_no_change(&document().unwrap());
}

#[test]
fn inlined_references_break_nothing_on_the_wire() {
    order::check_inlining_is_unaffected(&document().unwrap());
}

fn vendored(name: &str, change: fn(&mut Value)) {
    let old = document().unwrap();
    let mut new = old.clone();
    change(&mut new);
    let drift = diff(&old, &new).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drift").join(name);
    expect_file![path.with_extension("md")].assert_eq(&drift.to_markdown());
    expect_file![path].assert_eq(&drift.to_text());
}

fn drop_required(schema: &mut Value, name: &str) {
    schema["required"].as_array_mut().unwrap().retain(|required| required != name);
}

#[test]
fn a_field_is_removed() {
    vendored("a_field_is_removed.report", |document| {
        let operation = &mut document["components"]["schemas"]["Operation"];
        operation["properties"].as_object_mut().unwrap().shift_remove("createdAt").unwrap();
        drop_required(operation, "createdAt");
    });
}

#[test]
fn a_status_is_added() {
    vendored("a_status_is_added.report", |document| {
        let status = &mut document["components"]["schemas"]["Operation"]["properties"]["status"];
        status["enum"].as_array_mut().unwrap().push("billing_required".into());
    });
}

#[test]
fn assets_are_never_null() {
    vendored("assets_are_never_null.report", |document| {
        document["components"]["schemas"]["GenerationAssets"]["oneOf"].as_array_mut().unwrap().pop().unwrap();
    });
}

#[test]
fn a_route_is_added() {
    vendored("a_route_is_added.report", |document| {
        let mut route = document["paths"]["/v1/operations/{operationId}"]["get"].clone();
        route["operationId"] = "cancelOperation".into();
        route["summary"] = "Cancel a long-running operation".into();
        document["paths"]["/v1/operations/{operationId}:cancel"] = json!({"post": route});
    });
}
