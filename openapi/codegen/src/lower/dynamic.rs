//! Resolves dynamic references (JSON Schema 2020-12, section 8.2.3.2, and `$recursiveRef` of 2019-09) before all others.
//!
//! A dynamic reference leads to the outermost schema on the way to it that has the anchor. So a template with
//! `$dynamicRef: "#T"` is another schema for each schema that gives `T` a meaning and refers to it: each gets a copy.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::lower::targets::Targets;
use crate::model::grammar::ObjectKind;
use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::Pointer;
use crate::model::visitor::{visit, visit_mut, visit_object, visit_object_mut};
use crate::report::{Code, Log, Pass};

/// How many bytes of JSON are copied at most.
const MAX_BYTES: usize = 4_000_000;

/// How many schemas and bindings are looked at, at most, to find what decides what a template is.
const MAX_STEPS: usize = 1_000_000;

/// The anchor that `$recursiveAnchor` is; no other has this name, since it is no plain name.
const RECURSIVE: &str = "$recursive";

/// The schemas that dynamic anchors stand for, by the names of the anchors.
type Bindings = BTreeMap<String, Pointer>;

/// Replaces each dynamic reference by a plain one, and removes it where its target is not known.
pub(super) fn resolve(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    if !read_recursive(document) {
        return;
    }
    let given = document.clone();
    let targets = Targets::of(&given);
    let mut templates = Templates::of(&given, &targets);
    visit_mut(document, &mut |kind, at, schema| {
        if kind == ObjectKind::Schema && ["$ref", "$dynamicRef"].iter().any(|keyword| schema.contains_key(*keyword)) {
            let bound = templates.anchors_around(at);
            templates.settle(schema, at, &bound, Place::Document, log);
        }
    });
    for (at, (target, bound)) in std::mem::take(&mut templates.in_place) {
        let copy = templates.copy(&target, &bound, log);
        if let Some(Value::Object(schema)) = document.pointer_mut(at.as_str()) {
            become_copy(schema, copy);
        }
    }
    while let Some((name, target, bound)) = templates.wanted.pop_front() {
        document["components"]["schemas"][name] = Value::Object(templates.copy(&target, &bound, log));
    }
}

/// Puts the copy of a template in the place of a reference to it, beside the other keywords there. Its names and definitions
/// stay, since references lead to them, those of the copy among them.
fn become_copy(schema: &mut Map<String, Value>, copy: Map<String, Value>) {
    if schema.keys().all(|key| is_of_resource(key) || ["title", "description"].contains(&key.as_str())) {
        for (key, value) in copy {
            schema.entry(key).or_insert(value);
        }
    } else if let Value::Array(members) = schema.entry("allOf").or_insert_with(|| json!([])) {
        members.insert(0, Value::Object(copy));
    }
}

/// Writes the keywords of 2019-09 as those of 2020-12; returns whether the document has a dynamic reference.
fn read_recursive(document: &mut Value) -> bool {
    let mut has_any = false;
    visit_mut(document, &mut |kind, _, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        if schema.shift_remove("$recursiveAnchor") == Some(true.into()) {
            schema.entry("$dynamicAnchor").or_insert_with(|| RECURSIVE.into());
        }
        if schema.shift_remove("$recursiveRef").is_some() {
            schema.insert("$dynamicRef".into(), format!("#{RECURSIVE}").into());
        }
        has_any |= schema.contains_key("$dynamicRef");
    });
    has_any
}

/// The keywords of definitions, which only references reach.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// Whether a keyword belongs to a schema as the target of references.
fn is_of_resource(keyword: &str) -> bool {
    let names = ["$id", "$schema", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment"];
    names.contains(&keyword) || DEFINITIONS.contains(&keyword)
}

/// Where a reference is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Document,
    Copy,
}

