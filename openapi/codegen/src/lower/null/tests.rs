use expect_test::{Expect, expect};

use super::*;

fn check(schema: Value, after: Expect) {
    let mut document = json!({"components": {"schemas": {
        "Use": {"properties": {"a": schema}},
        "N": {"type": ["string", "null"]},
        "M": {"$ref": "#/components/schemas/N"},
        "S": {"type": "string"},
        "R": {"anyOf": [{"$ref": "#/components/schemas/R"}, {"type": "null"}]},
    }}});
    Pass::of(&mut document, lower);
    assert_eq!(document["components"]["schemas"]["N"], json!({"type": "string"}));
    after.assert_eq(&document["components"]["schemas"]["Use"]["properties"]["a"].to_string());
}

fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn null_in_all_its_spellings() {
    check(json!({"type": ["string", "null"]}), expect![[r#"{"type":"string","nullable":true}"#]]);
    check(
        json!({"type": ["string", "integer", "null"]}),
        expect![[r#"{"type":["string","integer"],"nullable":true}"#]],
    );
    check(json!({"enum": ["a", null]}), expect![[r#"{"enum":["a"],"nullable":true}"#]]);
    check(json!({"anyOf": [{"type": "string"}, {"const": null}]}), expect![[r#"{"type":"string","nullable":true}"#]]);
    check(json!({"oneOf": [{"type": "string"}, {"enum": [null]}]}), expect![[r#"{"type":"string","nullable":true}"#]]);
    check(
        json!({"oneOf": [named("S"), {"type": "null"}]}),
        expect![[r##"{"allOf":[{"$ref":"#/components/schemas/S"}],"nullable":true}"##]],
    );
    check(named("M"), expect![[r##"{"allOf":[{"$ref":"#/components/schemas/M"}],"nullable":true}"##]]);
    check(named("R"), expect![[r##"{"allOf":[{"$ref":"#/components/schemas/R"}],"nullable":true}"##]]);
    check(
        json!({"oneOf": [named("S"), named("N")]}),
        expect![[
            r##"{"oneOf":[{"$ref":"#/components/schemas/S"},{"$ref":"#/components/schemas/N"}],"nullable":true}"##
        ]],
    );
    check(json!({"type": "string", "nullable": true}), expect![[r#"{"type":"string","nullable":true}"#]]);
    for only_null in
        [json!({"type": "null"}), json!({"type": ["null"]}), json!({"const": null}), json!({"enum": [null]})]
    {
        check(only_null.clone(), expect!["{}"]);
        check(json!({"anyOf": [only_null, only_null]}), expect!["{}"]);
    }
    check(
        json!({"anyOf": [{"type": "object", "additionalProperties": true}, {"type": "null"}], "additionalProperties": true}),
        expect![[r#"{"additionalProperties":true,"type":"object","nullable":true}"#]],
    );
}

#[test]
fn keywords_as_names_of_properties() {
    check(
        json!({"properties": {"anyOf": {"items": {"type": ["string", "null"]}}}}),
        expect![[r#"{"properties":{"anyOf":{"items":{"type":"string","nullable":true}}}}"#]],
    );
}

#[test]
fn null_that_is_not_admitted() {
    check(json!({"type": ["string", "null"], "enum": ["a"]}), expect![[r#"{"type":"string","enum":["a"]}"#]]);
    check(json!({"type": "string", "enum": ["a", null]}), expect![[r#"{"type":"string","enum":["a"]}"#]]);
    check(
        json!({"type": "object", "oneOf": [named("S"), {"type": "null"}]}),
        expect![[r##"{"type":"object","allOf":[{"$ref":"#/components/schemas/S"}]}"##]],
    );
    check(
        json!({"allOf": [named("N"), named("S")]}),
        expect![[r##"{"allOf":[{"$ref":"#/components/schemas/N"},{"$ref":"#/components/schemas/S"}]}"##]],
    );
    check(
        json!({"allOf": [named("N"), {"description": "d"}]}),
        expect![[r##"{"allOf":[{"$ref":"#/components/schemas/N"},{"description":"d"}],"nullable":true}"##]],
    );
    check(json!({"type": []}), expect!["{}"]);
    check(json!({"description": "anything"}), expect![[r#"{"description":"anything"}"#]]);
}
#[test]
fn every_change_is_reported_once() {
    let text = json!({"type": "string"});
    let only_null = json!({"type": "null"});
    for (schema, expected) in [
        (json!({"type": ["string", "null"]}), "L002 /type"),
        (json!({"type": ["string", "integer"]}), ""),
        (json!({"type": []}), ""),
        (json!({"anyOf": [text, only_null]}), "L003 /anyOf"),
        (json!({"oneOf": [text, {"enum": [null]}]}), "L003 /oneOf, L004 /oneOf/1/enum"),
        (json!({"oneOf": [text, text]}), ""),
        (json!({"enum": ["a", null]}), "L004 /enum"),
        (json!({"enum": ["a"]}), ""),
        (json!({"type": "string", "nullable": true}), "L012 /nullable"),
        (only_null.clone(), "W002 "),
        (json!({"type": ["null"]}), "L002 /type, W002 "),
        (json!({"anyOf": [only_null]}), "L003 /anyOf, W002 "),
    ] {
        let at = "/components/schemas/A/properties/a";
        let mut document = json!({"components": {"schemas": {"A": {"properties": {"a": schema}}}}});
        let (report, ()) = Pass::of(&mut document, lower);
        let mut entries: Vec<_> = report.entries.iter().map(|is| format!("{:?} {}", is.code, is.pointer)).collect();
        entries.sort();
        assert_eq!(entries.join(", ").replace(at, ""), expected, "{schema}");
    }
    let mut document = json!({"components": {"schemas": {"A": {"type": ["string", "null"]}}}});
    let (report, ()) = Pass::of(&mut document, lower);
    assert_eq!(report.entries.iter().map(|is| is.code).collect::<Vec<_>>(), [Code::L002, Code::L007]);
}
