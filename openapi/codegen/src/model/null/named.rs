//! What each component schema says about null: worked out once, even if schemas refer to each other in a cycle.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Null, said};
use crate::model::graph::ReferenceGraph;
use crate::model::pointer::Pointer;

/// What the component schemas say about null, by the references to them.
pub(crate) struct NamedNulls(pub(crate) BTreeMap<String, Null>);

/// How often schemas that refer to each other are asked again.
const MAX_ROUNDS: usize = 8;

impl NamedNulls {
    /// Asks every component schema, inner ones first.
    pub(crate) fn of(document: &Value) -> Self {
        let schemas = &document["components"]["schemas"];
        let graph = ReferenceGraph::of_places(document, is_in_place);
        let order: Vec<_> = graph
            .inner_first()
            .filter(|component| component.section == "schemas")
            .filter_map(|component| Some((reference_to(&component.name), schemas.get(&component.name)?)))
            .collect();
        Self(answered(&order))
    }
}

/// Asks every schema, in this order, until no answer changes.
pub(super) fn answered(schemas: &[(String, &Value)]) -> BTreeMap<String, Null> {
    let mut answers: BTreeMap<String, Null> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let mut any = false;
        for (reference, schema) in schemas {
            let answer = said(schema, &mut |reference| answers.get(reference).copied());
            any |= answers.insert(reference.clone(), answer) != Some(answer);
        }
        if !any {
            break;
        }
    }
    answers
}

fn reference_to(name: &str) -> String {
    format!("#{}", Pointer::component("schemas", name))
}

/// Whether a schema within another one is a condition on the same value.
fn is_in_place(at: &Pointer) -> bool {
    let mut tokens = at.as_str().split('/').skip(1);
    while let Some(keyword) = tokens.next() {
        match keyword {
            "not" => {}
            "allOf" | "anyOf" | "oneOf" => drop(tokens.next()),
            _ => return false,
        }
    }
    true
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

    #[test]
    fn long_chains_of_conditions_are_answered_inner_ones_first() {
        let all = [
            |next: Value| json!({"allOf": [next]}),
            |next| json!({"anyOf": [next]}),
            |next| json!({"oneOf": [next]}),
            |next| json!({"not": next, "type": ["string", "null"]}),
        ];
        let names: [fn(i32) -> String; 2] = [|number| format!("S{number}"), |number| format!("S{}", 60 - number)];
        for (link, name) in all.into_iter().flat_map(|link| names.map(|name| (link, name))) {
            let linked = |number| {
                let mut schema = link(reference(&name(number + 1)));
                // What a property admits says nothing of its object.
                schema["properties"] = json!({"previous": reference(&name(number - 1))});
                (name(number), schema)
            };
            let mut schemas: Map<_, _> = (11..40).map(linked).collect();
            schemas.insert(name(40), json!({"type": "null"}));
            let nulls = NamedNulls::of(&json!({"components": {"schemas": schemas}})).0;
            let is_negation = link(Value::Null).get("not").is_some();
            for number in 11..40 {
                let expected = if is_negation && number % 2 == 1 { Null::Refused } else { Null::Admitted };
                assert_eq!(nulls[&reference_to(&name(number))], expected, "{}", schemas[&name(number)]);
            }
        }
    }
}
