use std::collections::BTreeMap;

use super::query::MAX_PARAMETERS;
use super::*;
use crate::plan::{PathValue, Separator};

#[track_caller]
fn check(path: &str, parameters: Value, after: Value, facts: &Operation, codes: &str) {
    let mut document = json!({
        "paths": {path: {"get": {"parameters": parameters}}},
        "components": {"schemas": {
            "E": {"type": "string", "enum": ["a"]},
            "Itself": {"type": "object", "properties": {
                "a": {"$ref": "#/components/schemas/Itself"}, "b": {"type": "integer"},
            }},
        }},
    });
    let (report, mut found) = Pass::of(&mut document, prepare);
    let (path, item) = document["paths"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(found.operation(path, "get"), facts);
    assert_eq!(item["get"]["parameters"], after);
    let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
    assert_eq!(found.join(" "), codes);
}

fn parameter(place: &str, name: &str, schema: Value) -> Value {
    json!({"name": name, "in": place, "required": place == "path", "schema": schema})
}

fn none() -> Operation {
    Operation::default()
}

/// The parameter `p` of the query is in this form.
fn in_form(form: Form) -> Operation {
    Operation { forms: BTreeMap::from([("p".to_owned(), form)]), ..none() }
}

#[test]
fn names_that_collide() {
    let text = || json!({"type": "string"});
    let renamed = parameter("query", "id2", text());
    let body = parameter("header", "body2", text());
    let wire_names = [("id2", "id"), ("body2", "body")].map(|(name, wire)| (name.to_owned(), wire.to_owned()));
    check(
        "/a/{id}",
        json!([parameter("query", "id", text()), parameter("path", "id", text()), parameter("header", "body", text())]),
        json!([renamed, parameter("path", "id", text()), body]),
        &Operation { wire_names: BTreeMap::from(wire_names), ..none() },
        "L109 L109",
    );
}

#[test]
fn paths_and_their_parameters() {
    let text = || json!({"type": "string"});
    check(
        "/a/{id}:go",
        json!([parameter("path", "other", text())]),
        json!([parameter("path", "id", text())]),
        &none(),
        "L114 L114",
    );
    check("/a/{id", json!([]), json!([]), &none(), "R104");
    check("/a/{id}", json!([parameter("path", "id", text())]), json!([parameter("path", "id", text())]), &none(), "");
}

#[test]
fn lists_and_objects_in_paths_and_headers() {
    let list = || json!({"type": "array", "items": {"type": "integer"}});
    let map = || json!({"type": "object", "additionalProperties": {"type": "integer"}});
    let object = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let untyped = json!({"type": "object", "additionalProperties": {}});
    let text = || json!({"type": "string"});
    for (fields, schema, after, written, codes) in [
        (json!({}), list(), list(), Some((PathStyle::Simple, false)), ""),
        (json!({"explode": true}), map(), map(), Some((PathStyle::Simple, true)), ""),
        (json!({"style": "label"}), object, untyped, Some((PathStyle::Label, false)), "W108"),
        (json!({"style": "matrix", "explode": true}), list(), list(), Some((PathStyle::Matrix, true)), ""),
        (json!({"style": "matrix"}), text(), text(), Some((PathStyle::Matrix, false)), ""),
        (json!({"style": "simple", "explode": true}), text(), text(), None, ""),
    ] {
        let mut given = parameter("path", "a-b", schema.clone());
        given.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let value =
            written.map(|(style, explode)| ("a_b".to_owned(), PathValue { name: "a-b".into(), style, explode }));
        let facts = Operation { path_values: value.into_iter().collect(), ..none() };
        check("/a/{a-b}", json!([given]), json!([parameter("path", "a-b", after.clone())]), &facts, codes);
        if !matches!(written, Some((PathStyle::Simple, _)) | None) {
            continue;
        }
        given["in"] = "header".into();
        let headers = written.map(|(_, explode)| ("a-b".to_owned(), explode)).into_iter().collect();
        let mut expected = parameter("path", "a-b", after);
        expected["in"] = "header".into();
        check("/a", json!([given]), json!([expected]), &Operation { headers, ..none() }, codes);
    }
}

#[test]
fn deep_objects() {
    let integer = || json!({"type": "integer"});
    let range = || json!({"type": "object", "properties": {"gt": integer(), "lt": integer()}, "required": ["gt"]});
    let union = || json!({"oneOf": [range(), integer()]});
    let untyped = || json!({"type": "object", "additionalProperties": {}});
    let list = |items: Value| json!({"type": "array", "items": items});
    let object = |property: Value| json!({"type": "object", "properties": {"a": property}, "required": ["a"]});
    let itself = json!({"$ref": "#/components/schemas/Itself"});
    for (schema, after, codes) in [
        (object(range()), json!({"p[a][gt]": [integer(), true], "p[a][lt]": [integer(), false]}), "L111 L111"),
        (object(union()), json!({"p[a]": [union(), true, "deep"]}), "L111"),
        (list(integer()), json!({"p": [list(integer()), true, "deep"]}), ""),
        (object(list(range())), json!({"p[a]": [list(range()), true, "deep"]}), "L111"),
        (object(object(list(integer()))), json!({"p[a][a]": [list(integer()), true, "deep"]}), "L111 L111"),
        (
            json!({"type": "object", "additionalProperties": range()}),
            json!({"p": [{"type": "object", "additionalProperties": range()}, true, "deep"]}),
            "",
        ),
        (itself, json!({"p[a]": [untyped(), false, "deep"], "p[b]": [integer(), false]}), "L111 W108"),
        (json!({}), json!({"p": [{}, true, "deep"]}), ""),
        (integer(), json!({"p": [integer(), true]}), ""),
    ] {
        let mut given = parameter("query", "p", schema);
        given
            .as_object_mut()
            .unwrap()
            .extend([("style".into(), "deepObject".into()), ("required".into(), true.into())]);
        let (mut expected, mut facts) = (Vec::new(), none());
        for (name, described) in after.as_object().unwrap() {
            let mut parameter = parameter("query", name, described[0].clone());
            parameter["required"] = described[1].clone();
            expected.push(parameter);
            if described[2] == "deep" {
                facts.forms.insert(name.clone(), Form::Deep(Lists::Brackets));
            }
        }
        check("/a", json!([given]), expected.into(), &facts, codes);
    }
}

/// Objects in objects have more parameters at each level.
#[test]
fn a_deep_object_gives_no_parameters_without_end() {
    let object = |property: Value| {
        let properties: Map<_, _> = (0..9).map(|number| (format!("p{number}"), property.clone())).collect();
        json!({"type": "object", "properties": properties})
    };
    let mut given = parameter("query", "p", object(object(object(json!({"type": "integer"})))));
    given["style"] = "deepObject".into();
    let mut document = json!({"paths": {"/a": {"get": {"parameters": [given]}}}});
    Pass::of(&mut document, prepare);
    let found = document["paths"]["/a"]["get"]["parameters"].as_array().unwrap().len();
    assert!((MAX_PARAMETERS..2 * MAX_PARAMETERS).contains(&found), "{found}");
}

#[test]
fn objects_and_lists_in_the_query() {
    let named = json!({"$ref": "#/components/schemas/E"});
    let object = json!({"type": "object", "properties": {"a": named, "b": {"type": "array", "items": named}}});
    check(
        "/a",
        json!([parameter("query", "o", object)]),
        json!([
            parameter("query", "a", named.clone()),
            parameter("query", "b", json!({"type": "array", "items": named})),
        ]),
        &none(),
        "L111",
    );
}

/// What no style has a form for is written as JSON where every call needs it, and left out elsewhere.
#[test]
fn objects_in_objects_in_the_query() {
    let inner = || json!({"type": "object", "properties": {"c": {"type": "integer"}}});
    let lists = json!({"type": "array", "items": {"type": "array", "items": {}}});
    let properties = json!({"a": inner(), "b": inner(), "l": lists, "d": {"type": "integer"}});
    let of = |required: bool, property: &str| {
        let mut given = parameter("query", "o", json!({"type": "object", "properties": properties}));
        given["required"] = required.into();
        given["schema"]["required"] = json!([property]);
        json!([given])
    };
    let any = json!({"type": "object", "additionalProperties": {}});
    let needed = json!({"name": "a", "in": "query", "required": true, "schema": any});
    let d = || parameter("query", "d", json!({"type": "integer"}));
    let in_json = Operation { forms: BTreeMap::from([("a".to_owned(), Form::Json)]), ..none() };
    check("/a", of(true, "a"), json!([needed, d()]), &in_json, "L111 W121 W119 W119");
    check("/a", of(false, "a"), json!([d()]), &none(), "L111 W119 W119 W119");
    check("/a", of(true, "l"), json!([d()]), &none(), "L111 W119 W119 R101");
}

#[test]
fn forms_of_lists_and_objects() {
    let list = || json!({"type": "array", "items": {"type": "integer"}});
    let map = || json!({"type": "object", "additionalProperties": {}});
    let object = || json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let of = |fields: Value, schema: Value| {
        let mut parameter = parameter("query", "p", schema);
        parameter.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        parameter
    };
    for (fields, schema, form) in [
        (json!({"style": "form", "explode": false}), list(), Form::Separated(Separator::Comma)),
        (json!({"style": "pipeDelimited"}), list(), Form::Separated(Separator::Pipe)),
        (json!({"style": "spaceDelimited", "explode": false}), list(), Form::Separated(Separator::Space)),
        (json!({"style": "deepObject"}), map(), Form::Deep(Lists::Brackets)),
        (json!({"explode": false}), map(), Form::Separated(Separator::Comma)),
    ] {
        check("/a", json!([of(fields, schema.clone())]), json!([parameter("query", "p", schema)]), &in_form(form), "");
    }
    for fields in [json!({"style": "spaceDelimited", "explode": true}), json!({"explode": true})] {
        check("/a", json!([of(fields, list())]), json!([parameter("query", "p", list())]), &none(), "");
    }
    check(
        "/a",
        json!([parameter("query", "p", json!({"type": "object"}))]),
        json!([parameter("query", "p", map())]),
        &none(),
        "",
    );
    check(
        "/a",
        json!([of(json!({"style": "deepObject"}), object())]),
        json!([parameter("query", "p[a]", json!({"type": "integer"}))]),
        &none(),
        "L111",
    );
    check(
        "/a",
        json!([of(json!({"explode": false}), object())]),
        json!([parameter("query", "p", map())]),
        &in_form(Form::Separated(Separator::Comma)),
        "W108",
    );
    for (schema, after, codes) in
        [(object(), json!({}), "W108"), (json!({"type": "boolean"}), json!({"type": "boolean"}), "")]
    {
        let mut given = parameter("query", "p", json!({}));
        given["content"] = json!({"application/json": {"schema": schema}});
        check("/a", json!([given]), json!([parameter("query", "p", after)]), &in_form(Form::Json), codes);
    }
}

#[test]
fn forms_that_are_refused() {
    let list = json!({"type": "array", "items": {"type": "object", "properties": {}}});
    for (given, code) in [
        (json!({"name": "a b", "in": "cookie"}), "R102"),
        (json!({"name": "a", "in": "cookie", "schema": {"type": "object"}}), "R101"),
        (parameter("query", "l", list.clone()), "R101"),
        (parameter("header", "l", list), "R101"),
        (parameter("header", "o", json!({"type": "object", "properties": {"a": {"type": "object"}}})), "R101"),
        (json!({"name": "a", "in": "query", "content": {}}), "R101"),
        (json!({"name": "a b", "in": "header"}), "R101"),
        (json!({"name": "a", "in": "body"}), "R101"),
    ] {
        // What a call does not need costs no operation.
        check("/a", json!([given]), json!([]), &none(), "W119");
        let mut required = given;
        required["required"] = true.into();
        check("/a", json!([required]), json!([]), &none(), code);
    }
    for place in ["header", "cookie"] {
        let given = json!({"name": "a", "in": place, "content": {"application/json": {"schema": {"type": "object"}}}});
        let cookies = (place == "cookie").then(|| ("a".to_owned(), "a".to_owned())).into_iter().collect();
        let after = json!([{"name": "a", "in": "header", "schema": {}}]);
        check("/a", json!([given]), after, &Operation { cookies, ..none() }, "W108");
        check("/a", json!([{"name": "a", "in": place, "content": {"text/xml": {}}}]), json!([]), &none(), "W119");
    }
    check("/a", json!([{"name": "a", "in": "path", "style": "matrix"}]), json!([]), &none(), "L114");
    check("/a", json!([{"name": "Authorization", "in": "header"}]), json!([]), &none(), "L113");
}

#[test]
fn cookies_are_headers_with_a_mark() {
    let cookies = Operation { cookies: BTreeMap::from([("session_id".into(), "session-id".into())]), ..none() };
    check(
        "/a",
        json!([{"name": "session-id", "in": "cookie", "schema": {"type": "string"}}]),
        json!([{"name": "session_id", "in": "header", "schema": {"type": "string"}}]),
        &cookies,
        "",
    );
}
