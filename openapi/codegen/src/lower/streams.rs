//! The schemas of the items of streams, which OpenAPI 3.2 has a field of its own for.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::media_types::{Sequential, is_json, sequential};
use crate::model::pointer::{MAX_CHAIN, Pointer};
use crate::model::visitor::visit_mut;
use crate::report::{Code, Pass};

/// Writes the schema of an item as that of its stream, and the schema of what an event's data holds as that of the data.
pub(super) fn items(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let mut events = Vec::new();
    visit_mut(document, &mut |kind, at, object| {
        if kind != ObjectKind::MediaType {
            return;
        }
        let Some(sequence) = at.tokens().last().and_then(|media_type| sequential(media_type)) else { return };
        if let Some(item) = object.shift_remove("itemSchema") {
            object.insert("schema".into(), item);
            log.add(Code::L018, &at.join("itemSchema"), "each item has it");
        }
        if sequence == Sequential::Events {
            events.push(at.join("schema"));
        }
    });
    let mut seen = BTreeSet::new();
    while let Some(at) = events.pop().map(|at| target(document, at)) {
        if !seen.insert(at.clone()) {
            continue;
        }
        let Some(event) = document.pointer_mut(at.as_str()).and_then(Value::as_object_mut) else { continue };
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let members = event.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
            events.extend((0..members).map(|index| at.join(keyword).join(&index.to_string())));
        }
        if event.contains_key("items") {
            events.push(at.join("items"));
        }
        if let Some(Value::Object(data)) = event.get_mut("properties").and_then(|properties| properties.get_mut("data"))
            && let Some(content) = content(data)
        {
            log.add(Code::L018, &at.join("properties").join("data"), "the data of an event is read as what it holds");
            event["properties"]["data"] = content;
        }
    }
}

/// The place that a chain of references leads to.
fn target(document: &Value, mut at: Pointer) -> Pointer {
    for _ in 0..MAX_CHAIN {
        let reference = document.pointer(at.as_str()).and_then(|schema| schema.get("$ref")?.as_str());
        match reference.and_then(|reference| reference.strip_prefix('#')) {
            Some(next) => at = Pointer::parse(next),
            None => break,
        }
    }
    at
}

/// The schema of the JSON that a text holds.
fn content(text: &Map<String, Value>) -> Option<Value> {
    let is_json = text.get("contentMediaType").and_then(Value::as_str).map(is_json);
    match (is_json, text.get("contentSchema")) {
        (Some(false), _) | (None, None) => None,
        (_, schema) => Some(schema.cloned().unwrap_or_else(|| json!({}))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_what_data_holds() {
        let held =
            json!({"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "integer"}});
        let event = |data: &Value| json!({"properties": {"event": {"const": "a"}, "data": data}});
        let mut document = json!({
            "paths": {"/a": {"get": {"responses": {"200": {"content": {
                "text/event-stream; charset=utf-8": {
                    "itemSchema": {"oneOf": [{"$ref": "#/components/schemas/E"}, event(&json!({"type": "string"}))]},
                    "schema": {"type": "array"},
                },
                "application/jsonl": {"itemSchema": event(&held)},
                "multipart/mixed": {"itemSchema": {}},
            }}}}}},
            "components": {"schemas": {"E": event(&held)}},
        });
        let (report, ()) = Pass::of(&mut document, items);
        let content = &document["paths"]["/a"]["get"]["responses"]["200"]["content"];
        assert_eq!(
            *content,
            json!({
                "text/event-stream; charset=utf-8": {
                    "schema": {"oneOf": [{"$ref": "#/components/schemas/E"}, event(&json!({"type": "string"}))]},
                },
                // Its items are values, not events.
                "application/jsonl": {"schema": event(&held)},
                "multipart/mixed": {"itemSchema": {}},
            })
        );
        assert_eq!(document["components"]["schemas"]["E"], event(&json!({"type": "integer"})));
        assert_eq!(report.entries.len(), 3);
    }
}
