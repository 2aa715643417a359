//! Parameters, and headers of replies, which have the same fields.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Operation, bodies, deprecation, names_of};
use crate::diff::comparison::{Context, Findings};
use crate::diff::document::{Document, Located};
use crate::diff::fields;
use crate::diff::rule::Rule;

const DOCUMENTATION: &[&str] = &["description", "example", "examples"];

/// The location and name of a parameter.
type Key = (String, Name);

/// How a parameter is known from one document to the other.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    /// It is the placeholder at this position of the path, whatever it is called.
    Placeholder(usize),
    /// Names of headers are lower case.
    Called(String),
}

pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Operation<'a>,
    after: &Operation<'a>,
    found: &mut Findings<'a>,
) {
    let was = of(old, before);
    let is = of(new, after);
    for (key, parameter) in &is {
        let Some(other) = was.get(key) else {
            let (rule, how) = match required(parameter) {
                true => (Rule::D201, "required"),
                false => (Rule::D203, "optional"),
            };
            found.add(rule, &parameter.at, format!("the {how} {} parameter is new", key.0));
            continue;
        };
        one(other, parameter, found);
    }
    for (key, parameter) in was.iter().filter(|(key, _)| !is.contains_key(*key)) {
        let (rule, how) = match required(parameter) {
            true => (Rule::D202, "required"),
            false => (Rule::D204, "optional"),
        };
        found.add(rule, &parameter.at, format!("the {how} {} parameter is gone", key.0));
    }
}

/// The parameters of an operation: its own, and those of its path item that it does not override.
fn of<'a>(document: Document<'a>, operation: &Operation<'a>) -> BTreeMap<Key, Located<'a>> {
    let placeholders = names_of(operation.path);
    let mut parameters = BTreeMap::new();
    for holder in [&operation.item, &operation.place] {
        for parameter in holder.get("parameters").iter().flat_map(Located::items) {
            let parameter = document.follow(&parameter);
            let kind = parameter.text("in").unwrap_or_default().to_owned();
            let name = parameter.text("name").unwrap_or_default();
            let name = match placeholders.iter().position(|placeholder| kind == "path" && *placeholder == name) {
                Some(position) => Name::Placeholder(position),
                None if kind == "header" => Name::Called(name.to_lowercase()),
                None => Name::Called(name.to_owned()),
            };
            parameters.insert((kind, name), parameter);
        }
    }
    parameters
}

fn required(parameter: &Located<'_>) -> bool {
    parameter.flag("required") || parameter.text("in") == Some("path")
}

fn one<'a>(before: &Located<'a>, after: &Located<'a>, found: &mut Findings<'a>) {
    match (required(before), required(after)) {
        (false, true) => found.add(Rule::D205, &after.at, "is required"),
        (true, false) => found.add(Rule::D206, &after.at, "may be left out"),
        _ => {}
    }
    if before.text("in") == Some("path") && before.text("name") != after.text("name") {
        let name = |parameter: &Located<'a>| parameter.text("name").unwrap_or_default().to_owned();
        found.add(Rule::D113, &after.at, format!("`{}` is called `{}`", name(before), name(after)));
    }
    form(before, after, Context::SENT, found);
    let known = ["name", "in", "required"];
    rest(before, after, &known, found);
}

/// Compares the serialization and the schema of a parameter or header.
pub(super) fn form<'a>(before: &Located<'a>, after: &Located<'a>, context: Context, found: &mut Findings<'a>) {
    deprecation(before, after, found);
    if written(before) != written(after) {
        let (was, is) = (written(before), written(after));
        found.add(Rule::D207, &after.at, format!("{} becomes {}", was.shown(), is.shown()));
    }
    for field in ["allowReserved", "allowEmptyValue"] {
        if before.flag(field) != after.flag(field) {
            found.add(Rule::D208, &after.at, format!("`{field}` is {}", after.flag(field)));
        }
    }
    if let (Some(was), Some(is)) = (before.get("schema"), after.get("schema")) {
        found.pair(vec![was], vec![is], context);
    } else if let (Some(was), Some(is)) = (before.get("content"), after.get("content")) {
        bodies::content(&was, &is, &|_| context, found);
    } else if before.get("content").is_none() && after.get("content").is_none() {
        let schema =
            |place: &Located<'a>| place.get("schema").unwrap_or_else(|| Located::unwritten(place.at.join("schema")));
        found.pair(vec![schema(before)], vec![schema(after)], context);
    }
}

pub(super) fn rest<'a>(before: &Located<'a>, after: &Located<'a>, known: &[&str], found: &mut Findings<'a>) {
    let form = ["deprecated", "style", "explode", "allowReserved", "allowEmptyValue", "schema", "content"];
    fields::others(before, after, &[known, &form].concat(), DOCUMENTATION, found);
}

/// The serialization of a value (OpenAPI 3.1, section 4.8.12), with defaults filled in.
#[derive(Debug, PartialEq, Eq)]
struct Written<'a> {
    style: &'a str,
    explode: bool,
    content: bool,
}

fn written<'a>(place: &Located<'a>) -> Written<'a> {
    let default = match place.text("in") {
        Some("query" | "cookie") => "form",
        _ => "simple",
    };
    let style = place.text("style").unwrap_or(default);
    let explode = place.value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
    Written { style, explode, content: place.get("content").is_some() }
}

impl Written<'_> {
    fn shown(&self) -> String {
        if self.content {
            return "a media type".into();
        }
        format!("`{}`{}", self.style, if self.explode { ", exploded" } else { "" })
    }
}
