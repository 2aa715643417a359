//! The edit that an action makes to a document, by the specification.

use std::cmp::Reverse;

use serde_json::Value;

use super::action::{Action, Modifier};
use super::document::Version;
use super::new_part::new_part;
use crate::model::pointer::Pointer;

/// The edit that an action makes to one document.
#[derive(Debug)]
pub(super) enum Edit {
    /// Merges a value into each node.
    Merge(Vec<(Pointer, Value)>),
    /// Removes each node.
    Remove(Vec<Pointer>),
}

/// Why an action cannot be applied.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The document lacks a node it needs.
    Dead(String),
    /// A node is of the wrong kind.
    Incompatible(String),
}

impl Edit {
    /// The edit that the action makes to this document.
    ///
    /// # Errors
    ///
    /// When it copies from no node or from several, selects nodes of different kinds, or removes the document.
    pub(super) fn of(action: &Action, version: Version, document: &Value) -> Result<Self, Refusal> {
        let targets = action.target.locate(document);
        if targets.is_empty() {
            return Ok(Self::Merge(Vec::new()));
        }
        let update = match &action.modifier {
            Modifier::Nothing => return Ok(Self::Merge(Vec::new())),
            Modifier::Remove if targets.iter().any(|target| target.as_str().is_empty()) => {
                return Err(Refusal::Incompatible("the document as a whole cannot be removed".into()));
            }
            Modifier::Remove => return Ok(Self::Remove(targets)),
            Modifier::Update(update) => update,
            Modifier::Copy(source) => match &source.locate(document)[..] {
                [only] => document.pointer(only.as_str()).unwrap_or(&Value::Null),
                [] => return Err(Refusal::Dead(format!("nothing in the document is at `{source}`"))),
                several => {
                    let why = format!("`{source}` selects {} nodes; a copy is made of one", several.len());
                    return Err(Refusal::Incompatible(why));
                }
            },
        };

        let mut merges: Vec<(Pointer, Value)> = Vec::new();
        let mut first: Option<(Pointer, &str)> = None;
        for at in targets {
            let Some(target) = document.pointer(at.as_str()) else { continue };
            let (first, kind) = first.get_or_insert_with(|| (at.clone(), kind(target)));
            if *kind != self::kind(target) {
                let why =
                    format!("it selects nodes of different kinds: {first} is {kind}, {at} is {}", self::kind(target));
                return Err(Refusal::Incompatible(why));
            }
            let update = match (target, update) {
                (Value::Array(_), Value::Array(_)) if version == Version::V1_1 => update.clone(),
                (Value::Array(_), element) => Value::Array(vec![element.clone()]),
                _ => update.clone(),
            };
            merges.push((at, update));
        }
        Ok(Self::Merge(merges))
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Merge(merges) => merges.is_empty(),
            Self::Remove(targets) => targets.is_empty(),
        }
    }

    /// The part of the edit that is new to the document, and a description of the parts the document already has.
    ///
    /// # Errors
    ///
    /// When the document has another value at the same place.
    pub(super) fn without_known_parts(self, document: &Value) -> Result<(Self, Vec<String>), Refusal> {
        let mut there = Vec::new();
        let merges = match self {
            Self::Remove(_) => return Ok((self, there)),
            Self::Merge(merges) => merges,
        };
        let mut rest = Vec::new();
        for (at, update) in merges {
            let Some(target) = document.pointer(at.as_str()) else { continue };
            if let Some(update) = new_part(target, update, &at, &mut there)? {
                rest.push((at, update));
            }
        }
        Ok((Self::Merge(rest), there))
    }

    /// Applies the edit to the document.
    ///
    /// # Errors
    ///
    /// When values of different kinds would be merged.
    pub(super) fn make(self, document: &Value) -> Result<Value, Refusal> {
        let mut document = document.clone();
        match self {
            Self::Merge(merges) => {
                for (at, update) in merges {
                    if let Some(target) = document.pointer_mut(at.as_str()) {
                        merge(target, update, &at)?;
                    }
                }
            }
            Self::Remove(mut targets) => {
                // What is within another goes first, and of a list the last, so that no place moves before its turn.
                targets.sort_by_cached_key(|target| {
                    let tokens = target.tokens();
                    Reverse((tokens.len(), tokens.last().and_then(|token| token.parse::<usize>().ok())))
                });
                for target in &targets {
                    remove(&mut document, target);
                }
            }
        }
        Ok(document)
    }
}

/// Merges a value into a node (Overlay 1.1.0, section 4.4.3.1).
fn merge(target: &mut Value, update: Value, at: &Pointer) -> Result<(), Refusal> {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (name, value) in update {
                match target.get_mut(&name) {
                    Some(inner) => merge(inner, value, &at.join(&name))?,
                    None => {
                        target.insert(name, value);
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update),
        (target, update) if kind(target) == PRIMITIVE && kind(&update) == PRIMITIVE => *target = update,
        (target, update) => return Err(different_kinds(target, &update, at)),
    }
    Ok(())
}

fn remove(document: &mut Value, target: &Pointer) {
    let mut tokens = target.tokens();
    let mut parent = target.clone();
    parent.pop();
    match (document.pointer_mut(parent.as_str()), tokens.pop()) {
        (Some(Value::Object(object)), Some(name)) => {
            object.shift_remove(&name);
        }
        (Some(Value::Array(list)), Some(index)) => {
            if let Some(index) = index.parse().ok().filter(|index| *index < list.len()) {
                list.remove(index);
            }
        }
        _ => {}
    }
}

pub(super) fn different_kinds(target: &Value, update: &Value, at: &Pointer) -> Refusal {
    Refusal::Incompatible(format!("{at} is {}, and the action merges {} into it", kind(target), kind(update)))
}

pub(super) const PRIMITIVE: &str = "a primitive value";

/// The kind of a value, as far as merging distinguishes kinds.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        _ => PRIMITIVE,
    }
}
