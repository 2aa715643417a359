//! A base class with a discriminator becomes a union of its subtypes; read as the base, their own fields would be lost.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::graph::Component;
use crate::model::names::unique_name;
use crate::model::pointer::Pointer;
use crate::prepare::all_of::inheritance;
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

/// The base classes and their subtypes, in document order.
#[derive(Debug, Default)]
pub(super) struct Hierarchy(BTreeMap<String, Vec<String>>);

impl Hierarchy {
    pub(super) fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let ancestors = Ancestors::of(document);
        let bases = schemas.into_iter().flatten().filter(|(_, schema)| schema.get("discriminator").is_some());
        let bases = bases.map(|(base, _)| (base.clone(), ancestors.subtypes(base)));
        Self(bases.filter(|(_, subtypes)| !subtypes.is_empty()).collect())
    }

    /// Each base class with its subtypes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Vec<String>)> {
        self.0.iter()
    }

    pub(super) fn bases(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// Makes each base class the union of its subtypes, after inheritance was merged into them.
    pub(super) fn become_unions(&self, pass: &mut Pass<Facts>) {
        let Pass { document, log, .. } = pass;
        let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
            return;
        };
        let mut taken: BTreeSet<_> = schemas.keys().cloned().collect();
        for (base, subtypes) in &self.0 {
            let Some(Value::Object(schema)) = schemas.get_mut(base) else { continue };
            let mut itself = schema.clone();
            let mut union = Map::new();
            for key in ["title", "description", "deprecated", "discriminator"] {
                union.extend(schema.shift_remove(key).map(|value| (key.to_owned(), value)));
            }
            let named = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.shift_remove(*keyword));
            log.add(Code::L108, &Pointer::component("schemas", base), format!("one of {}", subtypes.join(", ")));
            let mut own = None;
            let members = named.unwrap_or_else(|| {
                let mut names = subtypes.clone();
                if is_mapped(&union["discriminator"], base) {
                    let name = unique_name(&format!("{base}Itself"), &mut taken);
                    remap(&mut union["discriminator"], base, &name);
                    names.insert(0, name.clone());
                    own = Some(name);
                }
                names.iter().map(|name| json!({"$ref": reference(name)})).collect()
            });
            union.insert("oneOf".into(), members);
            *schema = union;
            if let Some(name) = own {
                itself.shift_remove("discriminator");
                schemas.insert(name, Value::Object(itself));
            }
        }
    }
}

/// Whether a value of the discriminator names the class, so that it has its own instances.
pub(super) fn is_mapped(discriminator: &Value, name: &str) -> bool {
    discriminator["mapping"].as_object().is_some_and(|mapping| mapping.values().any(|to| *to == reference(name)))
}

fn remap(discriminator: &mut Value, from: &str, to: &str) {
    let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
    for target in mapping.into_iter().flat_map(Map::values_mut).filter(|target| **target == reference(from)) {
        *target = reference(to);
    }
}

/// The schemas in document order, each with all schemas it extends.
struct Ancestors(Vec<(String, BTreeSet<String>)>);

impl Ancestors {
    fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let graph = inheritance(document);
        let all = |name: &str| {
            let ancestors = graph.reached_from(graph.targets(&Component::schema(name)));
            ancestors.into_iter().map(|component| component.name).collect()
        };
        Self(schemas.into_iter().flatten().map(|(name, _)| (name.clone(), all(name))).collect())
    }

    fn subtypes(&self, base: &str) -> Vec<String> {
        let extend = self.0.iter().filter(|(name, all)| name != base && all.contains(base));
        extend.map(|(name, _)| name.clone()).collect()
    }
}

/// Copies the discriminator of a base class to the classes between it and its subtypes, which become unions, too.
pub(super) fn inherit_discriminators(document: &mut Value, hierarchy: &Hierarchy) {
    let ancestors = Ancestors::of(document);
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    for (name, all) in &ancestors.0 {
        // The nearest one.
        let bases = hierarchy.0.iter().filter(|(base, _)| all.contains(*base));
        let Some((base, _)) = bases.min_by_key(|(_, subtypes)| subtypes.len()) else { continue };
        let subtypes = ancestors.subtypes(name);
        if subtypes.is_empty() {
            continue;
        }
        let mut discriminator = schemas[base]["discriminator"].clone();
        let targets: Vec<_> = subtypes.iter().chain([name]).map(|name| reference(name)).collect();
        if let Some(mapping) = discriminator.get_mut("mapping").and_then(Value::as_object_mut) {
            mapping.retain(|_, target| targets.contains(target));
        }
        if let Some(schema) = schemas.get_mut(name).and_then(Value::as_object_mut) {
            schema.entry("discriminator").or_insert(discriminator);
        }
    }
}

