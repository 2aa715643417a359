//! What is said of two schemas in a reply: the rule, how a running client reads it, the place, and the detail.

use serde_json::json;

use super::*;
use crate::diff::comparison::{Comparison, Context, Reader};
use crate::diff::document::{Document, Located};

fn shape(schema: &Value) -> Shape<'_> {
    Shape::of(Document { root: schema }, &[Located { at: Pointer::default(), value: schema }])
}

fn compared(before: &Value, after: &Value, context: Context) -> (Kinship, Vec<String>) {
    let mut found = Findings::new(context);
    let kinship = compare(&shape(before), &shape(after), &mut found);
    let mut comparison = Comparison::new(Document { root: before }, Document { root: after });
    comparison.root(None, found);
    let changes = comparison.finish().into_iter();
    (kinship, changes.map(|is| format!("{} {} {}: {}", is.rule, is.reading, is.pointer, is.detail)).collect())
}

fn check(before: Value, after: Value, expected: &[&str]) {
    let (_, changes) = compared(&before, &after, Context::read_by(Reader::Strict));
    assert_eq!(changes, expected, "{before} becomes {after}");
}

/// Two schemas that share no type, so that the rest of their keywords is not compared.
fn check_strangers(before: Value, after: Value, expected: &str) {
    let (kinship, changes) = compared(&before, &after, Context::read_by(Reader::Strict));
    assert_eq!((kinship, changes), (Kinship::None, vec![expected.to_owned()]), "{before} becomes {after}");
}

#[test]
fn fewer_or_more_types() {
    let of = |types: Value| json!({"type": types});
    check(of(json!("string")), of(json!("string")), &[]);
    check(
        of(json!(["string", "integer"])),
        of(json!("string")),
        &["D302 reads /type: integer or string becomes string"],
    );
    check(of(json!("string")), json!({}), &["D303 fails /type: string becomes any value"]);
    check(json!({}), of(json!("string")), &["D302 reads /type: any value becomes string"]);
    check(of(json!("integer")), of(json!("number")), &["D303 fails /type: integer becomes number"]);
    check(of(json!("number")), of(json!("integer")), &["D302 reads /type: number becomes integer"]);
    check(
        of(json!(["string", "integer"])),
        of(json!(["string", "integer", "boolean"])),
        &["D303 reads as unknown /type: integer or string becomes boolean or integer or string"],
    );
    let five = json!(["array", "boolean", "number", "object", "string"]);
    check(of(five), json!({}), &["D303 reads /type: array or boolean or number or object or string becomes any value"]);
}

#[test]
fn types_that_are_meant_without_being_written() {
    let properties = json!({"properties": {"a": {}}});
    let object = json!({"type": "object", "properties": {"a": {}}});
    check(properties.clone(), object.clone(), &["D309 reads /type: `object` is meant with and without `type`"]);
    check(object, properties, &["D309 reads /type: `object` is meant with and without `type`"]);
    check(json!({}), json!({"type": []}), &[]);
}

#[test]
fn nothing_else_is_said_of_strangers() {
    let text = json!({"type": "string", "format": "a", "enum": ["b"]});
    check_strangers(
        text.clone(),
        json!({"type": "boolean", "default": true}),
        "D301 fails /type: string becomes boolean",
    );
    check_strangers(
        json!({"type": ["string", "boolean"]}),
        json!({"type": ["string", "array"]}),
        "D301 reads as unknown /type: boolean or string becomes array or string",
    );
    check_strangers(text.clone(), json!(false), "D302 reads /type: nothing is admitted any more");
    check_strangers(json!(false), text, "D303 fails /type: something is admitted where nothing was");
    let never = json!({"allOf": [false, {"type": "string"}]});
    check(never.clone(), never, &[]);
}

#[test]
fn null_that_comes_and_goes() {
    let (text, nullable) = (json!({"type": "string"}), json!({"type": ["string", "null"]}));
    let (any, all) = (json!({"not": {"type": "null"}}), json!({"type": ["null"]}));
    check(text.clone(), nullable.clone(), &["D307 fails /type: may be null"]);
    check(nullable.clone(), text.clone(), &["D308 reads /type: is never null"]);
    check(
        json!({"type": ["string", "integer"]}),
        json!({"type": ["string", "integer", "null"]}),
        &["D307 reads as unknown /type: may be null"],
    );
    check(any, all, &["D307 reads : may be null", "D302 reads /type: any value becomes null"]);
    let strict = Context::read_by(Reader::Strict);
    let (_, changes) = compared(&text, &nullable, Context { optional: true, ..strict });
    assert_eq!(changes, ["D307 reads /type: may be null"], "an `Option` reads null");
    let mut settled = strict;
    settled.settled.null = true;
    assert_eq!(compared(&text, &nullable, settled).1, [""; 0], "null was compared where the schema is used");
}

