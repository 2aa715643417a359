//! Descriptions of the values of enums reach the variants, in every form in which documents write them.

use openapi_client_codegen::{Code, Settings, generate, lower, prepare};
use serde_json::{Value, json};
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use crate::codes::document_of;

/// The documentation of the variants of every enum of strings in a client, except those for unknown values.
fn docs(rust: &str) -> Vec<String> {
    let file = syn::parse_file(rust).unwrap();
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content,
        _ => None,
    });
    let mut found = Vec::new();
    for item in types.unwrap().1 {
        let Item::Enum(item) = item else { continue };
        let variants = item.variants.iter().filter(|variant| variant.fields.is_empty());
        found.extend(variants.map(|variant| format!("{}: {}", variant.ident, doc(&variant.attrs))));
    }
    found
}

fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check_document(document: &Value, expected: &[&str]) {
    let generated = generate(document, &Settings::default()).unwrap();
    assert_eq!(docs(&generated.rust), expected);
    let ignored: Vec<_> = generated.report.entries.iter().filter(|entry| entry.code == Code::O003).collect();
    assert!(ignored.is_empty(), "{ignored:?}");
}

#[track_caller]
fn check(schema: Value, expected: &[&str]) {
    check_document(&document_of(&schema), expected);
}

#[test]
fn names_of_values_name_the_variants() {
    const UP: &str = "GoingUp: `1`";
    const DOWN: &str = "GoingDown: `-1`";
    for key in ["x-enum-varnames", "x-enumNames"] {
        check(json!({"type": "string", "enum": ["1", "-1"], key: ["GOING_UP", "going down"]}), &[UP, DOWN]);
        check(json!({"type": "string", "enum": ["1", "-1"], key: {"1": "GoingUp", "-1": "goingDown"}}), &[UP, DOWN]);
    }
    let same = json!({"type": "string", "enum": ["a", "b"], "x-enum-varnames": ["X", "x"]});
    check(same, &["X: `a`", "X2: `b`"]);
}

const A: &str = "A: The first.\n\nOn the wire: `a`.";
const B: &str = "B: The second.\n\nOn the wire: `b`.";

#[test]
fn every_form_reaches_the_variants() {
    let list = json!(["The first.", "The second."]);
    let map = json!({"a": "The first.", "b": "The second.", "c": "Not a value."});
    for key in ["x-enum-descriptions", "x-enumDescriptions"] {
        for texts in [&list, &map] {
            check(json!({"type": "string", "enum": ["a", "b"], key: texts}), &[A, B]);
        }
    }
    let constant = |value: &str, text: &str| json!({"const": value, "description": text});
    let constants = [constant("a", "The first."), constant("b", "The second.")];
    for keyword in ["oneOf", "anyOf"] {
        check(json!({keyword: constants}), &[A, B]);
        check(json!({"type": "string", keyword: constants}), &[A, B]);
    }
    let value = |value: &str, text: &str| json!({"type": "string", "enum": [value], "description": text});
    check(json!({"oneOf": [value("a", "The first."), value("b", "The second.")]}), &[A, B]);
    let member = |value: &str, text: &str| json!({"type": "string", "enum": [value], "x-enum-descriptions": [text]});
    check(json!({"oneOf": [member("a", "The first."), member("b", "The second.")]}), &[A, B]);
    check(json!({"type": "string", "const": "a", "x-enumDescriptions": {"a": "The first."}}), &[A]);
}

