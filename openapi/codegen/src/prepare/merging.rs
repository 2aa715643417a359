//! Writes one schema for an `allOf`, with bounds on how much it may copy.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::pointer::{Pointer, component_name, resolve};
use crate::prepare::base_classes::is_mapped;
use crate::prepare::intersection::{intersect, is_annotation};
use crate::report::{Code, Log};

/// How long a chain of schemas that extend each other may be.
const MAX_ANCESTRY: usize = 64;

/// How many JSON values may be copied into one schema.
const MAX_COPIES: usize = 10_000;

/// Whether a schema has conditions beside its union.
pub(super) fn has_conditions_beside_union(schema: &Map<String, Value>) -> bool {
    let union = schema.contains_key("oneOf") || schema.contains_key("anyOf");
    union
        && schema.keys().any(|key| !is_annotation(key) && !["oneOf", "anyOf", "discriminator"].contains(&key.as_str()))
}

/// Merges schemas of one document.
pub(super) struct Merging<'a> {
    document: &'a Value,
    /// The base classes: a subtype inherits neither their union nor their discriminator.
    bases: &'a BTreeSet<String>,
    /// The named schemas once merged, so that each is merged once however many refer to it.
    flattened: RefCell<BTreeMap<String, Map<String, Value>>>,
    /// How often a schema was left out of itself; a schema merged meanwhile holds for that place only.
    cuts: Cell<usize>,
    copies_left: &'a Cell<usize>,
    /// How many values may still be copied into the current schema.
    of_schema: Cell<usize>,
}

impl<'a> Merging<'a> {
    pub(super) fn of(document: &'a Value, bases: &'a BTreeSet<String>, copies_left: &'a Cell<usize>) -> Self {
        let (flattened, cuts, of_schema) = Default::default();
        Self { document, bases, flattened, cuts, copies_left, of_schema }
    }

    /// The schema without `allOf`, or `None` if that would copy too much.
    pub(super) fn schema(
        &self,
        schema: &Map<String, Value>,
        at: &Pointer,
        log: &mut Log,
    ) -> Option<Map<String, Value>> {
        self.of_schema.set(MAX_COPIES);
        let merged = self.flat(schema, &mut Vec::new(), at, log);
        (self.of_schema.get() > 0).then_some(merged)
    }

    /// The schema without `allOf`, except one that wraps a single reference.
    fn flat(
        &self,
        schema: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        log: &mut Log,
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
        if annotated && said.len() == 1 && !self.is_subtype(at, &said[0]) {
            let only = said.remove(0);
            if only.contains_key("$ref") {
                own.insert("allOf".into(), json!([only]));
                return own;
            }
            let only = self.flat(&only, within, at, log);
            own.shift_remove("nullable");
            let nullable = schema.get("nullable").cloned();
            for (key, value) in only {
                own.entry(key).or_insert(value);
            }
            own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
            return own;
        }
        let nullable = own.shift_remove("nullable");
        let mut only = None;
        for member in &said {
            let depth = within.len();
            if let Some(resolved) = self.resolved(member, within, at, log) {
                own = intersect(own, resolved.clone(), 0, at, log);
                only = Some((member, resolved));
            }
            within.truncate(depth);
        }
        own = self.distributed(own, within, at, log);
        if said.len() == 1
            && let Some((member, resolved)) = only
            && self.is_type(member)
            && is_same(&own, &resolved)
        {
            own.retain(|key, _| is_annotation(key));
            own.insert("allOf".into(), json!([member]));
        }
        own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
        own
    }

    /// Whether a component is one of the types of its base class, even if it adds nothing: an alias would be their union.
    fn is_subtype(&self, at: &Pointer, member: &Map<String, Value>) -> bool {
        let Some(base) = referred(member).filter(|base| self.bases.contains(base)) else { return false };
        let discriminator = &self.document["components"]["schemas"][base]["discriminator"];
        at.in_component().is_some_and(|(name, inner)| inner.is_empty() && is_mapped(discriminator, name))
    }

    /// Whether a schema refers to one whose type has the same properties: a base class becomes a union of its subtypes.
    fn is_type(&self, schema: &Map<String, Value>) -> bool {
        referred(schema).is_some_and(|name| !self.bases.contains(&name))
    }

