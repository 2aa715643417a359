//! Compares the JSON schemas of the types (feature `schemars`) with those of the document, property by property.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::document::{admits_null, name_of, resolve, union_of};
use crate::schemas::{ROWS, Row, row};

/// The kinds of differences that are allowed, each with its reason.
const DIFFERENCES: &[(Difference, &str)] = &[
    (Difference::MayBeAbsent, "a nullable property may be absent in a reply"),
    (Difference::MayBeNull, "an optional property may be null in a reply"),
    (
        Difference::TakesAnyText,
        "an enum in a reply admits the values of a newer server; the known values are in `examples`",
    ),
    (Difference::TakesAnyMember, "a union in a reply keeps an unknown member"),
    (Difference::AnyObject, "unknown properties are ignored: only described ones have fields"),
];

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Difference {
    MayBeAbsent,
    MayBeNull,
    TakesAnyText,
    TakesAnyMember,
    AnyObject,
}

/// A comparison of two schemas.
struct Comparison {
    /// The derived schema, with its definitions.
    derived: Value,
    is_read: bool,
    known: BTreeMap<Difference, BTreeSet<String>>,
    others: Vec<String>,
}

#[test]
fn types_have_the_schemas_of_the_document() {
    let mut known = BTreeMap::<_, BTreeSet<_>>::new();
    let mut others = Vec::new();
    for row in ROWS {
        let comparison = compared(row, &(row.derived)());
        others.extend(comparison.others);
        for (difference, places) in comparison.known {
            known.entry(difference).or_default().extend(places);
        }
    }
    assert!(others.is_empty(), "differences without a reason:\n{}", others.join("\n"));
    for (difference, reason) in DIFFERENCES {
        assert!(known.contains_key(difference), "no schema differs in this way: {reason}");
    }
    assert_eq!(known.len(), DIFFERENCES.len());
}

#[test]
fn differences_are_found() {
    for (name, pointer, other) in [
        ("ModelAssets", "/properties/glbSizeBytes/type", json!(["number", "null"])),
        ("ModelAssets", "/properties/glbUrl/type", json!("string")),
        ("ModelAssets", "/properties/bounds/anyOf/0/$ref", json!("#/$defs/Model")),
        ("ModelBounds", "/properties/min/items/type", json!("integer")),
        ("Pagination", "/required", json!([])),
        ("WorldAssets", "/properties/spzUrls/additionalProperties/type", json!("number")),
        ("Operation", "/$defs/OperationStatus/examples", json!(["queued"])),
        ("Operation", "/$defs/OperationError/properties/code/type", json!("integer")),
        ("Operation", "/properties", json!({})),
        ("GenerationAssets", "/$defs/GenerationAssets/anyOf", json!([{"$ref": "#/$defs/WorldAssets"}, true])),
        ("EmptyRequest", "/additionalProperties", json!(true)),
    ] {
        let row = row(name);
        let mut derived = (row.derived)();
        *derived.pointer_mut(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}")) = other;
        assert_eq!(compared(row, &derived).others.len(), 1, "{name} {pointer}");
    }
}

fn compared(row: &Row, derived: &Value) -> Comparison {
    let (derived, is_read) = (derived.clone(), row.is_read());
    let mut comparison = Comparison { derived: derived.clone(), is_read, known: BTreeMap::new(), others: Vec::new() };
    comparison.compare(row.schema(), &derived, row.name);
    comparison
}

impl Comparison {
    fn note(&mut self, difference: Difference, at: &str) {
        self.known.entry(difference).or_default().insert(at.to_owned());
    }

    fn differ(&mut self, at: &str, document: impl std::fmt::Display, derived: impl std::fmt::Display) {
        self.others.push(format!("{at}: the document has {document}, the type {derived}"));
    }

