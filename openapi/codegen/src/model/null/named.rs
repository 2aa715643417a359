//! What each component says about null: asked once, however many refer to it, and also where they lead back to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Null, said};
use crate::model::pointer::Pointer;

/// What the components say about null, by the references to them.
pub(crate) struct NamedNulls(pub(crate) BTreeMap<String, Null>);

/// How often components that lead back to themselves are asked again.
const MAX_ROUNDS: usize = 8;

impl NamedNulls {
    /// Asks every component, those that others refer to first, until no answer changes.
    pub(crate) fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let schemas: BTreeMap<String, &Value> =
            schemas.into_iter().flatten().map(|(name, schema)| (reference_to(name), schema)).collect();
        let order = inner_first(&schemas);
        let mut answers: BTreeMap<String, Null> = BTreeMap::new();
        for _ in 0..MAX_ROUNDS {
            let mut any = false;
            for reference in &order {
                let answer = said(schemas[*reference], &mut |reference| answers.get(reference).copied());
                any |= answers.insert((*reference).to_owned(), answer) != Some(answer);
            }
            if !any {
                break;
            }
        }
        Self(answers)
    }
}

fn reference_to(name: &str) -> String {
    format!("#{}", Pointer::component("schemas", name))
}

/// The references, each after those that its component is made of, but where they lead back to it.
fn inner_first<'a>(schemas: &'a BTreeMap<String, &'a Value>) -> Vec<&'a str> {
    let parts = |reference: &str| -> Vec<&'a str> {
        let mut found = Vec::new();
        let mut open: Vec<&Value> = schemas.get(reference).copied().into_iter().collect();
        while let Some(schema) = open.pop() {
            found.extend(schema.get("$ref").and_then(Value::as_str).filter(|part| schemas.contains_key(*part)));
            open.extend(schema.get("not"));
            for keyword in ["allOf", "anyOf", "oneOf"] {
                open.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
            }
        }
        found
    };
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for start in schemas.keys().map(String::as_str) {
        if !seen.insert(start) {
            continue;
        }
        let mut open = vec![(start, parts(start))];
        while let Some((reference, left)) = open.last_mut() {
            match left.pop() {
                Some(part) if seen.insert(part) => open.push((part, parts(part))),
                Some(_) => {}
                None => {
                    order.push(*reference);
                    open.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn reference(name: &str) -> Value {
        json!({"$ref": reference_to(name)})
    }

    #[test]
    fn null_of_what_refers_to_itself_or_twice_to_another() {
        let union = |number: usize| {
            let part = reference(&format!("S{number}"));
            json!({"anyOf": [part, part, {"type": "integer"}]})
        };
        let mut schemas: Map<_, _> = (1..64).map(|number| (format!("S{number}"), union(number - 1))).collect();
        schemas.insert("S0".into(), reference("Back"));
        schemas.insert("Back".into(), json!({"oneOf": [reference("S63"), {"type": "null"}]}));
        schemas.insert("Other".into(), json!({"anyOf": [reference("Other"), {"type": "string"}]}));
        let document = json!({"components": {"schemas": schemas}});
        let nulls = NamedNulls::of(&document).0;
        assert_eq!(nulls[&reference_to("S63")], Null::Admitted);
        assert_eq!(nulls[&reference_to("Other")], Null::Unsaid);
    }
}