struct Templates<'a> {
    targets: &'a Targets,
    document: &'a Value,
    schemas: BTreeSet<Pointer>,
    /// The anchors in each schema that stands alone (see [`Self::unit`]), by its place, without those of one schema only.
    anchors: BTreeMap<Pointer, Rc<Bindings>>,
    /// The names of these anchors.
    ambiguous: BTreeSet<String>,
    /// The only schema with an anchor, by the anchor.
    only: Bindings,
    /// The anchors that decide what a schema is, directly or through its references.
    needs: BTreeMap<Pointer, Rc<BTreeSet<String>>>,
    /// The names of copies, by what was copied.
    copies: BTreeMap<(Pointer, Bindings), String>,
    /// The copies to be made.
    wanted: VecDeque<(String, Pointer, Bindings)>,
    /// The schemas that become copies themselves.
    in_place: BTreeMap<Pointer, (Pointer, Bindings)>,
    taken: BTreeSet<String>,
    /// How many bytes may still be copied.
    bytes_left: usize,
    /// How many schemas and bindings were looked at.
    steps: usize,
    max_steps: usize,
}

impl<'a> Templates<'a> {
    fn of(document: &'a Value, targets: &'a Targets) -> Self {
        let mut schemas = BTreeSet::new();
        let mut named = Vec::new();
        visit(document, &mut |kind, at, object| {
            if kind == ObjectKind::Schema {
                schemas.insert(at.clone());
                let anchor = object.get("$dynamicAnchor").and_then(Value::as_str);
                named.extend(anchor.map(|anchor| (anchor.to_owned(), at.clone())));
            }
        });
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        let mut templates = Self {
            targets,
            document,
            schemas,
            anchors: BTreeMap::new(),
            ambiguous: BTreeSet::new(),
            only: BTreeMap::new(),
            needs: BTreeMap::new(),
            copies: BTreeMap::new(),
            wanted: VecDeque::new(),
            in_place: BTreeMap::new(),
            bytes_left: MAX_BYTES,
            steps: 0,
            max_steps: MAX_STEPS,
            taken: components.into_iter().flat_map(Map::keys).cloned().collect(),
        };
        let mut count: BTreeMap<&String, usize> = BTreeMap::new();
        named.iter().for_each(|(anchor, _)| *count.entry(anchor).or_default() += 1);
        let only = named.iter().filter(|(anchor, _)| count[anchor] == 1 && anchor != RECURSIVE);
        templates.only = only.cloned().collect();
        let mut anchors: BTreeMap<Pointer, Bindings> = BTreeMap::new();
        for (anchor, at) in named.iter().filter(|(anchor, _)| !templates.only.contains_key(anchor)) {
            let unit = anchors.entry(templates.unit(at)).or_default();
            unit.entry(anchor.clone()).or_insert_with(|| at.clone());
            templates.ambiguous.insert(anchor.clone());
        }
        templates.anchors = anchors.into_iter().map(|(unit, bindings)| (unit, Rc::new(bindings))).collect();
        templates
    }

    /// The anchors in the schema around a place that stands alone.
    fn anchors_around(&self, at: &Pointer) -> Rc<Bindings> {
        self.anchors.get(&self.unit(at)).cloned().unwrap_or_default()
    }

    /// Counts what is looked at; returns whether more may be.
    fn look_at(&mut self, count: usize) -> bool {
        self.steps = self.steps.saturating_add(count);
        self.steps <= self.max_steps
    }

    /// The schema around a place that stands alone: one with an `$id`, or the outermost. Without `$id`, the anchors of all
    /// components would be those of the whole document.
    fn unit(&self, at: &Pointer) -> Pointer {
        let mut around = at.clone();
        let mut unit = at.clone();
        while !around.as_str().is_empty() {
            if self.schemas.contains(&around) {
                unit = around.clone();
                if self.document.pointer(unit.as_str()).is_some_and(|schema| schema["$id"].is_string()) {
                    break;
                }
            }
            around.pop();
        }
        unit
    }

