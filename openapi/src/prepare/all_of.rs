//! What an `allOf` says together, said in one schema.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::cycles::Cycles;
use super::inline_types::reference_to;
use super::merged_types::{Found, MergedTypes};
use crate::code::Code;
use crate::grammar::{Kind, visit};
use crate::pointer::{Pointer, component_name, resolve};
use crate::prepare::intersection::{intersect, is_annotation};
use crate::report::Report;

/// How often merged schemas may bring further `allOf`s to light.
const MAX_ROUNDS: usize = 32;

/// What comes to light after so many rounds becomes a component, since it may come to light without end.
const LATE: usize = 3;

/// How many classes may inherit from each other in a row.
const MAX_ANCESTRY: usize = 64;

/// How many values may be copied into one schema, and into all schemas of a document.
const MAX_COPIES: usize = 10_000;
const MAX_COPIES_OF_ALL: usize = 100_000;

/// Merges every `allOf`, and returns where each type that this gave a name to stood.
pub(super) fn merge(document: &mut Value, bases: &BTreeSet<String>, report: &mut Report) -> BTreeMap<String, Pointer> {
    cut_cycles(document, report);
    let mut types = MergedTypes::of(document);
    let copies_left = Cell::new(MAX_COPIES_OF_ALL);
    for round in 1.. {
        let whole = document.clone();
        let cycles = Cycles::of(&whole);
        let merging = Merging {
            document: &whole,
            bases,
            flattened: RefCell::default(),
            cuts: Cell::new(0),
            copies_left: &copies_left,
            of_schema: Cell::new(0),
        };
        let mut any = false;
        visit(document, &mut |kind, at, schema| {
            if kind != Kind::Schema || !(schema.contains_key("allOf") || has_conditions_beside_union(schema)) {
                return;
            }
            // What a member of an `allOf` says, the schema that holds it says.
            if at.is_member_of(&["allOf"]) {
                return;
            }
            let found = types.find(schema, at, &cycles, round > LATE);
            if let Found::Known(name) = &found {
                any = true;
                *schema = in_place(reference_to(name, schema));
                return;
            }
            merging.of_schema.set(MAX_COPIES);
            let mut merged = merging.flat(schema, &mut Vec::new(), at, report);
            if merging.of_schema.get() == 0 || (round > MAX_ROUNDS && merged != *schema) {
                report.add(Code::R105, at, "say it with fewer `allOf`s, or with fewer unions in them");
                merged = Map::new();
            }
            if merged == *schema {
                return;
            }
            any = true;
            report.add(Code::L106, at, "merged");
            *schema = match found {
                Found::New(key) if needs_type(&merged, at) => {
                    let name = types.make(key, &merged, at, &whole);
                    report.add(Code::L103, at, format!("named `{name}`"));
                    in_place(reference_to(&name, &merged))
                }
                _ => merged,
            };
        });
        types.settle(document);
        if !any {
            break;
        }
    }
    types.origins
}

fn in_place(reference: Value) -> Map<String, Value> {
    match reference {
        Value::Object(reference) => reference,
        _ => Map::new(),
    }
}

/// Whether what was merged may hold more to merge, so that it is to be merged once wherever it stands.
fn needs_type(merged: &Map<String, Value>, at: &Pointer) -> bool {
    let holds = |keyword: &str| merged.get(keyword).is_some_and(|inner| inner.get("allOf").is_some());
    let is_union = merged.contains_key("oneOf") || merged.contains_key("anyOf");
    merged.contains_key("properties")
        || holds("items")
        || holds("additionalProperties")
        // The members of a union within a union are members of that.
        || (is_union && !at.is_member_of(&["oneOf", "anyOf"]))
}

/// Whether a schema is a union and an object at once.
fn has_conditions_beside_union(schema: &Map<String, Value>) -> bool {
    let union = schema.contains_key("oneOf") || schema.contains_key("anyOf");
    union
        && schema.keys().any(|key| !is_annotation(key) && !["oneOf", "anyOf", "discriminator"].contains(&key.as_str()))
}

