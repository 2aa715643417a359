//! Which component schemas refer to each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::graph::{Component, ReferenceGraph, references_of_schema};

/// The number of the cycle of each component; components of one cycle refer to each other, directly or through others.
#[derive(Debug, Default)]
pub(super) struct Cycles(BTreeMap<Component, usize>);

impl Cycles {
    pub(super) fn of(document: &Value) -> Self {
        Self(ReferenceGraph::of(document).strongly_connected())
    }

    /// Whether a schema within a component schema refers back to that component.
    pub(super) fn is_closed(&self, component: &str, schema: &Map<String, Value>) -> bool {
        let cycle = self.0.get(&Component::schema(component));
        cycle.is_some() && references_of_schema(schema).iter().any(|target| self.0.get(target) == cycle)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_that_lead_back() {
        let to = |names: &[&str]| -> Value {
            names.iter().map(|name| json!({"$ref": format!("#/components/schemas/{name}")})).collect()
        };
        let document = json!({"components": {"schemas": {
            "A": {"properties": {"a": {"anyOf": to(&["B"])}}}, "B": {"anyOf": to(&["C", "D"])}, "C": {"items": to(&["A"])[0]},
            "D": {"anyOf": to(&["D", "E"])}, "E": {"anyOf": to(&["Missing"])},
        }}});
        let cycles = Cycles::of(&document);
        for (component, target, expected) in [
            ("A", "B", true),
            ("A", "C", true),
            ("C", "B", true),
            ("B", "D", false),
            ("D", "D", true),
            ("E", "E", true),
            ("E", "Missing", false),
            ("Unknown", "A", false),
        ] {
            let Value::Object(schema) = json!({"allOf": to(&[target])}) else { unreachable!() };
            assert_eq!(cycles.is_closed(component, &schema), expected, "{target} in {component}");
        }
    }

    #[test]
    fn literals_that_look_like_references_close_no_cycle() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for keyword in ["default", "example", "const", "enum", "examples", "x-a"] {
            let literal = json!([to("A")]);
            let document = json!({"components": {"schemas": {"A": {"items": to("B")}, "B": {keyword: literal}}}});
            let cycles = Cycles::of(&document);
            let Value::Object(schema) = json!({"allOf": [to("B")]}) else { unreachable!() };
            assert!(!cycles.is_closed("A", &schema), "{keyword}");
            let document = json!({"components": {"schemas": {"A": {"items": to("A")}}}});
            let cycles = Cycles::of(&document);
            let Value::Object(schema) = json!({keyword: literal}) else { unreachable!() };
            assert!(!cycles.is_closed("A", &schema), "{keyword}");
        }
    }
}
