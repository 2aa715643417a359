//! Components are given the names their Rust types will have, so that no two collide later on.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase as _;
use serde_json::{Map, Value};
use unicode_ident::is_xid_start;

use crate::code::Code;
use crate::grammar::visit;
use crate::pointer::{Pointer, component_name};
use crate::prepare::identifiers::plain;
use crate::report::Report;

/// Renames, and returns the name of each component by the one it was given.
pub(super) fn rename(document: &mut Value, report: &mut Report) -> BTreeMap<String, String> {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return BTreeMap::new();
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
            report.add(Code::L104, &at, format!("named `{new}`"));
            renamed.insert(name, new.clone());
            (new, schema)
        })
        .collect::<Map<_, _>>();
    visit(document, &mut |_, _, object| {
        if let Some(reference) = object.get_mut("$ref") {
            follow(reference, &renamed);
        }
        for target in
            object.get_mut("discriminator").and_then(|d| d.get_mut("mapping")?.as_object_mut()).into_iter().flatten()
        {
            follow(target.1, &renamed);
        }
    });
    renamed
}

fn follow(reference: &mut Value, renamed: &BTreeMap<String, String>) {
    let name = reference.as_str().and_then(|reference| component_name(reference, "schemas"));
    if let Some(new) = name.and_then(|name| renamed.get(&name)) {
        *reference = format!("#/components/schemas/{new}").into();
    }
}

/// The name of a Rust type in the field's convention (RFC 430).
///
/// progenitor and typify leave such a name as it is.
pub(crate) fn rust_name(name: &str) -> String {
    let mut name = plain(name, |name| name.to_pascal_case());
    if !name.starts_with(is_xid_start) {
        name = format!("X{name}");
    }
    // Words may join in one pass and part in the next.
    loop {
        let again = name.to_pascal_case();
        if again == name {
            break;
        }
        name = again;
    }
    // What the generated code calls by these names is not the type.
    if ["Default", "Err", "None", "Ok", "Self", "Some", "String"].contains(&name.as_str()) {
        name.push_str("Type");
    }
    name
}

/// The wanted name, or one of `wanted2`, `wanted3`, ... that is free; it is taken from then on.
pub(crate) fn unique_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(wanted.to_owned()) {
        return wanted.to_owned();
    }
    // An underscore that keeps a keyword from being one is not needed before a number.
    let stem = wanted.trim_end_matches('_');
    let stem = if stem.is_empty() { wanted } else { stem };
    let numbered = |number: u64| format!("{stem}{number}");
    // Between a number that is taken and one that is free, so that many thousand names may collide.
    let (mut last, mut free) = (1, 2);
    while taken.contains(&numbered(free)) {
        (last, free) = (free, free * 2);
    }
    while last + 1 < free {
        let middle = last.midpoint(free);
        match taken.contains(&numbered(middle)) {
            true => last = middle,
            false => free = middle,
        }
    }
    taken.insert(numbered(free));
    numbered(free)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_that_are_taken() {
        let mut taken = BTreeSet::from(["a", "self_", "_"].map(str::to_owned));
        for (wanted, name) in [("a", "a2"), ("a", "a3"), ("a", "a4"), ("self_", "self2"), ("_", "_2"), ("b", "b")] {
            assert_eq!(unique_name(wanted, &mut taken), name);
        }
    }

    #[test]
    fn names_of_types() {
        for (name, expected) in
            [("SE", "Se"), ("nº", "No"), ("String", "StringType"), ("3d", "X3d"), ("<=", "X"), ("größe", "Größe")]
        {
            assert_eq!(rust_name(name), expected);
        }
    }

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
