//! How an action is judged against a document that it may not have been written for.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

fn document() -> Value {
    json!({
        "info": {"title": "T"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d"}}}}},
        "components": {"schemas": {
            "Thing": {
                "type": "object",
                "required": ["id", "name", "size"],
                "properties": {"id": {"type": "string"}, "kind": {"enum": ["x", "y"]}, "name": {}},
            },
            "Other": {"required": ["id"]},
        }},
    })
}

fn applied(actions: Value) -> Applied {
    let overlay = json!({"overlay": "1.1.0", "info": {"title": "T", "version": "1"}, "actions": actions});
    apply(&document(), &Overlay::from_value(overlay).unwrap())
}

/// Compares what becomes of each action, and what changes in the document.
#[track_caller]
fn check(actions: Value, expected: Expect) {
    let Applied { document: changed, outcomes } = applied(actions);
    let mut text = String::new();
    for ActionOutcome { verdict, why, .. } in outcomes {
        text += format!("{verdict}: {why}").trim_end_matches(": ");
        text += "\n";
    }
    differences("", &document(), &changed, &mut text);
    expected.assert_eq(&text);
}

fn differences(at: &str, before: &Value, after: &Value, text: &mut String) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        if before != after {
            *text += &format!("{at}: {before} -> {after}\n");
        }
        return;
    };
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        match (old.get(name), new.get(name)) {
            (Some(before), Some(after)) => differences(&format!("{at}/{name}"), before, after, text),
            (Some(_), None) => *text += &format!("{at}/{name}: removed\n"),
            (_, new) => *text += &format!("{at}/{name}: {}\n", new.unwrap_or(&Value::Null)),
        }
    }
}

