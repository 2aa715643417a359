//! A document to compare, its parts with their pointers, and the targets of its references.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::pointer::{MAX_CHAIN, Pointer, component_name, percent_decoded};

static ANYTHING: Value = Value::Bool(true);

/// A value in a document, with its pointer.
#[derive(Clone, Debug)]
pub(super) struct Located<'a> {
    pub(super) at: Pointer,
    pub(super) value: &'a Value,
}

impl<'a> Located<'a> {
    /// An absent schema, which admits anything.
    pub(super) fn unwritten(at: Pointer) -> Self {
        Self { at, value: &ANYTHING }
    }

    pub(super) fn is_unwritten(&self) -> bool {
        std::ptr::eq(self.value, &ANYTHING)
    }

    pub(super) fn get(&self, field: &str) -> Option<Self> {
        Some(Self { at: self.at.join(field), value: self.value.get(field)? })
    }

    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        self.value.get(field)?.as_str()
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.value.get(field) == Some(&Value::Bool(true))
    }

    /// The fields of an object by name, whatever the order of the keys; empty for any other value.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let at = self.at.clone();
        let mut fields: Vec<_> = self.value.as_object().into_iter().flatten().collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        fields.into_iter().map(move |(name, value)| (name.as_str(), Located { at: at.join(name), value }))
    }

    /// The items of an array; empty for any other value.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let at = self.at.clone();
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(move |(index, value)| Located { at: at.join(&index.to_string()), value })
    }
}

/// A document to compare.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document<'a> {
    pub(super) root: &'a Value,
}

impl<'a> Document<'a> {
    pub(super) fn place(self) -> Located<'a> {
        Located { at: Pointer::default(), value: self.root }
    }

    /// The target of a reference within the document.
    pub(super) fn resolve(self, reference: &str) -> Option<Located<'a>> {
        match reference.strip_prefix('#').map(percent_decoded) {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
                Some(Located { value: self.root.pointer(&pointer)?, at: Pointer::parse(&pointer) })
            }
            _ => self.named(reference),
        }
    }

    /// The component schema with this `$id` or anchor.
    fn named(self, reference: &str) -> Option<Located<'a>> {
        let anchor = reference.strip_prefix('#');
        let is_meant = |schema: &Value| {
            let says = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
            says("$id") == Some(reference) || (anchor.is_some() && says("$anchor") == anchor)
        };
        let (name, value) = self.components("schemas")?.iter().find(|(_, schema)| is_meant(schema))?;
        Some(Located { at: Pointer::component("schemas", name), value })
    }

    /// Follows a chain of `$ref`s; a dangling reference is returned as it is.
    pub(super) fn follow(self, place: &Located<'a>) -> Located<'a> {
        let mut place = place.clone();
        for _ in 0..MAX_CHAIN {
            match place.text("$ref").and_then(|reference| self.resolve(reference)) {
                Some(target) => place = target,
                None => break,
            }
        }
        place
    }

    /// Follows a chain of bare `$ref`s; also returns the names of the components on the way.
    pub(super) fn schema(self, place: &Located<'a>) -> (Located<'a>, Vec<String>) {
        let mut place = place.clone();
        let mut names = Vec::new();
        for _ in 0..MAX_CHAIN {
            let Some(reference) = place.text("$ref").filter(|_| place.value.as_object().is_some_and(|o| o.len() == 1))
            else {
                break;
            };
            let Some(target) = self.resolve(reference) else { break };
            names.extend(component_name(reference, "schemas"));
            place = target;
        }
        (place, names)
    }

    pub(super) fn components(self, section: &str) -> Option<&'a Map<String, Value>> {
        self.root.get("components")?.get(section)?.as_object()
    }

    pub(super) fn has_schema(self, name: &str) -> bool {
        self.components("schemas").is_some_and(|schemas| schemas.contains_key(name))
    }

    /// Every reference that operations reach, directly or through other references.
    pub(super) fn reached(self) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Value> = self.root.get("paths").into_iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(fields) => {
                    let reference = fields.get("$ref").and_then(Value::as_str);
                    if let Some(reference) = reference.filter(|reference| reached.insert((*reference).to_owned())) {
                        let target = self.resolve(reference);
                        let subtypes = target.iter().flat_map(|base| self.subtypes(base));
                        open.extend(
                            subtypes
                                .filter(|(subtype, _)| reached.insert(subtype.clone()))
                                .map(|(_, place)| place.value),
                        );
                        open.extend(target.map(|place| place.value));
                    }
                    open.extend(fields.values());
                }
                _ => {}
            }
        }
        reached
    }

    /// The schemas that extend a base class, by reference. A base class has a discriminator, or extends a schema that has
    /// one, and lists no members itself.
    pub(super) fn subtypes(self, base: &Located<'a>) -> Vec<(String, Located<'a>)> {
        let has = |keyword: &str| base.value.get(keyword).is_some();
        if has("oneOf") || has("anyOf") || !self.has_discriminator(base.value) {
            return Vec::new();
        }
        let own = format!("#{}", base.at);
        let extends = |schema: &Value| {
            let members = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            members.clone().any(|member| member.get("$ref").and_then(Value::as_str) == Some(own.as_str()))
        };
        let schemas = self.components("schemas").into_iter().flatten().filter(|(_, schema)| extends(schema));
        schemas
            .map(|(name, value)| {
                let at = Pointer::component("schemas", name);
                (format!("#{at}"), Located { at, value })
            })
            .collect()
    }

    /// Whether a schema has a discriminator, or extends a schema that has one.
    fn has_discriminator(self, schema: &'a Value) -> bool {
        let (mut open, mut seen) = (vec![schema], BTreeSet::new());
        while let Some(schema) = open.pop() {
            if schema.get("discriminator").is_some() {
                return true;
            }
            for member in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                match member.get("$ref").and_then(Value::as_str) {
                    Some(reference) if seen.insert(reference) => {
                        open.extend(self.resolve(reference).map(|parent| parent.value));
                    }
                    Some(_) => {}
                    None => open.push(member),
                }
            }
        }
        false
    }
}

/// Whether two values are equal, whatever the order of fields and lists.
pub(super) fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.len() == new.len()
                && old.iter().all(|(name, value)| new.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::Array(old), Value::Array(new)) => {
            let mut left: Vec<_> = new.iter().collect();
            old.len() == new.len()
                && old.iter().all(|value| {
                    let found = left.iter().position(|other| same(value, other));
                    found.map(|index| left.swap_remove(index)).is_some()
                })
        }
        _ => old == new,
    }
}