    /// Makes the references of a schema plain. `at` is its place in the document as given.
    fn settle(&mut self, schema: &mut Map<String, Value>, at: &Pointer, bound: &Bindings, place: Place, log: &mut Log) {
        if let Some(Value::String(dynamic)) = schema.shift_remove("$dynamicRef") {
            match self.bound(&dynamic, at, bound) {
                Some(reference) => {
                    if place == Place::Document {
                        log.add(Code::L010, &at.join("$dynamicRef"), format!("`{dynamic}` is read as `$ref`"));
                    }
                    schema.entry("$ref").or_insert(reference.into());
                }
                None => {
                    let reason = format!("`{dynamic}` is another schema for each that refers here; read as any value");
                    log.add(Code::W010, &at.join("$dynamicRef"), reason);
                }
            }
            return;
        }
        let Some(reference) = schema.get("$ref").and_then(Value::as_str).map(str::to_owned) else { return };
        let Some((target, _)) = self.targets.schema(&reference, at) else { return };
        let target = Pointer::parse(&target);
        let Some(bound) = self.needed_of(bound, &target) else {
            schema.shift_remove("$ref");
            let reason = format!("more than {MAX_STEPS} schemas decide what templates are; read as any value");
            return log.add(Code::W010, &at.join("$ref"), reason);
        };
        let own = self.anchors_around(&target);
        let says_the_same = bound.iter().all(|(anchor, to)| own.get(anchor) == Some(to));
        if says_the_same {
            if place == Place::Copy {
                schema.insert("$ref".into(), format!("#{target}").into());
            }
            return;
        }
        if place == Place::Document {
            log.add(Code::L019, &at.join("$ref"), format!("`{reference}` with {}", shown(&bound)));
        }
        if place == Place::Document && self.unit(at) == *at && self.spend(&target) {
            schema.shift_remove("$ref");
            self.in_place.insert(at.clone(), (target, bound));
        } else if let Some(name) = self.copy_named(target, bound) {
            schema.insert("$ref".into(), format!("#{}", Pointer::component("schemas", &name)).into());
        } else {
            schema.shift_remove("$ref");
            log.add(
                Code::W010,
                &at.join("$ref"),
                format!("the copies have more than {MAX_BYTES} bytes or {MAX_STEPS} bindings; read as any value"),
            );
        }
    }

    /// The plain reference to what a dynamic one leads to. `None` if that depends on the way to it.
    fn bound(&self, dynamic: &str, at: &Pointer, bound: &Bindings) -> Option<String> {
        let Some(anchor) = dynamic.strip_prefix('#').filter(|anchor| !anchor.is_empty() && !anchor.contains('/'))
        else {
            return Some(dynamic.to_owned());
        };
        if anchor == RECURSIVE && !self.anchors_around(at).contains_key(anchor) {
            return Some(format!("#{}", self.unit(at)));
        }
        let Some(target) = bound.get(anchor).or_else(|| self.only.get(anchor)) else {
            // Without a dynamic anchor of this name, it is a reference as any other.
            return (!self.ambiguous.contains(anchor)).then(|| dynamic.to_owned());
        };
        let schema = self.document.pointer(target.as_str())?.as_object()?;
        let refers = schema.keys().all(|key| key == "$ref" || is_of_resource(key)) && self.unit(target) != *target;
        let further = schema.get("$ref").and_then(Value::as_str).filter(|_| refers);
        let further = further.and_then(|reference| self.targets.schema(reference, target));
        Some(format!("#{}", further.map_or_else(|| target.to_string(), |(further, _)| further)))
    }

    /// The bindings that decide what a schema is. `None` if there is too much to look at.
    fn needed_of(&mut self, bound: &Bindings, target: &Pointer) -> Option<Bindings> {
        if bound.is_empty() {
            return Some(Bindings::new());
        }
        let needed = self.needs_of(target)?;
        let is_within = self.look_at(needed.len());
        let binding = |anchor: &String| Some((anchor.clone(), bound.get(anchor)?.clone()));
        is_within.then(|| needed.iter().filter_map(binding).collect())
    }

