//! Bounds, patterns and conditions.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::diff::comparison::Findings;
use crate::diff::document::{Located, same};
use crate::diff::rule::Rule;
use crate::diff::shape::Shape;
use crate::model::pointer::Pointer;

/// Lower bounds of counts.
const LOWER: &[&str] = &["minLength", "minItems", "minProperties", "minContains"];
const UPPER: &[&str] = &["maxLength", "maxItems", "maxProperties", "maxContains"];
const OF_NUMBERS: &[&str] = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
const OTHERS: &[&str] = &["multipleOf", "uniqueItems", "pattern"];
const CONDITIONS: &[&str] =
    &["not", "if", "then", "else", "dependentRequired", "dependentSchemas", "unevaluatedProperties"];

/// The keywords compared here.
pub(super) const KEYWORDS: &[&[&str]] = &[LOWER, UPPER, OF_NUMBERS, OTHERS, CONDITIONS];

pub(super) fn compare<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    for keyword in LOWER {
        bound(keyword, counted(before, keyword), counted(after, keyword), Ordering::Greater, found);
    }
    for keyword in UPPER {
        bound(keyword, counted(before, keyword), counted(after, keyword), Ordering::Less, found);
    }
    let sides = [("minimum", "exclusiveMinimum", Ordering::Greater), ("maximum", "exclusiveMaximum", Ordering::Less)];
    for (inclusive, exclusive, tighter) in sides {
        let of = |shape| limit(shape, inclusive, exclusive, tighter);
        bound(inclusive, of(before), of(after), tighter, found);
    }
    unique(before, after, found);
    multiple(before, after, found);
    let (old, new) = (said(before, "pattern"), said(after, "pattern"));
    three_ways([Rule::D325, Rule::D326, Rule::D327], "pattern", old, new, found);
    for keyword in CONDITIONS {
        let rules = [Rule::D330, Rule::D331, Rule::D332];
        three_ways(rules, keyword, said(before, keyword), said(after, keyword), found);
    }
    for keyword in ["contains", "propertyNames", "unevaluatedItems"] {
        let of = |shape: &Shape<'a>| shape.inner.get(keyword).and_then(|conjunction| conjunction.first().cloned());
        three_ways([Rule::D330, Rule::D331, Rule::D332], keyword, of(before), of(after), found);
    }
}

/// A bound: its value, whether the value itself is excluded, and its pointer.
#[derive(Clone, Debug)]
struct Bound {
    value: f64,
    written: Number,
    excluded: bool,
    at: Pointer,
}

impl Bound {
    fn at(place: &Located<'_>) -> Option<Self> {
        let Value::Number(written) = place.value else { return None };
        Some(Self { value: written.as_f64()?, written: written.clone(), excluded: false, at: place.at.clone() })
    }

    /// `Greater` when this bound admits less than the other; `tighter` is the order of values of such a bound.
    fn compare(&self, other: &Self, tighter: Ordering) -> Ordering {
        let by_value = self.value.partial_cmp(&other.value).unwrap_or(Ordering::Equal);
        let by_value = if tighter == Ordering::Less { by_value.reverse() } else { by_value };
        by_value.then(self.excluded.cmp(&other.excluded))
    }

    fn shown(&self) -> String {
        let excluded = if self.excluded { ", excluded" } else { "" };
        format!("`{}`{excluded}", self.written)
    }
}

/// The tightest of all occurrences of a keyword.
fn counted(shape: &Shape<'_>, keyword: &str) -> Option<Bound> {
    let tighter = if UPPER.contains(&keyword) { Ordering::Less } else { Ordering::Greater };
    let bounds = shape.rest.get(keyword).into_iter().flatten().filter_map(Bound::at);
    bounds.max_by(|one, other| one.compare(other, tighter))
}

/// The tightest bound of numbers, in the spellings of 3.0 and of JSON Schema.
fn limit(shape: &Shape<'_>, inclusive: &str, exclusive: &str, tighter: Ordering) -> Option<Bound> {
    let mut bounds: Vec<_> = shape.rest.get(inclusive).into_iter().flatten().filter_map(Bound::at).collect();
    for place in shape.rest.get(exclusive).into_iter().flatten() {
        match place.value {
            Value::Bool(excluded) => bounds.iter_mut().for_each(|bound| bound.excluded = *excluded),
            _ => bounds.extend(Bound::at(place).map(|bound| Bound { excluded: true, ..bound })),
        }
    }
    bounds.into_iter().max_by(|one, other| one.compare(other, tighter))
}

fn bound(keyword: &str, old: Option<Bound>, new: Option<Bound>, tighter: Ordering, found: &mut Findings<'_>) {
    match (old, new) {
        (None, Some(new)) => found.add(Rule::D322, &new.at, format!("`{keyword}` is {}", new.shown())),
        (Some(old), None) => found.add(Rule::D323, &old.at, format!("`{keyword}` was {}", old.shown())),
        (Some(old), Some(new)) => {
            let rule = match new.compare(&old, tighter) {
                Ordering::Greater => Rule::D320,
                Ordering::Less => Rule::D321,
                Ordering::Equal => return,
            };
            found.add(rule, &new.at, format!("`{keyword}`: {} becomes {}", old.shown(), new.shown()));
        }
        (None, None) => {}
    }
}

fn said<'a>(shape: &Shape<'a>, keyword: &str) -> Option<Located<'a>> {
    shape.rest.get(keyword)?.first().cloned()
}

fn unique<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    let of = |shape| said(shape, "uniqueItems").filter(|place| *place.value == true);
    match (of(before), of(after)) {
        (None, Some(place)) => found.add(Rule::D322, &place.at, "items are unique"),
        (Some(place), None) => found.add(Rule::D323, &place.at, "items may be equal"),
        _ => {}
    }
}

fn multiple<'a>(before: &Shape<'a>, after: &Shape<'a>, found: &mut Findings<'a>) {
    match (said(before, "multipleOf"), said(after, "multipleOf")) {
        (None, Some(new)) => found.add(Rule::D322, &new.at, format!("a multiple of {}", new.value)),
        (Some(old), None) => found.add(Rule::D323, &old.at, format!("is no longer a multiple of {}", old.value)),
        (Some(old), Some(new)) if old.value != new.value => {
            let divides = |divisor: &Value, value: &Value| match (divisor.as_f64(), value.as_f64()) {
                (Some(divisor), Some(value)) => value % divisor == 0.0,
                _ => false,
            };
            let rule = if divides(old.value, new.value) {
                Rule::D320
            } else if divides(new.value, old.value) {
                Rule::D321
            } else {
                Rule::D324
            };
            found.add(rule, &new.at, format!("a multiple of {} becomes one of {}", old.value, new.value));
        }
        _ => {}
    }
}

/// Reports a keyword as added, removed or changed; which of two values is stricter is undecidable.
fn three_ways<'a>(
    rules: [Rule; 3],
    keyword: &str,
    old: Option<Located<'a>>,
    new: Option<Located<'a>>,
    found: &mut Findings<'a>,
) {
    let [added, removed, changed] = rules;
    match (old, new) {
        (None, Some(new)) => found.add(added, &new.at, format!("`{keyword}` is added")),
        (Some(old), None) => found.add(removed, &old.at, format!("`{keyword}` is removed")),
        (Some(old), Some(new)) if !same(old.value, new.value) => {
            found.add(changed, &new.at, format!("`{keyword}` changes"));
        }
        _ => {}
    }
}
