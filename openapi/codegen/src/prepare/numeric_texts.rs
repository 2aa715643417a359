//! Numbers that a server may also write as text: ASP.NET describes every number so.
//!
//! Until the late pass, the number has the pattern of its text, which means nothing beside another type.

use serde_json::{Map, Value};

use crate::model::grammar::ObjectKind;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::prepare::intersection::is_annotation;
use crate::report::{Code, Pass};

/// Makes each union of a number with its text the number.
pub(super) fn fold(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        if is_number(schema)
            && let Some(pattern) = schema.shift_remove("pattern")
        {
            log.add(Code::O003, &at.join("pattern"), format!("`{pattern}` says nothing of a number"));
        }
        if let Some(number) = number(schema) {
            log.add(Code::L119, at, "read from text, too, and written as a number");
            *schema = number;
        }
    });
}

/// The number that a union of a number and its text stands for, with the pattern of the text.
fn number(union: &Map<String, Value>) -> Option<Map<String, Value>> {
    let (mut keywords, annotations): (Vec<_>, Vec<_>) = union.iter().partition(|(key, _)| !is_annotation(key));
    // Some tools repeat the format of the number beside the union.
    keywords.retain(|(key, _)| *key != "format");
    let [(keyword, Value::Array(members))] = keywords[..] else { return None };
    let [Value::Object(one), Value::Object(other)] = members.as_slice() else { return None };
    let is_text = |schema: &Map<String, Value>| schema.get("type") == Some(&"string".into());
    let (number, text) = if is_text(one) { (other, one) } else { (one, other) };
    let is_union = ["anyOf", "oneOf"].contains(&keyword.as_str()) && is_number(number) && is_text(text);
    let pattern = text.get("pattern").filter(|pattern| pattern.as_str().is_some_and(is_of_numbers));
    let has_values = number.contains_key("enum") || text.contains_key("enum");
    let mut number = pattern.filter(|_| is_union && !has_values).map(|_| number.clone())?;
    number.extend(pattern.map(|pattern| ("pattern".to_owned(), pattern.clone())));
    number.extend(annotations.into_iter().map(|(key, value)| (key.clone(), value.clone())));
    if let Some(format) = union.get("format").or_else(|| text.get("format")) {
        number.entry("format").or_insert_with(|| format.clone());
    }
    Some(number)
}

pub(super) fn is_number(schema: &Map<String, Value>) -> bool {
    ["integer", "number"].iter().any(|name| schema.get("type") == Some(&(*name).into()))
}

/// Whether a pattern admits numbers as JSON writes them and nothing else, so that the number says all that the text did.
fn is_of_numbers(pattern: &str) -> bool {
    let Ok(pattern) = regress::Regex::new(pattern) else { return false };
    let admits = |text: &str| pattern.find(text).is_some();
    let others =
        ["", "-", "a", "1a", "a1", "00", "01", "-01", "+1", " 1", "1 ", ".", "1.", ".5", "1e", "0x1", "1,0", "1_0"];
    ["0", "1", "7", "10", "120"].iter().all(|text| admits(text)) && !others.iter().any(|text| admits(text))
}

/// Moves the numbers with the pattern of their text to the facts. No schema moves after this pass.
pub(super) fn take(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind == ObjectKind::Schema && is_number(schema) && schema.shift_remove("pattern").is_some() {
            facts.numeric_texts.insert(at.clone());
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INTEGER: &str = r"^-?(?:0|[1-9]\d*)$";

    #[test]
    fn numbers_with_their_texts() {
        let number = r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$";
        let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
        let integer = || json!({"type": "integer", "minimum": 1});
        let folded = |pattern: &str| json!({"type": "integer", "minimum": 1, "pattern": pattern});
        for (schema, after) in [
            (json!({"anyOf": [integer(), text(INTEGER)]}), folded(INTEGER)),
            (json!({"oneOf": [text(INTEGER), integer()], "nullable": true}), {
                let mut folded = folded(INTEGER);
                folded["nullable"] = true.into();
                folded
            }),
            (
                json!({"anyOf": [{"type": "number"}, text(number)], "format": "double"}),
                json!({"type": "number", "pattern": number, "format": "double"}),
            ),
            (json!({"type": "integer", "pattern": INTEGER}), json!({"type": "integer"})),
        ] {
            let mut document = json!({"components": {"schemas": {"A": schema}}});
            Pass::of(&mut document, fold);
            assert_eq!(document["components"]["schemas"]["A"], after);
        }
        for other in [
            json!({"anyOf": [integer(), {"type": "string"}]}),
            json!({"anyOf": [integer(), text(r"^\d{10}$")]}),
            json!({"anyOf": [integer(), text(r"^\d+$")]}),
            json!({"anyOf": [integer(), text(r"\d")]}),
            json!({"anyOf": [integer(), {"type": "string", "pattern": INTEGER, "enum": ["1"]}]}),
            json!({"anyOf": [integer(), text(INTEGER), {"type": "boolean"}]}),
            json!({"allOf": [integer(), text(INTEGER)]}),
        ] {
            let mut document = json!({"components": {"schemas": {"A": other}}});
            Pass::of(&mut document, fold);
            assert_eq!(document["components"]["schemas"]["A"], other);
        }
    }

    #[test]
    fn patterns_of_numbers() {
        for (pattern, expected) in [
            (INTEGER, true),
            (r"^(0|[1-9][0-9]*)$", true),
            (r"^-?(?:0|[1-9]\d*)(?:\.\d+)?$", true),
            (r"^[1-9]\d*$", false),
            (r"^[0-9]+$", false),
            (r"^\d*$", false),
            (r"-?(?:0|[1-9]\d*)", false),
            ("(", false),
        ] {
            assert_eq!(is_of_numbers(pattern), expected, "{pattern}");
        }
    }
}
