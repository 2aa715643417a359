//! One typed success and one typed error for each operation, which is what progenitor can generate.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::media_types::{BYTES, JSON, essence, is_json};
use crate::model::names::{rust_name, unique_name};
use crate::model::operations::{self, operations_mut};
use crate::model::pointer::Pointer;
use crate::plan::{Operation, ReplyKind};
use crate::prepare::accept::{accept, accepted};
use crate::prepare::facts::Facts;
use crate::prepare::streams;
use crate::report::{Code, Log, Pass};

pub(super) fn normalise(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let everywhere = error_schemas(document);
    let taken = facts.type_names_in(document);
    let whole = document.clone();
    let mut by_status = std::mem::take(&mut facts.by_status);
    let mut replies = Replies { whole: &whole, everywhere, taken, named: Map::new(), by_status: &mut by_status, log };
    for operations::Operation { path, method, at, fields } in operations_mut(document) {
        let id = rust_name(operations::id(fields));
        replies.operation(fields, method, facts.operation(path, method), &id, &at.join("responses"));
    }
    for (name, schema) in replies.named {
        document["components"]["schemas"][name] = schema;
    }
    facts.by_status = by_status;
}

struct Replies<'a> {
    /// The document before this pass.
    whole: &'a Value,
    /// The schemas of all JSON error replies of the document.
    everywhere: Vec<Value>,
    taken: BTreeSet<String>,
    named: Map<String, Value>,
    /// The statuses of the components whose properties are the types of a reply by its status.
    by_status: &'a mut BTreeMap<String, Vec<String>>,
    log: &'a mut Log,
}