    /// The anchors of the dynamic references that a schema reaches. `None` if there is too much to look at.
    fn needs_of(&mut self, target: &Pointer) -> Option<Rc<BTreeSet<String>>> {
        if let Some(known) = self.needs.get(target) {
            return Some(known.clone());
        }
        self.look_at(1).then_some(())?;
        let mut needed = BTreeSet::new();
        let mut seen = BTreeSet::from([target.clone()]);
        let mut open = vec![target.clone()];
        while let Some(from) = open.pop() {
            if let Some(known) = self.needs.get(&from).cloned() {
                self.look_at(known.len()).then_some(())?;
                needed.extend(known.iter().cloned());
                continue;
            }
            let Some(Value::Object(schema)) = self.document.pointer(from.as_str()) else { continue };
            let mut count = 0;
            visit_object(schema, ObjectKind::Schema, &mut from.clone(), &mut |kind, at, schema| {
                count += 1;
                let within = &at.as_str()[from.as_str().len()..];
                if kind != ObjectKind::Schema || DEFINITIONS.iter().any(|name| within.contains(&format!("/{name}/"))) {
                    return;
                }
                let dynamic = schema.get("$dynamicRef").and_then(Value::as_str);
                needed.extend(dynamic.and_then(|dynamic| dynamic.strip_prefix('#')).map(str::to_owned));
                let reference = schema.get("$ref").and_then(Value::as_str);
                let further = reference.and_then(|reference| self.targets.schema(reference, at));
                open.extend(further.map(|(further, _)| Pointer::parse(&further)).filter(|to| seen.insert(to.clone())));
            });
            self.look_at(count).then_some(())?;
        }
        let needed = Rc::new(needed);
        self.needs.insert(target.clone(), needed.clone());
        Some(needed)
    }

    /// The name of the component that is a copy. `None` if there would be too many.
    fn copy_named(&mut self, target: Pointer, bound: Bindings) -> Option<String> {
        let key = (target, bound);
        if let Some(name) = self.copies.get(&key) {
            return Some(name.clone());
        }
        let (target, bound) = &key;
        if !self.spend(target) {
            return None;
        }
        let by = bound.values().find_map(|at| Some(at.in_component()?.0.to_owned())).unwrap_or_default();
        let of = target.tokens().pop().unwrap_or_default();
        let name = unique_name(&rust_name(&format!("{by} {of}")), &mut self.taken);
        self.wanted.push_back((name.clone(), target.clone(), bound.clone()));
        self.copies.insert(key, name.clone());
        Some(name)
    }

    /// Counts the bytes of a copy and the bindings in it; returns whether it may be made.
    fn spend(&mut self, target: &Pointer) -> bool {
        if !self.look_at(self.anchors_around(target).len()) {
            return false;
        }
        if self.bytes_left > 0 {
            let bytes = self.document.pointer(target.as_str()).map_or(0, |schema| schema.to_string().len());
            self.bytes_left = self.bytes_left.saturating_sub(bytes);
        }
        self.bytes_left > 0
    }

    /// A copy of a schema in which dynamic references lead to what is bound.
    fn copy(&mut self, target: &Pointer, bound: &Bindings, log: &mut Log) -> Map<String, Value> {
        let schema = self.document.pointer(target.as_str()).and_then(Value::as_object);
        let mut copy = schema.cloned().unwrap_or_default();
        DEFINITIONS.iter().for_each(|name| drop(copy.shift_remove(*name)));
        let mut all = Bindings::clone(&self.anchors_around(target));
        all.extend(bound.clone());
        visit_object_mut(&mut copy, ObjectKind::Schema, &mut target.clone(), &mut |kind, at, schema| {
            if kind == ObjectKind::Schema {
                self.settle(schema, at, &all, Place::Copy, log);
                // Two schemas of one name would be mistaken for each other.
                schema.retain(|key, _| !is_of_resource(key));
            }
        });
        copy
    }
}

/// What a template is copied with, for the report.
fn shown(bound: &Bindings) -> String {
    let shown: Vec<_> = bound.iter().map(|(anchor, to)| format!("`{anchor}` as `#{to}`")).collect();
    shown.join(", ")
}
