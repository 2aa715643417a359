//! Components that are other components under names of their own: both have one type, and the name is an alias of it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::pointer::component_name;
use crate::plan::Alias;
use crate::prepare::component_names::refer_to_new_names;
use crate::prepare::facts::Facts;
use crate::prepare::intersection::is_annotation;
use crate::report::Pass;

/// Makes every reference to such a component one to the component that it is.
pub(super) fn resolve(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else { return };
    let named = schemas.iter().filter_map(|(name, schema)| Some((name.clone(), target(schema)?)));
    let named: BTreeMap<_, _> = named.filter(|(_, target)| schemas.contains_key(target)).collect();
    let last: BTreeMap<_, _> = named.keys().filter_map(|name| Some((name.clone(), end(name, &named)?))).collect();
    for (name, target) in &last {
        let description =
            schemas.shift_remove(name).and_then(|schema| Some(schema["description"].as_str()?.to_owned()));
        facts.aliases.insert(name.clone(), Alias { target: target.clone(), description });
    }
    refer_to_new_names(document, &last);
}

/// The component that a schema is, if the schema says nothing else of its values.
fn target(schema: &Value) -> Option<String> {
    const OF_THE_TYPE: [&str; 3] = ["nullable", "readOnly", "writeOnly"];
    let schema = schema.as_object()?;
    let (mut keywords, mut reference) = (schema.iter().filter(|(key, _)| !is_annotation(key)), None);
    if let (Some((keyword, value)), None) = (keywords.next(), keywords.next()) {
        reference = match keyword.as_str() {
            "$ref" => value.as_str(),
            "allOf" | "oneOf" | "anyOf" => only_reference(value),
            _ => None,
        };
    }
    let is_plain = OF_THE_TYPE.iter().all(|keyword| !schema.contains_key(*keyword));
    reference.filter(|_| is_plain).and_then(|reference| component_name(reference, "schemas"))
}

fn only_reference(members: &Value) -> Option<&str> {
    let [Value::Object(only)] = members.as_array()?.as_slice() else { return None };
    only.get("$ref").filter(|_| only.len() == 1)?.as_str()
}

/// The component at the end of a chain of aliases; `None` if the chain leads back to itself.
fn end(name: &str, named: &BTreeMap<String, String>) -> Option<String> {
    let mut target = named.get(name)?;
    for _ in 0..named.len() {
        match named.get(target) {
            Some(next) => target = next,
            None => return Some(target.clone()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_type_has_several_names() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({
            "paths": {"/a": {"get": {"parameters": [{"schema": to("C")}]}}},
            "components": {"schemas": {
                "A": {"type": "object"},
                "B": {"allOf": [to("A")], "description": "d"},
                "C": {"anyOf": [to("B")]},
                "List": {"items": to("B"), "discriminator": {"propertyName": "k", "mapping": {"b": "#/components/schemas/B"}}},
                "Only": {"allOf": [to("A")], "readOnly": true},
                "Loop": to("Back"),
                "Back": to("Loop"),
            }},
        });
        let (_, facts) = Pass::of(&mut document, resolve);
        assert_eq!(
            document,
            json!({
                "paths": {"/a": {"get": {"parameters": [{"schema": to("A")}]}}},
                "components": {"schemas": {
                    "A": {"type": "object"},
                    "List": {"items": to("A"), "discriminator": {"propertyName": "k", "mapping": {"b": "#/components/schemas/A"}}},
                    "Only": {"allOf": [to("A")], "readOnly": true},
                    "Loop": to("Back"),
                    "Back": to("Loop"),
                }},
            })
        );
        let alias =
            |description: Option<&str>| Alias { target: "A".into(), description: description.map(str::to_owned) };
        let expected = [("B", alias(Some("d"))), ("C", alias(None))].map(|(name, alias)| (name.to_owned(), alias));
        assert_eq!(facts.aliases, BTreeMap::from(expected));
    }
}
