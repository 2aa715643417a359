//! Bodies and their media types.

use std::collections::BTreeMap;

use crate::diff::change::Reading;
use crate::diff::fields;
use crate::diff::place::{Document, Place, same};
use crate::diff::rule::Rule;
use crate::diff::walk::{Context, Found};
use crate::model::media_types::is_json;

/// Compares the bodies that two operations are sent.
pub(super) fn request<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Place<'a>,
    after: &Place<'a>,
    found: &mut Found<'a>,
) {
    let of = |document: Document<'a>, operation: &Place<'a>| Some(document.follow(&operation.get("requestBody")?));
    match (of(old, before), of(new, after)) {
        (None, None) => {}
        (None, Some(body)) => match body.flag("required") {
            true => found.add(Rule::D220, &body.at, "a body is required"),
            false => found.add(Rule::D222, &body.at, "a body may be sent"),
        },
        (Some(body), None) => match body.flag("required") {
            true => found.add(Rule::D221, &body.at, "no body is taken, where one was required"),
            false => found.add(Rule::D223, &body.at, "no body is taken, where one could be sent"),
        },
        (Some(was), Some(is)) => {
            match (was.flag("required"), is.flag("required")) {
                (false, true) => found.add(Rule::D224, &is.at, "a request without a body is refused"),
                (true, false) => found.add(Rule::D225, &is.at, "a request may go without a body"),
                _ => {}
            }
            let content_of =
                |body: &Place<'a>| body.get("content").unwrap_or_else(|| Place::unwritten(body.at.join("content")));
            content(&content_of(&was), &content_of(&is), &|_| Context::SENT, found);
            fields::others(&was, &is, &["required", "content"], &["description"], found);
        }
    }
}

/// Compares what is sent or read under each media type; `context` says how a media type of the old document is met.
pub(super) fn content<'a>(
    before: &Place<'a>,
    after: &Place<'a>,
    context: &dyn Fn(&str) -> Context,
    found: &mut Found<'a>,
) {
    let (was, is) = (media_types(before), media_types(after));
    for (name, described) in &is {
        match was.get(name) {
            Some(other) => one(other, described, context(name), found),
            None => found.add(Rule::D226, &described.at, format!("`{name}` is new")),
        }
    }
    for (name, described) in was.iter().filter(|(name, _)| !is.contains_key(*name)) {
        // JSON under another name is still read as JSON.
        let successor = is.iter().find(|(other, _)| is_json(name) && is_json(other) && !was.contains_key(*other));
        // Where there was a choice, a client reads what is not JSON as bytes.
        let still_json = is_json(name) && is.keys().any(|other| is_json(other));
        let is_read = still_json || was.keys().any(|other| !is_json(other));
        let kept = found.context;
        found.context = context(name);
        let reading = if is_read { Reading::Same } else { Rule::D227.reading() };
        found.add_read(Rule::D227, &described.at, reading, format!("`{name}` is gone"));
        found.context = kept;
        if let Some((_, successor)) = successor {
            one(described, successor, context(name), found);
        }
    }
}

/// The media types of a body: their case does not count, their parameters do.
fn media_types<'a>(content: &Place<'a>) -> BTreeMap<String, Place<'a>> {
    content.fields().map(|(name, described)| (name.to_lowercase().replace(' ', ""), described)).collect()
}

fn one<'a>(before: &Place<'a>, after: &Place<'a>, context: Context, found: &mut Found<'a>) {
    for field in ["schema", "itemSchema"] {
        let of = |place: &Place<'a>| place.get(field).unwrap_or_else(|| Place::unwritten(place.at.join(field)));
        if before.get(field).is_some() || after.get(field).is_some() {
            found.pair(vec![of(before)], vec![of(after)], context);
        }
    }
    if let Some((_, is)) = fields::changed(before, after, "encoding").filter(|(was, is)| !same(was.value, is.value)) {
        found.add(Rule::D228, &is.at, "the encoding of its parts changes");
    }
    fields::others(before, after, &["schema", "itemSchema", "encoding"], &["example", "examples"], found);
}