#[test]
fn a_value_without_a_description_keeps_its_documentation() {
    for texts in [json!({"b": "The second."}), json!(["", "The second."]), json!([null, "The second."])] {
        check(json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": texts}), &["A: `a`", B]);
    }
}

#[test]
fn the_first_key_goes_before_the_second() {
    let schema = json!({
        "type": "string", "enum": ["a", "b"],
        "x-enumDescriptions": {"a": "Another.", "b": "The second."}, "x-enum-descriptions": {"a": "The first."},
    });
    check(schema, &[A, B]);
}

#[test]
fn a_list_is_parallel_to_the_values_as_published() {
    let texts = json!(["The first.", "Null.", "Again.", "The second."]);
    check(json!({"type": ["string", "null"], "enum": ["a", null, "a", "b"], "x-enum-descriptions": texts}), &[A, B]);
}

#[test]
fn descriptions_follow_a_schema_that_moves() {
    let described = json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": ["The first.", "The second."]});
    check(json!({"anyOf": [described, {"type": "null"}]}), &[A, B]);
    check(json!({"type": "array", "items": described}), &[A, B]);
    check(json!({"allOf": [described, {"description": "d"}]}), &[A, B]);
    check(json!({"allOf": [{"type": "object", "properties": {"b": described}}, {"title": "T"}]}), &[A, B]);

    let content =
        json!({"application/merge-patch+json": {"schema": {"type": "object", "properties": {"p": described}}}});
    let parameter = json!({"name": "X-Kind", "in": "header", "schema": described});
    for operation in [
        json!({"operationId": "o", "parameters": [{"name": "Accept", "in": "header"}, parameter]}),
        json!({"operationId": "o", "parameters": [{"$ref": "#/components/parameters/Kind"}]}),
        json!({"operationId": "o", "requestBody": {"content": content}}),
    ] {
        let mut operation = operation;
        operation["responses"] = json!({"204": {"description": "d"}});
        check_document(
            &json!({
                "openapi": "3.1.0",
                "info": {"title": "t", "version": "1"},
                "paths": {"/a/{id}": {"patch": operation}},
                "components": {"parameters": {"Kind": parameter}},
            }),
            &[A, B],
        );
    }
}

#[test]
fn enums_with_equal_values_keep_their_own_descriptions() {
    let of = |texts: Value| json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": texts});
    let schema = json!({
        "type": "object",
        "properties": {
            "p": of(json!(["The first.", "The second."])),
            "q": of(json!(["One.", "Two."])),
            "r": {"type": "string", "enum": ["a", "b"]},
        },
    });
    check(schema, &[A, B, "A: One.\n\nOn the wire: `a`.", "B: Two.\n\nOn the wire: `b`.", "A: `a`", "B: `b`"]);
}

#[test]
fn requests_and_replies_are_documented_alike() {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Example"}}});
    let mut document = document_of(
        &json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": ["The first.", "The second."]}),
    );
    check_document(&document, &[A, B]);
    document["paths"]["/e"] = json!({"post": {
        "operationId": "e", "requestBody": {"content": content}, "responses": {"204": {"description": "d"}},
    }});
    check_document(&document, &[A, B]);
}

#[test]
fn a_key_that_does_not_fit_is_reported_and_ignored() {
    for (schema, reason) in [
        (json!({"enum": ["a", "b"], "x-enum-descriptions": ["The first."]}), "1 entries for 2 values"),
        (json!({"enum": ["a"], "x-enum-descriptions": []}), "0 entries for 1 values"),
        (json!({"enum": ["a"], "x-enum-descriptions": [1]}), "an entry is not a string"),
        (json!({"enum": ["a"], "x-enum-descriptions": {"a": {"b": "c"}}}), "an entry is not a string"),
        (json!({"enum": ["a"], "x-enum-descriptions": {"a": "text", "b": []}}), "an entry is not a string"),
        (json!({"enum": ["a"], "x-enum-descriptions": "text"}), "it is neither a list nor a map"),
        (json!({"enum": ["a"], "x-enum-descriptions": null}), "it is neither a list nor a map"),
        (json!({"x-enum-descriptions": ["The first."]}), "it is not beside an enum of strings"),
    ] {
        let mut schema = schema;
        schema["type"] = "string".into();
        let generated = generate(&document_of(&schema), &Settings::default()).unwrap();
        let ignored = generated.report.entries.iter().filter(|entry| entry.code == Code::O003);
        let ignored: Vec<_> = ignored.map(|entry| (entry.pointer.to_string(), entry.reason.as_str())).collect();
        let at = "/components/schemas/Example/properties/a/x-enum-descriptions".to_owned();
        assert_eq!(ignored, [(at, reason)], "{schema}");
        schema.as_object_mut().unwrap().shift_remove("x-enum-descriptions");
        assert_eq!(generated.rust, generate(&document_of(&schema), &Settings::default()).unwrap().rust);
    }
    let numbers = json!({"type": "integer", "enum": [1], "x-enum-descriptions": ["One."]});
    let generated = generate(&document_of(&numbers), &Settings::default()).unwrap();
    assert!(generated.report.entries.iter().any(|entry| entry.reason == "it is not beside an enum of strings"));
}

#[test]
fn hostile_descriptions_stay_in_their_comments() {
    let long = "word".repeat(50_000);
    for (text, shown) in [
        ("a */ pub struct Evil; /* b", "a */ pub struct Evil; /* b"),
        ("```\nlet x = 1;", "```text\nlet x = 1;\n```"),
        ("    code", "code"),
        ("see [x](y) and <b>", "see \\[x\\](y) and \\<b\\>"),
        ("at https://a.b.", "at <https://a.b>."),
        ("\"#] struct Evil; #[doc = \"", "\"#\\] struct Evil; #\\[doc = \""),
        ("a\u{202e}b", "a\\u{202e}b"),
        (&long, &long),
    ] {
        let schema = json!({"type": "string", "enum": ["a"], "x-enum-descriptions": [text]});
        check(schema, &[&format!("A: {shown}\n\nOn the wire: `a`.")]);
    }
}

#[test]
fn the_plan_carries_them_and_the_prepared_document_does_not() {
    let schema = json!({"type": "string", "enum": ["a", "b"], "x-enum-descriptions": ["The first.", "The second."]});
    let prepared = prepare(lower(&document_of(&schema)).unwrap()).unwrap();
    let of = prepared.plan.enums.values().next().unwrap();
    assert_eq!(of.value_descriptions["b"], "The second.");
    let document = serde_json::to_string(&prepared.document).unwrap();
    assert!(!document.contains("x-") && !document.contains("The second."), "{document}");
}
