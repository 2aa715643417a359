//! Whether a value is equal after it was read and written as a Rust type.
//!
//! Equal means: every field that the schema describes has the same JSON value, with numbers compared by value.
//! An absent nullable field may become null; a field that the schema does not declare may be lost.

use std::collections::BTreeSet;

use jsonschema::Evaluation;
use serde_json::{Map, Number, Value, json};

/// The properties of a value that its schema describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The pointer of the object, and the name.
    properties: BTreeSet<(String, String)>,
}

impl Known {
    /// From what the validator looked at: members of a union that do not take the value describe nothing.
    pub(crate) fn of(evaluation: &Evaluation) -> Self {
        let mut known = Self::default();
        // A property whose schema is a boolean is in the annotations only; one in a closed object, in the nodes only.
        for entry in evaluation.iter_annotations() {
            known.add_annotation(entry.schema_location, entry.instance_location.as_str(), entry.annotations.value());
        }
        known.add_node(&serde_json::to_value(evaluation.hierarchical()).unwrap_or_default());
        known
    }

    fn add_annotation(&mut self, schema_location: &str, instance_location: &str, annotation: &Value) {
        let keyword = schema_location.rsplit('/').next().unwrap_or_default();
        if !["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"].contains(&keyword) {
            return;
        }
        let names = annotation.as_array().into_iter().flatten().filter_map(Value::as_str);
        self.properties.extend(names.map(|name| (instance_location.to_owned(), name.to_owned())));
    }

    /// Adds every place that a schema which takes the value looked at.
    fn add_node(&mut self, node: &Value) {
        if node["valid"] != true {
            return;
        }
        let location = node["instanceLocation"].as_str().unwrap_or_default();
        if let Some((object, name)) = location.rsplit_once('/') {
            self.properties.insert((object.to_owned(), name.replace("~1", "/").replace("~0", "~")));
        }
        node["details"].as_array().into_iter().flatten().for_each(|node| self.add_node(node));
    }

    fn contains(&self, pointer: &str, name: &str) -> bool {
        self.properties.contains(&(pointer.to_owned(), name.to_owned()))
    }
}

/// The document with schemas of any other property that say so: a validator does not report what `true` and `{}` take.
pub(crate) fn with_described_rest(mut document: Value) -> Value {
    describe_rest(&mut document);
    document
}

fn describe_rest(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for keyword in ["additionalProperties", "unevaluatedProperties"] {
                if let Some(rest) = object.get_mut(keyword)
                    && (*rest == Value::Bool(true) || rest.as_object().is_some_and(Map::is_empty))
                {
                    *rest = json!({"type": ["null", "boolean", "object", "array", "number", "string"]});
                }
            }
            object.values_mut().for_each(describe_rest);
        }
        Value::Array(list) => list.iter_mut().for_each(describe_rest),
        _ => {}
    }
}

/// Every place where the two values differ, with both.
pub(crate) fn differences(sent: &Value, back: &Value, known: &Known) -> Vec<String> {
    let mut comparison = Comparison { known, differences: Vec::new() };
    comparison.values("", sent, back);
    comparison.differences
}

struct Comparison<'a> {
    known: &'a Known,
    differences: Vec<String>,
}

impl Comparison<'_> {
    fn values(&mut self, pointer: &str, sent: &Value, back: &Value) {
        match (sent, back) {
            (Value::Object(sent), Value::Object(back)) => self.objects(pointer, sent, back),
            (Value::Array(sent), Value::Array(back)) if sent.len() == back.len() => {
                for (index, (sent, back)) in sent.iter().zip(back).enumerate() {
                    self.values(&format!("{pointer}/{index}"), sent, back);
                }
            }
            (Value::Number(sent), Value::Number(back)) if same_number(sent, back) => (),
            _ if sent == back => (),
            _ => self.add(pointer, sent, back),
        }
    }

    fn objects(&mut self, pointer: &str, sent: &Map<String, Value>, back: &Map<String, Value>) {
        for (name, value) in sent {
            let at = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            match back.get(name) {
                Some(back) => self.values(&at, value, back),
                None if self.known.contains(pointer, name) => self.add(&at, value, "nothing"),
                None => (),
            }
        }
        for (name, value) in back.iter().filter(|(name, value)| !sent.contains_key(*name) && !value.is_null()) {
            self.add(&format!("{pointer}/{name}"), "nothing", value);
        }
    }

    fn add(&mut self, pointer: &str, sent: impl ToString, back: impl ToString) {
        let (sent, back) = (shortened(&sent.to_string()), shortened(&back.to_string()));
        self.differences.push(format!("`{pointer}` was {sent}, came back as {back}"));
    }
}

