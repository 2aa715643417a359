//! Makes instances of a schema with proptest, which makes a failing instance as small as possible.

use std::env;
use std::fmt::Display;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::{Map, Number, Value, json};

use crate::document::{members, required, resolve, union_of, violations};

/// The direction of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Sent by the server, which may write integers as floats and add fields.
    Read,
    /// Sent by the client.
    Sent,
}

/// How many instances of each schema are checked; `MINT_TESTS_CASES` raises it.
pub(crate) fn cases() -> u32 {
    const LEAST: u32 = 200;
    match env::var("MINT_TESTS_CASES") {
        Ok(text) => {
            text.parse().map_or_else(|_| panic!("MINT_TESTS_CASES is no number: {text}"), |more| LEAST.max(more))
        }
        Err(_) => LEAST,
    }
}

/// Checks instances of a schema. Each run makes the same instances, and all are valid. The first that fails is made small
/// and shown.
#[track_caller]
pub(crate) fn for_instances(
    what: impl Display,
    schema: &'static Value,
    way: Way,
    cases: u32,
    check: impl Fn(&Value) -> Result<(), String>,
) {
    let valid_then_checked = |instance: &Value| match violations(schema, instance) {
        none if none.is_empty() => check(instance),
        violations => Err(format!("the generator made an invalid instance: {}", violations.join("; "))),
    };
    for_values(what, &instances(schema, way), cases, valid_then_checked);
}

/// Checks values of a strategy. Each run makes the same values.
#[track_caller]
pub(crate) fn for_values<S: Strategy>(
    what: impl Display,
    strategy: &S,
    cases: u32,
    check: impl Fn(&S::Value) -> Result<(), String>,
) where
    S::Value: Display,
{
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, seeded_by(&what.to_string()));
    let result = runner.run(strategy, |value| check(&value).map_err(TestCaseError::fail));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => panic!("{what}: {why}\ninstance: {value:#}"),
        Err(TestError::Abort(why)) => panic!("{what}: {why}"),
    }
}

/// A value of a strategy, the same in each run.
pub(crate) fn one<S: Strategy>(strategy: &S) -> S::Value {
    some(strategy, 1).remove(0)
}

/// Some values of a strategy, the same in each run.
pub(crate) fn some<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::new_with_rng(Config::default(), seeded_by(""));
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The random numbers of a name. Two tests of one schema have different names, and so different instances.
fn seeded_by(name: &str) -> TestRng {
    let mut seed = [7_u8; 32];
    for (place, byte) in name.bytes().enumerate() {
        seed[place % 32] = seed[place % 32].wrapping_mul(31).wrapping_add(byte);
    }
    TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
}

/// Every kind of instance that a schema admits.
pub(crate) fn instances(schema: &'static Value, way: Way) -> BoxedStrategy<Value> {
    let schema = resolve(schema);
    check_keywords(schema);
    if let Some(value) = schema.get("const") {
        return Just(value.clone()).boxed();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return prop::sample::select(values.clone()).boxed();
    }
    if let Some(union) = union_of(schema) {
        return either(union.iter().map(|member| instances(member, way)).collect());
    }
    match schema.get("type") {
        None => anything(),
        Some(Value::Array(types)) => either(types.iter().map(|of| of_type(of, schema, way)).collect()),
        Some(of) => of_type(of, schema, way),
    }
}

/// Fails if a schema has a keyword that this module ignores: its instances could be invalid.
fn check_keywords(schema: &Value) {
    const KEYWORDS: &[&str] = &[
        "additionalProperties",
        "anyOf",
        "const",
        "contentEncoding",
        "default",
        "description",
        "discriminator",
        "enum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "oneOf",
        "properties",
        "required",
        "type",
        "x-enumDescriptions",
    ];
    for keyword in schema.as_object().into_iter().flat_map(Map::keys) {
        assert!(KEYWORDS.contains(&keyword.as_str()), "no instances are made by the keyword {keyword} of {schema:#}");
    }
}

fn either(strategies: Vec<BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    prop::strategy::Union::new(strategies).boxed()
}

fn of_type(of: &Value, schema: &'static Value, way: Way) -> BoxedStrategy<Value> {
    match of.as_str() {
        Some("null") => Just(Value::Null).boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => integers(schema, way),
        Some("number") => numbers(schema),
        Some("string") => texts(schema).prop_map(Value::from).boxed(),
        Some("array") => {
            let bound = |keyword: &str| schema[keyword].as_u64().and_then(|bound| usize::try_from(bound).ok());
            let least = bound("minItems").unwrap_or(0);
            let most = bound("maxItems").unwrap_or(least + 3);
            prop::collection::vec(instances(&schema["items"], way), least..=most).prop_map(Value::from).boxed()
        }
        Some("object") => objects(schema, way),
        other => panic!("no instances are made of the type {other:?}"),
    }
}

fn objects(schema: &'static Value, way: Way) -> BoxedStrategy<Value> {
    let required = required(schema);
    let properties: Vec<_> = members(&schema["properties"])
        .iter()
        .map(|(name, property)| {
            let value = present(required.contains(name.as_str()), instances(property, way));
            let name = name.clone();
            value.prop_map(move |value| value.map(|value| (name.clone(), value))).boxed()
        })
        .collect();
    let further = match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => Just(Vec::new()).boxed(),
        None if way == Way::Sent => Just(Vec::new()).boxed(),
        None | Some(Value::Bool(true)) => prop::collection::vec((new_names(), anything()), 0..3).boxed(),
        Some(values) => {
            let names =
                prop_oneof![prop::sample::select(vec!["100k", "500k", "full_res"]).prop_map(str::to_owned), text(0..9)];
            prop::collection::vec((names, instances(values, way)), 0..4).boxed()
        }
    };
    // The order varies: the property that decides a union may come last.
    (properties, further, any::<prop::sample::Index>())
        .prop_map(|(properties, further, first)| {
            let mut all: Vec<_> = properties.into_iter().flatten().chain(further).collect();
            if !all.is_empty() {
                let first = first.index(all.len());
                all.rotate_left(first);
            }
            Value::Object(all.into_iter().collect())
        })
        .boxed()
}

