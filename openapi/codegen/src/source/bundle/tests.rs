use super::*;

/// The bundle of files by their names; the first is the document.
fn bundled(files: &[(&str, &str)]) -> Result<Bundle, Error> {
    let mut asked = BTreeSet::new();
    bundle(&format!("file:///api/{}", files[0].0), |uri| {
        assert!(asked.insert(uri.to_owned()), "`{uri}` is read twice");
        let name = uri.strip_prefix("file:///api/").ok_or("it is outside of the folder")?;
        files.iter().find(|(file, _)| *file == name).map(|(_, text)| *text).ok_or("no such file")
    })
}

#[track_caller]
fn check(files: &[(&str, &str)], components: &Value) {
    let bundle = bundled(files).unwrap();
    assert_eq!(bundle.unresolved, []);
    assert_eq!(bundle.document["components"], *components);
    assert!(!bundle.document.to_string().contains(".yaml"), "{}", bundle.document);
}

#[test]
fn files_become_components() {
    let root = "openapi: 3.1.0\npaths: {/a: {$ref: paths/a.yaml}}\ncomponents: {schemas: {Lamp: {$ref: lamp.yaml}}}\n";
    let path = "get:\n  parameters: [{$ref: '../all.json#/id'}]\n  responses: {'200': {$ref: '../all.json#/reply'}}\n";
    let all = r##"{
        "id": {"name": "id", "in": "query", "schema": {"$ref": "lamp.yaml"}},
        "reply": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/Room~1s"}}}},
        "Room/s": {"type": "array", "items": {"$ref": "lamp.yaml"}}
    }"##;
    let files = [("openapi.yaml", root), ("paths/a.yaml", path), ("lamp.yaml", "type: object"), ("all.json", all)];
    let lamp = json!({"$ref": "#/components/schemas/Lamp"});
    let room = json!({"$ref": "#/components/schemas/Room~1s"});
    check(
        &files,
        &json!({
            "schemas": {"Lamp": {"type": "object"}, "Room/s": {"type": "array", "items": lamp}},
            "parameters": {"id": {"name": "id", "in": "query", "schema": lamp}},
            "responses": {"reply": {"description": "d", "content": {"application/json": {"schema": room}}}},
        }),
    );
    let bundle = bundled(&files).unwrap();
    assert_eq!(
        bundle.document["paths"]["/a"],
        json!({"get": {
            "parameters": [{"$ref": "#/components/parameters/id"}],
            "responses": {"200": {"$ref": "#/components/responses/reply"}},
        }})
    );
    for (pointer, place) in [
        ("/components/schemas/Lamp/type", "lamp.yaml#/type"),
        ("/components/schemas/Room~1s/items", "all.json#/Room~1s/items"),
        // What the rules put in the place of a reference.
        ("/paths/~1a/get/parameters/0/schema", "all.json#/id/schema"),
        ("/paths/~1a/get/operationId", "paths/a.yaml#/get/operationId"),
        ("/paths/~1b", "/paths/~1b"),
        ("/info", "/info"),
    ] {
        assert_eq!(bundle.place(&Pointer::parse(pointer)).as_str(), place);
    }
}

#[test]
fn cycles_and_names_that_collide() {
    let root = "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Node: {$ref: 'a.yaml#/Node'}, Other: {$ref: 'b.yaml#/Node'}}}\n";
    let a = "Node: {properties: {next: {$ref: 'b.yaml#/Node'}, self: {$ref: '#/Node'}, own: {$ref: '#/Own'}}}\nOwn: {type: string}\n";
    let b = "Node: {properties: {next: {$ref: './a.yaml#/Node'}, own: {$ref: '#/Own'}, root: {$ref: 'openapi.yaml#/components/schemas/Node'}}}\nOwn: {type: integer}\n";
    let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    check(
        &[("openapi.yaml", root), ("a.yaml", a), ("b.yaml", b)],
        &json!({"schemas": {
            "Node": {"properties": {"next": to("Other"), "self": to("Node"), "own": to("Own")}},
            "Other": {"properties": {"next": to("Node"), "own": to("Own2"), "root": to("Node")}},
            "Own": {"type": "string"},
            "Own2": {"type": "integer"},
        }}),
    );
}

