//! Renames components to the names of their Rust types, so that no two collide later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::{Pointer, component_name};
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

/// Renames components.
pub(super) fn rename(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let mut taken: BTreeSet<_> = schemas.keys().filter(|name| rust_name(name) == **name).cloned().collect();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| {
            let wanted = rust_name(&name);
            if wanted == name {
                renamed.insert(name.clone(), name.clone());
                return (name, schema);
            }
            let new = unique_name(&wanted, &mut taken);
            let at = Pointer::component("schemas", &name);
            log.add(Code::L104, &at, format!("named `{new}`"));
            renamed.insert(name, new.clone());
            (new, schema)
        })
        .collect::<Map<_, _>>();
    refer_to_new_names(document, &renamed);
    log.moved(renamed.iter().map(|(given, name)| (name.clone(), Pointer::component("schemas", given))));
    facts.type_names = renamed;
}

/// Makes references to renamed components, and mappings of discriminators to them, name the new ones.
pub(super) fn refer_to_new_names(document: &mut Value, renamed: &BTreeMap<String, String>) {
    if renamed.is_empty() {
        return;
    }
    visit_mut(document, &mut |_, _, object| {
        if let Some(reference) = object.get_mut("$ref") {
            follow(reference, renamed);
        }
        for target in
            object.get_mut("discriminator").and_then(|d| d.get_mut("mapping")?.as_object_mut()).into_iter().flatten()
        {
            follow(target.1, renamed);
        }
    });
}

fn follow(reference: &mut Value, renamed: &BTreeMap<String, String>) {
    let name = reference.as_str().and_then(|reference| component_name(reference, "schemas"));
    if let Some(new) = name.and_then(|name| renamed.get(&name)) {
        *reference = format!("#/components/schemas/{new}").into();
    }
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
        Pass::of(&mut document, rename);
        assert_eq!(
            document["components"]["schemas"],
            json!({"SnakeCase2": {}, "SnakeCase": {}, "X3d": {"$ref": "#/components/schemas/SnakeCase2"}}),
        );
    }
}
