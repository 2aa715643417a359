//! A union that is a member of itself says nothing by that, and reading it would have no end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::pointer::{Pointer, component_name};
use crate::report::{Code, Report};

/// Gives each union that leads back to itself the members that are no unions.
pub(super) fn resolve(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.pointer("/components/schemas") else { return };
    let all = |name: &str| schemas.get(name);
    let resolved: Vec<_> = schemas.keys().filter_map(|name| Some((name.clone(), members_of(name, &all)?))).collect();
    for (name, members) in resolved {
        report.add(Code::L107, &Pointer::component("schemas", &name), "it is a member of itself, which says nothing");
        let schema = &mut document["components"]["schemas"][&name];
        match members.is_empty() {
            true => *schema = json!({}),
            false => schema["oneOf"] = members.into(),
        }
    }
}

/// What the members of a union come to, if they lead back to it.
fn members_of<'a>(name: &str, schema: &dyn Fn(&str) -> Option<&'a Value>) -> Option<Vec<Value>> {
    let mut leads_back = false;
    let mut members: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::from([name.to_owned()]);
    let own = schema(name)?;
    // A union of one member is an alias by now.
    let mut open: Vec<&Value> = match own.get("oneOf") {
        Some(members) => members.as_array()?.iter().rev().collect(),
        None => Some(own).filter(|own| is_alias(own)).into_iter().collect(),
    };
    while let Some(member) = open.pop() {
        let reference = member["$ref"].as_str().or_else(|| member["allOf"][0]["$ref"].as_str());
        let target = reference.and_then(|reference| component_name(reference, "schemas"));
        let inner = target.as_deref().and_then(schema);
        let union = inner.and_then(|inner| inner.get("oneOf")?.as_array());
        match (target, inner) {
            (Some(target), Some(inner)) if union.is_some() || is_alias(inner) => {
                leads_back |= target == name;
                if seen.insert(target) {
                    match union {
                        Some(union) => open.extend(union.iter().rev()),
                        None => open.push(inner),
                    }
                }
            }
            _ if members.contains(member) => {}
            _ => members.push(member.clone()),
        }
    }
    // An alias of a union has an end where the union has one.
    let has_no_end = leads_back && (own.get("oneOf").is_some() || members.is_empty());
    has_no_end.then_some(members)
}

/// Whether a schema is another one by a name of its own.
fn is_alias(schema: &Value) -> bool {
    schema.get("$ref").is_some() || schema.get("allOf").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_of_themselves() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let (text, number) = (json!({"type": "string"}), json!({"type": "number"}));
        let mut document = json!({"components": {"schemas": {
            "A": {"oneOf": [named("Alias"), number]},
            "Alias": {"allOf": [named("B")]},
            "B": {"oneOf": [text, named("A")]},
            "Own": {"oneOf": [named("Own")]},
            "Alone": {"allOf": [named("Alone")]},
            "There": {"allOf": [named("Back")]},
            "Back": {"oneOf": [named("There"), text]},
            "Over": {"oneOf": [{"type": "array", "items": named("Over")}, named("B")]},
        }}});
        resolve(&mut document, &mut Report::default());
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "A": {"oneOf": [text, number]},
                "Alias": {"allOf": [named("B")]},
                "B": {"oneOf": [text, number]},
                "Own": {},
                "Alone": {},
                "There": {"allOf": [named("Back")]},
                "Back": {"oneOf": [text]},
                "Over": {"oneOf": [{"type": "array", "items": named("Over")}, named("B")]},
            })
        );
    }
}
