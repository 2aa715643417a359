use super::*;

fn check(responses: Value, after: Value) {
    let mut document = json!({
        "paths": {
            "/a": {"get": {"operationId": "a", "responses": responses}},
            "/b": {"get": {"responses": {"404": {"content": {"application/problem+json": {"schema": problem()}}}}}},
        },
        "components": {"schemas": {}},
    });
    Pass::of(&mut document, normalise);
    assert_eq!(document["paths"]["/a"]["get"]["responses"], after);
}

fn problem() -> Value {
    json!({"$ref": "#/components/schemas/Problem"})
}

fn error(description: &str, schema: Value) -> Value {
    json!({"description": description, "content": {JSON: {"schema": schema}}})
}

fn replies(others: Value, schema: Value) -> Value {
    let Value::Object(mut all) = others else { unreachable!() };
    all.insert("4XX".into(), error("The request was refused.", schema.clone()));
    all.insert("5XX".into(), error("The server failed.", schema));
    Value::Object(all)
}

#[test]
fn documented_and_undocumented_errors_are_of_one_type() {
    let nothing = json!({"204": {"description": "d", "content": {}}});
    check(json!({"204": {"description": "d"}}), replies(nothing.clone(), problem()));
    let not_found = json!({"description": "d", "content": {"application/problem+json": {"schema": problem()}}});
    check(json!({"404": not_found, "204": {"description": "d"}, "503": not_found}), replies(nothing, problem()));
}

#[test]
fn differing_replies_are_unions() {
    let typed = |name: &str| json!({"description": "d", "content": {JSON: {"schema": {"type": name}}}});
    let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let reply = |name: &str| json!({"description": "d", "content": {JSON: {"schema": named(name)}}});
    check(
        json!({"200": typed("string"), "201": typed("integer"), "404": typed("string"), "default": typed("integer")}),
        replies(json!({"200": reply("AReply"), "201": reply("AReply")}), named("AError")),
    );
}
