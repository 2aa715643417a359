//! Writes parameters, bodies and replies into their operations, so that later rules see each operation whole.

use serde_json::{Map, Value};

use crate::model::grammar::ObjectKind;
use crate::model::operations::operations_of_mut;
use crate::model::pointer::{follow, resolve};
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::Pass;

pub(super) fn inline(pass: &mut Pass<Facts>) {
    let Pass { document, .. } = pass;
    let whole = document.clone();
    visit_mut(document, &mut |kind, _, object| match kind {
        ObjectKind::Parameter | ObjectKind::RequestBody => replace_reference(object, &whole),
        ObjectKind::Response => {
            replace_reference(object, &whole);
            object.shift_remove("headers");
        }
        ObjectKind::PathItem => share_parameters(object),
        _ => {}
    });
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.retain(|section, _| section == "schemas" || section == "securitySchemes");
    }
}

/// Puts what a reference leads to in its place.
fn replace_reference(object: &mut Map<String, Value>, document: &Value) {
    let target = object.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(document, reference));
    if let Some(Value::Object(target)) = target.map(|target| follow(target, document)) {
        *object = target.clone();
    }
    object.shift_remove("$ref");
}

/// Gives each operation the parameters of its path, except those it overrides.
fn share_parameters(item: &mut Map<String, Value>) {
    let Some(Value::Array(shared)) = item.shift_remove("parameters") else {
        return;
    };
    for (_, operation) in operations_of_mut(item) {
        let own = operation.entry("parameters").or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(own) = own else { continue };
        let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
        let added: Vec<_> =
            shared.iter().filter(|of_path| !own.iter().any(|own| same(own, of_path))).cloned().collect();
        own.splice(0..0, added);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_are_whole() {
        let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {}});
        let mut document = json!({
            "paths": {"/a": {
                "parameters": [parameter("a"), {"$ref": "#/components/parameters/B"}],
                "get": {"parameters": [{"name": "a", "in": "query"}], "responses": {}},
            }},
            "components": {"parameters": {"B": {"$ref": "#/components/parameters/C"}, "C": parameter("c")}},
        });
        Pass::of(&mut document, inline);
        assert_eq!(
            document,
            json!({
                "paths": {"/a": {"get": {
                    "parameters": [parameter("c"), {"name": "a", "in": "query"}],
                    "responses": {},
                }}},
                "components": {},
            })
        );
    }
}