    /// The schema that a member is or refers to, merged.
    fn resolved(
        &self,
        member: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        log: &mut Log,
    ) -> Option<Map<String, Value>> {
        let Some(reference) = member.get("$ref").and_then(Value::as_str) else {
            return Some(self.flat(member, within, at, log));
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
                let flat = self.target(reference, &name, within, at, log)?;
                if self.cuts.get() == cuts {
                    self.flattened.borrow_mut().insert(name, flat.clone());
                }
                flat
            }
        };
        self.spend(values(&flat)).then_some(flat)
    }

    /// A named schema, merged, without the keywords that describe only that schema.
    fn target(
        &self,
        reference: &str,
        name: &str,
        within: &mut Vec<String>,
        at: &Pointer,
        log: &mut Log,
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
        let mut flat = self.flat(&target, within, at, log);
        // Merging an alias leaves `allOf: [{$ref}]`.
        if let Some([Value::Object(only)]) = flat.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            flat = self.resolved(&only.clone(), within, at, log)?;
        }
        for key in ["title", "description", "deprecated", "nullable", "readOnly", "writeOnly", "default"] {
            flat.shift_remove(key);
        }
        Some(flat)
    }

    /// Counts copied values; returns whether more may follow.
    fn spend(&self, copies: usize) -> bool {
        let left = self.of_schema.get().min(self.copies_left.get()).saturating_sub(copies);
        self.copies_left.set(self.copies_left.get().saturating_sub(copies));
        self.of_schema.set(left);
        left > 0
    }

    /// Moves properties beside a union into each of its members.
    fn distributed(
        &self,
        mut schema: Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        log: &mut Log,
    ) -> Map<String, Value> {
        if !has_conditions_beside_union(&schema) {
            return schema;
        }
        let keyword = if schema.contains_key("oneOf") { "oneOf" } else { "anyOf" };
        let Some(Value::Array(members)) = schema.shift_remove(keyword) else {
            return schema;
        };
        if let Some(other) = schema.shift_remove("anyOf") {
            log.add(Code::W113, at, format!("not checked: one of {} schemas", other.as_array().map_or(0, Vec::len)));
        }
        let is_condition = |member: &Value| {
            let keys: Vec<_> = member.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            keys.iter().all(|key| is_annotation(key) || ["required", "type"].contains(key))
        };
        if members.iter().all(is_condition) && (schema.contains_key("type") || schema.contains_key("properties")) {
            log.add(Code::W113, at, "which of the properties are there together");
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
            let title = member.get("title").cloned().or_else(|| Some(referred(&member)?.into()));
            let depth = within.len();
            let resolved = self.resolved(&member, within, at, log);
            within.truncate(depth);
            let Some(resolved) = resolved else { return Value::Object(member) };
            let mut merged = intersect(schema.clone(), resolved.clone(), 0, at, log);
            if self.is_type(&member) && is_same(&merged, &resolved) {
                return Value::Object(member);
            }
            merged.extend(title.map(|title| ("title".to_owned(), title)));
            Value::Object(merged)
        });
        kept.insert(keyword.into(), members.collect());
        kept
    }
}

/// The component that a schema refers to.
fn referred(schema: &Map<String, Value>) -> Option<String> {
    component_name(schema.get("$ref")?.as_str()?, "schemas")
}

/// Whether two schemas admit the same values, as far as their own keywords say.
fn is_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let keywords = |schema: &Map<String, Value>| {
        let mut schema = schema.clone();
        schema.retain(|key, value| !is_annotation(key) && !says_nothing(key, value));
        let is_object =
            schema.contains_key("properties") || schema.contains_key("oneOf") || schema.contains_key("anyOf");
        if is_object && schema.get("type") == Some(&"object".into()) {
            schema.shift_remove("type");
        }
        if let Some(Value::Array(names)) = schema.get_mut("required") {
            names.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        }
        schema
    };
    keywords(one) == keywords(other)
}

/// Whether a keyword admits every value.
fn says_nothing(keyword: &str, value: &Value) -> bool {
    let is_empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    match keyword {
        "properties" | "required" => is_empty,
        "minLength" | "minItems" | "minProperties" => *value == 0,
        _ => false,
    }
}

/// How many JSON values a schema consists of.
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