#[test]
fn path_items_that_lead_back_to_themselves() {
    let root = "openapi: 3.1.0\npaths: {/a: {$ref: a.yaml}, /b: {$ref: 'b.yaml#/b', get: {summary: own}}}\n";
    let files = [("openapi.yaml", root), ("a.yaml", "$ref: a.yaml"), ("b.yaml", "b: {get: {}, put: {}}")];
    let bundle = bundled(&files).unwrap();
    assert_eq!(bundle.document["paths"]["/b"], json!({"get": {"summary": "own"}, "put": {}}));
    assert_eq!(bundle.unresolved.len(), 1);
    assert_eq!(bundle.unresolved[0].reason, "it leads back to itself");
}

#[test]
fn what_is_no_reference_to_a_file_stays() {
    let root = r##"{"openapi": "3.1.0", "paths": {}, "components": {"schemas": {
        "A": {"$id": "https://a.b/a.yaml", "default": {"$ref": "gone.yaml"}},
        "B": {"items": {"$ref": "https://a.b/a.yaml"}, "discriminator": {"propertyName": "k", "mapping": {"c": "C", "d": "d.json"}}},
        "C": {"properties": {"$ref": {"type": "string"}}}
    }}}"##;
    // The pointer leads to nothing in its own file.
    let d = r##"{"properties": {"c": {"$ref": "#/components/schemas/C"}}}"##;
    let document = bundled(&[("openapi.json", root), ("d.json", d)]).unwrap().document;
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["B"]["items"]["$ref"], "https://a.b/a.yaml");
    assert_eq!(schemas["B"]["discriminator"]["mapping"], json!({"c": "C", "d": "#/components/schemas/d"}));
    assert_eq!(schemas["d"]["properties"]["c"]["$ref"], "#/components/schemas/C");
}

#[test]
fn references_that_cannot_be_followed_stay() {
    let root = "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {A: {items: {$ref: a.yaml}}, B: {$ref: '../b.yaml'}, \
                C: {$ref: 'a.yaml#/gone'}, D: {$ref: 'a b.yaml'}, E: {$ref: 'bad.yaml'}, F: {$ref: 'a.yaml#F'}}}\n";
    let files = [("openapi.yaml", root), ("a.yaml", "items: {$ref: gone.yaml}"), ("bad.yaml", "a: [")];
    let bundle = bundled(&files).unwrap();
    let found = bundle.unresolved.iter().map(|Unresolved { file, reference, reason }| {
        format!("{file}|{reference}|{}", reason.split(" at line").next().unwrap_or_default())
    });
    let found = found.collect::<Vec<_>>().join("\n");
    for expected in [
        "|../b.yaml|`file:///b.yaml` cannot be read: it is outside of the folder",
        "|a b.yaml|it is no URI: ",
        "|a.yaml#/gone|`a.yaml` has nothing at `/gone`",
        "|a.yaml#F|it names an anchor",
        "|bad.yaml|`bad.yaml`: not a readable YAML document",
        "a.yaml|gone.yaml|`gone.yaml` cannot be read: no such file",
    ] {
        assert!(found.lines().any(|line| line.starts_with(expected)), "{expected}\n{found}");
    }
    assert_eq!(bundle.document["components"]["schemas"]["a"], json!({"items": {"$ref": "gone.yaml"}}));
}

#[test]
fn the_parts_have_a_bound() {
    let text = format!("{{\"a\": \"{}\"}}", "x".repeat(1024 * 1024));
    // Each reference takes all that is below it.
    let nested = (0..30).fold(text, |inner, _| format!("{{\"n\": {inner}}}"));
    let references: Vec<_> =
        (0..30).map(|depth| format!("\"S{depth}\": {{\"$ref\": \"b.json#{}\"}}", "/n".repeat(depth))).collect();
    let root = format!(r#"{{"openapi": "3.1.0", "components": {{"schemas": {{{}}}}}}}"#, references.join(", "));
    assert!(matches!(bundled(&[("a.json", &root), ("b.json", &nested)]), Err(Error::Rejected(_))));
}

#[test]
fn what_has_no_place_for_components_is_left_to_the_rules() {
    let reply = "{'200': {$ref: other.yaml}}";
    for components in ["components: x", "components: []", "components: {responses: 7}", "components: null"] {
        let root = format!("openapi: 3.1.0\npaths: {{/a: {{get: {{responses: {reply}}}}}}}\n{components}\n");
        let bundle = bundled(&[("openapi.yaml", &root), ("other.yaml", "description: d")]).unwrap();
        let is_taken = bundle.document.pointer("/components/responses/other").is_some();
        assert_eq!(is_taken, components.ends_with("null"), "{components}: {}", bundle.document);
    }
}
