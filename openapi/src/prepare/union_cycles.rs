//! A union that is a member of itself says nothing by that, and reading it would have no end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::code::Code;
use crate::pointer::{Pointer, component_name};
use crate::report::Report;

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
    let mut open: Vec<&Value> = schema(name)?.get("oneOf")?.as_array()?.iter().rev().collect();
    while let Some(member) = open.pop() {
        let reference = member["$ref"].as_str().or_else(|| member["allOf"][0]["$ref"].as_str());
        let target = reference.and_then(|reference| component_name(reference, "schemas"));
        let inner = target.as_deref().and_then(schema);
        let union = inner.and_then(|inner| inner.get("oneOf")?.as_array());
        let is_alias = inner.is_some_and(|inner| inner.get("$ref").is_some() || inner.get("allOf").is_some());
        match (target, inner) {
            (Some(target), Some(inner)) if union.is_some() || is_alias => {
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
    leads_back.then_some(members)
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
                "Over": {"oneOf": [{"type": "array", "items": named("Over")}, named("B")]},
            })
        );
    }
}
