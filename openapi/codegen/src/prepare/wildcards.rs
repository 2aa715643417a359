//! Bodies of any media type whose schema is an object or a list: they are JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::grammar::ObjectKind;
use crate::model::media_types::{JSON, is_json};
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::prepare::parameters::Schemas;
use crate::report::{Code, Pass};

/// How many schemas within schemas are followed.
const DEPTH: usize = 16;

/// Names `*/*` and `application/*` as JSON where the schema is an object or a list, which no other format could hold.
pub(super) fn read_as_json(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let whole = document.clone();
    visit_mut(document, &mut |kind, at, object| {
        if !matches!(kind, ObjectKind::Response | ObjectKind::RequestBody) {
            return;
        }
        let Some(Value::Object(content)) = object.get_mut("content") else { return };
        if content.keys().any(|name| is_json(name)) {
            return;
        }
        let named = content.iter().find(|(name, described)| {
            ["*/*", "application/*"].contains(&name.trim())
                && is_structured(&described["schema"], Schemas(&whole), DEPTH, &mut BTreeMap::new())
        });
        let Some(name) = named.map(|(name, _)| name.clone()) else { return };
        if let Some(described) = content.shift_remove(&name) {
            log.add(Code::L101, &at.join("content"), format!("was `{name}`"));
            content.insert(JSON.to_owned(), described);
        }
    });
}

/// Whether a schema admits nothing but objects and lists; `known` has the answers for references.
fn is_structured(schema: &Value, schemas: Schemas<'_>, depth: usize, known: &mut BTreeMap<String, bool>) -> bool {
    if depth == 0 {
        return false;
    }
    let reference = schema["$ref"].as_str();
    if let Some(reference) = reference {
        if let Some(answer) = known.get(reference) {
            return *answer;
        }
        // What leads back to itself says nothing.
        known.insert(reference.to_owned(), false);
    }
    let resolved = Value::Object(schemas.resolved(schema));
    let each = |keyword: &str| resolved[keyword].as_array().filter(|members| !members.is_empty());
    let mut structured = |member: &Value| is_structured(member, schemas, depth - 1, known);
    let answer = resolved["type"] == "object"
        || resolved["type"] == "array"
        || resolved.get("properties").is_some_and(Value::is_object)
        || each("allOf").is_some_and(|members| members.iter().any(&mut structured))
        || ["oneOf", "anyOf"]
            .iter()
            .any(|keyword| each(keyword).is_some_and(|members| members.iter().all(&mut structured)));
    if let Some(reference) = reference {
        known.insert(reference.to_owned(), answer);
    }
    answer
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[track_caller]
    fn check(name: &str, schema: Value, other: Option<&str>, is_named: bool) {
        let mut content = Map::from_iter([(name.to_owned(), json!({"schema": schema}))]);
        content.extend(other.map(|other| (other.to_owned(), json!({}))));
        let mut document = json!({
            "paths": {"/a": {"get": {"responses": {"200": {"content": content}}}}},
            "components": {"schemas": {
                "Map": {"type": "object"}, "Text": {"type": "string"}, "Loop": {"$ref": "#/components/schemas/Loop"},
                // Following each of these would take 16^16 steps.
                "Many": {"allOf": vec![json!({"$ref": "#/components/schemas/Many"}); 16]},
            }},
        });
        let (report, _) = Pass::of(&mut document, read_as_json);
        let after = document["paths"]["/a"]["get"]["responses"]["200"]["content"].as_object().unwrap();
        assert_eq!(after.contains_key(JSON) && !after.contains_key(name), is_named, "{schema}");
        assert_eq!(report.entries.len(), usize::from(is_named));
    }

    #[test]
    fn objects_and_lists_are_json() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for (schema, is_named) in [
            (json!({"type": "object"}), true),
            (json!({"type": "array", "items": {"type": "string"}}), true),
            (json!({"properties": {}}), true),
            (named("Map"), true),
            (json!({"allOf": [named("Map")]}), true),
            (json!({"oneOf": [named("Map"), {"type": "array"}]}), true),
            (json!({"oneOf": [named("Map"), named("Text")]}), false),
            (named("Text"), false),
            (named("Loop"), false),
            (named("Many"), false),
            (named("Absent"), false),
            (json!({"type": "string"}), false),
            (json!({}), false),
        ] {
            check("*/*", schema, None, is_named);
        }
        check("application/*", named("Map"), None, true);
        check("image/*", named("Map"), None, false);
        check("*/*", named("Map"), Some("text/plain"), true);
    }

    #[test]
    fn documented_json_wins() {
        check("*/*", json!({"type": "object"}), Some("application/hal+json"), false);
    }
}
