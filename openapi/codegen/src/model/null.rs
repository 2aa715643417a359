//! Whether a schema admits null.

#[cfg(feature = "diff")]
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

mod named;

pub(crate) use named::NamedNulls;

/// Whether a schema admits null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Null {
    Admitted,
    Refused,
    /// No keyword of the schema decides about null.
    Unsaid,
}

impl Null {
    /// What two conditions on the same value say together.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused, _) | (_, Self::Refused) => Self::Refused,
            (Self::Admitted, _) | (_, Self::Admitted) => Self::Admitted,
            _ => Self::Unsaid,
        }
    }
}

/// A schema of OpenAPI 3.0.3 that admits null and nothing else: the enum restricts what `nullable` adds to the type.
pub(crate) fn null_schema() -> Value {
    json!({"type": "string", "nullable": true, "enum": [null]})
}

/// Whether a schema of a document admits null, following references.
#[cfg(feature = "diff")]
pub(crate) fn null_of(schema: &Value, document: &Value) -> Null {
    let (mut targets, mut open, mut seen) = (Vec::new(), vec![schema], BTreeSet::new());
    while let Some(schema) = open.pop() {
        said(schema, &mut |reference| {
            if seen.insert(reference.to_owned())
                && let Some(target) = crate::model::pointer::resolve(document, reference)
            {
                targets.push((reference.to_owned(), target));
                open.push(target);
            }
            None
        });
    }
    // What is found later is further inside.
    targets.reverse();
    let answers = named::answered(&targets);
    said(schema, &mut |reference| answers.get(reference).copied())
}

/// What all keywords of a schema say together; `named` returns what the target of a reference says, if known.
pub(crate) fn said(schema: &Value, named: &mut dyn FnMut(&str) -> Option<Null>) -> Null {
    match schema {
        Value::Object(schema) => said_by(schema, named),
        Value::Bool(false) => Null::Refused,
        _ => Null::Unsaid,
    }
}

/// The same, of a schema that is an object.
pub(crate) fn said_by(schema: &Map<String, Value>, named: &mut dyn FnMut(&str) -> Option<Null>) -> Null {
    let of = |admits: bool| if admits { Null::Admitted } else { Null::Refused };
    let flag = schema.get("nullable") == Some(&Value::Bool(true));
    let mut null = Null::Unsaid;
    // Most schemas have few keywords, so looking at each costs less than looking each up.
    for (keyword, value) in schema {
        let says = match keyword.as_str() {
            "type" => of(flag || value == "null" || list(value).any(|name| name == "null")),
            "const" => of(value.is_null()),
            "enum" => of(flag || list(value).any(Value::is_null)),
            "$ref" => {
                let target = value.as_str().and_then(&mut *named);
                target.map_or(Null::Unsaid, |target| or_flag(target, flag))
            }
            "allOf" => {
                let members = list(value).map(|member| or_flag(said(member, named), flag));
                members.fold(Null::Unsaid, Null::and)
            }
            "anyOf" | "oneOf" => {
                let members: Vec<_> = list(value).map(|member| said(member, named)).collect();
                if members.contains(&Null::Admitted) {
                    Null::Admitted
                } else if members.is_empty() || members.contains(&Null::Unsaid) {
                    Null::Unsaid
                } else {
                    of(flag)
                }
            }
            "not" => match said(value, named) {
                Null::Admitted => Null::Refused,
                _ => Null::Unsaid,
            },
            _ => Null::Unsaid,
        };
        null = null.and(says);
    }
    // Explicit keywords take precedence over a type that is only implied.
    if null == Null::Unsaid && implies_type(schema) { of(flag) } else { null }
}

