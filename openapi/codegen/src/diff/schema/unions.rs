//! Unions: matching members, discriminators, and schemas that become or cease to be unions.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::change::Reading;
use crate::diff::comparison::{Context, Findings, Settled};
use crate::diff::document::{Document, Located, same};
use crate::diff::rule::Rule;
use crate::diff::shape::Shape;

use super::values;

/// The keywords compared here.
pub(super) const KEYWORDS: &[&str] = &["discriminator"];

/// Compares two unions.
pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Findings<'a>,
) {
    discriminator(before, after, found);
    for index in 0..before.unions.len().max(after.unions.len()) {
        match (before.unions.get(index), after.unions.get(index)) {
            (Some(one), Some(other)) => {
                if one.keyword != other.keyword {
                    let detail = format!("`{}` becomes `{}`", one.keyword, other.keyword);
                    found.add(Rule::D362, &other.at, detail);
                }
                let settled = Settled { names: false, null: true };
                let context = Context { settled, ..found.context.within_union() };
                members(old, new, [&one.members, &other.members], Reading::AsUnknown, context, found);
            }
            (Some(one), None) => found.add(Rule::D000, &one.at, "of several unions that hold together, one is gone"),
            (None, Some(other)) => found.add(Rule::D000, &other.at, "a union holds together with others"),
            (None, None) => {}
        }
    }
}

/// Compares the schemas that extend two base classes; returns whether the old base class is read as a union.
pub(super) fn subtypes<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Findings<'a>,
) -> bool {
    let (was, is) = (old.subtypes(&before.core), new.subtypes(&after.core));
    // A base class without subtypes is read as a plain object.
    let is_union = !was.is_empty();
    let context = if is_union { found.context.within().within_union() } else { found.context.within() };
    let unknown = if is_union { Reading::AsUnknown } else { Reading::Same };
    for (name, subtype) in &is {
        match was.iter().find(|(other, _)| other == name) {
            Some((_, other)) => found.pair(vec![other.clone()], vec![subtype.clone()], context),
            None => found.add_read(Rule::D360, &subtype.at, unknown, "the subtype is new"),
        }
    }
    for (_, subtype) in was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name)) {
        found.add(Rule::D361, &subtype.at, "the subtype is gone");
    }
    is_union
}

/// Compares a union with a schema that is no union, as if that were a union of one member.
///
/// Returns whether exactly one of the two is a union.
pub(super) fn mixed<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Findings<'a>,
) -> bool {
    let (one, other, union) = match (before.unions.as_slice(), after.unions.as_slice()) {
        ([], [union]) => (std::slice::from_ref(&before.core), union.members.as_slice(), after),
        ([union], []) => (union.members.as_slice(), std::slice::from_ref(&after.core), before),
        _ => return false,
    };
    if !union.properties.is_empty() || union.values.is_some() {
        // Keywords beside a union apply to each of its members.
        found.add(Rule::D000, &union.at, "a union with more beside it was or becomes none");
        return true;
    }
    if !found.context.settled.null {
        values::null(before, after, found);
    }
    let reading = match (before.is_anything(), before.is_open_union()) {
        (true, _) => Reading::Same,
        (_, true) => Reading::AsUnknown,
        _ => Reading::Fails,
    };
    let mut context = found.context;
    if !before.unions.is_empty() {
        context = context.within_union();
    }
    let settled = Settled { names: true, null: true };
    members(old, new, [one, other], reading, Context { settled, ..context }, found);
    true
}

fn members<'a>(
    old: Document<'a>,
    new: Document<'a>,
    [before, after]: [&[Located<'a>]; 2],
    reading: Reading,
    context: Context,
    found: &mut Findings<'a>,
) {
    let context = Context { optional: false, ..context };
    let matched = matched(old, new, before, after);
    for (index, member) in before.iter().enumerate() {
        match matched.iter().find(|(one, _)| *one == index) {
            Some((_, other)) => found.pair(vec![member.clone()], vec![after[*other].clone()], context),
            None => found.add(Rule::D361, &member.at, format!("{} is gone", named(member))),
        }
    }
    for (index, member) in after.iter().enumerate() {
        if !matched.iter().any(|(_, other)| *other == index) {
            found.add_read(Rule::D360, &member.at, reading, format!("{} is new", named(member)));
        }
    }
}

fn named(member: &Located<'_>) -> String {
    let name = |reference: &str| reference.rsplit('/').next().map(|name| format!("the member `{name}`"));
    let of_type = || member.text("type").map(|name| format!("a member of type `{name}`"));
    member.text("$ref").and_then(name).or_else(of_type).unwrap_or_else(|| "a member".into())
}

/// A member of a union, with what is needed to compare it.
struct Member<'a> {
    schema: Located<'a>,
    /// The components through which the union refers to it.
    names: Vec<String>,
    shape: Shape<'a>,
}

