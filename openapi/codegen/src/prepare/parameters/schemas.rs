//! The schemas of parameters and of fields of forms.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::pointer::{MAX_CHAIN, resolve};
use crate::prepare::intersection::is_annotation;
use crate::prepare::members::reference;
use crate::prepare::tuples;
use crate::prepare::unions::{is_enum_of_strings, members, members_in};

/// The schemas of a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::prepare) struct Schemas<'a>(pub(in crate::prepare) &'a Value);

impl Schemas<'_> {
    /// The schema with its references followed.
    pub(in crate::prepare) fn resolved(&self, schema: &Value) -> Map<String, Value> {
        self.target(schema).as_object().cloned().unwrap_or_default()
    }

    /// The schema that the references of a schema lead to.
    fn target<'s>(&'s self, mut schema: &'s Value) -> &'s Value {
        for _ in 0..MAX_CHAIN {
            let wrapped = schema["allOf"].as_array().filter(|members| members.len() == 1).map(|members| &members[0]);
            let reference = wrapped.unwrap_or(schema)["$ref"].as_str();
            match reference.and_then(|reference| resolve(self.0, reference)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// Whether every value is a string, a number or a boolean.
    ///
    /// Each component is looked at once: one that is a member of itself has no values but those of its other members.
    pub(in crate::prepare) fn is_scalar(&self, schema: &Value) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            if reference(schema).is_some_and(|component| !seen.insert(component)) {
                continue;
            }
            let target = self.target(schema);
            match target["type"].as_str() {
                Some("array" | "object") => return false,
                Some(_) => {}
                // A schema that is no union admits any value: the caller passes a scalar, or gets an error.
                None => open.extend(members(target).into_iter().flatten()),
            }
        }
        true
    }

    /// Whether a list or an object holds nothing but scalars.
    pub(in crate::prepare) fn holds_scalars(&self, schema: &Value) -> bool {
        let resolved = self.resolved(schema);
        let properties = resolved.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::values);
        let others = ["items", "additionalProperties"].into_iter().filter_map(|keyword| resolved.get(keyword));
        let others = others.filter(|inner| inner.is_object()).chain(tuples::places(&resolved).into_iter().flatten());
        properties.chain(others).all(|inner| self.is_scalar(inner))
    }

    pub(super) fn is_union_of_scalars_and_lists(&self, resolved: &Map<String, Value>) -> bool {
        members_in(resolved).is_some_and(|members| {
            members.iter().all(|member| {
                let inner = self.resolved(member);
                match inner.contains_key("items") {
                    true => self.is_list_of_scalars(&inner),
                    false => self.is_scalar(member),
                }
            })
        })
    }

    /// Whether a list holds nothing but scalars.
    pub(super) fn is_list_of_scalars(&self, list: &Map<String, Value>) -> bool {
        list.get("items").into_iter().chain(tuples::places(list).into_iter().flatten()).all(|item| self.is_scalar(item))
    }

    /// A list or tuple, as the type of a parameter.
    pub(super) fn named_list(&self, schema: &Value, resolved: &Map<String, Value>) -> Value {
        let named = |item: &Value| if self.is_scalar(item) { self.named_scalar(item) } else { item.clone() };
        let Some(places) = tuples::places(resolved) else {
            return json!({"type": "array", "items": named(resolved.get("items").unwrap_or(&json!({})))});
        };
        if let Some(reference) = reference(schema) {
            return json!({"$ref": reference});
        }
        let mut tuple = resolved.clone();
        tuple.retain(|keyword, _| !is_annotation(keyword));
        tuple.insert("prefixItems".into(), places.iter().map(named).collect());
        Value::Object(tuple)
    }

    /// Whether a schema is a tuple, or a union with one.
    pub(super) fn may_be_tuple(&self, schema: &Value) -> bool {
        let resolved = self.resolved(schema);
        let mut members = members_in(&resolved).into_iter().flatten();
        tuples::places(&resolved).is_some() || members.any(|member| tuples::places(&self.resolved(member)).is_some())
    }

    /// A scalar without null, which a parameter cannot carry; named where a type of its own is made for it, so that the
    /// parameters of all operations share one.
    pub(super) fn named_scalar(&self, schema: &Value) -> Value {
        const CONSTRAINTS: [&str; 3] = ["minLength", "maxLength", "pattern"];
        let mut resolved = self.resolved(schema);
        let is_constrained = CONSTRAINTS.iter().any(|keyword| resolved.contains_key(*keyword));
        let has_own_type = is_constrained || is_enum_of_strings(&resolved) || members_in(&resolved).is_some();
        if let Some(reference) = reference(schema).filter(|_| has_own_type) {
            return json!({"$ref": reference});
        }
        resolved.shift_remove("nullable");
        resolved.shift_remove("title");
        Value::Object(resolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// Unions of all unions of the next level; those of the last level hold `last`.
    fn levels(last: Value) -> Value {
        const WIDTH: usize = 60;
        const LEVELS: usize = 4;
        let mut schemas = Map::new();
        for level in 0..=LEVELS {
            let next = || (0..WIDTH).map(|place| component(&format!("L{}x{place}", level + 1)));
            let schema = if level == LEVELS { last.clone() } else { json!({"oneOf": next().collect::<Value>()}) };
            schemas.extend((0..WIDTH).map(|place| (format!("L{level}x{place}"), schema.clone())));
        }
        json!({"components": {"schemas": schemas}})
    }

    /// Looking at each union anew would take minutes.
    #[test]
    fn wide_unions_of_unions_are_scalars_where_their_members_are() {
        for (last, expected) in [("string", true), ("object", false)] {
            let document = levels(json!({"type": last}));
            assert_eq!(Schemas(&document).is_scalar(&component("L0x0")), expected, "{last}");
        }
    }

    #[test]
    fn long_chains_of_unions_need_no_stack() {
        let next = |number: u32| (number.to_string(), json!({"oneOf": [component(&(number + 1).to_string())]}));
        let schemas: Map<_, _> = (0..20_000).map(next).collect();
        let document = json!({"components": {"schemas": schemas}});
        assert!(Schemas(&document).is_scalar(&component("0")));
    }

    #[test]
    fn a_union_that_holds_itself() {
        for (other, expected) in [("string", true), ("array", false)] {
            let own = json!({"oneOf": [component("Own"), {"type": other}]});
            let document = json!({"components": {"schemas": {"Own": own}}});
            assert_eq!(Schemas(&document).is_scalar(&component("Own")), expected, "{other}");
        }
    }
}
