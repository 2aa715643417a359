//! Documents with something wrong in them: each gets a result in bounded time, never a panic.

use std::thread;

use openapi_client_codegen::{Settings, generate, lower, prepare};
use serde_json::{Value, json};

use crate::random::Random;

/// Every pointer into a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                pointers(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                pointers(inner, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn mutated(document: &Value, random: &mut Random) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(false),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("#/components/schemas/Operation"),
        json!("+1"),
        json!([]),
        json!(["null"]),
        json!({}),
        json!({"$ref": "#/components/schemas/Operation"}),
        json!({"allOf": [{"$ref": "#/components/schemas/Operation"}, {"type": "object"}]}),
        json!({"anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}, {"const": 1}]}),
        json!({"type": ["string", "array", "null"], "enum": ["é", "+1", "-1", null, "self"]}),
        json!({"discriminator": {"propertyName": "type"}, "oneOf": [{"$ref": "#/components/schemas/Operation"}]}),
    ];
    let mut mutant = document.clone();
    for _ in 0..=random.below(3) {
        let mut places = Vec::new();
        pointers(&mutant, "", &mut places);
        let place = &places[random.below(places.len())];
        let other = &places[random.below(places.len())];
        let moved = mutant.pointer(other).cloned().unwrap_or_default();
        let value = if random.below(3) == 0 { moved } else { odd[random.below(odd.len())].clone() };
        if let Some(target) = mutant.pointer_mut(place) {
            *target = value;
        }
    }
    if mutant.is_object() {
        mutant["openapi"] = "3.1.0".into();
    }
    mutant
}

/// Every mutant is lowered, prepared or refused; none panics or hangs.
pub(crate) fn check_bounded(document: &Value) {
    let check = |seed: u64| {
        let mut random = Random(seed);
        for round in 0..25 {
            let mutant = mutated(document, &mut random);
            let lowered = lower(&mutant);
            if let Ok(lowered) = lowered {
                drop(prepare(lowered));
            }
            // The generator is slow next to the rules, and its panics are errors here. Fuzzing runs it for long.
            if round == 0 {
                drop(generate(&mutant, &Settings::default()));
            }
        }
    };
    thread::scope(|scope| (20_240_701..20_240_705).for_each(|seed| drop(scope.spawn(move || check(seed)))));
}

/// The same mutant gives the same source twice.
pub(crate) fn check_deterministic(document: &Value) {
    let mut random = Random(7);
    for _ in 0..5 {
        let mutant = mutated(document, &mut random);
        let source = || generate(&mutant, &Settings::default()).map(|generated| generated.rust).ok();
        assert_eq!(source(), source());
    }
}

/// A document with what the rules look at more than once: base classes, unions, forms, streams, parameters and references.
fn every_kind() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Lamps", "version": "1"},
        "servers": [{"url": "https://a.b/{v}", "variables": {"v": {"default": "1", "enum": ["1", "2"]}}}],
        "security": [{"key": []}],
        "paths": {"/lamps/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getLamp",
                "parameters": [
                    {"name": "filter", "in": "query", "style": "deepObject", "explode": true,
                     "schema": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}},
                    {"name": "X-A", "in": "header", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "c", "in": "cookie", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}},
                ],
                "responses": {
                    "200": {"description": "x", "headers": {"X-B": {"schema": {"type": "string"}}}, "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}},
                        "text/event-stream": {"itemSchema": {"$ref": "#/components/schemas/Tree"}},
                    }},
                    "4XX": {"$ref": "#/components/responses/Problem"},
                    "default": {"description": "x", "content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            },
            "post": {
                "operationId": "setLamp",
                "requestBody": {"required": true, "content": {
                    "multipart/form-data": {
                        "schema": {"type": "object", "required": ["file"], "properties": {
                            "file": {"type": "string", "contentMediaType": "image/png"},
                            "lamp": {"$ref": "#/components/schemas/Lamp"},
                        }},
                        "encoding": {"file": {"contentType": "image/png", "headers": {"X-C": {"schema": {"type": "string"}}}}},
                    },
                    "application/x-www-form-urlencoded": {
                        "schema": {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}},
                        "encoding": {"a": {"style": "pipeDelimited", "explode": false}},
                    },
                }},
                "responses": {"204": {"description": "x"}},
            },
        }},
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "style": "label", "schema": {"type": "string"}}},
            "responses": {"Problem": {"description": "x", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "schemas": {
                "Lamp": {
                    "type": "object", "required": ["kind"],
                    "properties": {"kind": {"type": "string"}, "room": {"type": ["string", "null"], "default": null}},
                    "discriminator": {"propertyName": "kind", "mapping": {"desk": "#/components/schemas/Desk", "lamp": "#/components/schemas/Lamp"}},
                },
                "Desk": {"allOf": [{"$ref": "#/components/schemas/Lamp"}, {"type": "object", "properties": {"arm": {"type": "integer"}}}]},
                "Wall": {"allOf": [{"$ref": "#/components/schemas/Lamp"}, {"discriminator": {"propertyName": "kind"}}], "unevaluatedProperties": false},
                "Either": {
                    "oneOf": [{"$ref": "#/components/schemas/Desk"}, {"$ref": "#/components/schemas/Wall"}, {"type": "null"}],
                    "discriminator": {"propertyName": "kind", "mapping": {"d": "Desk"}},
                },
                "Tree": {
                    "$defs": {"Leaf": {"const": 1}},
                    "type": ["object", "null"],
                    "properties": {
                        "left": {"$ref": "#/components/schemas/Tree"},
                        "either": {"$ref": "#/components/schemas/Either"},
                        "leaf": {"$ref": "#/components/schemas/Tree/$defs/Leaf"},
                        "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"enum": ["a", 1, null]}]},
                    },
                    "patternProperties": {"^x-": {"type": "number", "exclusiveMinimum": 0}},
                    "additionalProperties": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}]},
                    "if": {"required": ["left"]}, "then": {"minProperties": 2}, "dependentRequired": {"left": ["leaf"]},
                },
            },
        },
    })
}

/// Something odd at every place of a document with everything in it: no rule panics.
#[test]
fn every_place_may_hold_anything() {
    let document = every_kind();
    prepare(lower(&document).unwrap()).unwrap();
    let mut places = Vec::new();
    pointers(&document, "", &mut places);
    let check = |place: &String| {
        for value in [json!("string"), json!("array"), json!([])] {
            let mut mutant = document.clone();
            if let Some(target) = mutant.pointer_mut(place) {
                *target = value;
            }
            if let Ok(lowered) = lower(&mutant) {
                drop(prepare(lowered));
            }
        }
    };
    thread::scope(|scope| {
        places.chunks(places.len().div_ceil(4)).for_each(|places| drop(scope.spawn(|| places.iter().for_each(check))));
    });
}
