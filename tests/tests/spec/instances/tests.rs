//! The instances of a schema show all that it admits, and a failing instance is made small.

use std::collections::BTreeSet;

use super::*;
use crate::document::{admits_null, components};
use crate::known::member_of;

/// All features that an instance of a schema can show. Schemas that it refers to are not included.
fn features(name: &str, schema: &'static Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    if let Some(union) = union_of(schema) {
        all.extend((0..union.len()).map(|index| format!("{name} as member {index}")));
    }
    for value in schema["enum"].as_array().into_iter().flatten() {
        all.insert(format!("{name} as {value}"));
    }
    let required = required(schema);
    for (property, schema) in members(&schema["properties"]) {
        let at = format!("{name}.{property}");
        all.insert(format!("{at} present"));
        if !required.contains(property.as_str()) {
            all.insert(format!("{at} absent"));
        }
        if admits_null(schema) {
            all.insert(format!("{at} null"));
        }
        for value in schema["enum"].as_array().into_iter().flatten() {
            all.insert(format!("{at} as {value}"));
        }
        all.extend(bounds(&at, schema));
    }
    all.extend(bounds(name, schema));
    if schema["type"] == "object" && schema["additionalProperties"] != false {
        all.insert(format!("{name} with further properties"));
    }
    all
}

fn bounds(at: &str, schema: &Value) -> Vec<String> {
    let values = ["minimum", "maximum"].into_iter().filter_map(|keyword| schema.get(keyword));
    let lengths = ["minLength", "maxLength", "minItems", "maxItems"];
    let lengths = lengths.into_iter().filter_map(|keyword| schema.get(keyword));
    values.map(|value| format!("{at} as {value}")).chain(lengths.map(|of| format!("{at} of length {of}"))).collect()
}

fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count()).or_else(|| value.as_array().map(Vec::len))
}

fn seen(name: &str, schema: &'static Value, instance: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::from([format!("{name} as {instance}")]);
    all.extend(length(instance).map(|length| format!("{name} of length {length}")));
    if let Some(union) = union_of(schema) {
        let member = union.iter().position(|member| match member_of(schema, instance) {
            Some(chosen) if !instance.is_null() => std::ptr::eq(resolve(member), chosen),
            _ => member["type"] == "null",
        });
        all.extend(member.map(|index| format!("{name} as member {index}")));
    }
    for property in members(&schema["properties"]).keys() {
        let at = format!("{name}.{property}");
        all.extend(instance.get(property).and_then(length).map(|length| format!("{at} of length {length}")));
        match instance.get(property) {
            None => all.insert(format!("{at} absent")),
            Some(Value::Null) => all.insert(format!("{at} null")) | all.insert(format!("{at} as null")),
            Some(value) => all.insert(format!("{at} present")) | all.insert(format!("{at} as {value}")),
        };
    }
    let described = members(&schema["properties"]);
    if instance.as_object().is_some_and(|object| object.keys().any(|name| !described.contains_key(name))) {
        all.insert(format!("{name} with further properties"));
    }
    all
}

#[test]
fn instances_show_all_that_a_schema_admits() {
    for (name, schema) in components() {
        let mut missed = features(name, schema);
        let mut texts = String::new();
        for instance in some(&instances(schema, Way::Read), 200) {
            let seen = seen(name, schema, &instance);
            missed.retain(|sight| !seen.contains(sight));
            texts.push_str(&instance.to_string());
        }
        assert!(missed.is_empty(), "none of 200 instances shows {missed:?}");
        let plain = schema["properties"]["id"]["type"] == "string";
        assert!(!plain || (!texts.is_ascii() && texts.contains(&"x".repeat(5000))), "{name} has no odd texts");
    }
}

#[test]
#[should_panic(expected = "Model: too long\ninstance: {\n  \"id\": \"")]
fn a_failing_instance_is_made_small_and_shown() {
    for_instances("Model", crate::document::component("Model"), Way::Read, 200, |model| {
        match model["id"].as_str().is_some_and(|id| id.chars().count() < 3) {
            true => Ok(()),
            false => Err("too long".into()),
        }
    });
}
