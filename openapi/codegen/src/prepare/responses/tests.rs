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

/// Replies as a status and the media types of their bodies: `200 application/json image/png, 204`.
fn bodies(replies: &str) -> Value {
    let reply = |reply: &str| {
        let mut words = reply.split(' ').map(str::to_owned);
        let status = words.next().unwrap_or_default();
        (status, json!({"description": "d", "content": words.map(|name| (name, json!({}))).collect::<Map<_, _>>()}))
    };
    replies.split(", ").map(reply).collect::<Map<_, _>>().into()
}

/// The replies that an operation alone has afterwards, the facts about it, and what is reported.
fn prepared(method: &str, responses: &Value) -> (Value, Facts, Vec<String>) {
    let mut document = json!({
        "paths": {"/a": {method: {"operationId": "a", "responses": responses}}},
        "components": {"schemas": {}},
    });
    let (report, facts) = Pass::of(&mut document, normalise);
    let at = Pointer::parse(&format!("/paths/~1a/{method}/responses")).to_string();
    let entries =
        report.entries.iter().map(|is| format!("{:?} {}: {}", is.code, is.pointer, is.reason).replace(&at, ""));
    (document["paths"]["/a"][method]["responses"].take(), facts, entries.collect())
}

fn operation(mut facts: Facts) -> Operation {
    std::mem::take(facts.operation("/a", "get"))
}

#[test]
fn what_is_asked_for() {
    for (replies, accepted) in [
        ("200 application/json", None),
        ("200 application/json;charset=utf-8", None),
        ("200 application/vnd.a+json", Some("application/vnd.a+json")),
        ("200 application/pdf", Some("application/pdf")),
        ("200 application/pdf, 201 application/pdf", Some("application/pdf")),
        ("200 application/json, 404 application/json", None),
        (
            "200 application/json, 404 application/problem+json",
            Some("application/json, application/problem+json;q=0.9"),
        ),
        ("200 application/problem+json, 404 application/problem+json", Some("application/problem+json")),
        ("204, 404 application/problem+json", None),
        // A file beside JSON is asked for, another notation of the value is not.
        ("200 application/json image/png", Some("application/json, image/png;q=0.5")),
        ("200 application/json application/xml", None),
        ("200 application/json application/vnd.a+json", None),
        ("200 application/json, 201 application/xml", Some("application/json, application/xml;q=0.5")),
        // No header can name a type without a subtype; `*/*` is what is asked for without a header.
        ("200 pdf", None),
        ("200 application/pdf pdf", Some("application/pdf")),
        ("200 a+json, 201 application/pdf", Some("application/pdf")),
        ("200 application/json, 201 */*", None),
        ("200 */*, 404 application/problem+json", None),
    ] {
        let (_, facts, _) = prepared("get", &bodies(replies));
        assert_eq!(operation(facts).accept.as_deref(), accepted, "{replies}");
    }
}

#[test]
fn kinds_of_replies_that_differ_are_noted() {
    for (replies, kept, kinds, reported) in [
        ("200 application/json", "200 application/json", "", None),
        ("200 application/pdf", "200 application/octet-stream", "", None),
        ("200 application/pdf, 201 image/png", "200 application/octet-stream, 201 application/octet-stream", "", None),
        ("204", "204", "", None),
        (
            "200 application/json, 204",
            "200 application/json",
            "200 Json, 204 Nothing",
            Some("200 is JSON, 204 has no body"),
        ),
        (
            "200 application/json, 201 application/pdf",
            "200 application/json",
            "200 Json, 201 Bytes",
            Some("200 is JSON, 201 is a stream"),
        ),
        (
            "200 image/png application/json",
            "200 application/json",
            "200 JsonOrBytes",
            Some("200 is JSON or a stream, as its media type says"),
        ),
        (
            "200 application/octet-stream application/json",
            "200 application/json",
            "200 JsonOrBytes",
            Some("200 is JSON or a stream, as its media type says"),
        ),
        (
            "200 application/pdf, 204",
            "200 application/octet-stream, 204 application/octet-stream",
            "",
            Some("200 is a stream, 204 has no body"),
        ),
    ] {
        let (after, facts, entries) = prepared("get", &bodies(replies));
        let media_type =
            |reply: &Value| reply["content"].as_object().and_then(|content| content.keys().next().cloned());
        let content =
            after.as_object().into_iter().flatten().map(|(status, reply)| {
                [status.clone()].into_iter().chain(media_type(reply)).collect::<Vec<_>>().join(" ")
            });
        assert_eq!(content.collect::<Vec<_>>().join(", "), kept, "{replies}");
        let found = operation(facts).replies.into_iter().map(|(status, kind)| format!("{status} {kind:?}"));
        assert_eq!(found.collect::<Vec<_>>().join(", "), kinds, "{replies}");
        assert_eq!(entries.iter().find_map(|entry| entry.strip_prefix("L116 : ")), reported, "{replies}");
    }
}