    fn compare(&mut self, documented: &'static Value, derived: &Value, at: &str) {
        let (derived, may_be_null) = self.without_null(derived);
        match (admits_null(documented), may_be_null) {
            (true, true) | (false, false) => {}
            (false, true) => self.note(Difference::MayBeNull, at),
            (true, false) => self.differ(at, "null", "no null"),
        }
        // A component is compared on its own.
        let is_whole = !at.contains('/');
        if let (Some(name), Some(definition)) = (name_of(documented), derived["$ref"].as_str())
            && !is_whole
        {
            if !definition.ends_with(&format!("/{name}")) {
                self.differ(at, name, definition);
            }
            return;
        }
        let documented = only_member(documented);
        let derived = self.definition(&derived);
        if union_of(documented).is_some() {
            return self.compare_unions(documented, &derived, at);
        }
        let values = documented.get("enum").and_then(Value::as_array).cloned();
        let values = values.or_else(|| Some(vec![documented.get("const")?.clone()]));
        if let Some(mut values) = values {
            values.retain(|value| !value.is_null());
            if derived["type"] != "string" || derived["examples"] != Value::from(values.clone()) {
                self.differ(at, Value::from(values), &derived);
            }
            return self.note(Difference::TakesAnyText, at);
        }
        let of = |schema: &Value| match &schema["type"] {
            Value::Array(types) => types.iter().find(|of| *of != "null").cloned().unwrap_or_default(),
            of => of.clone(),
        };
        if of(documented) != of(&derived) {
            return self.differ(at, of(documented), of(&derived));
        }
        match of(documented).as_str() {
            Some("array") => self.compare(&documented["items"], &derived["items"], &format!("{at}/items")),
            Some("object") => self.compare_objects(documented, &derived, at),
            _ => {}
        }
    }

    fn compare_objects(&mut self, documented: &'static Value, derived: &Value, at: &str) {
        let names = |schema: &Value| -> BTreeSet<String> {
            schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
        };
        if names(documented) != names(derived) {
            return self.differ(at, format_args!("{:?}", names(documented)), format_args!("{:?}", names(derived)));
        }
        let required = |schema: &Value, name: &str| {
            schema["required"].as_array().is_some_and(|required| required.iter().any(|other| other == name))
        };
        for name in names(documented) {
            let at = format!("{at}/{name}");
            let property = &documented["properties"][&name];
            match (required(documented, &name), required(derived, &name)) {
                (true, false) if admits_null(property) => self.note(Difference::MayBeAbsent, &at),
                (documented, derived) if documented != derived => self.differ(&at, documented, derived),
                _ => {}
            }
            self.compare(property, &derived["properties"][&name], &at);
        }
        match (&documented["additionalProperties"], &derived["additionalProperties"]) {
            (documented, derived) if documented.is_boolean() && documented == derived => {}
            (Value::Object(_), values) => {
                self.compare(&documented["additionalProperties"], values, &format!("{at}/additionalProperties"));
            }
            (Value::Bool(true), Value::Null) => self.note(Difference::AnyObject, at),
            // The document admits no other property; the type ignores one that comes.
            (Value::Bool(false), Value::Null) if self.is_read => self.note(Difference::AnyObject, at),
            (Value::Null, Value::Null) => {}
            (documented, derived) => self.differ(at, documented, derived),
        }
    }

    fn compare_unions(&mut self, documented: &'static Value, derived: &Value, at: &str) {
        let named = |members: &Value, keyword: &str| -> Vec<String> {
            let members = members[keyword].as_array().into_iter().flatten();
            let names = members.filter_map(|member| Some(member["$ref"].as_str()?.rsplit('/').next()?.to_owned()));
            names.collect()
        };
        let members = named(derived, "anyOf");
        if named(documented, "oneOf") != members || members.is_empty() {
            return self.differ(at, documented, derived);
        }
        match derived["anyOf"].as_array().map_or(0, Vec::len) - members.len() {
            0 if !self.is_read => {}
            1 if self.is_read => self.note(Difference::TakesAnyMember, at),
            more => self.differ(at, "a union", format_args!("{more} members more")),
        }
    }

    /// A schema without null, and whether it admitted null.
    fn without_null(&self, derived: &Value) -> (Value, bool) {
        let null = Value::from("null");
        if let Some([other, last]) = derived["anyOf"].as_array().map(Vec::as_slice)
            && last["type"] == null
        {
            return (other.clone(), true);
        }
        let listed = derived["type"].as_array().is_some_and(|types| types.contains(&null));
        // An empty schema admits null, too.
        let anything = derived.as_object().is_some_and(|object| object.keys().all(|keyword| keyword == "description"));
        (derived.clone(), listed || anything || *derived == Value::Bool(true))
    }

    fn definition(&self, derived: &Value) -> Value {
        let target = derived["$ref"].as_str().and_then(|reference| self.derived.pointer(reference.strip_prefix('#')?));
        target.unwrap_or(derived).clone()
    }
}

/// The target of a reference; of a union of a schema and null, the schema.
pub(crate) fn only_member(documented: &'static Value) -> &'static Value {
    let documented = resolve(documented);
    let choice: Vec<_> = union_of(documented).into_iter().flatten().filter(|member| member["type"] != "null").collect();
    match choice[..] {
        [only] => only_member(only),
        _ => documented,
    }
}
