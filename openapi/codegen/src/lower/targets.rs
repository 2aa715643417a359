//! Resolves references: by JSON pointer, by `$id` and by anchor.

use std::collections::BTreeMap;

use oxiri::{Iri, IriRef};
use serde_json::Value;

use crate::model::grammar::{ObjectKind, Shape, shape_at};
use crate::model::pointer::{Pointer, percent_decoded};
use crate::model::visitor::visit;

/// The document as given, and the places of the schemas that have a name.
pub(super) struct Targets {
    whole: Value,
    /// Pointers by `$id`, as written and as resolved against the `$id` of the schema around it.
    ids: BTreeMap<String, String>,
    /// Pointers by the place of the schema resource around them (see [`Self::resource`]) and by `$anchor`.
    anchors: BTreeMap<(String, String), String>,
}

impl Targets {
    pub(super) fn of(document: &Value) -> Self {
        let whole = document.clone();
        let mut named = Vec::new();
        visit(&whole, &mut |kind, at, object| {
            if kind != ObjectKind::Schema {
                return;
            }
            for keyword in ["$id", "$anchor", "$dynamicAnchor"] {
                if let Some(name) = object.get(keyword).and_then(Value::as_str) {
                    named.push((keyword, name.to_owned(), at.clone()));
                }
            }
        });
        let own = whole["$self"].as_str().map(|own| (own.to_owned(), String::new()));
        let mut targets = Self { whole, ids: own.into_iter().collect(), anchors: BTreeMap::new() };
        // The visitor visits inner schemas first, and an `$id` is relative to that of the schema around it.
        for (_, id, at) in named.iter().rev().filter(|(keyword, ..)| *keyword == "$id") {
            let id = id.trim_end_matches('#');
            let mut around = at.clone();
            around.pop();
            let meant = absolute(id, &targets.id_around(&around));
            for id in [id.to_owned(), meant] {
                targets.ids.entry(id).or_insert_with(|| at.to_string());
            }
        }
        for (_, anchor, at) in named.into_iter().filter(|(keyword, ..)| *keyword != "$id") {
            let resource = targets.resource(&at);
            targets.anchors.entry((resource, anchor)).or_insert_with(|| at.to_string());
        }
        targets
    }

