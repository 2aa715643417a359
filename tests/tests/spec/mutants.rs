//! Instances with one change: one that a newer server may make, or one that no server may make.

use serde_json::{Value, json};

use crate::document::{admits_null, members, required, resolve, union_of, validator};
use crate::known::member_of;

/// The kind of a change.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    UnknownField,
    UnknownValue,
    /// A value of a union that fits none of its members.
    UnknownMember,
    AbsentNullable,
    AbsentOptional,
    NullOptional,
    WideInteger,
    BrokenBound,
    /// A required property is absent or null.
    AbsentRequired,
    WrongType,
}

impl Kind {
    /// The changes that a newer server may make.
    pub(crate) const EVOLUTION: &[Self] = &[
        Self::UnknownField,
        Self::UnknownValue,
        Self::UnknownMember,
        Self::AbsentNullable,
        Self::AbsentOptional,
        Self::NullOptional,
        Self::WideInteger,
        Self::BrokenBound,
    ];
}

/// An instance with one change.
#[derive(Debug)]
pub(crate) struct Mutant {
    pub(crate) kind: Kind,
    pub(crate) pointer: String,
    pub(crate) value: Value,
    /// Whether the change is within a member of a union.
    pub(crate) in_union: bool,
}

/// Every change of every kind to an instance, one at a time.
pub(crate) fn mutants(schema: &'static Value, instance: &Value) -> Vec<Mutant> {
    let mut walk = Walk { instance, found: Vec::new() };
    walk.visit(schema, instance, "", false);
    walk.found
}

struct Walk<'a> {
    instance: &'a Value,
    found: Vec<Mutant>,
}

impl Walk<'_> {
    fn visit(&mut self, schema: &'static Value, value: &Value, at: &str, in_union: bool) {
        let schema = resolve(schema);
        if let Some(union) = union_of(schema) {
            let is_choice = union.iter().filter(|member| !admits_null(member)).count() > 1;
            if is_choice && value.is_object() {
                for other in [json!({"newKind": {"id": 1}}), json!([1, "a"]), json!("new"), json!(7), json!(true)] {
                    self.replace(Kind::UnknownMember, at, other, in_union);
                }
            }
            if let Some(member) = member_of(schema, value) {
                self.visit(member, value, at, in_union || is_choice);
            }
            return;
        }
        // A schema without a type admits every value.
        if ["type", "enum", "const"].iter().all(|keyword| schema.get(keyword).is_none()) {
            return;
        }
        if schema.get("enum").or_else(|| schema.get("const")).is_some() && value.is_string() {
            for other in ["brand_new", "", "Queued", "é\u{1f600}"] {
                self.replace(Kind::UnknownValue, at, other.into(), in_union);
            }
        }
        match value {
            Value::Object(object) => {
                if !schema["additionalProperties"].is_object() {
                    self.edit(Kind::UnknownField, at, in_union, |place| place["brandNew"] = json!({"a": [null]}));
                }
                // serde's derived code would read a list of fields as an object.
                let names = members(&schema["properties"]).keys();
                let fields = names.map(|name| object.get(name).cloned().unwrap_or_default()).collect();
                self.wrong(at, [json!(7), json!("text"), json!([]), fields], in_union);
                let required = required(schema);
                for (name, property) in
                    members(&schema["properties"]).iter().filter(|(name, _)| object.contains_key(*name))
                {
                    self.absences(property, (at, name), required.contains(name.as_str()), in_union);
                    self.visit(property, &object[name], &below(at, name), in_union);
                }
                let described = members(&schema["properties"]);
                let values = &schema["additionalProperties"];
                for (name, value) in
                    object.iter().filter(|(name, _)| values.is_object() && !described.contains_key(*name))
                {
                    self.visit(values, value, &below(at, name), in_union);
                }
            }
            Value::Array(list) => {
                if schema.get("minItems").or_else(|| schema.get("maxItems")).is_some() {
                    self.replace(Kind::BrokenBound, at, json!([]), in_union);
                    let twice = list.iter().chain(list).cloned().collect();
                    self.replace(Kind::BrokenBound, at, twice, in_union);
                }
                self.wrong(at, [json!({}), json!("text"), json!(1)], in_union);
                for (index, value) in list.iter().enumerate().take(1) {
                    self.visit(&schema["items"], value, &format!("{at}/{index}"), in_union);
                }
            }
            Value::Number(_) => self.numbers(schema, at, in_union),
            Value::String(_) => {
                for (keyword, broken) in [
                    ("minLength", json!("")),
                    ("maxLength", json!("x".repeat(5000))),
                    ("format", json!("none of \u{1f600} this")),
                    ("format", json!("")),
                ] {
                    if schema.get(keyword).is_some() {
                        self.replace(Kind::BrokenBound, at, broken, in_union);
                    }
                }
                self.wrong(at, [json!(7), json!({"a": 1}), json!(["a"])], in_union);
            }
            Value::Bool(_) => self.wrong(at, [json!(1), json!("true"), json!([])], in_union),
            Value::Null => {}
        }
    }

    fn absences(&mut self, property: &'static Value, (at, name): (&str, &str), is_required: bool, in_union: bool) {
        let kind = match (is_required, admits_null(property)) {
            (true, true) => Kind::AbsentNullable,
            (true, false) => Kind::AbsentRequired,
            (false, _) => Kind::AbsentOptional,
        };
        self.edit(kind, at, in_union, |place| {
            if let Some(object) = place.as_object_mut() {
                object.remove(name);
            }
        });
        let null = match is_required {
            true => Kind::AbsentRequired,
            false => Kind::NullOptional,
        };
        if !admits_null(property) {
            self.replace(null, &below(at, name), Value::Null, in_union);
        }
    }

    fn numbers(&mut self, schema: &'static Value, at: &str, in_union: bool) {
        if validator(schema).is_valid(&json!(0.5)) || schema.get("exclusiveMinimum").is_some() {
            return self.wrong(at, [json!("7"), json!([7]), json!({})], in_union);
        }
        for wide in [i64::from(i32::MAX) + 1, 1 << 40, i64::MAX] {
            self.replace(Kind::WideInteger, at, wide.into(), in_union);
        }
        for keyword in ["minimum", "maximum"] {
            if let Some(bound) = schema[keyword].as_i64() {
                let beyond = if keyword == "minimum" { bound - 1 } else { bound + 1 };
                self.replace(Kind::BrokenBound, at, beyond.into(), in_union);
            }
        }
        self.wrong(at, [json!("7"), json!(0.5), json!([7])], in_union);
    }

    /// Replaces the value with values of types that the schema does not admit.
    fn wrong<const N: usize>(&mut self, at: &str, values: [Value; N], in_union: bool) {
        for value in values {
            self.replace(Kind::WrongType, at, value, in_union);
        }
    }

    fn replace(&mut self, kind: Kind, at: &str, value: Value, in_union: bool) {
        self.edit(kind, at, in_union, |place| *place = value);
    }

    fn edit(&mut self, kind: Kind, at: &str, in_union: bool, change: impl FnOnce(&mut Value)) {
        let mut value = self.instance.clone();
        change(value.pointer_mut(at).unwrap());
        self.found.push(Mutant { kind, pointer: at.to_owned(), value, in_union });
    }
}

/// The pointer (RFC 6901) to a member.
fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}
