//! Merges each `allOf` into one schema.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::cycles::Cycles;
use super::inline_types::reference_to;
use super::merged_types::{Destination, MergedTypes};
use super::merging::{Merging, has_conditions_beside_union};
use crate::model::direction::written_components;
use crate::model::grammar::ObjectKind;
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Log, Pass};

/// How often merging may be repeated, since a merged schema may hold further `allOf`s.
const MAX_ROUNDS: usize = 32;

/// An `allOf` found after this many rounds becomes a component, since merging it in place may never end.
const LATE: usize = 3;

/// How many unions in each other may get members with what is beside them: a union may be a member of itself.
const MAX_UNIONS: usize = 6;

/// How many JSON values may be copied into the schemas of a document, all in all.
const MAX_COPIES_OF_ALL: usize = 100_000;

/// Merges every `allOf`.
pub(super) fn merge(pass: &mut Pass<Facts>, bases: &BTreeSet<String>) {
    let Pass { document, log, facts } = pass;
    cut_cycles(document, log);
    let mut types = MergedTypes::of(document);
    let copies_left = Cell::new(MAX_COPIES_OF_ALL);
    for round in 1.. {
        let whole = document.clone();
        let cycles = Cycles::of(&whole);
        let merging = Merging::of(&whole, bases, &copies_left);
        let mut any = false;
        visit_mut(document, &mut |kind, at, schema| {
            if kind != ObjectKind::Schema || !(schema.contains_key("allOf") || has_conditions_beside_union(schema)) {
                return;
            }
            // The schema around a member of an `allOf` merges it.
            if at.is_member_of(&["allOf"]) {
                return;
            }
            let destination = types.destination(schema, at, &cycles, round > LATE);
            if let Destination::Known(name) = &destination {
                any = true;
                *schema = in_place(reference_to(name, schema));
                return;
            }
            let may_change = round <= MAX_ROUNDS && unions_around(at) <= MAX_UNIONS;
            let merged = merging.schema(schema, at, log).filter(|merged| may_change || merged == schema);
            let merged = merged.unwrap_or_else(|| {
                log.add(Code::R105, at, "say it with fewer `allOf`s, or with fewer unions in them");
                Map::new()
            });
            if merged == *schema {
                return;
            }
            any = true;
            log.add(Code::L106, at, "merged");
            *schema = match destination {
                Destination::New(key) if needs_type(&merged, at) => {
                    let name = types.make(key, &merged, at, &whole);
                    log.add(Code::L103, at, format!("named `{name}`"));
                    in_place(reference_to(&name, &merged))
                }
                _ => merged,
            };
        });
        log.moved(types.settle(document));
        if !any {
            break;
        }
    }
    facts.variants.extend(types.variants);
}

/// How many unions a schema is a member of, one in another.
fn unions_around(at: &Pointer) -> usize {
    let keywords = at.as_str().rsplit('/').skip(1).step_by(2);
    keywords.take_while(|keyword| ["oneOf", "anyOf"].contains(keyword)).count()
}

fn in_place(reference: Value) -> Map<String, Value> {
    match reference {
        Value::Object(reference) => reference,
        _ => Map::new(),
    }
}

/// Whether a merged schema may hold further schemas to merge, so that a component saves merging them in each place.
fn needs_type(merged: &Map<String, Value>, at: &Pointer) -> bool {
    let holds = |keyword: &str| merged.get(keyword).is_some_and(|inner| inner.get("allOf").is_some());
    let is_union = merged.contains_key("oneOf") || merged.contains_key("anyOf");
    merged.contains_key("properties")
        || holds("items")
        || holds("additionalProperties")
        // A union within a union becomes a part of the outer one.
        || (is_union && !at.is_member_of(&["oneOf", "anyOf"]))
}

/// Refuses each schema whose `allOf` leads back to the schema itself: no type could hold such a value. One that only replies
/// reach is any value.
fn cut_cycles(document: &mut Value, log: &mut Log) {
    let written = written_components(document);
    let cyclic = inheritance(document).cyclic();
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    for (name, schema) in schemas.iter_mut().filter(|(name, _)| cyclic.contains(&Component::schema(name))) {
        let code = if written.contains(&Component::schema(name)) { Code::R008 } else { Code::W012 };
        let reason = "the `allOf` leads back to the schema itself; break the cycle";
        log.add(code, &Pointer::component("schemas", name), reason);
        *schema = json!({});
    }
}

