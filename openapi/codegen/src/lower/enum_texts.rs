//! The descriptions and names of the values of enums, read from the forms in which documents write them.
//!
//! JSON Schema has no keyword for them. openapi-generator reads `x-enum-descriptions`, a list parallel to `enum`; Redocly
//! reads `x-enumDescriptions`, a map from values. Both keys are read in both forms. A `oneOf` of constants describes each
//! constant (OpenAPI 3.1.1, section 4.8.24.4). openapi-generator reads names of variants from `x-enum-varnames`, NSwag from
//! `x-enumNames`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::grammar::ObjectKind;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit;
use crate::report::{Code, Log};

/// The keys with descriptions; the last that describes a value is taken.
const DESCRIPTIONS: &[&str] = &["x-enumDescriptions", "x-enum-descriptions"];

/// The keys with names; the last that names a value is taken.
const NAMES: &[&str] = &["x-enumNames", "x-enum-varnames"];

/// Texts by value.
type Texts = BTreeMap<String, String>;

/// What a document says about the values of enums of strings. It travels beside the document until the plan takes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnumTexts {
    pub(crate) descriptions: ValueTexts,
    pub(crate) names: ValueTexts,
}

/// Texts about the values of enums of strings.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValueTexts {
    by_place: BTreeMap<Pointer, Texts>,
    /// By the values of the enum. `None` where schemas with these values differ in their texts.
    by_values: BTreeMap<BTreeSet<String>, Option<Texts>>,
}

impl EnumTexts {
    /// Reads the texts of a document before rules change its enums.
    ///
    /// A key that does not fit its enum is reported and ignored.
    pub(super) fn of(document: &Value, log: &mut Log) -> Self {
        let mut found = Self::default();
        visit(document, &mut |kind, at, schema| {
            if kind == ObjectKind::Schema && schema.keys().any(|key| is_of_values(key)) {
                let mut ignored = |key: &str, reason| log.add(Code::O003, &at.join(key), reason);
                found.descriptions.add(at, &values(schema), of_keys(schema, DESCRIPTIONS, &mut ignored));
                found.names.add(at, &values(schema), of_keys(schema, NAMES, &mut ignored));
                if let Some((values, descriptions, names)) = of_members(schema) {
                    found.descriptions.add(at, &values, descriptions);
                    found.names.add(at, &values, names);
                }
            }
        });
        found
    }
}

impl ValueTexts {
    /// The texts of the values of an enum, whose schema was at this place.
    pub(crate) fn of_enum(&self, place: &Pointer, values: &[String]) -> BTreeMap<String, String> {
        let mut texts = self.by_place.get(place).cloned().unwrap_or_default();
        if texts.is_empty() {
            // Rules move a schema out of a union with null, and schemas of operations to other places.
            let values: BTreeSet<_> = values.iter().cloned().collect();
            texts = self.by_values.get(&values).cloned().flatten().unwrap_or_default();
        }
        texts.retain(|value, _| values.contains(value));
        texts
    }

    fn add(&mut self, at: &Pointer, values: &[Value], texts: Texts) {
        let values: BTreeSet<_> = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if values.is_empty() {
            return;
        }
        let known = self.by_values.entry(values).or_insert_with(|| Some(texts.clone()));
        if known.as_ref() != Some(&texts) {
            *known = None;
        }
        if !texts.is_empty() {
            self.by_place.entry(at.clone()).or_default().extend(texts);
        }
    }
}

/// Whether a keyword lists values, has members that may, or describes values.
fn is_of_values(keyword: &str) -> bool {
    matches!(keyword, "const" | "enum" | "oneOf" | "anyOf")
        || DESCRIPTIONS.contains(&keyword)
        || NAMES.contains(&keyword)
}

/// The texts under the keys of a schema; `ignored` is called with a key that does not fit, and the reason.
fn of_keys(schema: &Map<String, Value>, keys: &[&str], ignored: &mut dyn FnMut(&str, String)) -> Texts {
    let mut texts = Texts::new();
    for key in keys {
        match schema.get(*key).map(|given| of_key(given, &values(schema))) {
            Some(Ok(found)) => texts.extend(found),
            Some(Err(reason)) => ignored(key, reason),
            None => {}
        }
    }
    texts
}

/// The texts under one key, or the reason to ignore it.
fn of_key(given: &Value, values: &[Value]) -> Result<Texts, String> {
    if !values.iter().any(Value::is_string) {
        return Err("it is not beside an enum of strings".into());
    }
    let not_text = || "an entry is not a string".to_owned();
    match given {
        Value::Array(texts) if texts.len() != values.len() => {
            Err(format!("{} entries for {} values", texts.len(), values.len()))
        }
        Value::Array(texts) => {
            let texts = texts.iter().map(text).collect::<Option<Vec<_>>>().ok_or_else(not_text)?;
            Ok(pairs(values.iter().zip(texts)))
        }
        Value::Object(texts) => {
            let texts = texts.iter().map(|(value, given)| Some((value.as_str(), text(given)?)));
            let texts: BTreeMap<_, _> = texts.collect::<Option<_>>().ok_or_else(not_text)?;
            Ok(pairs(values.iter().filter_map(|value| Some((value, *texts.get(value.as_str()?)?)))))
        }
        _ => Err("it is neither a list nor a map".into()),
    }
}

/// The values of several members of a union, which become one enum, and their descriptions and names.
fn of_members(schema: &Map<String, Value>) -> Option<(Vec<Value>, Texts, Texts)> {
    let members = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
    let members = members.filter_map(Value::as_object).map(|member| (member, values(member)));
    let members: Vec<_> = members.filter(|(_, values)| values.iter().any(Value::is_string)).collect();
    let (mut descriptions, mut names) = (Texts::new(), Texts::new());
    for (member, values) in &members {
        if let ([only], Some(text)) = (values.as_slice(), member.get("description").and_then(text)) {
            descriptions.extend(pairs([(only, text)]));
        }
        descriptions.extend(of_keys(member, DESCRIPTIONS, &mut |_, _| {}));
        names.extend(of_keys(member, NAMES, &mut |_, _| {}));
    }
    let values = members.iter().flat_map(|(_, values)| values.clone()).collect();
    (members.len() > 1).then_some((values, descriptions, names))
}

/// The values that a schema admits, if it lists them.
fn values(schema: &Map<String, Value>) -> Vec<Value> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => vec![only.clone()],
        (None, Some(Value::Array(values))) => values.clone(),
        _ => Vec::new(),
    }
}

/// A text; null is read as an empty one.
fn text(given: &Value) -> Option<&str> {
    if given.is_null() { Some("") } else { given.as_str() }
}

/// The texts that are not blank. Of a repeated value the first is taken.
fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a Value, &'a str)>) -> Texts {
    let mut texts = Texts::new();
    for (value, text) in pairs {
        if let Some(value) = value.as_str().filter(|_| !text.trim().is_empty()) {
            texts.entry(value.to_owned()).or_insert_with(|| text.to_owned());
        }
    }
    texts
}
