//! Which components lead back to each other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::pointer::component_name;

/// The cycle of each component, by its name; components of one cycle refer to each other, over others or not.
#[derive(Debug, Default)]
pub(super) struct Cycles(BTreeMap<String, usize>);

impl Cycles {
    /// Two walks, the second against the references and in the order in which the first left the components (Kosaraju).
    pub(super) fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let to: BTreeMap<&str, Vec<String>> =
            schemas.into_iter().flatten().map(|(name, schema)| (name.as_str(), references(schema))).collect();
        let mut from: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, targets) in &to {
            targets.iter().for_each(|target| from.entry(target.as_str()).or_default().push(name));
        }
        let mut left = Vec::new();
        let mut seen = BTreeMap::new();
        for name in to.keys() {
            walk(
                name,
                |name| to.get(name).into_iter().flatten().map(String::as_str).collect(),
                &mut seen,
                0,
                &mut left,
            );
        }
        let mut cycles = BTreeMap::new();
        for (number, name) in left.into_iter().rev().enumerate() {
            walk(name, |name| from.get(name).cloned().unwrap_or_default(), &mut cycles, number, &mut Vec::new());
        }
        Self(cycles.into_iter().map(|(name, number)| (name.to_owned(), number)).collect())
    }

    /// Whether a schema within a component leads back to that.
    pub(super) fn is_closed(&self, component: &str, schema: &Map<String, Value>) -> bool {
        let cycle = self.0.get(component);
        let inner = schema.values().flat_map(references);
        cycle.is_some() && inner.into_iter().any(|name| self.0.get(&name) == cycle)
    }
}

/// Marks all that a component leads to with a number, and lists them as they are left.
fn walk<'a>(
    from: &'a str,
    next: impl Fn(&'a str) -> Vec<&'a str>,
    seen: &mut BTreeMap<&'a str, usize>,
    number: usize,
    left: &mut Vec<&'a str>,
) {
    if seen.contains_key(from) {
        return;
    }
    seen.insert(from, number);
    let mut open = vec![(from, next(from))];
    while let Some((name, targets)) = open.last_mut() {
        match targets.pop() {
            Some(target) if !seen.contains_key(target) => {
                seen.insert(target, number);
                open.push((target, next(target)));
            }
            Some(_) => {}
            None => {
                left.push(name);
                open.pop();
            }
        }
    }
}

/// The components that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                let reference = object.get("$ref").and_then(Value::as_str);
                found.extend(reference.and_then(|reference| component_name(reference, "schemas")));
                open.extend(object.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_leads_back() {
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
}
