//! Parameters, bodies and replies stand in their operations, so that the rules see each operation whole.

use serde_json::{Map, Value};

use crate::model::grammar::{Kind, visit};
use crate::model::methods::METHODS;
use crate::model::pointer::resolve;

pub(super) fn inline(document: &mut Value) {
    let whole = document.clone();
    visit(document, &mut |kind, _, object| {
        if matches!(kind, Kind::Parameter | Kind::RequestBody | Kind::Response) {
            follow(object, &whole);
        }
        if kind == Kind::Response {
            object.shift_remove("headers");
        }
    });
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        share_parameters(item);
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.retain(|section, _| section == "schemas" || section == "securitySchemes");
    }
}

fn follow(object: &mut Map<String, Value>, document: &Value) {
    // A chain of references is as long as there are components at most; this only bounds a cycle.
    for _ in 0..32 {
        let target = object.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(document, reference));
        match target {
            Some(Value::Object(target)) => *object = target.clone(),
            _ => break,
        }
    }
    object.shift_remove("$ref");
}

/// Parameters of a path belong to each of its operations that has none of that name and place.
fn share_parameters(item: &mut Map<String, Value>) {
    let Some(Value::Array(shared)) = item.shift_remove("parameters") else {
        return;
    };
    let operations = item.iter_mut().filter(|(method, _)| METHODS.contains(&method.as_str()));
    for operation in operations.filter_map(|(_, operation)| operation.as_object_mut()) {
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
        inline(&mut document);
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
