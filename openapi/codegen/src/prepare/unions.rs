//! Normalises unions and enums of strings, whose Rust types the emit passes write.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::plan::Format;
use crate::prepare::facts::Facts;
use crate::prepare::formats;
use crate::prepare::intersection::is_annotation;
use crate::report::{Code, Log, Pass};

/// The keyword of a union. A value of an `anyOf` may be several of its members at once.
const KEYWORDS: [&str; 2] = ["oneOf", "anyOf"];

/// The members of a schema that is a union.
pub(super) fn members(schema: &Value) -> Option<&Vec<Value>> {
    schema.as_object().and_then(members_in)
}

/// The members among the keywords of a schema that is a union.
pub(super) fn members_in(schema: &Map<String, Value>) -> Option<&Vec<Value>> {
    KEYWORDS.iter().find_map(|keyword| schema.get(*keyword))?.as_array()
}

/// The keyword that holds the members of a union; once [`normalise`] ran, there is only one.
pub(super) fn keyword(union: &Value) -> &'static str {
    KEYWORDS.into_iter().find(|keyword| union.get(*keyword).is_some()).unwrap_or(KEYWORDS[0])
}

/// Whether a schema is an enum of strings, the one kind of enum that becomes a Rust type.
pub(super) fn is_enum_of_strings(schema: &Map<String, Value>) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    schema.get("type").is_none_or(|name| name == "string")
        && values.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string))
}

pub(super) fn normalise(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        enum_of_strings(schema, at, log);
        union(schema, &facts.typed_formats, at, log);
        if !KEYWORDS.iter().any(|keyword| schema.contains_key(*keyword)) {
            schema.shift_remove("discriminator");
        }
    });
}

/// Reduces an enum of strings to its values. Any other enum stays as it is until the plan takes it: a union may be
/// decided by its values.
fn enum_of_strings(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(values) = schema.get("enum") else { return };
    if !is_enum_of_strings(schema) {
        return log.add(Code::W105, &at.join("enum"), format!("{values}"));
    }
    schema.insert("type".into(), "string".into());
    for keyword in ["format", "pattern", "minLength", "maxLength"] {
        schema.shift_remove(keyword);
    }
}

fn union(schema: &mut Map<String, Value>, typed: &BTreeSet<Format>, at: &Pointer, log: &mut Log) {
    let Some((keyword, members)) =
        KEYWORDS.into_iter().find_map(|keyword| Some((keyword, schema.shift_remove(keyword)?)))
    else {
        return;
    };
    let Value::Array(members) = members else { return };
    if keyword == "anyOf" {
        log.add(Code::L107, at, format!("one of {}", members.len()));
    }
    let decides = !is_enum_of_strings(schema);
    schema.retain(|key, _| is_annotation(key) || key == "discriminator" || (key == "enum" && decides));
    let mut seen = BTreeSet::new();
    let mut told_apart = spliced(members);
    told_apart.retain(|member| seen.insert(bare(member)));
    told_apart = one_scalar_of_each_type(told_apart, typed);
    let admits_all = |member: &Value| {
        member.as_object().is_some_and(|keys| keys.keys().all(|key| is_annotation(key) || key == "enum"))
    };
    if told_apart.iter().any(admits_all) {
        schema.shift_remove("discriminator");
        return;
    }
    // A union with a discriminator may gain members.
    if !schema.contains_key("discriminator")
        && let [Value::Object(only)] = told_apart.as_mut_slice()
    {
        if only.contains_key("$ref") {
            schema.insert("allOf".into(), json!([only]));
        } else {
            for (key, value) in std::mem::take(only) {
                schema.entry(key).or_insert(value);
            }
        }
        return;
    }
    schema.insert(keyword.into(), told_apart.into());
}

/// The members, with inline unions among them replaced by their members.
fn spliced(given: Vec<Value>) -> Vec<Value> {
    let mut all = Vec::new();
    for member in given {
        match member {
            inner if members(&inner).is_some() && inner.get("discriminator").is_none() => {
                all.extend(members(&inner).into_iter().flatten().cloned());
            }
            Value::Object(mut inner) => {
                inner.shift_remove("nullable");
                // A wrapped reference without annotations.
                match inner.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                    Some([only]) if only.get("$ref").is_some() => all.push(only.clone()),
                    _ => all.push(Value::Object(inner)),
                }
            }
            _ => {}
        }
    }
    all
}

/// The keywords of a member that restrict its values.
fn bare(member: &Value) -> String {
    let keys = member.as_object().into_iter().flatten().filter(|(key, _)| !is_annotation(key));
    // Sorted by name, since their order has no meaning.
    let keys: BTreeMap<_, _> = keys.collect();
    json!(keys).to_string()
}

/// Merges several scalars of one type to one that admits them all, since JSON does not distinguish them. Texts of a format
/// with a type are distinguished, unless any text is admitted.
fn one_scalar_of_each_type(members: Vec<Value>, typed: &BTreeSet<Format>) -> Vec<Value> {
    let format_of = |member: &Value| formats::of(member.as_object()?, typed);
    let is_any_text =
        |member: &Value| member["type"] == "string" && member.get("enum").is_none() && format_of(member).is_none();
    let admits_any_text = members.iter().any(is_any_text);
    let type_of = |member: &Value| match format_of(member).filter(|_| !admits_any_text) {
        Some(format) => format.name().to_owned(),
        None => member["type"].as_str().unwrap_or_default().to_owned(),
    };
    let count = |name: &str| members.iter().filter(|member| type_of(member) == name).count();
    let (strings, booleans) = (count("string"), count("boolean"));
    let (integers, numbers) = (count("integer"), count("number"));
    let mut done: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for member in &members {
        let name = type_of(member);
        let (several, group) = match name.as_str() {
            "string" => (strings > 1, "string"),
            "boolean" => (booleans > 1, "boolean"),
            "integer" | "number" => (integers + numbers > 1, if numbers > 0 { "number" } else { "integer" }),
            _ => (false, ""),
        };
        if !several {
            all.push(member.clone());
            continue;
        }
        if done.iter().any(|seen| seen == group) {
            continue;
        }
        done.push(group.to_owned());
        let values: Option<Vec<_>> = members
            .iter()
            .filter(|member| type_of(member) == group)
            .map(|member| {
                member["enum"].as_array().filter(|_| member.as_object().is_some_and(is_enum_of_strings)).cloned()
            })
            .collect::<Option<Vec<_>>>()
            .map(|values| values.concat());
        match values {
            Some(mut values) => {
                let mut seen = BTreeSet::new();
                values.retain(|value| seen.insert(value.to_string()));
                all.push(json!({"type": group, "enum": values}));
            }
            None => all.push(json!({"type": group})),
        }
    }
    all
}

#[cfg(test)]
mod tests;
