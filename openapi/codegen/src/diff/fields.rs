//! Comparing the fields of objects, known and unknown.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::Findings;
use super::document::{Located, same};
use super::rule::Rule;

/// The fields of an object by name, and the object.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    pub(super) whole: Option<Located<'a>>,
    pub(super) fields: BTreeMap<&'a str, Located<'a>>,
}

impl<'a> Named<'a> {
    pub(super) fn of(object: Option<Located<'a>>) -> Self {
        let fields = object.iter().flat_map(Located::fields).collect();
        Self { whole: object, fields }
    }
}

/// A field that differs; where one object lacks it, its value there is null.
pub(super) fn changed<'a>(
    before: &Located<'a>,
    after: &Located<'a>,
    field: &str,
) -> Option<(Located<'a>, Located<'a>)> {
    let nothing = |place: &Located<'a>| Located { at: place.at.join(field), value: &serde_json::Value::Null };
    let of = |place: &Located<'a>| place.get(field).unwrap_or_else(|| nothing(place));
    let (was, is) = (of(before), of(after));
    (was.value != is.value).then_some((was, is))
}

/// Reports all differences outside the known fields: documentation, extensions, and unclassified fields.
pub(super) fn others<'a>(
    before: &Located<'a>,
    after: &Located<'a>,
    known: &[&str],
    documentation: &[&str],
    found: &mut Findings<'a>,
) {
    let names: BTreeSet<_> = before.fields().chain(after.fields()).map(|(name, _)| name).collect();
    let mut texts = Vec::new();
    for name in names.into_iter().filter(|name| !known.contains(name)) {
        let (old, new) = (before.get(name), after.get(name));
        let equal = match (&old, &new) {
            (Some(old), Some(new)) => same(old.value, new.value),
            _ => false,
        };
        if equal {
            continue;
        }
        let at = new.or(old).map(|place| place.at).unwrap_or_default();
        match name {
            _ if documentation.contains(&name) => texts.push(format!("`{name}`")),
            _ if name.starts_with("x-") => found.add(Rule::D108, &at, format!("`{name}` changes")),
            _ => found.add(Rule::D000, &at, format!("`{name}` changes")),
        }
    }
    if !texts.is_empty() {
        let verb = if texts.len() == 1 { "changes" } else { "change" };
        found.add(Rule::D107, &after.at, format!("{} {verb}", texts.join(", ")));
    }
}

/// Compares named things without looking into them.
pub(super) fn coarse<'a>(
    rule: Rule,
    what: &str,
    before: Option<Located<'a>>,
    after: Option<Located<'a>>,
    found: &mut Findings<'a>,
) {
    let (before, after) = (Named::of(before), Named::of(after));
    for (name, place) in &after.fields {
        match before.fields.get(name) {
            None => found.add(rule, &place.at, format!("the {what} `{name}` is new")),
            Some(was) if !same(was.value, place.value) => {
                found.add(rule, &place.at, format!("the {what} `{name}` changes"));
            }
            Some(_) => {}
        }
    }
    for (name, place) in before.fields.iter().filter(|(name, _)| !after.fields.contains_key(*name)) {
        found.add(rule, &place.at, format!("the {what} `{name}` is gone"));
    }
}
