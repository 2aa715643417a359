//! The same document in another order or spelling, and documents with one thing wrong.

use openapi_client_codegen::diff::{Reading, Wire, diff};
use openapi_client_codegen::parse_json;
use serde_json::{Map, Value};

/// Lists in which the order says nothing.
const UNORDERED: &[&str] = &["required", "enum", "tags", "parameters"];

pub(crate) fn fields_reversed(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().rev().map(|(name, value)| (name.clone(), fields_reversed(value))).collect()
        }
        Value::Array(items) => items.iter().map(fields_reversed).collect(),
        other => other.clone(),
    }
}

pub(crate) fn lists_reversed(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let reversed = |name: &str, value: &Value| {
                let mut value = lists_reversed(value);
                if let Some(items) = value.as_array_mut().filter(|_| UNORDERED.contains(&name)) {
                    items.reverse();
                }
                (name.to_owned(), value)
            };
            fields.iter().map(|(name, value)| reversed(name, value)).collect()
        }
        Value::Array(items) => items.iter().map(lists_reversed).collect(),
        other => other.clone(),
    }
}

/// The document with every schema written out where it is referred to, but for base classes: without a name, nothing
/// extends them.
pub(crate) fn inlined(document: &Value) -> Value {
    let mut inlined = inline(document, document);
    let used = inlined["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let named = |name: &String| inlined.to_string().contains(&format!("\"#/components/schemas/{name}\""));
    let extends = |schema: &Value| schema.to_string().contains("\"$ref\"");
    let kept: Map<_, _> = used.clone().into_iter().filter(|(name, schema)| named(name) || extends(schema)).collect();
    inlined["components"]["schemas"] = kept.into();
    inlined
}

fn inline(value: &Value, document: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let target = fields.get("$ref").and_then(Value::as_str).filter(|to| to.contains("/schemas/"));
            let target = target.and_then(|reference| document.pointer(&reference[1..]));
            let is_base = |schema: &Value| schema.get("discriminator").is_some() && schema.get("oneOf").is_none();
            if let Some(target) = target.filter(|target| !is_base(target)) {
                return inline(target, document);
            }
            fields.iter().map(|(name, value)| (name.clone(), inline(value, document))).collect()
        }
        Value::Array(items) => items.iter().map(|item| inline(item, document)).collect(),
        other => other.clone(),
    }
}

/// Every place in a value.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((at, value)) = open.pop() {
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(name, value)| (format!("{at}/{}", escaped(name)), value)));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)));
            }
            _ => {}
        }
        found.push(at);
    }
    found.sort();
    found
}

pub(crate) fn without(document: &Value, pointer: &str) -> Option<Value> {
    let mut mutant = document.clone();
    let (parent, last) = pointer.rsplit_once('/')?;
    match mutant.pointer_mut(parent)? {
        Value::Object(fields) => drop(fields.shift_remove(&last.replace("~1", "/").replace("~0", "~"))?),
        Value::Array(items) => drop(items.remove(last.parse().ok()?)),
        _ => return None,
    }
    Some(mutant)
}

pub(crate) fn with(document: &Value, pointer: &str, value: Value) -> Option<Value> {
    let mut mutant = document.clone();
    *mutant.pointer_mut(pointer)? = value;
    Some(mutant)
}

/// The same document in another order or layout has no drift.
pub(crate) fn check_order_is_no_change(document: &Value) {
    let formatted = parse_json(&serde_json::to_string(document).unwrap()).unwrap();
    for other in [document.clone(), formatted, fields_reversed(document), lists_reversed(document)] {
        let drift = diff(document, &other).unwrap();
        assert!(drift.is_empty(), "{}", drift.to_text());
        assert!(!drift.is_breaking() && !drift.is_unclear());
    }
}

/// Replacing references by their targets changes nothing on the wire.
pub(crate) fn check_inlining_is_unaffected(document: &Value) {
    let inlined = inlined(document);
    // Subtypes refer to their base class by its name.
    let left = ["Animal", "Vehicle"]
        .iter()
        .fold(inlined["paths"].to_string(), |left, base| left.replace(&format!("#/components/schemas/{base}\""), ""));
    assert!(!left.contains("\"$ref\":\"#/components/schemas"));
    for (old, new) in [(document, &inlined), (&inlined, document)] {
        let drift = diff(old, new).unwrap();
        assert!(!drift.changes.is_empty());
        for change in &drift.changes {
            assert_eq!(change.wire, Wire::Unaffected, "{change:?}");
            assert!(change.reading <= Reading::Same, "{change:?}");
        }
    }
}
