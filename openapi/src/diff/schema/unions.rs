//! Unions: which member is which, what tells them apart, and schemas that become or cease to be unions.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::change::Reading;
use crate::diff::place::{Document, Place, same};
use crate::diff::rule::Rule;
use crate::diff::shape::Shape;
use crate::diff::walk::{Context, Found, Settled};

use super::values;

/// The keywords looked at here.
pub(super) const KEYWORDS: &[&str] = &["discriminator"];

/// Compares two unions.
pub(super) fn compare<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Found<'a>,
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

/// Compares a union with what is none: that is then taken for a union of one member.
///
/// Says whether it was such a case.
pub(super) fn mixed<'a>(
    old: Document<'a>,
    new: Document<'a>,
    before: &Shape<'a>,
    after: &Shape<'a>,
    found: &mut Found<'a>,
) -> bool {
    let (one, other, union) = match (before.unions.as_slice(), after.unions.as_slice()) {
        ([], [union]) => (std::slice::from_ref(&before.core), union.members.as_slice(), after),
        ([union], []) => (union.members.as_slice(), std::slice::from_ref(&after.core), before),
        _ => return false,
    };
    if !union.properties.is_empty() || union.values.is_some() {
        // What stands beside a union counts for each of its members.
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
    [before, after]: [&[Place<'a>]; 2],
    reading: Reading,
    context: Context,
    found: &mut Found<'a>,
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

fn named(member: &Place<'_>) -> String {
    let name = |reference: &str| reference.rsplit('/').next().map(|name| format!("the member `{name}`"));
    let of_type = || member.text("type").map(|name| format!("a member of type `{name}`"));
    member.text("$ref").and_then(name).or_else(of_type).unwrap_or_else(|| "a member".into())
}

/// Pairs of members that are one and the same: equal ones first, then those that are most alike.
fn matched<'a>(old: Document<'a>, new: Document<'a>, before: &[Place<'a>], after: &[Place<'a>]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut scored = Vec::new();
    for (index, member) in before.iter().enumerate() {
        for (other, candidate) in after.iter().enumerate() {
            scored.push((likeness(old, new, member, candidate), index, other));
        }
    }
    scored.sort_by_key(|(score, index, other)| (std::cmp::Reverse(*score), *index, *other));
    for (score, index, other) in scored {
        if score > 0 && !pairs.iter().any(|(one, two)| *one == index || *two == other) {
            pairs.push((index, other));
        }
    }
    pairs
}

/// How alike two members are, in thousandths; zero when they have nothing in common that would make them one.
fn likeness<'a>(old: Document<'a>, new: Document<'a>, one: &Place<'a>, other: &Place<'a>) -> usize {
    let ((before, one), (after, other)) = (old.schema(one), new.schema(other));
    if one.iter().any(|name| other.contains(name)) {
        return 2_000;
    }
    if same(before.value, after.value) {
        return 1_500;
    }
    let (before, after) = (Shape::of(old, &[before]), Shape::of(new, &[after]));
    if before.types != after.types {
        return 0;
    }
    let names: BTreeSet<_> = before.properties.keys().chain(after.properties.keys()).collect();
    let common = before.properties.keys().filter(|name| after.properties.contains_key(*name)).count();
    match (names.len(), &before.values, &after.values) {
        // Nothing but the type tells them apart.
        (0, None, None) => 1_000,
        (0, Some(old), Some(new)) => 1 + 999 * usize::from(old.iter().any(|value| new.contains(value))),
        (0, ..) => 500,
        // A name changed as well, so at least half of the properties are to be the same.
        (all, ..) if common * 2 >= all => 1_000 * common / all,
        _ => 0,
    }
}

fn discriminator<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Found<'a>) {
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
    let mapping = |place: &Place<'a>| place.get("mapping");
    for (value, target) in mapping(&new).iter().flat_map(Place::fields) {
        match mapping(&old).and_then(|mapping| mapping.get(value)) {
            None => found.add(Rule::D369, &target.at, format!("`{value}` is new")),
            Some(was) if was.value != target.value => {
                found.add(Rule::D371, &target.at, format!("`{value}` stands for {}", target.value));
            }
            Some(_) => {}
        }
    }
    for (value, was) in mapping(&old).iter().flat_map(Place::fields) {
        if mapping(&new).and_then(|mapping| mapping.get(value)).is_none() {
            found.add(Rule::D370, &was.at, format!("`{value}` is gone"));
        }
    }
}

fn told(place: &Place<'_>) -> String {
    let name = place.value.get("propertyName").and_then(Value::as_str).unwrap_or_default();
    format!("`{name}` tells the members apart")
}
