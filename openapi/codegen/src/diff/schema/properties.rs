//! Properties, which of them are required, and additional properties.

use serde_json::Value;

use crate::diff::change::{Direction, Reading};
use crate::diff::comparison::Findings;
use crate::diff::document::Document;
use crate::diff::rule::Rule;
use crate::diff::shape::{Conjunction, Shape};
use crate::model::pointer::Pointer;

/// The keywords compared here.
pub(super) const KEYWORDS: &[&str] = &["readOnly", "writeOnly"];

pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Findings<'a>,
) {
    for (name, schema) in &before.properties {
        let required = before.required.contains_key(name);
        let held = Shape::of(old, schema);
        let Some(other) = after.properties.get(name) else {
            removed(&held, required, found);
            continue;
        };
        let (nullable, default) = (held.admits_null(), Shape::of(new, other).says("default"));
        match (required, after.required.get(name)) {
            (false, Some(at)) if default => found.add(Rule::D348, at, format!("`{name}` is required")),
            (false, Some(at)) => found.add(Rule::D344, at, format!("`{name}` is required")),
            (true, None) => {
                let rule = if held.says("default") { Rule::D349 } else { Rule::D345 };
                let reading = if nullable { Reading::Same } else { rule.reading() };
                found.add_read(rule, &place(other), reading, "may be absent");
            }
            _ => {}
        }
        let context = found.context.within_property(required, !required || nullable);
        found.pair(schema.clone(), other.clone(), context);
    }
    for (name, schema) in after.properties.iter().filter(|(name, _)| !before.properties.contains_key(*name)) {
        let required = after.required.contains_key(name);
        added(old, &Shape::of(new, schema), required, before, found);
    }
    names_that_only_required_knows(before, after, found);
    direction_flags(before, after, found);
    additional(before, after, found);
    let context = found.context.within();
    for (pattern, schema) in &before.patterns {
        let unwritten = || after.unwritten(["patternProperties", pattern]);
        found.pair(schema.clone(), after.patterns.get(pattern).cloned().unwrap_or_else(unwritten), context);
    }
    for (pattern, schema) in after.patterns.iter().filter(|(pattern, _)| !before.patterns.contains_key(*pattern)) {
        let unwritten = before.unwritten(["patternProperties", pattern]);
        found.pair(unwritten, schema.clone(), context);
    }
}

fn place(conjunction: &Conjunction<'_>) -> Pointer {
    conjunction.first().map(|place| place.at.clone()).unwrap_or_default()
}

fn removed<'a>(held: &Shape<'a>, required: bool, found: &mut Findings<'a>) {
    let rule = match (required, held.says("default")) {
        (true, true) => Rule::D347,
        (true, false) => Rule::D341,
        (false, _) => Rule::D343,
    };
    let reading = if held.admits_null() { Reading::Same } else { rule.reading() };
    let how = if required { "required" } else { "optional" };
    found.add_read(rule, &held.at, reading, format!("the {how} property is gone"));
}

fn added<'a>(old: Document<'a>, gained: &Shape<'a>, required: bool, before: &Shape<'a>, found: &mut Findings<'a>) {
    let (rule, how) = match (required, gained.says("default")) {
        (true, true) => (Rule::D346, "required"),
        (true, false) => (Rule::D340, "required"),
        (false, _) => (Rule::D342, "optional"),
    };
    // A typed map reads every unknown name as its value type.
    let map = before.inner.get("additionalProperties").map(|values| Shape::of(old, values));
    let fits = map.is_none_or(|map| map.never || map.is_anything() || map.types == gained.types);
    let reading = if fits { rule.reading() } else { Reading::Fails };
    found.add_read(rule, &gained.at, reading, format!("the {how} property is new"));
}

/// Compares names in `required` that no property declares.
fn names_that_only_required_knows<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let without_schema = |shape: &Shape<'a>, name: &str| !shape.properties.contains_key(name);
    let other =
        |shape: &Shape<'a>, name: &str| shape.required.contains_key(name) || shape.properties.contains_key(name);
    for (name, at) in after.required.iter().filter(|(name, _)| without_schema(after, name) && !other(before, name)) {
        found.add(Rule::D344, at, format!("`{name}`, which has no schema, is required"));
    }
    for (name, at) in before.required.iter().filter(|(name, _)| without_schema(before, name) && !other(after, name)) {
        found.add_read(Rule::D345, at, Reading::Same, format!("`{name}`, which has no schema, may be absent"));
    }
}

fn direction_flags<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    for (keyword, direction) in [("readOnly", Direction::Request), ("writeOnly", Direction::Reply)] {
        let of = |shape: &Shape<'a>| shape.rest.get(keyword)?.iter().find(|place| *place.value == true).cloned();
        let (old, new) = (of(before), of(after));
        let detail = match (&old, &new) {
            (None, Some(_)) => format!("is in no {direction} any more (`{keyword}`)"),
            (Some(_), None) => format!("may be in a {direction} (`{keyword}` is gone)"),
            _ => continue,
        };
        let at = new.or(old).map(|place| place.at).unwrap_or_default();
        // Leaving out a property of replies is the same as removing it.
        let reading = match found.context.optional || before.admits_null() || keyword == "readOnly" {
            true => Reading::Same,
            false => Reading::Fails,
        };
        found.add_read(Rule::D350, &at, reading, detail);
    }
}

fn additional<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    const KEYWORD: &str = "additionalProperties";
    let closed = |shape: &Shape<'a>| {
        let schemas = shape.inner.get(KEYWORD).into_iter().flatten();
        schemas.clone().find(|place| *place.value == Value::Bool(false)).map(|place| place.at.clone())
    };
    match (closed(before), closed(after)) {
        (None, Some(at)) => return found.add(Rule::D351, &at, "names that are not listed are refused"),
        (Some(at), None) => return found.add(Rule::D352, &at, "names that are not listed are admitted"),
        (Some(_), Some(_)) => return,
        (None, None) => {}
    }
    let context = found.context.within();
    super::inner(KEYWORD, before, after, context, found);
}
