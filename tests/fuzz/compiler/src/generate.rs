//! Any document gives a client or an error.

use openapi_client_codegen::{Report, Settings, generate, parse_json};
use serde_json::Value;

/// Methods that every version of OpenAPI has.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The input is a document. A client is Rust, the same one each time, and has every operation that the report does not reject.
pub fn check(data: &[u8]) {
    let Some(document) = std::str::from_utf8(data).ok().and_then(|text| parse_json(text).ok()) else { return };
    let settings = Settings::default();
    let Ok(generated) = generate(&document, &settings) else { return };
    if let Err(error) = syn::parse_file(&generated.rust) {
        panic!("the client is no Rust: {error}");
    }
    let found = generated.document.operations().count();
    let rejected = Report::rejections(&generated.report).count();
    let written = operations(&document);
    assert!(found >= written || rejected > 0, "of {written} operations {found} are left, and none is rejected");
    let again = generate(&document, &settings).map(|again| again.rust);
    assert!(again.is_ok_and(|again| again == generated.rust), "the same document gives another client");
}

/// How many operations a document describes in place.
fn operations(document: &Value) -> usize {
    let paths = document["paths"].as_object().into_iter().flatten();
    let items = paths.filter(|(path, _)| path.starts_with('/')).filter_map(|(_, item)| item.as_object());
    items.flat_map(|item| METHODS.iter().filter(|method| item.get(**method).is_some_and(Value::is_object))).count()
}