#[test]
fn formats() {
    let of = |name: &str, format: &str| json!({"type": name, "format": format});
    for (name, before, after, expected) in [
        ("integer", "int32", "int64", "D306 reads"),
        ("integer", "int64", "int32", "D305 reads"),
        ("number", "float", "double", "D306 reads"),
        ("number", "double", "float", "D305 reads"),
        ("integer", "int32", "a", "D304 reads"),
        ("integer", "a", "int64", "D304 reads"),
        ("integer", "int64", "a", "D304 reads"),
        ("integer", "a", "int32", "D304 reads"),
        ("number", "float", "a", "D304 reads"),
        ("number", "a", "double", "D304 reads"),
        ("number", "double", "a", "D304 reads"),
        ("number", "a", "float", "D304 reads"),
        ("integer", "int64", "uint64", "D304 fails"),
        ("integer", "uint64", "int64", "D304 fails"),
        ("string", "int64", "uint64", "D304 reads"),
    ] {
        let detail = format!("{expected} /format: format `{before}` becomes `{after}`");
        check(of(name, before), of(name, after), &[&detail]);
    }
    check(of("string", "date"), of("string", "date"), &[]);
    for (name, format, reading) in
        [("string", "uint64", "reads"), ("integer", "int32", "reads"), ("integer", "uint64", "fails")]
    {
        let detail = format!("D305 {reading} /format: format \"{format}\"");
        check(json!({"type": name}), of(name, format), &[&detail]);
    }
    for (format, reading) in [("int32", "reads"), ("uint64", "fails")] {
        let detail = format!("D306 {reading} /format: is no longer of the format \"{format}\"");
        check(of("integer", format), json!({"type": "integer"}), &[&detail]);
    }
}

#[test]
fn encodings_of_texts() {
    let of = |keyword: &str, value: &str| json!({"type": "string", keyword: value});
    for keyword in ["contentEncoding", "contentMediaType", "contentSchema"] {
        let changes = format!("D333 reads /{keyword}: `{keyword}` changes");
        check(of(keyword, "a"), of(keyword, "b"), &[&changes]);
        check(of(keyword, "a"), json!({"type": "string"}), &[&changes]);
        check(of(keyword, "a"), of(keyword, "a"), &[]);
    }
}

#[test]
fn listed_values() {
    let of = |values: Value| json!({"type": "string", "enum": values});
    let text = json!({"type": "string"});
    check(text.clone(), of(json!(["a", "b"])), &["D312 reads /enum: must be one of `\"a\"`, `\"b\"`"]);
    check(of(json!(["a"])), text, &["D313 reads as unknown /enum: may be another value than `\"a\"`"]);
    check(
        of(json!(["a", "b"])),
        of(json!(["b", "c"])),
        &["D310 reads as unknown /enum: the value `\"c\"` is new", "D311 reads /enum: the value `\"a\"` is gone"],
    );
    check(of(json!(["a"])), of(json!(["b"])), &["D314 reads as unknown /enum: `\"a\"` becomes `\"b\"`"]);
    check(of(json!(["a"])), of(json!(["a"])), &[]);
}

#[test]
fn listed_values_that_are_no_enum_in_rust_are_read_like_others() {
    let of = |types: Value, values: Value| json!({"type": types, "enum": values});
    let (integer, both) = (json!("integer"), json!(["integer", "string"]));
    check(
        of(integer.clone(), json!([1, 2])),
        of(integer.clone(), json!([1, 3, 2])),
        &["D310 reads /enum: the value `3` is new"],
    );
    check(
        of(both.clone(), json!([1, 2])),
        of(both.clone(), json!([1, 2, 3, "a"])),
        &["D310 reads as unknown /enum: the value `\"a\"` is new", "D310 reads /enum: the value `3` is new"],
    );
    check(
        of(integer.clone(), json!([1, 2])),
        of(integer.clone(), json!([1, 2, "a"])),
        &["D310 reads /enum: the value `\"a\"` is new"],
    );
    check(
        of(integer.clone(), json!([1, 2])),
        json!({"type": integer}),
        &["D313 reads /enum: may be another value than `1`, `2`"],
    );
}

#[test]
fn defaults() {
    let of = |value: &str| json!({"type": "string", "default": value});
    let none = json!({"type": "string"});
    check(none.clone(), of("a"), &["D375 reads /default: the default is `\"a\"`"]);
    check(of("a"), none, &["D376 reads /default: the default `\"a\"` is gone"]);
    check(of("a"), of("b"), &["D377 reads /default: the default `\"a\"` becomes `\"b\"`"]);
    check(of("a"), of("a"), &[]);
}
