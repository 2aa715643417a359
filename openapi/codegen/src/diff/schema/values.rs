//! Types, formats, null, listed values and defaults.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::change::Reading;
use crate::diff::comparison::Findings;
use crate::diff::rule::Rule;
use crate::diff::shape::Shape;
use crate::model::null::Null;
use crate::model::pointer::Pointer;

/// The keywords compared here.
pub(super) const KEYWORDS: &[&str] = &["format", "default", "contentEncoding", "contentMediaType", "contentSchema"];

/// Whether two schemas share a type, so that comparing their other keywords makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    Some,
    None,
}

pub(super) fn compare<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) -> Kinship {
    let kinship = types(before, after, found);
    if !found.context.settled.null {
        null(before, after, found);
    }
    if kinship == Kinship::None {
        return kinship;
    }
    format(before, after, found);
    encoding(before, after, found);
    values(before, after, found);
    default(before, after, found);
    kinship
}

fn types<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) -> Kinship {
    let at = after.types_at.as_ref().or(before.types_at.as_ref()).unwrap_or(&after.at).clone();
    match (before.never, after.never) {
        (false, true) => found.add(Rule::D302, &at, "nothing is admitted any more"),
        (true, false) => found.add(Rule::D303, &at, "something is admitted where nothing was"),
        _ => {}
    }
    if before.never != after.never {
        return Kinship::None;
    }
    if before.types == after.types {
        if before.types_written != after.types_written && !before.types.is_empty() {
            found.add(Rule::D309, &at, format!("`{}` is meant with and without `type`", list(&after.types)));
        }
        return Kinship::Some;
    }
    let detail = format!("{} becomes {}", list(&before.types), list(&after.types));
    let reading = |fails| if before.is_anything() { Reading::Same } else { fails };
    if admits(&after.types, &before.types) {
        let fails = if before.is_open_union() { Reading::AsUnknown } else { Reading::Fails };
        found.add_read(Rule::D303, &at, reading(fails), detail);
    } else if admits(&before.types, &after.types) {
        found.add(Rule::D302, &at, detail);
    } else {
        let fails = if before.is_open_union() { Reading::AsUnknown } else { Reading::Fails };
        found.add_read(Rule::D301, &at, reading(fails), detail);
        return Kinship::None;
    }
    Kinship::Some
}

/// Whether every value of the types `fewer` is of one of the types `more`; no types are all types.
fn admits(more: &BTreeSet<&str>, fewer: &BTreeSet<&str>) -> bool {
    let one = |name: &&str| more.contains(name) || (*name == "integer" && more.contains("number"));
    more.is_empty() || (!fewer.is_empty() && fewer.iter().all(one))
}

fn list(types: &BTreeSet<&str>) -> String {
    if types.is_empty() {
        return "any value".into();
    }
    types.iter().copied().collect::<Vec<_>>().join(" or ")
}

pub(super) fn null<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let at = after.null_at.as_ref().or(before.null_at.as_ref()).unwrap_or(&after.at).clone();
    match (before.null, after.null) {
        (Null::Refused, Null::Admitted) => {
            let reading = if found.context.optional || before.is_anything() {
                Reading::Same
            } else if before.is_open_union() {
                Reading::AsUnknown
            } else {
                Reading::Fails
            };
            found.add_read(Rule::D307, &at, reading, "may be null");
        }
        (Null::Admitted, Null::Refused) => found.add(Rule::D308, &at, "is never null"),
        _ => {}
    }
}

/// The first value of a keyword.
fn said<'a>(shape: &Shape<'a>, keyword: &str) -> Option<(&'a Value, Pointer)> {
    let place = shape.rest.get(keyword)?.first()?;
    Some((place.value, place.at.clone()))
}

fn format<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let wide = |format: &Value| format == "uint64";
    // The client reads 64 bits, signed or unsigned; the other format's range exceeds that.
    let reading = |new: &Value, old: Option<&Value>| {
        let signs_differ = wide(new) != old.is_some_and(wide);
        if before.types.contains("integer") && signs_differ { Reading::Fails } else { Reading::Same }
    };
    match (said(before, "format"), said(after, "format")) {
        (Some((old, _)), Some((new, at))) if old != new => {
            let (old_name, new_name) = (old.as_str().unwrap_or_default(), new.as_str().unwrap_or_default());
            let widths = ["int32", "int64"];
            let detail = format!("format `{old_name}` becomes `{new_name}`");
            if (old_name, new_name) == (widths[0], widths[1]) || (old_name, new_name) == ("float", "double") {
                found.add(Rule::D306, &at, detail);
            } else if (old_name, new_name) == (widths[1], widths[0]) || (old_name, new_name) == ("double", "float") {
                found.add(Rule::D305, &at, detail);
            } else {
                found.add_read(Rule::D304, &at, reading(new, Some(old)), detail);
            }
        }
        (None, Some((new, at))) => {
            found.add_read(Rule::D305, &at, reading(new, None), format!("format {new}"));
        }
        (Some((old, at)), None) => {
            let negative = if wide(old) { Reading::Fails } else { Reading::Same };
            found.add_read(Rule::D306, &at, negative, format!("is no longer of the format {old}"));
        }
        _ => {}
    }
}

fn encoding<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    for keyword in ["contentEncoding", "contentMediaType", "contentSchema"] {
        let (old, new) = (said(before, keyword), said(after, keyword));
        if old.as_ref().map(|(value, _)| value) != new.as_ref().map(|(value, _)| value) {
            let at = new.or(old).map(|(_, at)| at).unwrap_or_default();
            found.add(Rule::D333, &at, format!("`{keyword}` changes"));
        }
    }
}

fn values<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let at = after.values_at.as_ref().or(before.values_at.as_ref()).unwrap_or(&after.at).clone();
    // Only string enums are enums in Rust; a new value of another type is read like the old ones.
    let new_value = |rule: Rule, value: Option<&Value>| {
        let text = value.is_none_or(Value::is_string) && before.types.contains("string");
        if text { rule.reading() } else { Reading::Same }
    };
    let (old, new) = match (&before.values, &after.values) {
        (None, None) => return,
        (None, Some(new)) => {
            return found.add(Rule::D312, &at, format!("must be one of {}", values_list(new)));
        }
        (Some(old), None) => {
            let reading = new_value(Rule::D313, None);
            return found.add_read(Rule::D313, &at, reading, format!("may be another value than {}", values_list(old)));
        }
        (Some(old), Some(new)) => (old, new),
    };
    if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
        if old != new {
            found.add_read(Rule::D314, &at, new_value(Rule::D314, Some(new)), format!("`{old}` becomes `{new}`"));
        }
        return;
    }
    for value in new.iter().filter(|value| !old.contains(value)) {
        found.add_read(Rule::D310, &at, new_value(Rule::D310, Some(value)), format!("the value `{value}` is new"));
    }
    for value in old.iter().filter(|value| !new.contains(value)) {
        found.add(Rule::D311, &at, format!("the value `{value}` is gone"));
    }
}

fn values_list(values: &[&Value]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

fn default<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    match (said(before, "default"), said(after, "default")) {
        (None, Some((new, at))) => found.add(Rule::D375, &at, format!("the default is `{new}`")),
        (Some((old, at)), None) => found.add(Rule::D376, &at, format!("the default `{old}` is gone")),
        (Some((old, _)), Some((new, at))) if old != new => {
            found.add(Rule::D377, &at, format!("the default `{old}` becomes `{new}`"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
