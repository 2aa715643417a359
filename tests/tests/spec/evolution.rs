//! Replies of a newer server are read, lose nothing known and do not break a wait. Invalid replies are rejected.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use mint_api_ext::{ErrorKind, Outcome};
use serde_json::{Value, json};

use crate::document::{admits_null, component, members, required, union_of};
use crate::instances::{Way, cases, for_instances, instances, some};
use crate::known::differences;
use crate::mutants::{Kind, Mutant, mutants};
use crate::schemas::{ROWS, Row};
use crate::server::{self, Server};
use crate::types::only_member;

#[test]
fn every_schema_may_grow() {
    let seen = RefCell::new(BTreeSet::new());
    let places = RefCell::new(BTreeSet::new());
    for row in ROWS.iter().filter(|row| row.is_read()) {
        for_instances(row.name, row.schema(), Way::Read, cases().div_ceil(10), |instance| {
            for mutant in mutants(row.schema(), instance) {
                if !Kind::EVOLUTION.contains(&mutant.kind) {
                    continue;
                }
                seen.borrow_mut().insert(mutant.kind);
                places.borrow_mut().insert((row.name, mutant.pointer.clone(), mutant.kind));
                let written =
                    (row.round_trip)(&mutant.value.to_string()).map_err(|error| described(&mutant, &error))?;
                let lost = differences(row.schema(), &mutant.value, &written);
                if !lost.is_empty() {
                    return Err(described(&mutant, &lost.join("; ")));
                }
            }
            Ok(())
        });
    }
    assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), Kind::EVOLUTION);
    let places = places.into_inner();
    let missed: Vec<_> = ROWS.iter().filter(|row| row.is_read()).flat_map(places_of).collect();
    let missed: Vec<_> = missed.into_iter().filter(|place| !places.contains(place)).collect();
    assert!(missed.is_empty(), "these changes were never made: {missed:#?}");
}

/// The changes that the test must make to each property of a schema.
fn places_of(row: &Row) -> Vec<(&'static str, String, Kind)> {
    let required = required(row.schema());
    let mut all = Vec::new();
    for (name, property) in members(&row.schema()["properties"]) {
        let schema = only_member(property);
        let bounds = ["minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "format"];
        let kinds = [
            (Kind::UnknownValue, schema.get("enum").or_else(|| schema.get("const")).is_some()),
            (Kind::UnknownMember, union_of(schema).is_some()),
            (Kind::WideInteger, schema["type"] == "integer" || schema["type"] == json!(["integer", "null"])),
            (Kind::BrokenBound, bounds.iter().any(|keyword| schema.get(keyword).is_some())),
            (Kind::NullOptional, !required.contains(name.as_str()) && !admits_null(property)),
        ];
        let kinds = kinds.into_iter().filter(|(_, applies)| *applies);
        all.extend(kinds.map(|(kind, _)| (row.name, format!("/{name}"), kind)));
    }
    all
}

/// Describes the failure of a mutant.
pub(crate) fn described(mutant: &Mutant, what: &str) -> String {
    format!("{:?} at `{}`: {what}\nchanged: {:#}", mutant.kind, mutant.pointer, mutant.value)
}

/// An invalid value is rejected with its path. An invalid member of a union is kept as JSON instead.
#[test]
fn invalid_values_are_rejected_with_their_path() {
    for row in ROWS.iter().filter(|row| row.is_read()) {
        for_instances(row.name, row.schema(), Way::Read, cases().div_ceil(10), |instance| {
            for mutant in mutants(row.schema(), instance) {
                if ![Kind::AbsentRequired, Kind::WrongType].contains(&mutant.kind) {
                    continue;
                }
                match (row.round_trip)(&mutant.value.to_string()) {
                    Ok(written) if mutant.in_union => {
                        let lost = differences(row.schema(), &mutant.value, &written);
                        if !lost.is_empty() {
                            return Err(described(&mutant, &lost.join("; ")));
                        }
                    }
                    Ok(written) => return Err(described(&mutant, &format!("read as {written}"))),
                    Err(error) if error.contains(&place_of(&mutant)) => {}
                    Err(error) => return Err(described(&mutant, &format!("the error names another place: {error}"))),
                }
            }
            Ok(())
        });
    }
}

/// The place as the error names it: the path of the wrong value, or of the object that lacks a property.
fn place_of(mutant: &Mutant) -> String {
    let mut path = String::new();
    let mut place = &mutant.value;
    for segment in mutant.pointer.split('/').skip(1) {
        let name = segment.replace("~1", "/").replace("~0", "~");
        match place {
            Value::Array(_) => path.push_str(&format!("[{name}]")),
            _ if path.is_empty() => path.push_str(&name),
            _ => path.push_str(&format!(".{name}")),
        }
        place = place.pointer(&format!("/{segment}")).unwrap_or(&Value::Null);
    }
    match path.as_str() {
        "" => "at `.`".into(),
        path => format!("at `{path}"),
    }
}

fn operation() -> Value {
    json!({"object": "operation", "id": "op_1", "status": "succeeded", "assets": {"glbUrl": "https://cdn.mint.gg/a.glb"}})
}

#[tokio::test(start_paused = true)]
async fn a_wait_survives_every_change_of_an_operation() {
    let server = Server::start().await;
    let mint = server.mint();
    let schema = component("Operation");
    let mut waits = 0;
    for mut instance in some(&instances(schema, Way::Read), 12) {
        instance["id"] = "op_1".into();
        for mutant in mutants(schema, &instance) {
            if !Kind::EVOLUTION.contains(&mutant.kind) {
                continue;
            }
            server.answer([&mutant.value, &operation()].map(|body| server::json(200, "application/json", body)));
            let wait = mint.attach("op_1").unwrap().wait().deadline(Duration::from_secs(3600));
            let outcome =
                wait.await.unwrap_or_else(|error| panic!("{}", described(&mutant, &format!("{error}: {error:?}"))));
            let shown = match server.take_requests().len() {
                1 => &mutant.value,
                _ => &operation(),
            };
            let written = serde_json::to_value(outcome.operation()).unwrap();
            assert_eq!(differences(schema, shown, &written), [""; 0], "{}", described(&mutant, "lost"));
            waits += 1;
        }
    }
    assert!(waits > 300, "{waits}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_that_does_not_change_ends_as_unrecognized() {
    let server = Server::start().await;
    let mut operation = operation();
    operation["status"] = "sent_to_the_moon".into();
    server.answer([server::json(200, "application/json", &operation)]);
    match server.mint().attach("op_1").unwrap().wait().await.unwrap() {
        Outcome::Unrecognized(operation) => assert_eq!(operation.status.as_str(), "sent_to_the_moon"),
        other => panic!("{other:?}"),
    }
}

/// The pointers of all values in an operation, but for its id.
fn parts(value: &Value, pointer: &str, all: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        parts(child, &pointer, all);
        if pointer != "/id" {
            all.push(pointer);
        }
    }
}

fn without(mut operation: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match operation.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        other => panic!("{other}"),
    }
    operation
}

