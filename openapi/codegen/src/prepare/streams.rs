//! Replies that are streams of items: events, or JSON values in lines or records.

use serde_json::{Map, Value, json};

use crate::model::media_types::{BYTES, JSON, Sequential, sequential};
use crate::model::pointer::{Pointer, follow};
use crate::plan::{Items, OtherMethod, Stream};
use crate::prepare::unions;
use crate::report::{Code, Log};

/// The streams among the successes of an operation.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) media_type: String,
    pub(super) items: Items,
    /// The schema of an item, or of what an event says.
    pub(super) schema: Value,
    /// The successes that are such streams.
    pub(super) replies: Map<String, Value>,
}

impl Found {
    /// The facts for the plan. With a header `Accept` there is a method for the streams alone.
    pub(super) fn plan(&self, accept: Option<String>) -> Stream {
        let statuses = || self.replies.keys().cloned().collect();
        let method = accept.map(|accept| OtherMethod { statuses: statuses(), accept, schema: Value::Null });
        Stream { items: self.items, method }
    }

    /// The streams as replies with the type of an item.
    pub(super) fn typed(&self) -> Map<String, Value> {
        let reply = json!({"description": "", "content": {JSON: {"schema": self.schema}}});
        self.replies.keys().map(|status| (status.clone(), reply.clone())).collect()
    }

    /// Puts the schema of an item beside those of other replies, where the passes on schemas find it. The last of the passes
    /// moves it to the plan.
    pub(super) fn keep_schema(self, operation: &mut Map<String, Value>) {
        let replies = operation.get_mut("responses").and_then(Value::as_object_mut);
        let Some((_, reply)) = replies.and_then(|replies| replies.iter_mut().next()) else { return };
        let content = reply["content"].as_object_mut().and_then(|content| content.values_mut().next());
        match content {
            Some(described) => described["itemSchema"] = self.schema,
            None => reply["content"] = json!({BYTES: {"itemSchema": self.schema}}),
        }
    }
}

/// Takes the streams from the successes of an operation. A success that is nothing else is removed.
pub(super) fn take(successes: &mut Map<String, Value>, document: &Value, at: &Pointer, log: &mut Log) -> Option<Found> {
    let mut found: Option<Found> = None;
    for (status, reply) in successes.iter_mut() {
        let Some(content) = reply.get_mut("content").and_then(Value::as_object_mut) else { continue };
        let mut streams: Vec<_> = content.keys().filter_map(|name| Some((sequential(name)?, name.clone()))).collect();
        streams.sort();
        let at = at.join(status);
        for (index, (sequence, media_type)) in streams.into_iter().enumerate() {
            let described = content.shift_remove(&media_type).unwrap_or_default();
            let (items, schema) = item(sequence, &described["schema"], document);
            let is_taken =
                index == 0 && found.as_ref().is_none_or(|found| (found.items, &found.schema) == (items, &schema));
            if !is_taken {
                log.add(Code::W109, &at, format!("not of `{media_type}`; one kind of stream is read"));
                continue;
            }
            let given = follow(&described["schema"], document).as_object();
            if schema == json!({}) || given.is_none_or(Map::is_empty) {
                log.add(Code::W009, &at, format!("the document does not describe those of `{media_type}`"));
            }
            let found = found.get_or_insert_with(|| Found {
                media_type: media_type.clone(),
                items,
                schema,
                replies: Map::new(),
            });
            found.replies.insert(status.clone(), json!({"description": "", "content": {media_type: {}}}));
        }
        reply["content"] = Value::Object(std::mem::take(content));
    }
    if let Some(found) = &found {
        successes.retain(|status, reply| {
            !found.replies.contains_key(status)
                || reply["content"].as_object().is_some_and(|content| !content.is_empty())
        });
    }
    found
}

/// What the items of a stream are, and the schema of what is read of each.
fn item(sequence: Sequential, schema: &Value, document: &Value) -> (Items, Value) {
    // A list describes the stream as a whole.
    let list = follow(schema, document);
    let schema = match list["type"] == "array" {
        true => &list["items"],
        false => schema,
    };
    let kind = follow(schema, document);
    let is_text = kind["type"] == "string";
    let known = |schema: &Value| if schema.is_object() { schema.clone() } else { json!({}) };
    match sequence {
        // A text is the stream as a whole, not a JSON text.
        Sequential::Lines if is_text => (Items::Lines, json!({})),
        Sequential::Records if is_text => (Items::Records, json!({})),
        Sequential::Lines => (Items::Lines, known(schema)),
        Sequential::Records => (Items::Records, known(schema)),
        Sequential::Events if is_event(kind) => data(&kind["properties"]["data"], document),
        Sequential::Events if is_union_of_events(kind, document) => (Items::WholeEvents, schema.clone()),
        Sequential::Events => data(schema, document),
    }
}

