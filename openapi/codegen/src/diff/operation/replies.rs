//! Replies: their statuses and bodies, and which of these a generated client reads.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{bodies, parameters};
use crate::diff::change::Reading;
use crate::diff::comparison::{Context, Findings, Reader};
use crate::diff::document::{Document, Located};
use crate::diff::fields;
use crate::diff::rule::Rule;
use crate::model::media_types::is_json;
use crate::model::pointer::Pointer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatusClass {
    Success,
    Error,
    Other,
}

/// The replies of an operation by status, in capitals: `200`, `4XX`, `DEFAULT`.
#[derive(Debug)]
struct Replies<'a>(BTreeMap<String, Located<'a>>);

impl<'a> Replies<'a> {
    fn of(document: Document<'a>, operation: &Located<'a>) -> Self {
        let replies = operation.get("responses");
        let replies = replies.iter().flat_map(Located::fields).filter(|(status, _)| !status.starts_with("x-"));
        Self(replies.map(|(status, reply)| (status.to_uppercase(), document.follow(&reply))).collect())
    }

    /// How a generated client classifies a documented status: `default` is an error, or a success where no other success is
    /// documented.
    fn kind(&self, status: &str) -> StatusClass {
        match status.as_bytes() {
            [b'2', ..] => StatusClass::Success,
            [b'4' | b'5', ..] => StatusClass::Error,
            b"DEFAULT" if self.0.keys().any(|status| status.starts_with('2')) => StatusClass::Error,
            b"DEFAULT" => StatusClass::Success,
            _ => StatusClass::Other,
        }
    }

    /// The reply documented for a range or `default` that covers this status.
    fn covering(&self, status: &str) -> Option<&Located<'a>> {
        let range = format!("{}XX", status.get(..1).unwrap_or_default());
        self.0.get(&range).or_else(|| self.0.get("DEFAULT").filter(|_| self.kind("DEFAULT") == self.kind(status)))
    }

    /// The distinct schemas of JSON replies of a class; a generated client makes a union of several.
    fn schemas(&self, kind: StatusClass) -> Vec<&'a Value> {
        let mut schemas = Vec::new();
        for (_, reply) in self.0.iter().filter(|(status, _)| self.kind(status) == kind) {
            if let Some(schema) = json(reply).and_then(|(_, described)| described.value.get("schema"))
                && !schemas.contains(&schema)
            {
                schemas.push(schema);
            }
        }
        schemas
    }

    fn reader(&self, kind: StatusClass) -> Reader {
        match kind {
            StatusClass::Other => Reader::Nobody,
            // An undecodable error body still gives an error.
            StatusClass::Error => Reader::Open,
            StatusClass::Success if self.schemas(kind).len() > 1 => Reader::Open,
            StatusClass::Success => Reader::Strict,
        }
    }
}

/// The media type that a generated client reads as JSON.
fn json<'a>(reply: &Located<'a>) -> Option<(String, Located<'a>)> {
    let content = reply.get("content")?;
    let exact = content.get("application/json").map(|described| ("application/json".to_owned(), described));
    let like =
        || content.fields().find(|(name, _)| is_json(name)).map(|(name, described)| (name.to_lowercase(), described));
    exact.or_else(like)
}

pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Located<'a>,
    after: &Located<'a>,
    found: &mut Findings<'a>,
) {
    let (was, is) = (Replies::of(old, before), Replies::of(new, after));
    let sent = std::mem::replace(&mut found.context, Context::read_by(Reader::Strict));
    for (status, reply) in &is.0 {
        match was.0.get(status) {
            Some(other) => one(old, new, &was, was.kind(status), other, reply, found),
            None => {
                added(old, new, &was, is.kind(status), status, (&reply_at(after, status, reply), reply), found);
            }
        }
    }
    for (status, reply) in was.0.iter().filter(|(status, _)| !is.0.contains_key(*status)) {
        let (rule, what) = match was.kind(status) {
            StatusClass::Success => (Rule::D241, "success"),
            StatusClass::Error => (Rule::D243, "error"),
            StatusClass::Other => (Rule::D245, "reply"),
        };
        found.add(rule, &reply_at(before, status, reply), format!("the {what} {} is gone", shown(status)));
        if let Some(covering) = is.covering(status) {
            one(old, new, &was, was.kind(status), reply, covering, found);
        }
    }
    let responses =
        |place: &Located<'a>| place.get("responses").unwrap_or_else(|| Located::unwritten(place.at.clone()));
    let known: Vec<_> = was.0.keys().chain(is.0.keys()).map(String::as_str).collect();
    let spelled: Vec<_> = known.iter().map(|status| status.to_lowercase()).collect();
    let known: Vec<_> = known.into_iter().chain(spelled.iter().map(String::as_str)).collect();
    fields::others(&responses(before), &responses(after), &known, &[], found);
    found.context = sent;
}