/// A value that is always present if it is required, and sometimes absent otherwise.
pub(crate) fn present(is_required: bool, value: BoxedStrategy<Value>) -> BoxedStrategy<Option<Value>> {
    match is_required {
        true => value.prop_map(Some).boxed(),
        false => prop::option::weighted(0.6, value).boxed(),
    }
}

/// Names that the document does not use anywhere.
fn new_names() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &["newField", "new_field", "x-new", "étage", "", "a/b~c", "\u{1f600}"];
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

/// Any JSON of small depth.
pub(crate) fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        floats().prop_map(Value::from),
        text(0..12).prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(text(0..6), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}

fn integers(schema: &Value, way: Way) -> BoxedStrategy<Value> {
    let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
    let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
    let edges = [
        0,
        1,
        -1,
        42,
        i64::from(i32::MAX),
        i64::from(i32::MAX) + 1,
        i64::from(i32::MIN) - 1,
        (1 << 53) + 1,
        least,
        most,
    ];
    let edges: Vec<_> = edges.into_iter().filter(|edge| (least..=most).contains(edge)).collect();
    let integers = prop_oneof![prop::sample::select(edges), least..=most].prop_map(Value::from);
    match way {
        Way::Sent => integers.boxed(),
        // In JSON Schema, 1.0 is an integer.
        Way::Read => {
            let floats = (least.max(-(1 << 53))..=most.min(1 << 53)).prop_map(|integer| json!(integer as f64));
            prop_oneof![4 => integers, 1 => floats].boxed()
        }
    }
}

fn numbers(schema: &Value) -> BoxedStrategy<Value> {
    let above = schema["exclusiveMinimum"].as_f64().unwrap_or(f64::NEG_INFINITY);
    let integers = prop::sample::select(vec![0_i64, 1, -1, 20, 4980, -(1 << 53)]).prop_map(Number::from);
    let floats = floats().prop_map(|float| Number::from_f64(float).unwrap());
    prop_oneof![integers, floats]
        .prop_filter_map("below the minimum", move |number| (number.as_f64()? > above).then_some(Value::Number(number)))
        .boxed()
}

fn floats() -> impl Strategy<Value = f64> {
    let edges = vec![0.0, 0.1, 1.75, -1.0, 1e-7, 1e300, f64::MIN_POSITIVE, f64::MAX, f64::MIN, 197.99999999999997];
    prop_oneof![prop::sample::select(edges), any::<f64>().prop_filter("finite", |float| float.is_finite())]
}

fn texts(schema: &Value) -> BoxedStrategy<String> {
    let length = |keyword: &str| schema[keyword].as_u64().and_then(|length| usize::try_from(length).ok());
    if schema["contentEncoding"] == "base64" {
        return prop::sample::select(vec!["", "iVBORw0KGgo=", "AA==", "/+8="]).prop_map(str::to_owned).boxed();
    }
    let listed =
        |values: &[&str]| prop::sample::select(values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>());
    match schema.get("format").and_then(Value::as_str) {
        Some("uri") => listed(&[
            "https://cdn.mint.gg/glb/3f/a.glb",
            "https://cdn.mint.gg/a.glb?X-Amz-Signature=0f&Expires=1#part",
            "HTTP://user@[2001:db8::1]:8080/%E2%82%AC/../a%20b",
            "http://a.localhost",
            "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "data:model/gltf-binary;base64,Z2xURg==",
        ])
        .boxed(),
        Some("uri-reference") => listed(&[
            "about:blank",
            "https://api.mint.gg/problems/idempotency-conflict",
            "not-found",
            "/v1/a?b#c",
            "",
            "#",
        ])
        .boxed(),
        Some("date-time") => listed(&[
            "2026-07-01T10:00:00Z",
            "2026-07-01T10:00:00.000Z",
            "2026-07-01T10:00:00.123456789+05:30",
            "1985-04-12T23:20:50.52-00:00",
            "2016-12-31T23:59:60Z",
            "0001-01-01t00:00:00z",
            "9999-12-31T23:59:59.999Z",
        ])
        .boxed(),
        Some(other) => panic!("no instances are made of the format {other}"),
        None => {
            let least = length("minLength").unwrap_or(0);
            let most = length("maxLength").unwrap_or(5000).max(least);
            let short = text(least..most.min(least + 24) + 1);
            let long = prop::sample::select(vec!["x".repeat(most), "é\u{1f600}ß".chars().cycle().take(most).collect()]);
            let odd = ["null", " ", "\u{0}", "\"\\\n\t", "\u{202e}txt", "e\u{301}", "\u{ffff}"];
            let odd: Vec<_> = odd
                .into_iter()
                .filter(|odd| (least..=most).contains(&odd.chars().count()))
                .map(str::to_owned)
                .collect();
            prop_oneof![6 => short, 1 => long, 1 => prop::sample::select(odd)].boxed()
        }
    }
}

/// A text of any characters, of this length.
pub(crate) fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let character = prop_oneof![3 => prop::char::range(' ', '~'), 1 => any::<char>()];
    prop::collection::vec(character, length).prop_map(String::from_iter)
}

#[cfg(test)]
mod tests;