/// An `allOf` that leads back to its own schema admits nothing a type could hold.
fn cut_cycles(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let parents: BTreeMap<String, Vec<String>> =
        schemas.iter().map(|(name, schema)| (name.clone(), parents(schema))).collect();
    for (name, schema) in schemas.iter_mut() {
        let mut seen = BTreeSet::new();
        let mut open = parents[name].clone();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(parents.get(&next).into_iter().flatten().cloned());
            }
        }
        if seen.contains(name) {
            let reason = "the `allOf` leads back to the schema itself; break the cycle";
            report.add(Code::R008, &Pointer::component("schemas", name), reason);
            *schema = json!({});
        }
    }
}

/// The named schemas that a schema is an `allOf` of, also within inline members.
pub(super) fn parents(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for member in schema["allOf"].as_array().into_iter().flatten() {
        match member["$ref"].as_str().and_then(|reference| component_name(reference, "schemas")) {
            Some(name) => found.push(name),
            None => found.extend(parents(member)),
        }
    }
    found
}

struct Merging<'a> {
    document: &'a Value,
    /// Base classes: what they say of their subtypes does not concern a subtype.
    bases: &'a BTreeSet<String>,
    /// What named schemas say once merged, so that each is merged once however many refer to it.
    flattened: RefCell<BTreeMap<String, Map<String, Value>>>,
    /// How often a schema was left out of itself; what was merged then is right in that place only.
    cuts: Cell<usize>,
    copies_left: &'a Cell<usize>,
    /// How many copies the schema that is being merged has left.
    of_schema: Cell<usize>,
}

