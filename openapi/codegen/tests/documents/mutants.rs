//! Documents with something wrong in them: each gets a result in bounded time, never a panic.

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
    let mut random = Random(20_240_701);
    for round in 0..200 {
        let mutant = mutated(document, &mut random);
        let lowered = lower(&mutant);
        if let Ok(lowered) = lowered {
            drop(prepare(lowered));
        }
        // The generator is slow next to the rules, and its panics are errors here.
        if round % 10 == 0 {
            drop(generate(&mutant, &Settings::default()));
        }
    }
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
