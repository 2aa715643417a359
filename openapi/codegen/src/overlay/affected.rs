//! The routes and components that an edit affects.

use std::collections::BTreeSet;

use serde_json::Value;

use super::edit::Edit;
use crate::model::grammar::is_method;
use crate::model::operations::additional;
use crate::model::pointer::Pointer;

/// The routes and components that an edit adds, removes or changes.
pub(super) fn by(edit: &Edit, document: &Value) -> Vec<String> {
    let mut found = BTreeSet::new();
    match edit {
        Edit::Merge(merges) => merges.iter().for_each(|(at, update)| collect(at, update, &mut found)),
        Edit::Remove(targets) => {
            for at in targets {
                collect(at, document.pointer(at.as_str()).unwrap_or(&Value::Null), &mut found);
            }
        }
    }
    found.into_iter().collect()
}

fn collect(at: &Pointer, value: &Value, found: &mut BTreeSet<String>) {
    let tokens = at.tokens();
    let Some(first) = tokens.first() else {
        return each(at, value, found);
    };
    match (first.as_str(), tokens.len()) {
        ("paths", 2) => {
            let mut routes = BTreeSet::new();
            let fields = value.as_object().into_iter().flatten();
            for (name, inner) in fields.filter(|(name, _)| is_method(name) || additional::FIELDS.contains(&&***name)) {
                collect(&at.join(name), inner, &mut routes);
            }
            // Fields beside the methods belong to all of them.
            if routes.is_empty() {
                found.insert(at.to_string());
            }
            found.extend(routes);
        }
        ("paths", 3) if tokens[2] == additional::BY_METHOD => each(at, value, found),
        ("paths" | "components", 1) | ("components", 2) => each(at, value, found),
        ("paths" | "components", _) => {
            let depth = if first == "paths" && tokens[2] == additional::BY_METHOD { 4 } else { 3 };
            let thing = tokens.iter().take(depth).fold(Pointer::default(), |pointer, token| pointer.join(token));
            found.insert(thing.to_string());
        }
        _ => {}
    }
}

fn each(at: &Pointer, value: &Value, found: &mut BTreeSet<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        collect(&at.join(name), inner, found);
    }
}
