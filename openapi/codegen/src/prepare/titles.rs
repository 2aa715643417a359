//! Titles of schemas as the names of their types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::grammar::ObjectKind;
use crate::model::names::rust_name;
use crate::model::visitor::visit;
use crate::prepare::inline_types::needs_name;

/// A longer title is a sentence.
const MAX_LENGTH: usize = 40;
const MAX_WORDS: usize = 5;

/// The title of a schema as the name of a type, if it is a name and no sentence.
pub(super) fn of(schema: &Value) -> Option<String> {
    let title = schema["title"].as_str()?.trim();
    let is_name = title.len() <= MAX_LENGTH
        && title.split_whitespace().count() <= MAX_WORDS
        && title.starts_with(char::is_alphabetic)
        && !title.ends_with(['.', '!', '?'])
        && !title.contains([',', ';', ':', '`']);
    is_name.then(|| rust_name(title))
}

/// The titles that are names of one inline schema only, wherever that is written, and are not among the names that places
/// give.
pub(super) fn usable(document: &Value, of_places: &BTreeSet<String>) -> BTreeSet<String> {
    let mut schemas: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    visit(document, &mut |kind, at, schema| {
        let is_component = at.in_component().is_some_and(|(_, inner)| inner.is_empty());
        if kind != ObjectKind::Schema || is_component {
            return;
        }
        let schema = Value::Object(schema.clone());
        if let Some(title) = of(&schema).filter(|_| needs_name(&schema)) {
            schemas.entry(title).or_default().insert(text(&schema));
        }
    });
    schemas.retain(|title, texts| texts.len() == 1 && !of_places.contains(title));
    schemas.into_keys().collect()
}

/// Whether a title says more than the place: some tools write the name of the property, or that of the operation.
pub(super) fn says_more(title: &str, place: &str, operation: &str) -> bool {
    !place.ends_with(title) && (operation.is_empty() || !title.contains(operation))
}

/// A schema as text, without the keywords that belong to its place.
fn text(schema: &Value) -> String {
    let of_place = |key: &str| ["nullable", "description", "deprecated"].contains(&key);
    let said = schema.as_object().into_iter().flatten().filter(|(key, _)| !of_place(key));
    Value::Object(said.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>()).to_string()
}
