//! The meaning of a schema, independent of its spelling.
//!
//! A schema is the conjunction of everything its references and `allOf` lead to. Null is a flag, whether it is spelled as a
//! type, a member of a union or `nullable`; a union of one member is that member; `const` is an enum of one value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{Document, Located};
use crate::model::null::{Null, null_of};
use crate::model::pointer::{Pointer, component_name};

/// Schemas that all apply to one value, outermost first.
pub(super) type Conjunction<'a> = Vec<Located<'a>>;

/// Keywords that hold one schema.
const ONE: &[&str] = &["items", "additionalProperties", "contains", "propertyNames", "unevaluatedItems"];

const OF_OBJECTS: &[&str] = &["properties", "required", "additionalProperties", "patternProperties"];
const OF_ARRAYS: &[&str] = &["items", "prefixItems", "minItems", "maxItems", "uniqueItems"];
const OF_TEXTS: &[&str] = &["pattern", "minLength", "maxLength"];

/// The normalised meaning of a schema.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// The pointer of its outermost schema.
    pub(super) at: Pointer,
    /// The schema within wrappers: an `allOf` of one schema, or a choice between one schema and null.
    pub(super) core: Located<'a>,
    /// The components it refers to.
    pub(super) names: Vec<String>,
    /// Whether one of its schemas is `false`, which refuses everything.
    pub(super) never: bool,
    pub(super) null: Null,
    /// The pointer at which null is spelled.
    pub(super) null_at: Option<Pointer>,
    /// The types other than null; empty when every type is admitted.
    pub(super) types: BTreeSet<&'a str>,
    pub(super) types_at: Option<Pointer>,
    /// How many of its schemas have a `type`.
    pub(super) types_written: usize,
    /// The values other than null, where `enum` or `const` lists them.
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) values_at: Option<Pointer>,
    pub(super) properties: BTreeMap<&'a str, Conjunction<'a>>,
    pub(super) patterns: BTreeMap<&'a str, Conjunction<'a>>,
    pub(super) required: BTreeMap<&'a str, Pointer>,
    /// The schemas under the keywords of [`ONE`].
    pub(super) inner: BTreeMap<&'a str, Conjunction<'a>>,
    pub(super) tuple: Vec<Conjunction<'a>>,
    pub(super) unions: Vec<Union<'a>>,
    /// Every other keyword, with each of its occurrences.
    pub(super) rest: BTreeMap<&'a str, Vec<Located<'a>>>,
}

/// A choice between schemas.
#[derive(Debug)]
pub(super) struct Union<'a> {
    /// `oneOf` or `anyOf`.
    pub(super) keyword: &'static str,
    pub(super) at: Pointer,
    pub(super) members: Vec<Located<'a>>,
}

