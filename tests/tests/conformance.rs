//! Compares the replies of the simulator, and what the client reads, with the 3.1 document.

use futures::TryStreamExt as _;
use jsonschema::Validator;
use mint_api::types::Operation;
use mint_api_ext::simulator::{Script, Simulator};
use mint_api_ext::wait::Update;
use serde_json::{Value, json};

/// A validator for a component of the document (JSON Schema 2020-12, formats asserted).
fn validator(schema: &str) -> Validator {
    let document = mint_openapi::effective_document().unwrap();
    let schema = json!({
        "$ref": format!("#/components/schemas/{schema}"),
        "components": document["components"],
    });
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[track_caller]
fn assert_valid(validator: &Validator, instance: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(instance).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\nin {instance:#}");
}

#[test]
fn the_validator_rejects_invalid_instances() {
    let operation = validator("Operation");
    assert!(!operation.is_valid(&json!({"object": "operation"})));
}

/// The value without nulls: an absent nullable property may be written back as null.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.iter().filter(|(_, value)| !value.is_null());
            known.map(|(name, value)| (name.clone(), without_null(value))).collect()
        }
        other => other.clone(),
    }
}

#[tokio::test(start_paused = true)]
async fn operations_are_valid_when_sent_and_when_written_back() {
    let validator = validator("Operation");
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let mut statuses = Vec::new();
    for script in [
        Script::model(),
        Script::world(),
        Script::conversion(),
        Script::model().reviewed(),
        Script::world().fails("generation_failed", "m"),
        Script::model().timeline([("canceled", 0)]),
    ] {
        let id = simulator.add(script);
        let mut updates = mint.attach(&id).unwrap().wait().updates();
        loop {
            let (operation, over) = match updates.try_next().await.unwrap().unwrap() {
                Update::Changed(seen) => (seen.operation, false),
                Update::Ended(outcome) => (outcome.into_operation(), true),
                other => panic!("{other:?}"),
            };
            let sent = simulator.operation(&id).unwrap();
            assert_valid(&validator, &sent);
            let written = serde_json::to_value(&operation).unwrap();
            assert_valid(&validator, &written);
            for (field, value) in sent.as_object().unwrap() {
                assert_eq!(without_null(&written[field]), without_null(value), "{field}");
            }
            let again: Operation = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(again).unwrap(), written);
            statuses.push(operation.status.to_string());
            if over {
                break;
            }
        }
    }
    statuses.sort();
    statuses.dedup();
    assert_eq!(statuses, ["canceled", "failed", "preview_ready", "queued", "running", "succeeded"]);
}