impl Replies<'_> {
    fn operation(
        &mut self,
        operation: &mut Map<String, Value>,
        method: &str,
        facts: &mut Operation,
        id: &str,
        at: &Pointer,
    ) {
        let Some(Value::Object(given)) = operation.shift_remove("responses") else { return };
        let mut successes = Map::new();
        let mut errors = Map::new();
        for (status, response) in given {
            if status.starts_with("x-") {
                continue;
            }
            let status = status.to_uppercase();
            match status.as_bytes() {
                [b'2', _, _] => drop(successes.insert(status, response)),
                [b'4' | b'5', _, _] | b"DEFAULT" => drop(errors.insert(status, response)),
                _ => self.log.add(Code::O101, &at.join(&status), "the caller sees it as `UnexpectedResponse`"),
            }
        }
        // `default` covers successes, too, if no success is documented.
        if successes.is_empty()
            && let Some(default) = errors.get("DEFAULT")
        {
            successes.insert("2XX".into(), default.clone());
        }
        // A reply to HEAD has no body, and the headers of one to GET that accepts the same (RFC 9110, section 9.3.2).
        let of_head = (method == "head").then(|| accepted(successes.values()).unwrap_or_else(|| "*/*".to_owned()));
        if of_head.is_some() {
            successes.values_mut().for_each(|reply| *reply = json!({"description": ""}));
        }
        let stream = streams::take(&mut successes, self.whole, at, self.log);
        let has_others = !successes.is_empty();
        facts.accept = of_head.or_else(|| accept(successes.values(), errors.values()));
        if let Some(found) = &stream {
            let accept = accept(found.replies.values(), errors.values()).unwrap_or_else(|| essence(&found.media_type));
            facts.stream = Some(found.plan(has_others.then(|| accept.clone())));
            if has_others {
                self.log.add(Code::L117, at, format!("`send_streaming` reads `{}`", found.media_type));
            } else {
                self.log.add(Code::L117, at, format!("`{}`", found.media_type));
                facts.accept = Some(accept);
                successes = found.typed();
            }
        }
        self.successes(operation, facts, successes, id, at);
        if let Some(found) = stream.filter(|_| has_others) {
            found.keep_schema(operation);
        }
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            self.errors(responses, &errors, id, at);
        }
    }

    /// Gives all success replies one type: JSON if any is JSON, else a stream of bytes, else no body.
    ///
    /// If some are JSON and some are not, the facts name the kind of each.
    fn successes(
        &mut self,
        operation: &mut Map<String, Value>,
        facts: &mut Operation,
        given: Map<String, Value>,
        id: &str,
        at: &Pointer,
    ) {
        let kinds: Vec<_> = given.values().map(kind).collect();
        let typed: Vec<_> =
            given.iter().filter_map(|(status, reply)| Some((status.clone(), json_type(reply)?))).collect();
        let content = if !typed.is_empty() {
            json!({JSON: {"schema": self.success_schema(&typed, id, at)}})
        } else if kinds.contains(&ReplyKind::Bytes) {
            json!({BYTES: {}})
        } else {
            json!({})
        };
        if kinds.iter().any(|kind| *kind != kinds[0] || *kind == ReplyKind::JsonOrBytes) {
            let statuses: Vec<_> =
                given.keys().zip(&kinds).map(|(status, kind)| format!("{status} {}", described_kind(*kind))).collect();
            self.log.add(Code::L116, at, statuses.join(", "));
            if !typed.is_empty() {
                facts.replies = given.keys().cloned().zip(kinds.iter().copied()).collect();
            }
        }
        let mut responses = Map::new();
        for ((status, mut reply), kind) in given.into_iter().zip(kinds) {
            if kind == ReplyKind::Bytes
                && let Some((name, _)) = described(&reply).find(|(_, described)| says_more_than_bytes(described))
            {
                self.log.add(Code::W115, &at.join(&status), format!("`{name}` is for the caller to read"));
            }
            let media_types: Vec<_> = media_types(&reply).filter(|name| !is_stream(name)).collect();
            if kind != ReplyKind::Nothing && media_types.len() > 1 {
                self.log.add(Code::W109, &at.join(&status), format!("of {}", media_types.join(", ")));
            }
            // progenitor supports replies of one kind.
            if typed.is_empty() || matches!(kind, ReplyKind::Json | ReplyKind::JsonOrBytes) {
                reply["content"] = content.clone();
                responses.insert(status, reply);
            }
        }
        // progenitor would expect a body in every success.
        if responses.is_empty() {
            responses.insert("2XX".into(), json!({"description": "", "content": {BYTES: {}}}));
        }
        operation.insert("responses".into(), Value::Object(responses));
    }

    /// The one schema of all success replies in JSON.
    fn success_schema(&mut self, typed: &[(String, (String, Value))], id: &str, at: &Pointer) -> Value {
        for (status, (media_type, _)) in typed.iter().filter(|(_, (media_type, _))| media_type != JSON) {
            self.log.add(Code::L101, &at.join(status), format!("was `{media_type}`"));
        }
        let schemas = distinct(typed.iter().map(|(_, (_, schema))| schema.clone()));
        match schemas.as_slice() {
            [only] if typed.len() == 1 => only.clone(),
            [only] => self.named(only.clone(), &format!("{id}Reply")),
            _ => {
                let statuses: Vec<_> = typed.iter().map(|(status, _)| status.as_str()).collect();
                self.log.add(Code::L112, at, format!("{}; the status tells which", statuses.join(", ")));
                let typed = typed.iter().map(|(status, (_, schema))| (status.clone(), schema.clone()));
                self.by_status(typed.collect(), &format!("{id}Reply"))
            }
        }
    }

    /// A component that stands for the types of a reply by its status: an object with a property for each.
    fn by_status(&mut self, mut typed: Vec<(String, Value)>, wanted: &str) -> Value {
        // Exact statuses, then ranges, then all others.
        typed.sort_by_key(|(status, _)| (status.parse::<u16>().is_err(), status == "DEFAULT"));
        let name = unique_name(&rust_name(wanted), &mut self.taken);
        let property = |status: &str| match status {
            "DEFAULT" => "default".to_owned(),
            status => format!("status{}", status.to_lowercase()),
        };
        let properties: Map<_, _> = typed.iter().map(|(status, schema)| (property(status), schema.clone())).collect();
        let required: Vec<_> = properties.keys().cloned().collect();
        self.by_status.insert(name.clone(), typed.into_iter().map(|(status, _)| status).collect());
        self.named.insert(name.clone(), json!({"type": "object", "properties": properties, "required": required}));
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// Replaces all error replies by `4XX` and `5XX` of one type.
    ///
    /// An operation that documents no error gets the one error type that all others use, if there is exactly one.
    fn errors(&mut self, responses: &mut Map<String, Value>, errors: &Map<String, Value>, id: &str, at: &Pointer) {
        let mut schemas = distinct(errors.values().filter_map(json_type).map(|(_, schema)| schema));
        for (status, reply) in errors {
            if let Some((media_type, _)) = json_type(reply).filter(|(media_type, _)| media_type != JSON) {
                self.log.add(Code::L101, &at.join(status), format!("was `{media_type}`"));
            }
        }
        let documents_none = schemas.is_empty();
        if documents_none {
            schemas = self.everywhere.clone();
        }
        let schema = match schemas.as_slice() {
            [] => return,
            [only] => self.named(only.clone(), &format!("{id}Error")),
            several if documents_none => {
                let reason = format!("{} different error bodies in the document", several.len());
                self.log.add(Code::W102, at, reason);
                json!({})
            }
            _ => {
                let statuses: Vec<_> = errors.keys().map(String::as_str).collect();
                self.log.add(Code::L112, at, format!("errors {}; the status tells which", statuses.join(", ")));
                let typed = errors.iter().filter_map(|(status, reply)| Some((status.clone(), json_type(reply)?.1)));
                self.by_status(typed.collect(), &format!("{id}Error"))
            }
        };
        let statuses: Vec<_> = errors.keys().map(|status| status.to_lowercase()).collect();
        let statuses: Vec<_> =
            statuses.iter().map(|s| if s == "default" { s.clone() } else { s.to_uppercase() }).collect();
        self.log.add(Code::L102, at, format!("documented: {}", statuses.join(", ")));
        for (status, description) in [("4XX", "The request was refused."), ("5XX", "The server failed.")] {
            let response = json!({"description": description, "content": {JSON: {"schema": schema}}});
            responses.insert(status.into(), response);
        }
    }

    /// A component for a schema that occurs in several places, so that all have one type.
    fn named(&mut self, schema: Value, wanted: &str) -> Value {
        if schema.get("$ref").is_some() {
            return schema;
        }
        let name = unique_name(&rust_name(wanted), &mut self.taken);
        let mut schema = schema;
        let nullable = schema.as_object_mut().and_then(|schema| schema.shift_remove("nullable"));
        self.named.insert(name.clone(), schema);
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        match nullable {
            Some(flag) => json!({"nullable": flag, "allOf": [reference]}),
            None => reference,
        }
    }
}

