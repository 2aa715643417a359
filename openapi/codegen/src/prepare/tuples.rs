//! Lists with a schema for each place, which become tuples.
//!
//! `prefixItems` stays through the passes, although 3.0 has no such keyword; the last one replaces it.

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Pass};

/// The schemas of the places of a tuple.
pub(super) fn places(schema: &Map<String, Value>) -> Option<&Vec<Value>> {
    schema.get("prefixItems")?.as_array()
}

/// Leaves `prefixItems` in lists only, and says how many places each has.
pub(super) fn settle(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        let Some(count) = places(schema).filter(|_| kind == ObjectKind::Schema).map(Vec::len) else { return };
        let at = at.join("prefixItems");
        if schema.get("type") != Some(&"array".into()) {
            schema.shift_remove("prefixItems");
            return log.add(Code::W005, &at, "beside other types than a list; the items have any type");
        }
        let otherwise = if is_fixed(schema) { "" } else { "; a list that is shorter or longer is JSON" };
        schema.insert("items".into(), json!({}));
        log.add(Code::L120, &at, format!("a tuple of {count}{otherwise}"));
    });
}

/// Whether each list has all places, and no others. One that may be longer says so by having no bound.
fn is_fixed(schema: &Map<String, Value>) -> bool {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    let places = places(schema).map_or(0, Vec::len) as u64;
    bound("maxItems") == Some(places) && bound("minItems").is_none_or(|least| least >= places)
}

/// Moves the tuples to the facts. The schema of their items is then a union of those of the places, in their order, and of
/// any value where there may be other items.
pub(super) fn take(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let Value::Object(schema) = schema else { continue };
        let is_fixed = is_fixed(schema);
        if let Some(Value::Array(mut places)) = schema.shift_remove("prefixItems") {
            facts.tuples.insert(name.clone(), Tuple { places: places.len(), is_fixed });
            places.extend((!is_fixed).then(|| json!({})));
            schema.insert("items".into(), json!({"anyOf": places}));
            schema.retain(|keyword, _| !["minItems", "maxItems"].contains(&keyword.as_str()));
        }
    }
}

/// A tuple that was taken.
#[derive(Debug)]
pub(super) struct Tuple {
    places: usize,
    /// Whether each list has all places, and no others.
    pub(super) is_fixed: bool,
}

impl Tuple {
    /// The schemas of the places, and where they are.
    pub(super) fn places<'a>(&self, name: &str, schema: &'a Value) -> impl Iterator<Item = (Pointer, &'a Value)> {
        let at = Pointer::component("schemas", name).join("items").join("anyOf");
        let places = schema["items"]["anyOf"].as_array().into_iter().flatten().take(self.places).enumerate();
        places.map(move |(index, schema)| (at.join(&index.to_string()), schema))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(places: Value, others: Value) -> Value {
        let mut schema = json!({"type": "array", "items": {"type": "string"}, "prefixItems": places});
        schema.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        schema
    }

    #[test]
    fn only_lists_are_tuples() {
        let text = || json!({"type": "string"});
        let mut document = json!({"components": {"schemas": {
            "Pair": list(json!([text(), text()]), json!({"maxItems": 2})),
            "Any": {"items": {}, "prefixItems": [text()]},
        }}});
        let (report, _) = Pass::of(&mut document, settle);
        let entries: Vec<_> = report.entries.iter().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(entries, ["L120 /components/schemas/Pair/prefixItems", "W005 /components/schemas/Any/prefixItems"]);
        assert_eq!(document["components"]["schemas"]["Any"], json!({"items": {}}));
        // The type of all items is that of the places.
        assert_eq!(document["components"]["schemas"]["Pair"]["items"], json!({}));
    }

    #[test]
    fn the_places_of_a_tuple_are_the_schemas_of_its_items() {
        let (text, number) = (json!({"type": "string"}), json!({"type": "number"}));
        for (others, is_fixed) in [
            (json!({"maxItems": 2}), true),
            (json!({"maxItems": 2, "minItems": 2}), true),
            (json!({"maxItems": 2, "minItems": 3}), true),
            (json!({"maxItems": 2, "minItems": 1}), false),
            (json!({"maxItems": 3, "minItems": 2}), false),
            (json!({}), false),
        ] {
            let schema = list(json!([text, number]), others.clone());
            let mut document = json!({"components": {"schemas": {"A": schema, "B": {"type": "array", "minItems": 1}}}});
            let (_, facts) = Pass::of(&mut document, take);
            assert_eq!(facts.tuples["A"].is_fixed, is_fixed, "{others}");
            let mut items = vec![text.clone(), number.clone()];
            items.extend((!is_fixed).then(|| json!({})));
            let after = &document["components"]["schemas"]["A"];
            assert_eq!(*after, json!({"type": "array", "items": {"anyOf": items}}));
            let places: Vec<_> = facts.tuples["A"].places("A", after).collect();
            let at = |index: &str| Pointer::parse(&format!("/components/schemas/A/items/anyOf/{index}"));
            assert_eq!(places, [(at("0"), &text), (at("1"), &number)]);
            assert_eq!(document["components"]["schemas"]["B"], json!({"type": "array", "minItems": 1}));
            assert_eq!(facts.tuples.len(), 1);
        }
    }
}