/// Builds the graph of named schemas and those they extend by `allOf`, also within inline members.
pub(super) fn inheritance(document: &Value) -> ReferenceGraph {
    ReferenceGraph::of_places(document, |at| {
        let mut keywords = at.as_str().split('/').skip(1).step_by(2).peekable();
        keywords.peek().is_some() && keywords.all(|keyword| keyword == "allOf")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: Value, after: Value) {
        let mut document = json!({"components": {"schemas": {
            "A": schema,
            "Base": {"type": "object", "description": "base", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            "Other": {"type": "object", "properties": {"b": {"type": "integer"}}, "additionalProperties": false},
        }}});
        Pass::of(&mut document, |pass| merge(pass, &BTreeSet::new()));
        assert_eq!(document["components"]["schemas"]["A"], after);
    }

    fn named(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn members_become_one() {
        check(json!({"nullable": true, "allOf": [named("Base")]}), json!({"nullable": true, "allOf": [named("Base")]}));
        check(
            json!({"allOf": [named("Base"), {"description": "d"}]}),
            json!({"description": "d", "allOf": [named("Base")]}),
        );
        check(
            json!({"allOf": [named("Base"), named("Other")], "properties": {"a": {"enum": ["x"]}}}),
            json!({
                "type": "object",
                "properties": {"a": {"enum": ["x"], "type": "string"}, "b": {"type": "integer"}},
                "required": ["a"],
            }),
        );
    }

    #[test]
    fn unions_beside_properties() {
        check(
            json!({"type": "object", "properties": {"c": {}}, "oneOf": [named("Base"), named("Other")]}),
            json!({"oneOf": [
                {
                    "type": "object", "title": "Base",
                    "properties": {"c": {}, "a": {"type": "string"}}, "required": ["a"],
                },
                {"type": "object", "title": "Other", "properties": {"c": {}, "b": {"type": "integer"}}},
            ]}),
        );
        check(
            json!({"type": "object", "properties": {"c": {}}, "anyOf": [{"required": ["c"]}, {"required": ["d"]}]}),
            json!({"type": "object", "properties": {"c": {}}}),
        );
    }

    /// Merges these components, and returns them and the codes of the refusals.
    fn merged(schemas: Value) -> (Value, Vec<Code>) {
        let mut document = json!({"components": {"schemas": schemas}});
        let (report, _) = Pass::of(&mut document, |pass| merge(pass, &BTreeSet::new()));
        (document["components"]["schemas"].take(), report.rejections().map(|entry| entry.code).collect())
    }

    #[test]
    fn what_leads_back_is_written_once() {
        let more = |name: &str| json!({"type": "object", "properties": {name: {}}});
        let (schemas, refused) = merged(json!({
            "A": {"type": "object", "properties": {
                "next": {"allOf": [named("A"), more("b")], "description": "d"},
                "list": {"type": "array", "items": {"allOf": [named("A"), more("c")]}},
            }},
        }));
        let inner = json!({
            "next": {"description": "d", "allOf": [named("ANext")]},
            "list": {"type": "array", "items": named("AListItem")},
        });
        let with = |name: &str| {
            let mut properties = inner.clone();
            properties[name] = json!({});
            json!({"type": "object", "properties": properties})
        };
        let mut next = with("b");
        next["description"] = "d".into();
        assert_eq!(
            schemas,
            json!({"A": {"type": "object", "properties": inner}, "ANext": next, "AListItem": with("c")})
        );
        assert_eq!(refused, []);
        let (schemas, refused) = merged(json!({
            "A": {"type": "object", "properties": {"next": named("A")}},
            "B": {"type": "object", "properties": {"next": named("B"), "b": {}}},
            "C": {"allOf": [named("A"), named("B")]},
        }));
        assert!(!schemas.to_string().contains(r##""allOf":[{"$ref":"#/components/schemas/A"}"##), "{schemas}");
        assert_eq!(refused, []);
    }

    #[test]
    fn what_would_take_too_much_is_refused() {
        let more = |name: String| json!({"type": "object", "properties": {name: {}}});
        let parent = |number: usize| named(&format!("S{}", number - 1));
        let chain = |length: usize, schema: &dyn Fn(usize) -> Value| {
            let named = (1..=length).rev().map(|number| (format!("S{number}"), schema(number)));
            let first = ("S0".to_owned(), more("a".into()));
            named.chain([first]).collect::<Map<_, _>>().into()
        };
        // Each is twice as large as the one before.
        let (_, refused) = merged(chain(12, &|number| {
            let member = |side: &str| json!({"allOf": [parent(number), more(format!("{side}{number}"))]});
            json!({"type": "object", "properties": {"a": {}}, "oneOf": [member("left"), member("right")]})
        }));
        assert!(!refused.is_empty() && refused.iter().all(|code| *code == Code::R105), "{refused:?}");
        let inherits = |number: usize| json!({"allOf": [parent(number), more(format!("p{number}"))]});
        assert_eq!(merged(chain(60, &inherits)).1, []);
        assert!(merged(chain(70, &inherits)).1.contains(&Code::R105));
        // Its own member, with what is beside the union, and so on without end.
        let itself = json!({"B": {"properties": {"a": {}}, "oneOf": [named("B"), named("B"), {"type": "null"}]}});
        assert_eq!(merged(itself).1.first(), Some(&Code::R105));
        // Twice the same, so that following each reference anew would take 2^40 steps.
        let (schemas, refused) = merged(chain(
            40,
            &|number| json!({"allOf": [parent(number), {"allOf": [parent(number), more(format!("p{number}"))]}]}),
        ));
        assert_eq!((schemas["S40"]["properties"].as_object().unwrap().len(), refused), (41, vec![]));
    }

    #[test]
    fn an_all_of_of_itself_costs_only_the_operations_that_send_it() {
        let content = |name: &str| json!({"content": {"application/json": {"schema": named(name)}}});
        for (body, reply, code) in
            [("A", "Base", "R008"), ("Base", "A", "W012"), ("A", "A", "R008"), ("Base", "Base", "W012")]
        {
            let mut document = json!({
                "paths": {"/a": {"put": {"requestBody": content(body), "responses": {"200": content(reply)}}}},
                "components": {"schemas": {
                    "A": {"allOf": [named("B"), {"type": "object"}]}, "B": {"allOf": [{"allOf": [named("A")]}]},
                    "Base": {"type": "string"},
                }},
            });
            let (report, _) = Pass::of(&mut document, |pass| merge(pass, &BTreeSet::new()));
            let codes: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
            assert_eq!(codes, [code, code], "{body} and {reply}");
            assert_eq!(document["components"]["schemas"]["A"], json!({}));
        }
    }
}