/// The schemas of all JSON error replies of the document.
fn error_schemas(document: &Value) -> Vec<Value> {
    let responses = operations::operations(document)
        .filter_map(|operation| operation.fields.get("responses")?.as_object())
        .flatten();
    let is_error = |status: &str| status.starts_with(['4', '5']) || status == "default";
    distinct(responses.filter(|(status, _)| is_error(status)).filter_map(|(_, reply)| Some(json_type(reply)?.1)))
}

/// The kind of a reply.
fn kind(reply: &Value) -> ReplyKind {
    match json_type(reply) {
        Some(_) if media_types(reply).any(is_stream) => ReplyKind::JsonOrBytes,
        Some(_) => ReplyKind::Json,
        None if media_types(reply).next().is_some() => ReplyKind::Bytes,
        None => ReplyKind::Nothing,
    }
}

fn described_kind(kind: ReplyKind) -> &'static str {
    match kind {
        ReplyKind::Json => "is JSON",
        ReplyKind::JsonOrBytes => "is JSON or a stream, as its media type says",
        ReplyKind::Bytes => "is a stream",
        ReplyKind::Nothing => "has no body",
    }
}

fn described(reply: &Value) -> impl Iterator<Item = (&String, &Value)> {
    reply["content"].as_object().into_iter().flatten()
}

pub(super) fn media_types(reply: &Value) -> impl Iterator<Item = &str> {
    described(reply).map(|(name, _)| name.as_str())
}

/// Whether the schema of a reply describes more than a string or bytes.
fn says_more_than_bytes(described: &Value) -> bool {
    let schema = described["schema"].as_object();
    schema.is_some_and(|schema| !schema.is_empty() && schema.get("type") != Some(&"string".into()))
}

/// Whether a media type is not just another notation of a JSON value: a file.
pub(super) fn is_stream(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == BYTES || ["image/", "audio/", "video/"].iter().any(|kind| essence.starts_with(kind))
}

/// The media type and schema of a reply in JSON.
pub(super) fn json_type(reply: &Value) -> Option<(String, Value)> {
    let content = reply.get("content")?.as_object()?;
    let exact = content.iter().find(|(name, _)| *name == JSON);
    let (name, described) = exact.or_else(|| content.iter().find(|(name, _)| is_json(name)))?;
    Some((name.clone(), described.get("schema").cloned().unwrap_or_else(|| json!({}))))
}

fn distinct(schemas: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut distinct = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    distinct
}

#[cfg(test)]
mod tests;