#[test]
fn what_a_caller_must_know_is_reported() {
    let of = |schema: Value| json!({"200": {"content": {"application/pdf": {"schema": schema}}}});
    let own = ["W115 /200: `application/pdf` is for the caller to read"];
    for (responses, expected) in [
        (of(json!({"type": "object"})), &own as &[_]),
        (of(json!({"$ref": "#/components/schemas/A"})), &own),
        (of(json!({"type": "string", "format": "binary"})), &[]),
        (of(json!({})), &[]),
        (bodies("200 application/pdf"), &[]),
        (json!({"200": {"content": {JSON: {"schema": {"type": "object"}}}}}), &[]),
        (bodies("200 application/json application/xml"), &["W109 /200: of application/json, application/xml"]),
        (bodies("200 text/csv application/xml"), &["W109 /200: of text/csv, application/xml"]),
        (bodies("200 image/png image/gif"), &[]),
        (bodies("200 image/png application/pdf"), &[]),
        (bodies("200 application/vnd.a+json"), &["L101 /200: was `application/vnd.a+json`"]),
        (
            bodies("200 application/vnd.a+json application/json"),
            &["W109 /200: of application/vnd.a+json, application/json"],
        ),
        (
            bodies("200 text/event-stream"),
            &["W009 /200: the document does not describe those of `text/event-stream`", "L117 : `text/event-stream`"],
        ),
        (
            bodies("200 application/json text/event-stream"),
            &[
                "W009 /200: the document does not describe those of `text/event-stream`",
                "L117 : `send_streaming` reads `text/event-stream`",
            ],
        ),
        (bodies("204, 301"), &["O101 /301: the caller sees it as `UnexpectedResponse`"]),
        (
            bodies("204, 404 application/json, default application/problem+json"),
            &["L101 /DEFAULT: was `application/problem+json`", "L102 : documented: 404, default"],
        ),
    ] {
        assert_eq!(prepared("get", &responses).2, expected, "{responses}");
    }
}

#[test]
fn which_replies_are_successes() {
    let text = json!({"description": "d", "content": {JSON: {"schema": {"type": "string"}}}});
    let statuses = |method, responses: Value| {
        let after = prepared(method, &responses).0;
        after.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(statuses("get", json!({"2xx": text, "x-a": text, "301": text})), "2XX");
    assert_eq!(statuses("get", json!({"default": text})), "2XX 4XX 5XX", "`default` is a success, too");
    assert_eq!(statuses("get", json!({"200": text, "default": text})), "200 4XX 5XX");
    assert_eq!(statuses("get", json!({"301": text})), "2XX", "any bytes are a success if none is documented");
    let (after, ..) = prepared("head", &json!({"200": text}));
    assert_eq!(after, json!({"200": {"description": "", "content": {}}}), "a reply to HEAD has no body");
}

#[test]
fn the_type_of_several_replies() {
    let reply = |schema: Value| json!({"description": "d", "content": {JSON: {"schema": schema}}});
    let schemas = |responses: Value| {
        let mut document = json!({
            "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}},
            "components": {"schemas": {}},
        });
        let (_, facts) = Pass::of(&mut document, normalise);
        let schema =
            |status: &str| document["paths"]["/a"]["get"]["responses"][status]["content"][JSON]["schema"].clone();
        (schema("200"), document["components"]["schemas"].clone(), facts.by_status)
    };
    let (text, named) = (json!({"type": "string"}), json!({"$ref": "#/components/schemas/AReply"}));
    let nullable = json!({"type": "string", "nullable": true});
    assert_eq!(schemas(json!({"200": reply(text.clone())})), (text.clone(), json!({}), [].into()));
    assert_eq!(
        schemas(json!({"200": reply(text.clone()), "201": reply(text.clone())})),
        (named.clone(), json!({"AReply": text}), [].into())
    );
    assert_eq!(
        schemas(json!({"200": reply(nullable.clone()), "201": reply(nullable)})),
        (json!({"nullable": true, "allOf": [named]}), json!({"AReply": text}), [].into())
    );
    let (_, components, by_status) = schemas(json!({
        "default": reply(json!({"type": "array"})),
        "5XX": reply(json!({"type": "integer"})),
        "404": reply(text.clone()),
        "200": reply(text.clone()),
    }));
    assert_eq!(by_status, [("AError".to_owned(), ["404", "5XX", "DEFAULT"].map(str::to_owned).to_vec())].into());
    assert_eq!(
        components["AError"],
        json!({
            "type": "object",
            "properties": {"status404": text, "status5xx": {"type": "integer"}, "default": {"type": "array"}},
            "required": ["status404", "status5xx", "default"],
        })
    );
}

#[test]
fn errors_of_an_operation_that_documents_none() {
    let error_of_a = |everywhere: &[&str]| {
        let path = |name: &&str| {
            let reply = json!({"404": {"content": {JSON: {"schema": {"type": name}}}}});
            (format!("/{name}"), json!({"get": {"responses": reply}}))
        };
        let mut paths: Map<_, _> = everywhere.iter().map(path).collect();
        paths.insert("/a".into(), json!({"get": {"operationId": "a", "responses": {"204": {"description": "d"}}}}));
        let mut document = json!({"paths": paths, "components": {"schemas": {}}});
        let (report, _) = Pass::of(&mut document, normalise);
        let reason = report.entries.into_iter().find(|entry| entry.code == Code::W102).map(|entry| entry.reason);
        (document["paths"]["/a"]["get"]["responses"]["4XX"]["content"][JSON]["schema"].take(), reason)
    };
    assert_eq!(error_of_a(&[]), (Value::Null, None));
    assert_eq!(error_of_a(&["string"]), (json!({"$ref": "#/components/schemas/AError"}), None));
    let several = Some("2 different error bodies in the document".to_owned());
    assert_eq!(error_of_a(&["string", "integer"]), (json!({}), several));
}