#[test]
fn what_is_new_is_added() {
    check(
        json!([
            {"target": "$.paths", "update": {"/b": {"post": {"operationId": "b"}}}},
            {"target": "$.components.schemas", "update": {"New": {"type": "object"}}},
            {"target": "$.components.schemas.Thing.properties", "update": {"more": {}, "most": {}}},
            {"target": "$.components.schemas.Thing.properties.kind.enum", "update": "z"},
            {"target": "$.components.schemas.Other.required", "update": ["a", "b"]},
            {"target": "$.components.schemas.Other", "update": {"description": "d"}},
            {"target": "$.components", "update": {"parameters": {"P": {"name": "p"}}}},
        ]),
        expect![[r#"
            applied
            applied
            applied
            applied
            applied
            applied
            applied
            /paths//b: {"post":{"operationId":"b"}}
            /components/schemas/Thing/properties/kind/enum: ["x","y"] -> ["x","y","z"]
            /components/schemas/Thing/properties/more: {}
            /components/schemas/Thing/properties/most: {}
            /components/schemas/Other/required: ["id"] -> ["id","a","b"]
            /components/schemas/Other/description: "d"
            /components/schemas/New: {"type":"object"}
            /components/parameters: {"P":{"name":"p"}}
        "#]],
    );
}

#[test]
fn what_upstream_has_by_that_name_is_skipped_whatever_it_says() {
    check(
        json!([
            {"target": "$.paths", "update": {"/a": {"get": {"operationId": "ours"}}}},
            {"target": "$.paths['/a']", "update": {"get": {"operationId": "ours"}}},
            {"target": "$.components.schemas", "update": {"Thing": {"type": "string"}}},
            {"target": "$.components", "update": {"schemas": {"Thing": {"type": "string"}}}},
            {"target": "$.components.schemas.Thing.properties", "update": {"id": {"type": "integer"}}},
            {"target": "$.components.schemas.Thing", "update": {"properties": {"id": {"type": "integer"}}}},
            {"target": "$.paths['/a'].get.responses", "update": {"200": {"description": "ours"}}},
        ]),
        expect![[r#"
            superseded: the document has /paths/~1a
            superseded: the document has /paths/~1a/get
            superseded: the document has /components/schemas/Thing
            superseded: the document has /components/schemas/Thing
            superseded: the document has /components/schemas/Thing/properties/id
            superseded: the document has /components/schemas/Thing/properties/id
            superseded: the document has /paths/~1a/get/responses/200
        "#]],
    );
}

#[test]
fn the_rest_of_a_superseded_action_is_applied() {
    check(
        json!([
            {"target": "$.components.schemas.Thing.properties", "update": {"id": {"a": 1}, "new": {}}},
            {"target": "$.components.schemas.Thing.properties.kind.enum", "update": ["y", "z", "x"]},
            {"target": "$.components.schemas.Other", "update": {"required": ["id", "b"], "description": "d"}},
        ]),
        expect![[r#"
            superseded: the document has /components/schemas/Thing/properties/id
            superseded: the document has "y" in /components/schemas/Thing/properties/kind/enum, "x" in /components/schemas/Thing/properties/kind/enum
            superseded: the document has "id" in /components/schemas/Other/required
            /components/schemas/Thing/properties/kind/enum: ["x","y"] -> ["x","y","z"]
            /components/schemas/Thing/properties/new: {}
            /components/schemas/Other/required: ["id"] -> ["id","b"]
            /components/schemas/Other/description: "d"
        "#]],
    );
}

#[test]
fn an_equal_value_is_superseded_and_another_conflicts() {
    check(
        json!([
            {"target": "$.components.schemas.Thing", "update": {"type": "object"}},
            {"target": "$.components.schemas.Thing.type", "update": "object"},
            {"target": "$.components.schemas.Thing", "update": {}},
            {"target": "$.components.schemas.Thing", "update": {"type": "string", "description": "d"}},
            {"target": "$.components.schemas.Thing.type", "update": "string"},
            {"target": "$.components.schemas.Thing", "update": {"required": "id"}},
            {"target": "$.components.schemas.Thing", "update": {"type": ["string", "null"]}},
        ]),
        expect![[r#"
            superseded: the document has /components/schemas/Thing/type
            superseded: the document has /components/schemas/Thing/type
            superseded: the document has /components/schemas/Thing
            conflicting: /components/schemas/Thing/type is "object", and the action says "string"
            conflicting: /components/schemas/Thing/type is "object", and the action says "string"
            conflicting: /components/schemas/Thing/required is a list, and the action merges a primitive value into it
            conflicting: /components/schemas/Thing/type is a primitive value, and the action merges a list into it
        "#]],
    );
}

#[test]
fn a_value_removed_before_is_replaced() {
    check(
        json!([
            {"target": "$.components.schemas.Thing.type", "remove": true},
            {"target": "$.components.schemas.Thing", "update": {"type": ["object", "null"]}},
        ]),
        expect![[r#"
            applied
            applied
            /components/schemas/Thing/type: "object" -> ["object","null"]
        "#]],
    );
}

#[test]
fn required_names_are_relaxed_one_by_one_or_all_but_some() {
    check(
        json!([{"target": "$.components.schemas.Thing.required[?@ == 'name']", "remove": true}]),
        expect![[r#"
            applied
            /components/schemas/Thing/required: ["id","name","size"] -> ["id","size"]
        "#]],
    );
    check(
        json!([{"target": "$.components.schemas.Thing.required[?@ != 'id']", "remove": true}]),
        expect![[r#"
            applied
            /components/schemas/Thing/required: ["id","name","size"] -> ["id"]
        "#]],
    );
}

#[test]
fn what_points_at_nothing_is_dead() {
    check(
        json!([
            {"target": "$.components.schemas.Gone.properties", "update": {"a": {}}},
            {"target": "$.components.schemas.Gone.required[?@ == 'id']", "remove": true},
            {"target": "$.components.schemas.Thing", "copy": "$.components.schemas.Gone"},
            {"target": "$.components.schemas.Thing"},
        ]),
        expect![[r#"
            dead: the document has nothing at `$.components.schemas.Gone`
            dead: the document has nothing at `$.components.schemas.Gone`
            dead: nothing in the document is at `$.components.schemas.Gone`
            dead: it has no `update`, `copy` or `remove: true`
        "#]],
    );
}

#[test]
fn what_upstream_removed_is_superseded() {
    check(
        json!([
            {"target": "$.components.schemas.Thing.required[?@ == 'gone']", "remove": true},
            {"target": "$.components.schemas.Thing.properties.kind.gone[?@ == 'z']", "remove": true},
            {"target": "$.components.schemas.Thing.maxLength", "remove": true},
        ]),
        expect![[r#"
            superseded: the document has nothing at `$.components.schemas.Thing.required[?@ == 'gone']` to remove
            superseded: the document has nothing at `$.components.schemas.Thing.properties.kind.gone` to remove
            superseded: the document has nothing at `$.components.schemas.Thing.maxLength` to remove
        "#]],
    );
}

#[test]
fn what_lacks_one_parent_is_named_once() {
    let applied = applied(json!([
        {"target": "$.gone.schemas.A", "update": {"a": 1}},
        {"target": "$.components.schemas.Gone", "update": {"a": 1}},
        {"target": "$.gone.schemas.B.required[?@ == 'id']", "remove": true},
        {"target": "$.gone.schemas.B", "update": {"a": 1}},
    ]));
    let misfits: Vec<_> = Misfit::of(applied.unsettled()).iter().map(ToString::to_string).collect();
    assert_eq!(
        misfits,
        [
            "3 actions are dead: 0, 2-3: the document has nothing at `$.gone`",
            "actions[1] (`$.components.schemas.Gone`) is dead: the document has nothing at `$.components.schemas.Gone`",
        ]
    );
}

#[test]
fn one_route_or_one_component_at_a_time() {
    check(
        json!([
            {"target": "$.paths", "update": {"/b": {"get": {}, "put": {}}}},
            {"target": "$.paths", "update": {"/b": {"get": {}}, "/c": {"get": {}}}},
            {"target": "$.components.schemas", "update": {"A": {}, "B": {}}},
            {"target": "$", "update": {"components": {"schemas": {"A": {}}}, "paths": {"/b": {"get": {}}}}},
            {"target": "$.components.schemas.*", "update": {"x-a": 1}},
            {"target": "$..required[?@ == 'id']", "remove": true},
            {"target": "$.components.schemas", "remove": true},
        ]),
        expect![[r#"
            conflicting: it changes /paths/~1b/get and /paths/~1b/put; an action is to change one route or component
            conflicting: it changes /paths/~1b/get and /paths/~1c/get; an action is to change one route or component
            conflicting: it changes /components/schemas/A and /components/schemas/B; an action is to change one route or component
            conflicting: it changes /components/schemas/A and /paths/~1b/get; an action is to change one route or component
            conflicting: it changes /components/schemas/Other and /components/schemas/Thing; an action is to change one route or component
            conflicting: it changes /components/schemas/Other and /components/schemas/Thing; an action is to change one route or component
            conflicting: it changes /components/schemas/Other and /components/schemas/Thing; an action is to change one route or component
        "#]],
    );
    check(
        json!([
            {"target": "$.paths", "update": {"/b": {"get": {}, "parameters": [], "summary": "s"}}},
            {"target": "$", "update": {"info": {"summary": "s"}, "tags": [{"name": "t"}]}},
            {"target": "$.paths", "update": {"/c": {}}},
        ]),
        expect![[r#"
            applied
            applied
            applied
            /info/summary: "s"
            /paths//b: {"get":{},"parameters":[],"summary":"s"}
            /paths//c: {}
            /tags: [{"name":"t"}]
        "#]],
    );
}

#[test]
fn methods_of_3_2_are_routes_of_their_own() {
    check(
        json!([
            {"target": "$.paths", "update": {"/b": {"query": {}, "get": {}}}},
            {"target": "$.paths", "update": {"/b": {"additionalOperations": {"COPY": {}, "LINK": {}}}}},
            {"target": "$.paths", "update": {"/b": {"additionalOperations": {"COPY": {}}}}},
            {"target": "$.paths['/b'].additionalOperations", "update": {"COPY": {"summary": "s"}}},
            {"target": "$.paths['/b'].additionalOperations", "update": {"LINK": {}, "LOCK": {}}},
            {"target": "$.paths['/b'].additionalOperations", "update": {"LINK": {}}},
            {"target": "$.paths['/b'].additionalOperations.COPY", "update": {"summary": "s"}},
            {"target": "$.paths['/b']", "update": {"query": {}}},
            {"target": "$.paths['/b']", "update": {"query": {"summary": "s"}}},
            {"target": "$.paths['/b'].additionalOperations", "remove": true},
        ]),
        expect![[r#"
            conflicting: it changes /paths/~1b/get and /paths/~1b/query; an action is to change one route or component
            conflicting: it changes /paths/~1b/additionalOperations/COPY and /paths/~1b/additionalOperations/LINK; an action is to change one route or component
            applied
            superseded: the document has /paths/~1b/additionalOperations/COPY
            conflicting: it changes /paths/~1b/additionalOperations/LINK and /paths/~1b/additionalOperations/LOCK; an action is to change one route or component
            applied
            applied
            applied
            superseded: the document has /paths/~1b/query
            conflicting: it changes /paths/~1b/additionalOperations/COPY and /paths/~1b/additionalOperations/LINK; an action is to change one route or component
            /paths//b: {"additionalOperations":{"COPY":{"summary":"s"},"LINK":{}},"query":{}}
        "#]],
    );
}

#[test]
fn a_property_may_be_called_properties() {
    check(
        json!([
            {"target": "$.components.schemas", "update": {"properties": {"type": "object", "properties": {"properties": {"type": "object"}}}}},
            {"target": "$.components.schemas.properties", "update": {"type": "string"}},
            {"target": "$.components.schemas.properties.properties", "update": {"properties": {"a": 1}}},
            {"target": "$.components.schemas.properties.properties.properties", "update": {"type": "string"}},
        ]),
        expect![[r#"
            applied
            conflicting: /components/schemas/properties/type is "object", and the action says "string"
            superseded: the document has /components/schemas/properties/properties/properties
            conflicting: /components/schemas/properties/properties/properties/type is "object", and the action says "string"
            /components/schemas/properties: {"type":"object","properties":{"properties":{"type":"object"}}}
        "#]],
    );
}

#[test]
fn an_outcome_names_its_action() {
    let applied = applied(json!([{"target": "$.info", "update": {"x-a": 1}}, {"target": "$.gone.a", "remove": true}]));
    let unsettled: Vec<_> = applied.unsettled().map(ToString::to_string).collect();
    assert_eq!(unsettled, ["actions[1] (`$.gone.a`) is dead: the document has nothing at `$.gone`"]);
    assert_eq!(applied.outcomes[0].to_string(), "actions[0] (`$.info`) is applied");
}

#[test]
fn where_it_is_known_from() {
    let provenances = |provenance: Value| {
        let action = json!({"target": "$", "update": {}, "x-provenance": provenance});
        let overlay = json!({"overlay": "1.1.0", "info": {"title": "T", "version": "1"}, "actions": [action]});
        Overlay::from_value(overlay).unwrap().provenances().map_err(|error| error.to_string())
    };
    for (text, confidence) in [
        ("H", Confidence::High),
        ("H-M", Confidence::HighToMedium),
        ("M-H", Confidence::HighToMedium),
        ("M", Confidence::Medium),
        ("M-L", Confidence::MediumToLow),
        ("L", Confidence::Low),
    ] {
        let provenances = provenances(json!({"source": "s", "confidence": text})).unwrap();
        assert_eq!((provenances[0].source.as_str(), provenances[0].confidence), ("s", confidence));
    }
    for (provenance, why) in [
        (json!("s"), "invalid type"),
        (json!({"source": "s"}), "missing field `confidence`"),
        (json!({"confidence": "H"}), "missing field `source`"),
        (json!({"source": " ", "confidence": "H"}), "`source` is empty"),
        (json!({"source": "s", "confidence": "sure"}), "unknown variant `sure`"),
        (json!({"source": "s", "confidence": "H", "url": "u"}), "unknown field `url`"),
    ] {
        let error = provenances(provenance).unwrap_err();
        assert!(error.contains("actions[0] (`$`): x-provenance: ") && error.contains(why), "{error}");
    }
    let overlay = json!({"overlay": "1.1.0", "info": {"title": "T", "version": "1"}, "actions": [{"target": "$"}]});
    let error = Overlay::from_value(overlay).unwrap().provenances().unwrap_err().to_string();
    assert!(error.contains("`x-provenance` is missing"), "{error}");
}
