use super::*;

fn check(schemas: Value, after: &[(&str, Value)], codes: &str) {
    let mut document = json!({"components": {"schemas": schemas}});
    let (report, ()) = Pass::of(&mut document, resolve);
    for (name, schema) in after {
        assert_eq!(&document["components"]["schemas"][name], schema, "{name}");
    }
    let targets = Targets::of(&document);
    visit(&document, &mut |_, at, schema| {
        let reference = schema.get("$ref").and_then(Value::as_str);
        assert!(reference.is_none_or(|reference| targets.schema(reference, at).is_some()), "{at} leads nowhere");
    });
    let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
    assert_eq!(found.join(" "), codes);
}

fn to(place: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{place}")})
}

/// A template of a list, as the JSON Schema blog has it.
fn list() -> Value {
    json!({
        "$id": "https://a.b/list", "type": "array", "items": {"$dynamicRef": "#T"},
        "$defs": {"any": {"$dynamicAnchor": "T", "not": {}}},
    })
}

fn of(item: Value, template: Value) -> Value {
    let mut binding = json!({"$defs": {"item": item}});
    binding["$defs"]["item"]["$dynamicAnchor"] = "T".into();
    binding.as_object_mut().unwrap().extend(template.as_object().unwrap().clone());
    binding
}

#[test]
fn each_binding_of_a_template_is_a_schema() {
    let mut named = of(json!({"type": "string"}), json!({"$ref": "https://a.b/list"}));
    named["description"] = "d".into();
    named["minItems"] = 1.into();
    check(
        json!({
            "List": list(), "User": {"type": "object"},
            "Users": of(to("User"), to("List")),
            "Names": named,
            "Any": to("List"),
        }),
        &[
            ("Users", of(to("User"), json!({"type": "array", "items": to("User")}))),
            (
                "Names",
                of(
                    json!({"type": "string"}),
                    json!({
                        "description": "d", "minItems": 1,
                        "allOf": [{"type": "array", "items": to("Names/$defs/item")}],
                    }),
                ),
            ),
            ("Any", to("List")),
        ],
        "L010 L019 L019",
    );
}

#[test]
fn what_a_template_refers_to_is_bound_too() {
    check(
        json!({
            "List": list(), "User": {}, "Team": {},
            "Page": {"properties": {"list": to("List"), "next": to("Page"), "total": to("User")}},
            "Users": of(to("User"), to("Page")),
            "Teams": of(to("Team"), json!({"properties": {"page": to("Page"), "again": to("Page")}})),
        }),
        &[
            (
                "Users",
                of(
                    to("User"),
                    json!({"properties": {"list": to("UsersList"), "next": to("UsersPage"), "total": to("User")}}),
                ),
            ),
            (
                "UsersPage",
                json!({"properties": {"list": to("UsersList"), "next": to("UsersPage"), "total": to("User")}}),
            ),
            ("UsersList", json!({"type": "array", "items": to("User")})),
            ("TeamsList", json!({"type": "array", "items": to("Team")})),
            ("Page", json!({"properties": {"list": to("List"), "next": to("Page"), "total": to("User")}})),
        ],
        "L010 L019 L019 L019",
    );
}

#[test]
fn a_tree_that_is_extended_has_children_of_its_own_kind() {
    for (anchor, reference, name) in [
        (json!({"$dynamicAnchor": "node"}), json!({"$dynamicRef": "#node"}), "node"),
        (json!({"$recursiveAnchor": true}), json!({"$recursiveRef": "#"}), RECURSIVE),
    ] {
        let mut tree = json!({"properties": {"children": {"items": reference}}});
        let mut strict = json!({"additionalProperties": false, "$ref": "#/components/schemas/Tree"});
        for schema in [&mut tree, &mut strict] {
            schema.as_object_mut().unwrap().extend(anchor.as_object().unwrap().clone());
        }
        let children = |name: &str| json!({"properties": {"children": {"items": to(name)}}});
        check(
            json!({"Tree": tree, "Strict": strict, "User": {"items": to("Strict")}}),
            &[
                (
                    "Strict",
                    json!({
                        "$dynamicAnchor": name, "additionalProperties": false, "allOf": [children("Strict")],
                    }),
                ),
                ("User", json!({"items": to("Strict")})),
            ],
            "L010 L019",
        );
    }
}