/// The pointer of the status in the operation, even where the reply itself is a component.
fn reply_at(operation: &Located<'_>, status: &str, reply: &Located<'_>) -> Pointer {
    let responses = operation.get("responses");
    let mut named = responses.iter().flat_map(Located::fields);
    named.find(|(name, _)| name.to_uppercase() == status).map_or_else(|| reply.at.clone(), |(_, place)| place.at)
}

fn shown(status: &str) -> &str {
    if status == "DEFAULT" { "`default`" } else { status }
}

fn added<'a>(
    old: Document<'a>,
    new: Document<'a>,
    was: &Replies<'a>,
    kind: StatusClass,
    status: &str,
    (at, reply): (&Pointer, &Located<'a>),
    found: &mut Findings<'a>,
) {
    let covering = was.covering(status);
    let (rule, reading, what) = match kind {
        StatusClass::Success => {
            let taken = covering.is_some() || was.0.is_empty();
            (Rule::D240, if taken { Reading::Same } else { Reading::Fails }, "success")
        }
        StatusClass::Error => {
            let known = was.schemas(StatusClass::Error);
            let body = json(reply).and_then(|(_, described)| described.value.get("schema"));
            let typed = covering.is_some() || body.is_some_and(|schema| known.contains(&schema));
            (Rule::D242, if typed { Reading::Same } else { Reading::AsUnknown }, "error")
        }
        StatusClass::Other => (Rule::D244, Reading::Unaffected, "reply"),
    };
    found.add_read(rule, at, reading, format!("the {what} {} is new", shown(status)));
    if let Some(covering) = covering {
        one(old, new, was, kind, covering, reply, found);
    }
}

fn one<'a>(
    old: Document<'a>,
    new: Document<'a>,
    was: &Replies<'a>,
    kind: StatusClass,
    before: &Located<'a>,
    after: &Located<'a>,
    found: &mut Findings<'a>,
) {
    let reader = was.reader(kind);
    let given = std::mem::replace(&mut found.context, Context::read_by(reader));
    let read = json(before).map(|(name, _)| name);
    let context = |name: &str| {
        let is_read = read.as_deref() == Some(name);
        Context::read_by(if is_read { reader } else { Reader::Nobody })
    };
    let content = |reply: &Located<'a>| reply.get("content").filter(|content| content.fields().next().is_some());
    match (content(before), content(after)) {
        (None, Some(is)) => found.add(Rule::D229, &is.at, "it has a body"),
        (Some(was), None) => {
            let reading = if read.is_some() { Rule::D230.reading() } else { Reading::Same };
            found.add_read(Rule::D230, &was.at, reading, "it has no body");
        }
        (Some(was), Some(is)) => bodies::content(&was, &is, &context, found),
        (None, None) => {}
    }
    headers(old, new, before, after, found);
    fields::coarse(Rule::D110, "link", before.get("links"), after.get("links"), found);
    fields::others(before, after, &["content", "headers", "links"], &["description", "summary"], found);
    found.context = given;
}

fn headers<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Located<'a>,
    after: &Located<'a>,
    found: &mut Findings<'a>,
) {
    let of = |document: Document<'a>, reply: &Located<'a>| -> BTreeMap<String, Located<'a>> {
        let headers = reply.get("headers");
        headers
            .iter()
            .flat_map(Located::fields)
            .map(|(name, place)| (name.to_lowercase(), document.follow(&place)))
            .collect()
    };
    let (was, is) = (of(old, before), of(new, after));
    for (name, header) in &is {
        let Some(other) = was.get(name) else {
            match header.flag("required") {
                true => found.add(Rule::D250, &header.at, format!("`{name}` is always there")),
                false => found.add(Rule::D252, &header.at, format!("`{name}` may be there")),
            }
            continue;
        };
        match (other.flag("required"), header.flag("required")) {
            (false, true) => found.add(Rule::D254, &header.at, format!("`{name}` is always there")),
            (true, false) => found.add(Rule::D255, &header.at, format!("`{name}` may be absent")),
            _ => {}
        }
        parameters::form(other, header, Context::read_by(Reader::Nobody), found);
        parameters::rest(other, header, &["required"], found);
    }
    for (name, header) in was.iter().filter(|(name, _)| !is.contains_key(*name)) {
        match header.flag("required") {
            true => found.add(Rule::D251, &header.at, format!("`{name}` is gone")),
            false => found.add(Rule::D253, &header.at, format!("`{name}` is gone")),
        }
    }
}