impl<'a> Shape<'a> {
    pub(super) fn of(document: Document<'a>, conjunction: &[Located<'a>]) -> Self {
        let mut shape = Self {
            at: conjunction.first().map(|place| place.at.clone()).unwrap_or_default(),
            core: conjunction.first().cloned().unwrap_or_else(|| Located::unwritten(Pointer::default())),
            names: Vec::new(),
            never: false,
            null: Null::Unsaid,
            null_at: None,
            types: BTreeSet::new(),
            types_at: None,
            types_written: 0,
            values: None,
            values_at: None,
            properties: BTreeMap::new(),
            patterns: BTreeMap::new(),
            required: BTreeMap::new(),
            inner: BTreeMap::new(),
            tuple: Vec::new(),
            unions: Vec::new(),
            rest: BTreeMap::new(),
        };
        let mut open: Vec<_> = conjunction.iter().rev().cloned().collect();
        let mut seen = BTreeSet::new();
        for place in conjunction {
            shape.null = shape.null.and(null_of(place.value, document.root));
        }
        while let Some(place) = open.pop() {
            if seen.insert(place.at.clone()) {
                let next = shape.take(document, &place);
                if let [only] = next.as_slice()
                    && place.at == shape.core.at
                    && is_wrapper(&place)
                {
                    shape.core = only.clone();
                }
                open.extend(next.into_iter().rev());
            }
        }
        shape
    }

    /// The absent schema at a path, which admits anything. What is absent itself has it at its own place: a schema that contains
    /// itself meets it there again, and the comparison ends.
    pub(super) fn unwritten<'p>(&self, path: impl IntoIterator<Item = &'p str>) -> Conjunction<'a> {
        let at = match self.core.is_unwritten() {
            true => self.core.at.clone(),
            false => path.into_iter().fold(self.at.clone(), |at, part| at.join(part)),
        };
        vec![Located::unwritten(at)]
    }

    /// Adds the keywords of one schema; returns the schemas that apply together with it.
    fn take(&mut self, document: Document<'a>, place: &Located<'a>) -> Vec<Located<'a>> {
        let mut next = Vec::new();
        self.never |= *place.value == Value::Bool(false);
        self.take_types(place);
        for (keyword, inner) in place.fields() {
            match keyword {
                "$ref" => {
                    let reference = inner.value.as_str().unwrap_or_default();
                    match document.resolve(reference) {
                        Some(target) => {
                            self.names.extend(component_name(reference, "schemas"));
                            next.push(target);
                        }
                        None => self.rest.entry(keyword).or_default().push(inner),
                    }
                }
                "allOf" => next.extend(inner.items()),
                "oneOf" | "anyOf" => {
                    let (nulls, members): (Vec<_>, Vec<_>) = inner.items().partition(|member| is_null(member.value));
                    if !nulls.is_empty() {
                        self.null_at = Some(inner.at.clone());
                    }
                    match members.len() {
                        0 => self.types.extend(nulls.first().map(|_| "null")),
                        1 => next.extend(members),
                        _ => {
                            let keyword = if keyword == "oneOf" { "oneOf" } else { "anyOf" };
                            self.unions.push(Union { keyword, at: inner.at, members });
                        }
                    }
                }
                "properties" => gather(&mut self.properties, &inner),
                "patternProperties" => gather(&mut self.patterns, &inner),
                "prefixItems" => {
                    for (index, item) in inner.items().enumerate() {
                        match self.tuple.get_mut(index) {
                            Some(conjunction) => conjunction.push(item),
                            None => self.tuple.push(vec![item]),
                        }
                    }
                }
                "required" => {
                    self.required
                        .extend(inner.items().filter_map(|name| Some((name.value.as_str()?, inner.at.clone()))));
                }
                "enum" | "const" => self.take_values(keyword, &inner),
                "type" => {}
                "nullable" => self.null_at = Some(inner.at),
                _ if ONE.contains(&keyword) => self.inner.entry(keyword).or_default().push(inner),
                _ => self.rest.entry(keyword).or_default().push(inner),
            }
        }
        next
    }

    fn take_types(&mut self, place: &Located<'a>) {
        let Some(written) = place.get("type") else {
            return self.infer_types(place);
        };
        if !written.value.is_string() && !written.value.is_array() {
            return self.rest.entry("type").or_default().push(written);
        }
        self.types_written += 1;
        let mut types: BTreeSet<_> = match written.value {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        if types.len() > 1 && types.remove("null") {
            self.null_at = Some(written.at.clone());
        }
        if types.contains("number") {
            types.remove("integer");
        }
        self.admit_only(types);
        self.types_at = Some(written.at);
    }

    /// Infers the types from values or keywords where `type` is absent, as the lowering does.
    fn infer_types(&mut self, place: &Located<'a>) {
        let Some(schema) = place.value.as_object() else { return };
        if ["$ref", "allOf", "oneOf", "anyOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
            return;
        }
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
        let values: Vec<_> = match (schema.get("const"), schema.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => Vec::new(),
        };
        let mut types: BTreeSet<_> = values.into_iter().map(type_of).collect();
        if types.len() > 1 {
            types.remove("null");
        }
        if types.contains("number") {
            types.remove("integer");
        }
        if types.is_empty() {
            let implied = [("object", OF_OBJECTS), ("array", OF_ARRAYS), ("string", OF_TEXTS)];
            types.extend(implied.iter().find(|(_, keywords)| has(keywords)).map(|(name, _)| *name));
        }
        self.admit_only(types);
    }

    fn admit_only(&mut self, types: BTreeSet<&'a str>) {
        if self.types.is_empty() {
            self.types = types;
        } else if !types.is_empty() {
            let both: BTreeSet<_> = self.types.intersection(&types).copied().collect();
            // Without a common type, the outer schema's types stay.
            if !both.is_empty() {
                self.types = both;
            } else if types.contains("integer") && self.types.contains("number") {
                self.types = types;
            }
        }
    }

    fn take_values(&mut self, keyword: &str, inner: &Located<'a>) {
        let given: Vec<_> = match inner.value {
            Value::Array(values) if keyword == "enum" => values.iter().collect(),
            value => vec![value],
        };
        if given.iter().any(|value| value.is_null()) {
            self.null_at = Some(inner.at.clone());
        }
        let mut distinct: Vec<&Value> = Vec::new();
        for value in given.into_iter().filter(|value| !value.is_null()) {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        match &mut self.values {
            Some(values) => values.retain(|value| distinct.contains(value)),
            None => self.values = Some(distinct),
        }
        self.values_at = Some(inner.at.clone());
    }

    /// Whether the generated type keeps unknown members: a union of several.
    pub(super) fn is_open_union(&self) -> bool {
        !self.unions.is_empty() || (self.types.len() > 1 && self.types.len() < 5)
    }

    /// Whether the generated type is any JSON.
    pub(super) fn is_anything(&self) -> bool {
        self.unions.is_empty() && self.properties.is_empty() && (self.types.is_empty() || self.types.len() >= 5)
    }

    pub(super) fn admits_null(&self) -> bool {
        self.null == Null::Admitted
    }

    pub(super) fn says(&self, keyword: &str) -> bool {
        self.rest.contains_key(keyword)
    }
}

fn gather<'a>(into: &mut BTreeMap<&'a str, Conjunction<'a>>, schemas: &Located<'a>) {
    for (name, schema) in schemas.fields() {
        into.entry(name).or_default().push(schema);
    }
}

/// Whether a schema only leads to others.
fn is_wrapper(place: &Located<'_>) -> bool {
    let leading = ["allOf", "oneOf", "anyOf", "title", "description", "nullable"];
    place.fields().all(|(keyword, _)| leading.contains(&keyword))
}

/// Whether a schema admits null and nothing else.
fn is_null(schema: &Value) -> bool {
    let null_type = schema.get("type").is_some_and(|types| *types == "null" || *types == serde_json::json!(["null"]));
    let values = schema.get("enum").and_then(Value::as_array);
    null_type
        || schema.get("const") == Some(&Value::Null)
        || values.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