#[test]
fn references_with_one_target_are_plain() {
    check(
        json!({
            "A": {"$dynamicAnchor": "a"}, "B": {"items": {"$dynamicRef": "#a"}},
            "C": {"$anchor": "c"}, "D": {"$dynamicRef": "#c"}, "E": {"$dynamicRef": "#/components/schemas/A"},
            "F": {"properties": {"f": {"$recursiveRef": "#"}}},
        }),
        &[
            ("B", json!({"items": to("A")})),
            ("D", json!({"$ref": "#c"})),
            ("E", to("A")),
            ("F", json!({"properties": {"f": to("F")}})),
        ],
        "L010 L010 L010 L010",
    );
}

#[test]
fn a_template_alone_holds_any_value() {
    let mut template = list();
    template.as_object_mut().unwrap().remove("$defs");
    check(
        json!({
            "List": template,
            "Numbers": of(json!({"type": "integer"}), to("List")),
            "Names": of(json!({"type": "string"}), to("List")),
        }),
        &[
            ("Numbers", of(json!({"type": "integer"}), json!({"type": "array", "items": to("Numbers/$defs/item")}))),
            ("List", json!({"$id": "https://a.b/list", "type": "array", "items": {}})),
        ],
        "W010 L019 L019",
    );
}

#[test]
fn a_copy_keeps_the_name_by_which_others_refer_to_it() {
    let mut users = of(json!({"type": "string"}), to("List"));
    users["$id"] = "https://a.b/users".into();
    let after = of(
        json!({"type": "string"}),
        json!({"$id": "https://a.b/users", "type": "array", "items": to("Users/$defs/item")}),
    );
    let by_id = json!({"$ref": "https://a.b/users"});
    check(
        json!({"List": list(), "Users": users, "Owners": {"items": by_id}}),
        &[("Users", after), ("Owners", json!({"items": by_id}))],
        "L010 L019",
    );
}

#[test]
fn the_copies_have_a_bound() {
    let mut template = list();
    template["description"] = "d".repeat(MAX_BYTES / 3).into();
    let binding = |name: &str| of(json!({"type": name}), to("List"));
    let mut document = json!({"components": {"schemas": {
        "List": template, "A": binding("string"), "B": binding("integer"), "C": binding("number"), "D": binding("boolean"),
    }}});
    let (report, ()) = Pass::of(&mut document, resolve);
    let refused: Vec<_> = report.entries.iter().filter(|entry| entry.code == Code::W010).collect();
    let places: Vec<_> = refused.iter().map(|entry| entry.pointer.as_str()).collect();
    assert_eq!(places, ["/components/schemas/C/$ref", "/components/schemas/D/$ref"]);
}

/// Each template is decided by all that follow it, which are looked through anew for each.
#[test]
fn what_templates_need_is_found_in_bounded_steps() {
    const COUNT: usize = 200;
    let template = |index: usize| json!({"items": {"$dynamicRef": "#T"}, "not": to(&format!("T{}", index + 1))});
    let mut schemas: Map<_, _> = (0..COUNT).map(|index| (format!("T{index}"), template(index))).collect();
    schemas.insert(format!("T{COUNT}"), json!({"$dynamicAnchor": "T"}));
    schemas.insert("User".into(), of(json!({}), json!({})));
    let document = json!({"components": {"schemas": schemas}});
    let targets = Targets::of(&document);
    let mut templates = Templates::of(&document, &targets);
    templates.max_steps = 10 * COUNT;
    let found = (0..COUNT).filter(|index| {
        let target = Pointer::component("schemas", &format!("T{index}"));
        templates.needs_of(&target).is_some()
    });
    assert_eq!(found.count(), 3);
    assert!(templates.steps <= 12 * COUNT, "{}", templates.steps);
    let Value::Object(mut schema) = to("T100") else { unreachable!() };
    let (at, mut log) = (Pointer::component("schemas", "User"), Log::default());
    templates.settle(&mut schema, &at, &templates.anchors_around(&at), Place::Document, &mut log);
    assert!(schema.is_empty(), "{schema:?}");
    let codes: Vec<_> = log.report.entries.iter().map(|entry| entry.code).collect();
    assert_eq!(codes, [Code::W010]);
}

#[test]
fn items_among_the_definitions_of_a_binding_keep_their_type() {
    let names = of(json!({"type": "string", "maxLength": 9}), json!({"$id": "https://a.b/names", "$ref": "list"}));
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"put": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "https://a.b/names"}}}},
            "responses": {"204": {"description": "d"}},
        }}},
        "components": {"schemas": {"List": list(), "Names": names}},
    });
    let lowered = serde_json::to_value(crate::lower(&document).unwrap().document).unwrap();
    let schemas = &lowered["components"]["schemas"];
    assert_eq!(schemas["Names"], json!({"type": "array", "items": to("NamesItem")}));
    assert_eq!(schemas["NamesItem"], json!({"type": "string", "maxLength": 9}));
}
