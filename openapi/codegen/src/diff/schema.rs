//! What changed between two schemas.

mod bounds;
mod properties;
mod unions;
mod values;

use super::comparison::{Context, Findings};
use super::document::{Document, Located};
use super::rule::Rule;
use super::shape::{Conjunction, Shape};
use crate::model::pointer::Pointer;

const DOCUMENTATION: &[&str] =
    &["title", "description", "example", "examples", "externalDocs", "$comment", "xml", "$schema", "$vocabulary"];

/// Keywords that only name a schema for references.
const NAMES: &[&str] = &["$id", "$anchor", "$dynamicAnchor", "$defs", "definitions"];

/// Compares two schemas and queues their inner schemas.
pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &[Located<'a>],
    after: &[Located<'a>],
    found: &mut Findings<'a>,
) {
    if let ([was], [is]) = (before, after)
        && was.value != is.value
        && [was, is].iter().any(|place| !place.value.is_object() && !place.value.is_boolean())
    {
        return found.add(Rule::D000, &is.at, "what stands here is no schema");
    }
    let before = Shape::of(old, before);
    let after = Shape::of(new, after);
    documentation(&before, &after, found);
    if unions::mixed(old, new, &before, &after, found) {
        return;
    }
    if !found.context.settled.names {
        compare_names(old, new, &before.names, &after.names, &after.at, found);
    }
    if values::compare(&before, &after, found) == values::Kinship::None {
        return;
    }
    // A base class with subtypes is read as a union.
    if unions::subtypes(old, new, &before, &after, found) {
        found.context = found.context.within_union();
    }
    bounds::compare(&before, &after, found);
    properties::compare(old, new, &before, &after, found);
    unions::compare(old, new, &before, &after, found);
    items(&before, &after, found);
    others(&before, &after, found);
}

/// Compares the components that a use of a schema names.
pub(super) fn compare_names(
    old: Document<'_>,
    new: Document<'_>,
    before: &[String],
    after: &[String],
    at: &Pointer,
    found: &mut Findings<'_>,
) {
    let gone: Vec<_> = before.iter().filter(|name| !after.contains(name)).collect();
    let come: Vec<_> = after.iter().filter(|name| !before.contains(name)).collect();
    for index in 0..gone.len().max(come.len()) {
        match (gone.get(index), come.get(index)) {
            (Some(gone), Some(come)) if !new.has_schema(gone) && !old.has_schema(come) => {
                let at = Pointer::component("schemas", come);
                found.add(Rule::D401, &at, format!("the schema `{gone}` is called `{come}`"));
            }
            (Some(gone), Some(come)) => found.add(Rule::D404, at, format!("`{come}` stands where `{gone}` stood")),
            (Some(gone), None) => found.add(Rule::D405, at, format!("the schema `{gone}` is written out")),
            (None, Some(come)) => found.add(Rule::D406, at, format!("what was written out is the schema `{come}`")),
            (None, None) => {}
        }
    }
}

fn documentation<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let changed = |keywords: &[&str]| -> Vec<String> {
        let texts = |shape: &Shape<'a>, keyword: &str| -> Vec<_> {
            shape.rest.get(keyword).into_iter().flatten().map(|place| place.value).collect()
        };
        let differs = keywords.iter().filter(|keyword| texts(before, keyword) != texts(after, keyword));
        differs.map(|keyword| format!("`{keyword}`")).collect()
    };
    let texts = changed(DOCUMENTATION);
    if !texts.is_empty() {
        let place = place_of(before, after, DOCUMENTATION);
        found.add(Rule::D107, &place, format!("{} changes", texts.join(", ")));
    }
    let deprecated = |shape: &Shape<'a>| {
        let place = shape.rest.get("deprecated").into_iter().flatten().find(|place| *place.value == true);
        place.map(|place| place.at.clone())
    };
    match (deprecated(before), deprecated(after)) {
        (None, Some(at)) => found.add(Rule::D104, &at, "is deprecated"),
        (Some(at), None) => found.add(Rule::D105, &at, "is no longer deprecated"),
        _ => {}
    }
}

/// The pointer of the schema with the first of these keywords.
fn place_of<'a>(before: &Shape<'a>, after: &Shape<'a>, keywords: &[&str]) -> Pointer {
    let of = |shape: &Shape<'a>| {
        keywords.iter().find_map(|keyword| shape.rest.get(keyword)?.first().map(|place| place.at.clone()))
    };
    let mut at = of(after).or_else(|| of(before)).unwrap_or_default();
    at.pop();
    at
}

/// Compares `items` and `prefixItems`.
fn items<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let context = found.context.within();
    inner("items", before, after, context, found);
    for index in 0..before.tuple.len().max(after.tuple.len()) {
        let of = |shape: &Shape<'a>| -> Conjunction<'a> {
            let unwritten = || shape.unwritten(["prefixItems", &index.to_string()]);
            shape.tuple.get(index).cloned().unwrap_or_else(unwritten)
        };
        found.pair(of(before), of(after), context);
    }
}

/// Queues the schemas under a keyword; an absent one admits anything.
fn inner<'a>(keyword: &str, before: &Shape<'a>, after: &Shape<'a>, context: Context, found: &mut Findings<'a>) {
    let of = |shape: &Shape<'a>| -> Conjunction<'a> {
        shape.inner.get(keyword).cloned().unwrap_or_else(|| shape.unwritten([keyword]))
    };
    if before.inner.contains_key(keyword) || after.inner.contains_key(keyword) {
        found.pair(of(before), of(after), context);
    }
}

/// Compares the keywords that no other function compares.
fn others<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let known = |keyword: &str| {
        DOCUMENTATION.contains(&keyword)
            || NAMES.contains(&keyword)
            || keyword == "deprecated"
            || values::KEYWORDS.contains(&keyword)
            || bounds::KEYWORDS.iter().any(|list| list.contains(&keyword))
            || unions::KEYWORDS.contains(&keyword)
            || properties::KEYWORDS.contains(&keyword)
    };
    let keywords = before.rest.keys().chain(after.rest.keys().filter(|keyword| !before.says(keyword)));
    for keyword in keywords.filter(|keyword| !known(keyword)) {
        let values = |shape: &Shape<'a>| -> Vec<_> {
            shape.rest.get(keyword).into_iter().flatten().map(|place| place.value).collect()
        };
        if values(before) == values(after) {
            continue;
        }
        let place = |shape: &Shape<'a>| Some(shape.rest.get(keyword)?.first()?.at.clone());
        let at = place(after).or_else(|| place(before)).unwrap_or_default();
        let rule = if keyword.starts_with("x-") { Rule::D108 } else { Rule::D000 };
        found.add(rule, &at, format!("`{keyword}` changes"));
    }
}
