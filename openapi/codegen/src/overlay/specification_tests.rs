//! The specification alone, by its own examples and by each of its sentences.

use serde_json::{Value, json};

use super::*;

/// An overlay of these actions.
fn overlay(version: &str, actions: &Value) -> Overlay {
    Overlay::from_value(json!({"overlay": version, "info": {"title": "T", "version": "1"}, "actions": actions}))
        .unwrap()
}

#[track_caller]
fn check(before: Value, actions: Value, after: Value) {
    let changed = apply_as_specified(&before, &overlay("1.1.0", &actions)).unwrap();
    // As text, so that the order of the names is compared, too.
    assert_eq!(format!("{changed:#}"), format!("{after:#}"));
}

#[track_caller]
fn check_refused(before: Value, actions: Value, why: &str) {
    let error = apply_as_specified(&before, &overlay("1.1.0", &actions)).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn one_action_with_the_structure_of_the_document() {
    check(
        json!({
            "info": {"title": "Pets"},
            "paths": {"/": {"get": {"operationId": "root"}}, "/pets": {"get": {"summary": "Pets"}}},
            "tags": [{"name": "pets"}],
        }),
        json!([{"target": "$", "update": {
            "info": {"x-overlay-applied": "structured"},
            "paths": {
                "/": {"summary": "The root", "get": {"summary": "Gets the root", "x-rate-limit": 100}},
                "/pets": {"get": {"summary": "Gets the pets", "x-rate-limit": 100}},
            },
            "tags": [],
        }}]),
        json!({
            "info": {"title": "Pets", "x-overlay-applied": "structured"},
            "paths": {
                "/": {
                    "get": {"operationId": "root", "summary": "Gets the root", "x-rate-limit": 100},
                    "summary": "The root",
                },
                "/pets": {"get": {"summary": "Gets the pets", "x-rate-limit": 100}},
            },
            "tags": [{"name": "pets"}],
        }),
    );
}

#[test]
fn actions_with_targets_of_their_own() {
    check(
        json!({"paths": {"/foo": {"get": {"description": "a"}}, "/bar": {"get": {"description": "b"}, "post": {}}}}),
        json!([
            {"target": "$.paths['/foo'].get.description", "update": "new"},
            {"target": "$.paths['/bar'].get.description", "update": "updated"},
            {"target": "$.paths['/bar']", "update": {"post": {"description": "of a child", "x-safe": false}}},
        ]),
        json!({"paths": {
            "/foo": {"get": {"description": "new"}},
            "/bar": {"get": {"description": "updated"}, "post": {"description": "of a child", "x-safe": false}},
        }}),
    );
}

#[test]
fn many_targets_at_once() {
    check(
        json!({"paths": {
            "/a": {"get": {"parameters": [{"name": "filter", "in": "query"}, {"name": "filter", "in": "header"}]}},
            "/b": {"get": {}, "post": {}},
        }}),
        json!([
            {"target": "$.paths.*.get", "update": {"x-safe": true}},
            {
                "target": "$.paths.*.get.parameters[?@.name=='filter' && @.in=='query']",
                "update": {"schema": {"$ref": "#/components/schemas/filterSchema"}},
            },
        ]),
        json!({"paths": {
            "/a": {"get": {
                "parameters": [
                    {"name": "filter", "in": "query", "schema": {"$ref": "#/components/schemas/filterSchema"}},
                    {"name": "filter", "in": "header"},
                ],
                "x-safe": true,
            }},
            "/b": {"get": {"x-safe": true}, "post": {}},
        }}),
    );
}

#[test]
fn elements_of_lists() {
    let document = json!({"paths": {"/a": {"get": {
        "parameters": [{"name": "dummy"}, {"name": "b"}, {"name": "dummy"}],
        "tags": ["dummy", "b", "dummy", "c"],
    }}}});
    let get =
        |parameters: Value, tags: Value| json!({"paths": {"/a": {"get": {"parameters": parameters, "tags": tags}}}});
    let parameters = || document["paths"]["/a"]["get"]["parameters"].clone();
    let tags = || document["paths"]["/a"]["get"]["tags"].clone();
    check(
        document.clone(),
        json!([{"target": "$.paths.*.get.parameters", "update": {"name": "new"}}]),
        get(json!([{"name": "dummy"}, {"name": "b"}, {"name": "dummy"}, {"name": "new"}]), tags()),
    );
    check(
        document.clone(),
        json!([{"target": "$.paths.*.get.tags", "update": ["b", "d"]}, {"target": "$.paths.*.get.tags", "update": "e"}]),
        get(parameters(), json!(["dummy", "b", "dummy", "c", "b", "d", "e"])),
    );
    check(
        document.clone(),
        json!([{"target": "$.paths.*.get.parameters[?@.name == 'dummy']", "remove": true}]),
        get(json!([{"name": "b"}]), tags()),
    );
    check(
        document.clone(),
        json!([{"target": "$.paths.*.get.tags[?@ == 'dummy']", "remove": true}]),
        get(parameters(), json!(["b", "c"])),
    );
}

#[test]
fn more_than_ten_elements_are_removed_from_the_last() {
    let numbers: Vec<_> = (0..25).collect();
    let odd: Vec<_> = (0..25).filter(|number| number % 2 == 1).collect();
    check(json!({"a": numbers}), json!([{"target": "$.a[::2]", "remove": true}]), json!({"a": odd}));
}

#[test]
fn traits() {
    let paged = |parameters: Value| json!({"x-oai-traits": ["paged"], "parameters": parameters});
    check(
        json!({"paths": {
            "/items": {"get": {"x-oai-traits": ["paged"]}},
            "/items/{id}/subitems": {"get": paged(json!([{"name": "id"}]))},
            "/other": {"get": {}},
        }}),
        json!([{
            "target": "$.paths[?@.get['x-oai-traits'][?@ == 'paged']].get",
            "update": {"parameters": [{"name": "top"}, {"name": "skip"}]},
        }]),
        json!({"paths": {
            "/items": {"get": paged(json!([{"name": "top"}, {"name": "skip"}]))},
            "/items/{id}/subitems": {"get": paged(json!([{"name": "id"}, {"name": "top"}, {"name": "skip"}]))},
            "/other": {"get": {}},
        }}),
    );
}

#[test]
fn copies() {
    let document = || json!({"paths": {"/items": {"get": {"a": 1}}, "/some-items": {"delete": {}}}});
    check(
        document(),
        json!([{"target": "$.paths[\"/some-items\"]", "copy": "$.paths[\"/items\"]"}]),
        json!({"paths": {"/items": {"get": {"a": 1}}, "/some-items": {"delete": {}, "get": {"a": 1}}}}),
    );
    let moved = json!([
        {"target": "$.paths", "update": {"/new-items": {}}},
        {"target": "$.paths[\"/new-items\"]", "copy": "$.paths[\"/items\"]"},
        {"target": "$.paths[\"/items\"]", "remove": true},
    ]);
    check(document(), moved, json!({"paths": {"/some-items": {"delete": {}}, "/new-items": {"get": {"a": 1}}}}));
    check_refused(
        document(),
        json!([{"target": "$.paths", "copy": "$.paths.*"}]),
        "selects 2 nodes; a copy is made of one",
    );
    check_refused(
        document(),
        json!([{"target": "$.paths", "copy": "$.pets"}]),
        "nothing in the document is at `$.pets`",
    );
}

#[test]
fn what_is_removed_can_be_made_anew() {
    check(
        json!({"servers": [{"url": "a"}, {"url": "b"}], "paths": {}}),
        json!([
            {"target": "$.servers", "remove": true},
            {"target": "$", "update": {"servers": [{"url": "c"}]}},
        ]),
        json!({"paths": {}, "servers": [{"url": "c"}]}),
    );
}

#[test]
fn what_is_within_another_is_removed_with_it() {
    check(
        json!({"a": {"x": {"x": 1, "b": {"x": 2}}, "c": [{"x": 1}, {"d": 1}]}}),
        json!([{"target": "$..x", "remove": true}]),
        json!({"a": {"c": [{}, {"d": 1}]}}),
    );
    check(
        json!({"a": [[1, 2], [1], [2]]}),
        json!([{"target": "$.a[?@[0] == 1]", "remove": true}]),
        json!({"a": [[2]]}),
    );
}

#[test]
fn the_order_of_names_is_kept() {
    check(json!({"a": 1, "b": 2, "c": 3}), json!([{"target": "$.a", "remove": true}]), json!({"b": 2, "c": 3}));
}

#[test]
fn no_target_is_no_error() {
    for action in [
        json!({"target": "$.b", "update": {}}),
        json!({"target": "$.b", "remove": true}),
        json!({"target": "$.b", "copy": "$.c"}),
        json!({"target": "$.a", "remove": false}),
    ] {
        check(json!({"a": 1}), json!([action]), json!({"a": 1}));
    }
}

#[test]
fn a_node_selected_twice_is_changed_once() {
    check(json!({"a": [1]}), json!([{"target": "$['a', 'a']", "update": 2}]), json!({"a": [1, 2]}));
}

#[test]
fn remove_wins() {
    check(json!({"a": 1, "b": 2}), json!([{"target": "$.a", "update": 5, "remove": true}]), json!({"b": 2}));
}

#[test]
fn primitives_replace_primitives_and_null_is_one() {
    check(json!({"a": "x", "b": 1}), json!([{"target": "$.*", "update": null}]), json!({"a": null, "b": null}));
    check(json!({"a": {"b": "x"}}), json!([{"target": "$.a", "update": {"b": null}}]), json!({"a": {"b": null}}));
}

#[test]
fn kinds_that_do_not_go_together() {
    let document = || json!({"o": {"l": [], "p": 1, "o": {}}, "l": [], "p": 1});
    for (target, update, why) in [
        ("$.o", json!(1), "/o is an object, and the action merges a primitive value into it"),
        ("$.o", json!([]), "/o is an object, and the action merges a list into it"),
        ("$.p", json!({}), "/p is a primitive value, and the action merges an object into it"),
        ("$.p", json!([]), "/p is a primitive value, and the action merges a list into it"),
        ("$.o", json!({"l": 1}), "/o/l is a list, and the action merges a primitive value into it"),
        ("$.o", json!({"p": [1]}), "/o/p is a primitive value, and the action merges a list into it"),
        ("$.o", json!({"o": [1]}), "/o/o is an object, and the action merges a list into it"),
        ("$.*", json!(1), "different kinds: /o is an object, /l is a list"),
    ] {
        check_refused(document(), json!([{"target": target, "update": update}]), why);
    }
    check_refused(document(), json!([{"target": "$", "remove": true}]), "the document as a whole cannot be removed");
    check(json!({"l": []}), json!([{"target": "$.l", "update": {}}]), json!({"l": [{}]}));
}

#[test]
fn a_list_is_one_element_in_1_0() {
    let actions = json!([{"target": "$.a", "update": [2]}]);
    let changed = |version| apply_as_specified(&json!({"a": [1]}), &overlay(version, &actions)).unwrap();
    assert_eq!(changed("1.0.0"), json!({"a": [1, [2]]}));
    assert_eq!(changed("1.0.1"), changed("1.0.0"));
    assert_eq!(changed("1.1.0"), json!({"a": [1, 2]}));
}

#[test]
fn regular_expressions_are_part_of_the_query_language() {
    check(
        json!({"a": [{"n": "v1"}, {"n": "w"}]}),
        json!([{"target": "$.a[?match(@.n, 'v[0-9]')]", "remove": true}]),
        json!({"a": [{"n": "w"}]}),
    );
}

#[test]
fn extensions_are_kept() {
    let overlay = Overlay::from_value(json!({
        "overlay": "1.1.0",
        "info": {"title": "T", "version": "1", "description": "D", "x-a": 1},
        "extends": "./openapi.yaml",
        "actions": [{"target": "$", "description": "D", "remove": false, "x-b": [2]}],
        "x-c": null,
    }));
    let overlay = overlay.unwrap();
    assert_eq!(overlay.info.extensions["x-a"], 1);
    assert_eq!(overlay.actions[0].extensions["x-b"], json!([2]));
    assert_eq!(overlay.extensions["x-c"], Value::Null);
    assert_eq!((overlay.version, overlay.extends.as_deref()), (Version::V1_1, Some("./openapi.yaml")));
    assert_eq!(overlay.actions[0].description, overlay.info.description);
}

#[test]
fn what_is_no_overlay() {
    let whole = || {
        json!({
            "overlay": "1.1.0",
            "info": {"title": "T", "version": "1"},
            "actions": [{"target": "$", "update": {}}],
        })
    };
    assert!(Overlay::from_value(whole()).is_ok());
    for (pointer, value, why) in [
        ("", json!([1]), "invalid"),
        ("/overlay", json!("1.2.0"), "`1.2.0` is not a supported version of Overlay"),
        ("/overlay", json!("1.1"), "`1.1` is not a supported version of Overlay"),
        ("/overlay", json!("1.1.x"), "`1.1.x` is not a supported version of Overlay"),
        ("/overlay", json!(1.1), "expected a string"),
        ("/info", json!({"title": "T"}), "missing field `version`"),
        ("/info", json!({"version": "1"}), "missing field `title`"),
        ("/info", json!({"title": 1, "version": "1"}), "expected a string"),
        ("/info", json!({"title": "T", "version": 1}), "expected a string"),
        ("/info", json!({"title": "T", "version": "1", "description": null}), "expected a string"),
        ("/info", json!({"title": "T", "version": "1", "contact": {}}), "no field `contact`"),
        ("/actions", json!([]), "`actions` is empty"),
        ("/actions", json!({}), "expected a sequence"),
        ("/actions", json!([1]), "actions[0]: invalid type"),
        ("/actions", json!([{"update": {}}]), "actions[0]: missing field `target`"),
        ("/actions", json!([{"target": 1}]), "actions[0]: invalid type"),
        ("/actions", json!([{"target": "paths", "update": {}}]), "actions[0]: `paths` is not a JSONPath"),
        ("/actions", json!([{"target": "$.paths.", "update": {}}]), "is not a JSONPath (RFC 9535)"),
        ("/actions", json!([{"target": "$", "copy": "x"}]), "actions[0]: `x` is not a JSONPath"),
        ("/actions", json!([{"target": "$", "copy": 1}]), "actions[0]: invalid type"),
        ("/actions", json!([{"target": "$", "remove": "yes"}]), "actions[0]: invalid type"),
        ("/actions", json!([{"target": "$", "description": 1}]), "actions[0]: invalid type"),
        ("/actions", json!([{"target": "$", "updates": {}}]), "actions[0]: the specification has no field `updates`"),
        ("/actions", json!([{"target": "$", "update": 1, "copy": "$"}]), "both `update` and `copy`"),
        (
            "/actions",
            json!([{"target": "$", "remove": true}, {"target": "$", "remove": true}]),
            "actions[1]: the same action occurs twice",
        ),
    ] {
        let mut overlay = whole();
        *overlay.pointer_mut(pointer).unwrap() = value;
        let error = Overlay::from_value(overlay).unwrap_err().to_string();
        assert!(error.contains(why), "{pointer}: {error}");
    }
    for (name, value, why) in [
        ("extends", json!(null), "expected a string"),
        ("extends", json!(1), "expected a string"),
        ("servers", json!([]), "no field `servers`"),
    ] {
        let mut overlay = whole();
        overlay[name] = value;
        let error = Overlay::from_value(overlay).unwrap_err().to_string();
        assert!(error.contains(why), "{name}: {error}");
    }
    for name in ["overlay", "info", "actions"] {
        let mut overlay = whole();
        overlay.as_object_mut().unwrap().remove(name);
        let error = Overlay::from_value(overlay).unwrap_err().to_string();
        assert!(error.contains(&format!("missing field `{name}`")), "{error}");
    }
    let mut old = whole();
    old["overlay"] = json!("1.0.0");
    old["actions"] = json!([{"target": "$", "copy": "$"}]);
    assert!(Overlay::from_value(old).unwrap_err().to_string().contains("`copy` is of Overlay 1.1"));
    assert!(matches!(Overlay::parse("{"), Err(Error::Unreadable { .. })));
}

#[test]
fn every_action_that_is_wrong_is_named() {
    let overlay = json!({
        "overlay": "1.1.0",
        "info": {"title": "T", "version": "1"},
        "actions": [{"target": "a"}, {"target": "$"}, {"target": "$", "remove": 1}],
    });
    let error = Overlay::from_value(overlay).unwrap_err().to_string();
    assert!(error.contains("actions[0]: ") && error.contains("\nactions[2]: ") && !error.contains("[1]"), "{error}");
}