/// The data of an event: text if it is one, or if nothing is known of it.
fn data(schema: &Value, document: &Value) -> (Items, Value) {
    let kind = follow(schema, document);
    match kind["type"] == "string" || kind.as_object().is_none_or(Map::is_empty) {
        true => (Items::EventsOfText, json!({"type": "string"})),
        false => (Items::EventsOfJson, schema.clone()),
    }
}

/// Whether a schema describes an event and not its data alone.
fn is_event(schema: &Value) -> bool {
    const FIELDS: &[&str] = &["event", "data", "id", "retry", "comment"];
    schema["properties"].as_object().is_some_and(|properties| {
        properties.contains_key("data") && properties.keys().all(|name| FIELDS.contains(&name.as_str()))
    })
}

fn is_union_of_events(schema: &Value, document: &Value) -> bool {
    // A union may hold unions.
    let is_event = |member: &Value| {
        let member = follow(member, document);
        let inner = unions::members(member);
        is_event(member)
            || inner
                .is_some_and(|inner| !inner.is_empty() && inner.iter().all(|inner| is_event(follow(inner, document))))
    };
    unions::members(schema).is_some_and(|members| !members.is_empty() && members.iter().all(is_event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Pass;

    #[track_caller]
    fn check(successes: Value, found: Option<(Items, Value, &str)>, left: &str, codes: &str) {
        let Value::Object(mut successes) = successes else { unreachable!() };
        let document = json!({"components": {"schemas": {"T": {"type": "object", "properties": {"a": {"type": "string"}}}, "S": {"type": "string"}}}});
        let mut taken = None;
        let (report, ()) = Pass::of(&mut json!({}), |pass| {
            taken = take(&mut successes, &document, &Pointer::default(), &mut pass.log);
        });
        let taken = taken.map(|found| (found.items, found.schema, found.media_type));
        assert_eq!(taken, found.map(|(items, schema, media_type)| (items, schema, media_type.to_owned())));
        assert_eq!(successes.keys().cloned().collect::<Vec<_>>().join(" "), left);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    #[test]
    fn items_are_found() {
        const EVENTS: &str = "text/event-stream";
        let thing = || json!({"$ref": "#/components/schemas/T"});
        let text = || json!({"type": "string"});
        let of = |media_type: &str, schema: Value| json!({"200": {"content": {media_type: {"schema": schema}}}});
        let event = |data: Value| json!({"type": "object", "properties": {"event": text(), "data": data}});
        for schema in [thing(), event(thing()), json!({"type": "array", "items": thing()})] {
            check(of(EVENTS, schema), Some((Items::EventsOfJson, thing(), EVENTS)), "", "");
        }
        for schema in [json!({"$ref": "#/components/schemas/S"}), text(), event(text())] {
            check(of(EVENTS, schema), Some((Items::EventsOfText, text(), EVENTS)), "", "");
        }
        let whole = json!({"oneOf": [event(thing()), {"anyOf": [event(text())]}]});
        check(of(EVENTS, whole.clone()), Some((Items::WholeEvents, whole, EVENTS)), "", "");
        let mixed = json!({"oneOf": [event(thing()), thing()]});
        check(of(EVENTS, mixed.clone()), Some((Items::EventsOfJson, mixed, EVENTS)), "", "");
        check(json!({"200": {"content": {EVENTS: {}}}}), Some((Items::EventsOfText, text(), EVENTS)), "", "W009");
        check(of("application/jsonl", thing()), Some((Items::Lines, thing(), "application/jsonl")), "", "");
        check(of("application/x-ndjson", text()), Some((Items::Lines, json!({}), "application/x-ndjson")), "", "W009");
        let records = "application/geo+json-seq";
        check(of(records, thing()), Some((Items::Records, thing(), records)), "", "");
        check(of("application/json", thing()), None, "200", "");
    }

    #[test]
    fn other_successes_stay() {
        const EVENTS: &str = "text/event-stream";
        let of = |name: &str| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
        let found = || Some((Items::EventsOfJson, of("T")["schema"].clone(), EVENTS));
        let both = json!({"application/json": of("S"), "application/jsonl": of("T"), EVENTS: of("T")});
        check(json!({"200": {"content": both}, "204": {}}), found(), "200 204", "W109");
        check(json!({"200": {"content": {EVENTS: of("T")}}, "204": {}}), found(), "204", "");
        let two = json!({"200": {"content": {EVENTS: of("T")}}, "201": {"content": {EVENTS: of("S")}}});
        check(two, found(), "201", "W109");
    }
}
