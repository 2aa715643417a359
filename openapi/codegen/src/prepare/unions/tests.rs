use super::*;

fn check(before: Value, after: Value) {
    let mut document = json!({"components": {"schemas": {"A": before}}});
    Pass::of(&mut document, normalise);
    assert_eq!(document["components"]["schemas"]["A"], after);
}

#[test]
fn members_that_can_be_told_apart() {
    check(
        json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {}}], "description": "d"}),
        json!({"description": "d", "anyOf": [{"type": "string"}, {"type": "array", "items": {}}]}),
    );
    check(
        json!({"anyOf": [{"type": "string", "format": "uri"}, {"type": "string", "enum": ["a"]}]}),
        json!({"type": "string"}),
    );
    check(
        json!({"oneOf": [{"enum": ["b"], "type": "string"}, {"type": "string", "enum": ["a", "b"]}]}),
        json!({"type": "string", "enum": ["b", "a"]}),
    );
    check(
        json!({"oneOf": [{"type": "integer"}, {"oneOf": [{"type": "number"}, {"type": "boolean"}]}]}),
        json!({"oneOf": [{"type": "number"}, {"type": "boolean"}]}),
    );
    check(json!({"anyOf": [{}, {"type": "string"}]}), json!({}));
    check(json!({"anyOf": [{"$ref": "#/a"}]}), json!({"allOf": [{"$ref": "#/a"}]}));
    let tagged = json!({"oneOf": [{"$ref": "#/a"}], "discriminator": {"propertyName": "b"}});
    check(tagged.clone(), tagged);
}

#[test]
fn texts_of_a_format_with_a_type() {
    let text = |format: &str| json!({"type": "string", "format": format});
    let any = json!({"type": "string"});
    let of = |values: &str| json!({"type": "string", "enum": [values]});
    for (members, after) in [
        (json!([text("uuid"), text("date"), text("uuid")]), json!({"oneOf": [text("uuid"), text("date")]})),
        (json!([text("uuid"), text("email")]), any.clone()),
        (json!([text("uuid"), any]), any.clone()),
        (json!([of("a"), text("date"), of("b")]), {
            json!({"oneOf": [{"type": "string", "enum": ["a", "b"]}, text("date")]})
        }),
    ] {
        let mut pass = Pass {
            document: json!({"components": {"schemas": {"A": {"oneOf": members}}}}),
            ..Pass::<Facts>::default()
        };
        pass.facts.typed_formats = [Format::Uuid, Format::Date].into();
        normalise(&mut pass);
        assert_eq!(pass.document["components"]["schemas"]["A"], after);
    }
}

#[test]
fn a_member_that_admits_everything_ends_the_union() {
    check(json!({"anyOf": [{"description": "d"}, {"type": "string"}]}), json!({}));
    check(
        json!({"oneOf": [{"enum": [1, "a"]}, {"type": "string"}], "discriminator": {"propertyName": "b"}}),
        json!({}),
    );
}

#[test]
fn a_wrapped_reference_is_a_reference_and_other_wrapped_schemas_stay() {
    let (reference, text) = (json!({"$ref": "#/a"}), json!({"type": "string"}));
    check(json!({"oneOf": [{"allOf": [reference], "nullable": true}, text]}), json!({"oneOf": [reference, text]}));
    let object = json!({"allOf": [{"type": "object"}]});
    check(json!({"oneOf": [object, text]}), json!({"oneOf": [object, text]}));
}

#[test]
fn scalars_of_one_type_are_one_and_a_lone_one_stays() {
    for (scalars, after) in [
        (json!([{"type": "string", "format": "uri"}]), json!({"type": "string", "format": "uri"})),
        (json!([{"type": "boolean", "enum": [true]}]), json!({"type": "boolean", "enum": [true]})),
        (json!([{"type": "boolean", "enum": [true]}, {"type": "boolean"}]), json!({"type": "boolean"})),
        (json!([{"type": "integer", "format": "int32"}]), json!({"type": "integer", "format": "int32"})),
        (json!([{"type": "number", "format": "float"}]), json!({"type": "number", "format": "float"})),
        (json!([{"type": "integer", "format": "int32"}, {"type": "integer"}]), json!({"type": "integer"})),
        (json!([{"type": "integer", "format": "int32"}, {"type": "number"}]), json!({"type": "number"})),
    ] {
        let list = json!({"type": "array"});
        let members: Vec<_> = scalars.as_array().unwrap().iter().chain([&list]).collect();
        check(json!({"oneOf": members}), json!({"oneOf": [after, list]}));
    }
}

#[test]
fn other_keywords_than_enums_are_left_to_the_members() {
    let members = json!([{"type": "string"}, {"type": "integer"}]);
    check(json!({"oneOf": members, "title": "t", "minLength": 3}), json!({"title": "t", "oneOf": members}));
    check(json!({"oneOf": members, "enum": [1, "a"]}), json!({"enum": [1, "a"], "oneOf": members}));
    check(json!({"oneOf": members, "enum": ["a"], "minLength": 3}), json!({"oneOf": members}));
}

#[test]
fn enums_of_strings_have_a_type_and_nothing_else() {
    let enumeration = json!({"type": "string", "enum": ["a"]});
    check(json!({"enum": ["a"]}), json!({"enum": ["a"], "type": "string"}));
    let bounded =
        json!({"type": "string", "enum": ["a"], "format": "f", "pattern": "p", "minLength": 1, "maxLength": 2});
    check(bounded, enumeration);
    for other in [json!({"type": "integer", "enum": [1]}), json!({"enum": ["a", 1]}), json!({"enum": []})] {
        check(other.clone(), other);
    }
}

#[test]
fn what_is_reported() {
    let members = json!([{"type": "string"}, {"type": "integer"}]);
    for (schema, expected) in [
        (json!({"anyOf": members}), "L107 : one of 2"),
        (json!({"oneOf": members}), ""),
        (json!({"enum": [1]}), "W105 /enum: [1]"),
        (json!({"enum": ["a"]}), ""),
    ] {
        let mut document = json!({"components": {"schemas": {"A": schema}}});
        let (report, _) = Pass::of(&mut document, normalise);
        let entry = report.entries.first().map(|entry| format!("{:?} {}: {}", entry.code, entry.pointer, entry.reason));
        assert_eq!(entry.unwrap_or_default().replace("/components/schemas/A", ""), expected, "{schema}");
    }
}