fn same_number(left: &Number, right: &Number) -> bool {
    left == right || (left.is_f64() || right.is_f64()) && left.as_f64() == right.as_f64()
}

/// The beginning of a long text.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: &Value, sent: &Value, back: &Value, expected: &[&str]) {
        let validator = jsonschema::draft202012::new(&with_described_rest(schema.clone())).unwrap();
        assert!(validator.is_valid(sent));
        let evaluation = validator.evaluate(sent);
        assert_eq!(differences(sent, back, &Known::of(&evaluation)), expected, "{schema}");
    }

    #[test]
    fn numbers_are_compared_by_worth() {
        check(&json!(true), &json!([1, 1.0, 1e2]), &json!([1.0, 1, 100]), &[]);
        check(&json!(true), &json!([1]), &json!(["1"]), &["`/0` was 1, came back as \"1\""]);
        check(&json!(true), &json!(1.5), &json!(1), &["`` was 1.5, came back as 1"]);
        check(&json!(true), &json!([1, 2]), &json!([1]), &["`` was [1,2], came back as [1]"]);
    }

    #[test]
    fn an_absent_field_may_come_back_as_null_only() {
        check(&json!(true), &json!({}), &json!({"a": null}), &[]);
        check(&json!(true), &json!({}), &json!({"a": 0}), &["`/a` was nothing, came back as 0"]);
        let schema = json!({"properties": {"a": {"type": ["string", "null"]}}});
        check(&schema, &json!({"a": null}), &json!({}), &["`/a` was null, came back as nothing"]);
    }

    #[test]
    fn a_field_that_is_described_may_not_be_lost() {
        let lost = "`/o/a` was 1, came back as nothing";
        for (schema, expected) in [
            (json!({"type": "object"}), &[][..]),
            (json!({"properties": {"b": true}}), &[]),
            (json!({"properties": {"a": true}}), &[lost]),
            (json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}), &[lost]),
            (json!({"properties": {"a": {"type": "integer"}}, "additionalProperties": false}), &[lost]),
            (json!({"patternProperties": {"^a": {"type": "integer"}}}), &[lost]),
            (json!({"additionalProperties": {"type": "integer"}}), &[lost]),
            (json!({"properties": {"b": true}, "additionalProperties": {"type": "integer"}}), &[lost]),
            (json!({"properties": {"b": true}, "additionalProperties": true}), &[lost]),
            (json!({"properties": {"b": true}, "additionalProperties": {}}), &[lost]),
            (json!({"properties": {"b": true}, "unevaluatedProperties": true}), &[lost]),
            (json!({"allOf": [{"properties": {"b": true}}], "unevaluatedProperties": {"type": "integer"}}), &[lost]),
            (json!({"allOf": [{"properties": {"b": true}, "additionalProperties": true}]}), &[lost]),
            (json!({"allOf": [{"properties": {"b": true}}, {"properties": {"a": true}}]}), &[lost]),
            (
                json!({"oneOf": [{"properties": {"a": true, "b": true}, "required": ["b"]}, {"properties": {"c": true}}]}),
                &[],
            ),
            (json!({"$ref": "#/$defs/A"}), &[lost]),
        ] {
            let schema = json!({"properties": {"o": schema}, "$defs": {"A": {"properties": {"a": true}}}});
            check(&schema, &json!({"o": {"a": 1}}), &json!({"o": {}}), expected);
        }
    }
}