pub(super) fn reference(name: &str) -> Value {
    format!("#{}", Pointer::component("schemas", name)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::discriminators::explicit_mappings;
    use crate::prepare::{aliases, merge_inheritance, union_cycles};

    #[test]
    fn a_base_becomes_the_union_of_its_subtypes() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({"components": {"schemas": {
            "Pet": {"type": "object", "properties": {"kind": {}}, "discriminator": {"propertyName": "kind"}},
            "Cat": {"allOf": [named("Pet"), {"properties": {"claws": {}}}]},
            "Kitten": {"allOf": [named("Cat")]},
        }}});
        Pass::of(&mut document, explicit_mappings);
        let hierarchy = Hierarchy::of(&document);
        Pass::of(&mut document, |pass| hierarchy.become_unions(pass));
        assert_eq!(
            document["components"]["schemas"]["Pet"],
            json!({
                "discriminator": {"propertyName": "kind", "mapping": {
                    "Cat": "#/components/schemas/Cat", "Kitten": "#/components/schemas/Kitten",
                }},
                "oneOf": [named("Cat"), named("Kitten")],
            })
        );
        // An intermediate class is a union of its subtypes and itself.
        assert_eq!(
            document["components"]["schemas"]["Cat"],
            json!({
                "discriminator": {"propertyName": "kind", "mapping": {
                    "Cat": "#/components/schemas/CatItself", "Kitten": "#/components/schemas/Kitten",
                }},
                "oneOf": [named("CatItself"), named("Kitten")],
            })
        );
        assert_eq!(
            document["components"]["schemas"]["CatItself"],
            json!({"allOf": [named("Pet"), {"properties": {"claws": {}}}]})
        );
        assert_eq!(document["components"]["schemas"]["Kitten"], json!({"allOf": [named("Cat")]}));
    }

    #[test]
    fn a_subtype_that_adds_nothing_is_a_type() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({"components": {"schemas": {
            "Pet": {"type": "object", "properties": {"kind": {}}, "discriminator": {"propertyName": "kind", "mapping": {
                "cat": "Cat", "dog": "Dog",
            }}},
            "Cat": {"allOf": [named("Pet"), {"properties": {"claws": {}}}]},
            "Dog": {"allOf": [named("Pet")], "description": "d"},
            "Home": {"properties": {"pet": {"allOf": [named("Pet")], "description": "d"}}},
        }}});
        let passes = [explicit_mappings, merge_inheritance, aliases::resolve, union_cycles::resolve];
        let (_, facts) = Pass::of(&mut document, |pass| pass.run(&passes));
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Pet"]["oneOf"], json!([named("Cat"), named("Dog")]));
        assert_eq!(schemas["Dog"], json!({"type": "object", "properties": {"kind": {}}, "description": "d"}));
        assert_eq!(schemas["Home"]["properties"]["pet"], json!({"allOf": [named("Pet")], "description": "d"}));
        assert!(facts.aliases.is_empty());
    }

    #[test]
    fn a_base_that_is_mapped_has_instances_of_its_own() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let discriminator = |mapping: Value| json!({"propertyName": "kind", "mapping": mapping});
        let own = json!({"properties": {"claws": {}}, "discriminator": discriminator(json!({"cat": "Cat", "kit": "Kitten"}))});
        let mut document = json!({"components": {"schemas": {
            "Pet": {"type": "object", "properties": {"kind": {}}},
            "Cat": {"allOf": [named("Pet"), own]},
            "Kitten": {"allOf": [named("Cat"), {"properties": {"age": {}}}]},
        }}});
        Pass::of(&mut document, explicit_mappings);
        let hierarchy = Hierarchy::of(&document);
        Pass::of(&mut document, |pass| hierarchy.become_unions(pass));
        let mapping = json!({"cat": "#/components/schemas/CatItself", "kit": "#/components/schemas/Kitten"});
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Pet": {"type": "object", "properties": {"kind": {}}},
                "Cat": {"discriminator": discriminator(mapping), "oneOf": [named("CatItself"), named("Kitten")]},
                "Kitten": {"allOf": [named("Cat"), {"properties": {"age": {}}}]},
                "CatItself": {"allOf": [named("Pet"), {"properties": {"claws": {}}}]},
            })
        );
    }
}