impl<'a> Member<'a> {
    fn of(document: Document<'a>, member: &Located<'a>) -> Self {
        let (schema, names) = document.schema(member);
        let shape = Shape::of(document, std::slice::from_ref(&schema));
        Self { schema, names, shape }
    }

    /// The likeness of two members, in thousandths; zero when they cannot be the same member.
    fn likeness(&self, other: &Self) -> usize {
        if self.names.iter().any(|name| other.names.contains(name)) {
            return 2_000;
        }
        if same(self.schema.value, other.schema.value) {
            return 1_500;
        }
        let (before, after) = (&self.shape, &other.shape);
        if before.types != after.types {
            return 0;
        }
        let names: BTreeSet<_> = before.properties.keys().chain(after.properties.keys()).collect();
        let common = before.properties.keys().filter(|name| after.properties.contains_key(*name)).count();
        match (names.len(), &before.values, &after.values) {
            // Only the type identifies them.
            (0, None, None) => 1_000,
            (0, Some(old), Some(new)) => 1 + 999 * usize::from(old.iter().any(|value| new.contains(value))),
            (0, ..) => 500,
            // The name differs, so at least half of the properties must be common.
            (all, ..) if common * 2 >= all => 1_000 * common / all,
            _ => 0,
        }
    }
}

/// Pairs each old member with its new self: equal ones first, then the most alike.
fn matched<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &[Located<'a>],
    after: &[Located<'a>],
) -> Vec<(usize, usize)> {
    let before: Vec<_> = before.iter().map(|member| Member::of(old, member)).collect();
    let after: Vec<_> = after.iter().map(|member| Member::of(new, member)).collect();
    let mut scored = Vec::new();
    for (index, member) in before.iter().enumerate() {
        for (other, candidate) in after.iter().enumerate() {
            scored.push((member.likeness(candidate), index, other));
        }
    }
    scored.sort_by_key(|(score, index, other)| (Reverse(*score), *index, *other));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (score, index, other) in scored {
        if score > 0 && !pairs.iter().any(|(one, two)| *one == index || *two == other) {
            pairs.push((index, other));
        }
    }
    pairs
}

fn discriminator<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let of = |shape: &Shape<'a>| shape.rest.get("discriminator").and_then(|places| places.first().cloned());
    let (old, new) = match (of(before), of(after)) {
        (None, None) => return,
        (None, Some(new)) => return found.add(Rule::D366, &new.at, told(&new)),
        (Some(old), None) => return found.add(Rule::D367, &old.at, format!("{} no longer", told(&old))),
        (Some(old), Some(new)) => (old, new),
    };
    if old.value.get("propertyName") != new.value.get("propertyName") {
        return found.add(Rule::D368, &new.at, told(&new));
    }
    let mapping = |place: &Located<'a>| place.get("mapping");
    for (value, target) in mapping(&new).iter().flat_map(Located::fields) {
        match mapping(&old).and_then(|mapping| mapping.get(value)) {
            None => found.add(Rule::D369, &target.at, format!("`{value}` is new")),
            Some(was) if was.value != target.value => {
                found.add(Rule::D371, &target.at, format!("`{value}` stands for {}", target.value));
            }
            Some(_) => {}
        }
    }
    for (value, was) in mapping(&old).iter().flat_map(Located::fields) {
        if mapping(&new).and_then(|mapping| mapping.get(value)).is_none() {
            found.add(Rule::D370, &was.at, format!("`{value}` is gone"));
        }
    }
}

fn told(place: &Located<'_>) -> String {
    let name = place.value.get("propertyName").and_then(Value::as_str).unwrap_or_default();
    format!("`{name}` tells the members apart")
}