impl Merging<'_> {
    /// The schema without `allOf`, but for one that wraps a single reference.
    fn flat(
        &self,
        schema: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Map<String, Value> {
        let mut own = schema.clone();
        let members = match own.shift_remove("allOf") {
            Some(Value::Array(members)) => members,
            _ => Vec::new(),
        };
        let mut said = Vec::new();
        for member in members {
            let Value::Object(member) = member else { continue };
            if member.keys().all(|key| is_annotation(key)) {
                for (key, value) in member {
                    own.entry(key).or_insert(value);
                }
            } else if !said.contains(&member) {
                said.push(member);
            }
        }
        let annotated = own.keys().all(|key| is_annotation(key));
        if annotated && said.len() == 1 {
            let only = said.remove(0);
            if only.contains_key("$ref") {
                own.insert("allOf".into(), json!([only]));
                return own;
            }
            let only = self.flat(&only, within, at, report);
            own.shift_remove("nullable");
            let nullable = schema.get("nullable").cloned();
            for (key, value) in only {
                own.entry(key).or_insert(value);
            }
            own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
            return own;
        }
        let nullable = own.shift_remove("nullable");
        for member in said {
            let depth = within.len();
            if let Some(member) = self.resolved(&member, within, at, report) {
                own = intersect(own, member, 0, at, report);
            }
            within.truncate(depth);
        }
        own = self.distributed(own, within, at, report);
        own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
        own
    }

    /// What a member says, its reference followed.
    fn resolved(
        &self,
        member: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Option<Map<String, Value>> {
        let Some(reference) = member.get("$ref").and_then(Value::as_str) else {
            return Some(self.flat(member, within, at, report));
        };
        let name = component_name(reference, "schemas")?;
        if within.contains(&name) {
            self.cuts.set(self.cuts.get() + 1);
            return None;
        }
        let known = self.flattened.borrow().get(&name).cloned();
        let flat = match known {
            Some(flat) => flat,
            None => {
                let cuts = self.cuts.get();
                let flat = self.target(reference, &name, within, at, report)?;
                if self.cuts.get() == cuts {
                    self.flattened.borrow_mut().insert(name, flat.clone());
                }
                flat
            }
        };
        self.spend(values(&flat)).then_some(flat)
    }

    /// What a named schema says, without what is said of it alone.
    fn target(
        &self,
        reference: &str,
        name: &str,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Option<Map<String, Value>> {
        if within.len() > MAX_ANCESTRY {
            self.of_schema.set(0);
            return None;
        }
        let mut target = resolve(self.document, reference)?.as_object()?.clone();
        if self.bases.contains(name) {
            target.shift_remove("oneOf");
            target.shift_remove("anyOf");
        }
        target.shift_remove("discriminator");
        within.push(name.to_owned());
        let mut flat = self.flat(&target, within, at, report);
        // `allOf: [{$ref}]` is left by an alias.
        if let Some([Value::Object(only)]) = flat.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            flat = self.resolved(&only.clone(), within, at, report)?;
        }
        for key in ["title", "description", "deprecated", "nullable", "readOnly", "writeOnly", "default"] {
            flat.shift_remove(key);
        }
        Some(flat)
    }

    /// Whether that many values may still be copied.
    fn spend(&self, copies: usize) -> bool {
        let left = self.of_schema.get().min(self.copies_left.get()).saturating_sub(copies);
        self.copies_left.set(self.copies_left.get().saturating_sub(copies));
        self.of_schema.set(left);
        left > 0
    }

    /// A union with properties beside it is a union of members that have them, too.
    fn distributed(
        &self,
        mut schema: Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Map<String, Value> {
        if !has_conditions_beside_union(&schema) {
            return schema;
        }
        let keyword = if schema.contains_key("oneOf") { "oneOf" } else { "anyOf" };
        let Some(Value::Array(members)) = schema.shift_remove(keyword) else {
            return schema;
        };
        if let Some(other) = schema.shift_remove("anyOf") {
            report.add(Code::W113, at, format!("not checked: one of {} schemas", other.as_array().map_or(0, Vec::len)));
        }
        let is_condition = |member: &Value| {
            let keys: Vec<_> = member.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            keys.iter().all(|key| is_annotation(key) || ["required", "type"].contains(key))
        };
        if members.iter().all(is_condition) && (schema.contains_key("type") || schema.contains_key("properties")) {
            report.add(Code::W113, at, "which of the properties are there together");
            schema.shift_remove("discriminator");
            return schema;
        }
        let mut kept: Map<_, _> = Map::new();
        for key in ["title", "description", "deprecated", "default", "readOnly", "writeOnly", "discriminator"] {
            kept.extend(schema.shift_remove(key).map(|value| (key.to_owned(), value)));
        }
        let says = schema.contains_key("properties")
            || schema.contains_key("items")
            || schema.contains_key("enum")
            || schema.get("additionalProperties").is_some_and(Value::is_object);
        let members = members.into_iter().map(|member| {
            let Value::Object(member) = member else { return member };
            if !says {
                return Value::Object(member);
            }
            let title = member
                .get("title")
                .cloned()
                .or_else(|| Some(component_name(member.get("$ref")?.as_str()?, "schemas")?.into()));
            let depth = within.len();
            let merged = match self.resolved(&member, within, at, report) {
                Some(resolved) => intersect(schema.clone(), resolved, 0, at, report),
                None => member,
            };
            within.truncate(depth);
            let mut merged = merged;
            merged.extend(title.map(|title| ("title".to_owned(), title)));
            Value::Object(merged)
        });
        kept.insert(keyword.into(), members.collect());
        kept
    }
}

/// How many values a schema is made of.
fn values(schema: &Map<String, Value>) -> usize {
    let mut open: Vec<_> = schema.values().collect();
    let mut count = 1;
    while let Some(value) = open.pop() {
        count += 1;
        match value {
            Value::Object(object) => open.extend(object.values()),
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    count
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
        merge(&mut document, &BTreeSet::new(), &mut Report::default());
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

    /// Merges what stands in these components, and returns them and the codes of what was refused.
    fn merged(schemas: Value) -> (Value, Vec<Code>) {
        let mut document = json!({"components": {"schemas": schemas}});
        let mut report = Report::default();
        merge(&mut document, &BTreeSet::new(), &mut report);
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
        // Twice the same, so that following each reference anew would take 2^40 steps.
        let (schemas, refused) = merged(chain(
            40,
            &|number| json!({"allOf": [parent(number), {"allOf": [parent(number), more(format!("p{number}"))]}]}),
        ));
        assert_eq!((schemas["S40"]["properties"].as_object().unwrap().len(), refused), (41, vec![]));
    }

    #[test]
    fn cycles_are_refused() {
        let mut document = json!({"components": {"schemas": {
            "A": {"allOf": [named("B"), {"type": "object"}]},
            "B": {"allOf": [{"allOf": [named("A")]}]},
        }}});
        let mut report = Report::default();
        merge(&mut document, &BTreeSet::new(), &mut report);
        assert_eq!(report.rejections().count(), 2);
    }
}
