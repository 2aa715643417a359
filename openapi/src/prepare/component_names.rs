//! Components are given the names their Rust types will have, so that no two collide later on.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase as _;
use serde_json::{Map, Value};

use crate::code::Code;
use crate::grammar::visit;
use crate::pointer::{Pointer, component_name};
use crate::report::Report;

pub(super) fn rename(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let mut taken: BTreeSet<_> = schemas.keys().filter(|name| rust_name(name) == **name).cloned().collect();
    let mut renamed = BTreeMap::new();
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| {
            let wanted = rust_name(&name);
            if wanted == name {
                return (name, schema);
            }
            let new = unique_name(&wanted, &mut taken);
            let at = Pointer::component("schemas", &name);
            report.add(Code::L104, &at, format!("named `{new}`"));
            renamed.insert(name, new.clone());
            (new, schema)
        })
        .collect::<Map<_, _>>();
    if !renamed.is_empty() {
        visit(document, &mut |_, _, object| {
            let reference = object.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|reference| component_name(reference, "schemas"));
            if let Some(new) = name.and_then(|name| renamed.get(&name)) {
                object["$ref"] = format!("#/components/schemas/{new}").into();
            }
        });
    }
}

/// The name of a Rust type in the field's convention (RFC 430).
pub(crate) fn rust_name(name: &str) -> String {
    let name = name.to_pascal_case();
    if name.starts_with(|first: char| first.is_alphabetic()) {
        return name;
    }
    format!("X{name}")
}

/// The wanted name, or the first of `wanted2`, `wanted3`, ... that is free; it is taken from then on.
pub(crate) fn unique_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let name = std::iter::once(wanted.to_owned())
        .chain((2_u64..).map(|suffix| format!("{wanted}{suffix}")))
        .find(|name| !taken.contains(name))
        .unwrap_or_default();
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_follow_and_names_stay_apart() {
        let mut document = json!({"components": {"schemas": {
            "snake_case": {},
            "SnakeCase": {},
            "3d": {"$ref": "#/components/schemas/snake_case"},
        }}});
        rename(&mut document, &mut Report::default());
        assert_eq!(
            document["components"]["schemas"],
            json!({"SnakeCase2": {}, "SnakeCase": {}, "X3d": {"$ref": "#/components/schemas/SnakeCase2"}}),
        );
    }
}