    /// The pointer and the value that a reference leads to; `at` is the place of the reference.
    pub(super) fn resolve(&self, reference: &str, at: &Pointer) -> Option<(String, &Value)> {
        let (id, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_decoded(fragment);
        let resource = if id.is_empty() { self.resource(at) } else { self.resource_named(id, at)? };
        if fragment.is_empty() || fragment.starts_with('/') {
            let from_there = self.value(format!("{resource}{fragment}"));
            // Tools that bundle schemas leave pointers from the root of the document in them.
            return from_there.or_else(|| if id.is_empty() { self.value(fragment) } else { None });
        }
        let key = (resource, fragment);
        let pointer = self.anchors.get(&key).or_else(|| {
            let mut same = self.anchors.iter().filter(|((_, anchor), _)| id.is_empty() && *anchor == key.1);
            let only = same.next().map(|(_, pointer)| pointer);
            only.filter(|_| same.next().is_none())
        });
        self.value(pointer?.clone())
    }

    /// Does the same for a reference to a schema, which may also be among the definitions around the reference.
    pub(super) fn schema(&self, reference: &str, at: &Pointer) -> Option<(String, &Value)> {
        let found = self.resolve(reference, at).or_else(|| self.among_definitions(reference, at));
        found.filter(|(pointer, _)| !is_other(&Pointer::parse(pointer)))
    }

    /// The shortest part of a reference within the document that leads to nothing; `None` when all of it leads somewhere.
    pub(super) fn first_missing<'r>(&self, reference: &'r str) -> Option<&'r str> {
        let fragment = reference.strip_prefix('#')?;
        let ends = fragment.match_indices('/').map(|(end, _)| end).skip(1).chain([fragment.len()]);
        let is_missing = |end: &usize| self.whole.pointer(&percent_decoded(&fragment[..*end])).is_none();
        ends.into_iter().find(is_missing).map(|end| &reference[..=end])
    }

    fn value(&self, pointer: String) -> Option<(String, &Value)> {
        let value = self.whole.pointer(&pointer)?;
        Some((pointer, value))
    }

    /// The place of the nearest schema around `at` with an `$id` (a schema resource), or of the document.
    fn resource(&self, at: &Pointer) -> String {
        if self.ids.is_empty() {
            return String::new();
        }
        let mut resource = at.clone();
        while !resource.as_str().is_empty() && !self.has_id(&resource) {
            resource.pop();
        }
        resource.to_string()
    }

    fn has_id(&self, at: &Pointer) -> bool {
        !is_other(at) && self.whole.pointer(at.as_str()).is_some_and(|schema| schema["$id"].is_string())
    }

    fn resource_named(&self, id: &str, at: &Pointer) -> Option<String> {
        let meant = absolute(id, &self.id_around(at));
        self.ids.get(&meant).or_else(|| self.ids.get(id)).cloned()
    }

    /// The base URI of references at a place.
    fn id_around(&self, at: &Pointer) -> String {
        let mut around = at.clone();
        let mut id = String::new();
        loop {
            if around.as_str().is_empty() {
                return absolute(&id, self.whole["$self"].as_str().unwrap_or_default());
            }
            if self.has_id(&around) {
                let outer = self.whole.pointer(around.as_str()).and_then(|schema| schema["$id"].as_str());
                id = absolute(&id, outer.unwrap_or_default().trim_end_matches('#'));
                if is_absolute(&id) {
                    return id;
                }
            }
            around.pop();
        }
    }

    /// Looks in the schemas around the reference for definitions, since tools that bundle schemas leave their pointers
    /// as they were.
    fn among_definitions(&self, reference: &str, at: &Pointer) -> Option<(String, &Value)> {
        let inner = reference.strip_prefix('#').map(percent_decoded)?;
        if !inner.starts_with("/$defs/") && !inner.starts_with("/definitions/") {
            return None;
        }
        let mut base = at.clone();
        while !base.as_str().is_empty() {
            base.pop();
            let found = self.value(format!("{base}{inner}"));
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Whether an object is of a kind other than a schema.
fn is_other(at: &Pointer) -> bool {
    matches!(shape_at(at), Some(Shape::One(kind)) if kind != ObjectKind::Schema)
}

/// The base URI of a document without one; references resolved against it keep their path only.
const ROOT: &str = "document://";

/// Resolves a reference against a base URI (RFC 3986, section 5.2).
fn absolute(reference: &str, base: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if is_absolute(reference) {
        return reference.to_owned();
    }
    let beside = |base: &str| Iri::parse(base)?.resolve(&IriRef::parse(reference)?);
    // A base may itself be relative.
    let resolved = beside(base).or_else(|_| beside(&format!("{ROOT}/{}", base.trim_start_matches('/'))));
    resolved
        .map_or_else(|_| reference.to_owned(), |iri| iri.as_str().strip_prefix(ROOT).unwrap_or(iri.as_str()).to_owned())
}

fn is_absolute(reference: &str) -> bool {
    Iri::parse(reference).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_beside_others() {
        for (reference, base, expected) in [
            ("b", "https://a.b/c/d", "https://a.b/c/b"),
            ("/b", "https://a.b/c/d", "https://a.b/b"),
            ("../b", "https://a.b/c/d/e", "https://a.b/c/b"),
            ("./b", "https://a.b", "https://a.b/b"),
            ("https://c.d", "https://a.b", "https://c.d"),
            ("urn:a:b", "https://a.b", "urn:a:b"),
            ("", "https://a.b", "https://a.b"),
            ("b", "", "/b"),
            ("../b", "c/d/e", "/c/b"),
            ("b", "/c/d", "/c/b"),
            ("b", "urn:a:b", "urn:b"),
            ("//c.d/b", "https://a.b/c", "https://c.d/b"),
            ("b", "https://a.b/c?d=/e", "https://a.b/b"),
        ] {
            assert_eq!(absolute(reference, base), expected, "{reference} beside {base}");
        }
    }
}
