//! Bodies and their media types.

use std::collections::BTreeMap;

use crate::diff::change::Reading;
use crate::diff::comparison::{Context, Findings};
use crate::diff::document::{Document, Located, same};
use crate::diff::fields;
use crate::diff::rule::Rule;
use crate::model::media_types::is_json;

/// Compares the request bodies of two operations.
pub(super) fn request<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Located<'a>,
    after: &Located<'a>,
    found: &mut Findings<'a>,
) {
    let of = |document: Document<'a>, operation: &Located<'a>| Some(document.follow(&operation.get("requestBody")?));
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
                |body: &Located<'a>| body.get("content").unwrap_or_else(|| Located::unwritten(body.at.join("content")));
            content(&content_of(&was), &content_of(&is), &|_| Context::SENT, found);
            fields::others(&was, &is, &["required", "content"], &["description"], found);
        }
    }
}

/// Compares the content of each media type; `context` gives the context of a media type of the old document.
pub(super) fn content<'a>(
    before: &Located<'a>,
    after: &Located<'a>,
    context: &dyn Fn(&str) -> Context,
    found: &mut Findings<'a>,
) {
    let (was, is) = (media_types(before), media_types(after));
    for (name, described) in &is {
        match was.get(name) {
            Some(other) => one(other, described, context(name), found),
            None => found.add(Rule::D226, &described.at, format!("`{name}` is new")),
        }
    }
    for (name, described) in was.iter().filter(|(name, _)| !is.contains_key(*name)) {
        // JSON under another media type is still read as JSON.
        let successor = is.iter().find(|(other, _)| is_json(name) && is_json(other) && !was.contains_key(*other));
        // Of several media types, a client reads all but JSON as bytes.
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

/// The media types of a body; case is ignored, parameters are not.
fn media_types<'a>(content: &Located<'a>) -> BTreeMap<String, Located<'a>> {
    content.fields().map(|(name, described)| (name.to_lowercase().replace(' ', ""), described)).collect()
}

fn one<'a>(before: &Located<'a>, after: &Located<'a>, context: Context, found: &mut Findings<'a>) {
    for field in ["schema", "itemSchema"] {
        let of = |place: &Located<'a>| place.get(field).unwrap_or_else(|| Located::unwritten(place.at.join(field)));
        if before.get(field).is_some() || after.get(field).is_some() {
            found.pair(vec![of(before)], vec![of(after)], context);
        }
    }
    if let Some((_, is)) = fields::changed(before, after, "encoding").filter(|(was, is)| !same(was.value, is.value)) {
        found.add(Rule::D228, &is.at, "the encoding of its parts changes");
    }
    fields::others(before, after, &["schema", "itemSchema", "encoding"], &["example", "examples"], found);
}