/// Removes, nulls and spoils every part of an operation, one at a time.
#[tokio::test(start_paused = true)]
async fn only_the_id_of_an_operation_matters() {
    let server = Server::start().await;
    let mint = server.mint();
    let mut tried = 0;
    for mut instance in some(&instances(component("Operation"), Way::Read), 12) {
        (instance["id"], instance["status"]) = ("op_1".into(), "succeeded".into());
        let mut pointers = Vec::new();
        parts(&instance, "", &mut pointers);
        for pointer in pointers {
            let mut variants = vec![without(instance.clone(), &pointer)];
            for value in [Value::Null, json!({"new": [1]}), json!([[]]), json!(0.5), json!("text"), json!(true)] {
                let mut operation = instance.clone();
                *operation.pointer_mut(&pointer).unwrap() = value;
                variants.push(operation);
            }
            for operation in variants {
                server.answer([server::json(200, "application/json", &operation)]);
                let read = mint.attach("op_1").unwrap().get().await;
                let read = read.unwrap_or_else(|error| panic!("{pointer}: {error}: {operation:#}"));
                assert!(read.id == "op_1" && (pointer == "/status" || read.status.as_str() == "succeeded"));
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

/// Operations without an id are errors that say why.
#[tokio::test]
async fn an_operation_without_an_id_is_an_error() {
    let server = Server::start().await;
    for (body, why) in [
        (json!({"status": "queued"}), "missing field `id`"),
        (json!({"id": null, "status": "queued"}), "at `id`"),
        (json!({"id": 7, "status": "queued"}), "at `id`"),
        (json!([{"id": "op_1", "status": "queued"}]), "invalid type: sequence, expected an object"),
        (json!([]), "invalid type: sequence, expected an object"),
        (json!("queued"), "invalid type"),
        (json!(null), "invalid type"),
    ] {
        server.answer([server::json(200, "application/json", &body)]);
        let error = server.mint().attach("op_1").unwrap().get().await.expect_err(&body.to_string());
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        let text = format!("{error}: {}", std::error::Error::source(&error).unwrap());
        assert!(text.contains(why), "{body}: {text}");
    }
}