fn or_flag(null: Null, flag: bool) -> Null {
    if flag && null == Null::Refused { Null::Admitted } else { null }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether the keywords concern one type other than null, though no `type` says so.
pub(crate) fn implies_type(schema: &Map<String, Value>) -> bool {
    ["properties", "additionalProperties", "patternProperties", "items", "prefixItems", "pattern"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
}

#[cfg(test)]
mod tests {
    use super::Null::{Admitted, Refused, Unsaid};
    use super::*;

    /// What a schema says whose references lead to schemas that say what the references are called.
    fn check(schema: Value, expected: Null) {
        let null = said(&schema, &mut |reference| match reference {
            "admitted" => Some(Admitted),
            "refused" => Some(Refused),
            "unsaid" => Some(Unsaid),
            _ => None,
        });
        assert_eq!(null, expected, "{schema}");
    }

    #[test]
    fn what_a_keyword_says() {
        check(json!(true), Unsaid);
        check(json!(false), Refused);
        check(json!({}), Unsaid);
        check(json!({"type": "string"}), Refused);
        check(json!({"type": "null"}), Admitted);
        check(json!({"type": ["string", "null"]}), Admitted);
        check(json!({"const": null}), Admitted);
        check(json!({"const": 1}), Refused);
        check(json!({"enum": [1, null]}), Admitted);
        check(json!({"enum": [1]}), Refused);
        check(json!({"$ref": "admitted"}), Admitted);
        check(json!({"$ref": "refused"}), Refused);
        check(json!({"$ref": "unknown"}), Unsaid);
        check(json!({"pattern": "a"}), Refused);
        check(json!({"description": "a"}), Unsaid);
    }

    #[test]
    fn the_flag_admits_null_where_something_refuses_it() {
        check(json!({"nullable": true}), Unsaid);
        check(json!({"nullable": true, "type": "string"}), Admitted);
        check(json!({"nullable": true, "type": "string", "enum": ["a"]}), Admitted);
        check(json!({"nullable": true, "properties": {}}), Admitted);
        check(json!({"nullable": true, "const": 1}), Refused);
        check(json!({"nullable": true, "$ref": "refused"}), Admitted);
        check(json!({"nullable": true, "$ref": "unsaid"}), Unsaid);
        check(json!({"nullable": true, "allOf": [{"$ref": "refused"}]}), Admitted);
        check(json!({"nullable": true, "oneOf": [{"$ref": "refused"}]}), Admitted);
        check(json!({"nullable": false, "type": "string"}), Refused);
    }

    #[test]
    fn all_keywords_must_admit_null() {
        check(json!({"type": ["string", "null"], "enum": ["a"]}), Refused);
        check(json!({"type": "string", "enum": ["a", null]}), Refused);
        check(json!({"allOf": [{"$ref": "admitted"}, {"$ref": "refused"}]}), Refused);
        check(json!({"allOf": [{"$ref": "admitted"}, {"$ref": "unsaid"}]}), Admitted);
        check(json!({"$ref": "admitted", "properties": {}}), Admitted);
    }

    #[test]
    fn one_member_of_a_union_must_admit_null() {
        for keyword in ["anyOf", "oneOf"] {
            check(json!({keyword: [{"$ref": "refused"}, {"$ref": "admitted"}]}), Admitted);
            check(json!({keyword: [{"$ref": "refused"}, {"$ref": "refused"}]}), Refused);
            check(json!({keyword: [{"$ref": "refused"}, {"$ref": "unsaid"}]}), Unsaid);
            check(json!({keyword: []}), Unsaid);
            check(json!({"type": "string", keyword: [{"$ref": "admitted"}]}), Refused);
        }
    }

    #[test]
    fn what_not_admits_is_refused() {
        check(json!({"type": ["string", "null"], "not": {"type": "null"}}), Refused);
        check(json!({"type": ["string", "null"], "not": {"type": "string"}}), Admitted);
        check(json!({"type": ["string", "null"], "not": {"$ref": "unsaid"}}), Admitted);
        check(json!({"type": ["string", "null"], "not": {}}), Admitted);
    }

    #[cfg(feature = "diff")]
    #[test]
    fn references_are_followed_once() {
        let mut document = json!({
            "Own": {"anyOf": [{"$ref": "#/Own"}, {"type": "null"}]},
            "Alone": {"$ref": "#/Alone"},
            "Twice": {"allOf": [{"$ref": "#/Text"}, {"$ref": "#/Text"}]},
            "Choice": {"anyOf": [{"$ref": "#/Text"}, {"$ref": "#/Text"}]},
            "Text": {"type": "string"},
        });
        // Following each way would take 2^64 steps.
        for number in 0..64 {
            let next = json!({"$ref": format!("#/S{}", number + 1)});
            document[format!("S{number}")] = json!({"anyOf": [next, {"allOf": [next]}]});
        }
        document["S64"] = json!({"type": "null"});
        let cases = [("Own", Admitted), ("Alone", Unsaid), ("Twice", Refused), ("Choice", Refused), ("S0", Admitted)];
        for (name, expected) in cases {
            assert_eq!(null_of(&json!({"$ref": format!("#/{name}")}), &document), expected, "{name}");
        }
    }
}
