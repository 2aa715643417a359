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
fn enums_of_other_types() {
    check(json!({"type": "integer", "enum": [1]}), json!({"type": "integer", "enum": [1]}));
}
