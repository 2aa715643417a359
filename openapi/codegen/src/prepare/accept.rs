//! The header `Accept`.

use serde_json::Value;

use crate::model::media_types::{JSON, essence, is_json, is_sendable};
use crate::prepare::responses::{is_stream, json_type, media_types};

/// The value of the header `Accept`: the media types of the successes, JSON first, and of errors in JSON. `None` if that
/// says nothing.
pub(super) fn accept<'a>(
    successes: impl Iterator<Item = &'a Value> + Clone,
    errors: impl Iterator<Item = &'a Value>,
) -> Option<String> {
    let mut accepted = accepted(successes)?;
    for name in errors.filter_map(sendable_json) {
        let is_named = accepted.split(", ").any(|accepted| accepted.split(';').next() == Some(name.as_str()));
        if !is_named {
            accepted.push_str(&format!(", {name};q=0.9"));
        }
    }
    Some(accepted).filter(|accepted| accepted != JSON)
}

fn sendable_json(reply: &Value) -> Option<String> {
    Some(essence(&json_type(reply)?.0)).filter(|name| is_sendable(name))
}

/// The media types of the successes, JSON first. `None` if that says nothing.
pub(super) fn accepted<'a>(successes: impl Iterator<Item = &'a Value> + Clone) -> Option<String> {
    let mut accepted: Vec<(String, &str)> = Vec::new();
    let mut add = |name: String, quality| {
        if accepted.iter().all(|(accepted, _)| *accepted != name) {
            accepted.push((name, quality));
        }
    };
    let has_json = successes.clone().any(|reply| sendable_json(reply).is_some());
    successes.clone().filter_map(sendable_json).for_each(|name| add(name, ""));
    for reply in successes {
        let is_json_reply = sendable_json(reply).is_some();
        let others = media_types(reply).filter(|name| !is_json(name) && (!is_json_reply || is_stream(name)));
        for name in others.filter(|name| is_sendable(name)) {
            add(essence(name), if has_json { ";q=0.5" } else { "" });
        }
    }
    if accepted.is_empty() || accepted.iter().any(|(name, _)| name == "*/*") {
        return None;
    }
    let accepted: Vec<_> = accepted.into_iter().map(|(name, quality)| format!("{name}{quality}")).collect();
    Some(accepted.join(", "))
}
