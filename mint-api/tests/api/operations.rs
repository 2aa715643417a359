//! Whole operations: unusual values are read completely and written back equal.

use mint_api::types::{Operation, OperationStatus, Problem};
use serde_json::{Value, json};

use crate::examples::{conversion, model, with, without, world};

fn read(operation: &Value) -> Operation {
    // Reads from a text, as the client reads replies.
    serde_json::from_str(&operation.to_string()).unwrap_or_else(|error| panic!("{error}: {operation:#}"))
}

fn written(operation: &Operation) -> Value {
    serde_json::to_value(operation).unwrap()
}

const ARTIFACT: &str = "/conversion/assets/artifacts/glb";

#[test]
fn examples_are_written_back_equal() {
    for example in [world(), model(), conversion()] {
        assert_eq!(written(&read(&example)), example);
    }
}

#[test]
fn values_out_of_bounds_are_kept() {
    for (example, pointer, value) in [
        (conversion(), "/artifactVersion", json!(0)),
        (conversion(), "/artifactVersion", json!(-1)),
        (conversion(), "/byteSize", json!(-5)),
        (conversion(), "/byteSize", json!(i64::MAX)),
        (conversion(), "/byteSize", json!(i64::MIN)),
        (conversion(), "/url", json!("not a URL")),
        (conversion(), "/url", json!("")),
        (conversion(), "/format", json!("ply")),
        (conversion(), "/packaging", json!("tar")),
        (model(), "/assets/glbSizeBytes", json!(-1)),
        (model(), "/assets/optimizedGlbSizeBytes", json!(i64::MAX)),
        (model(), "/id", json!("")),
        (model(), "/mintUrl", json!("//relative")),
        (model(), "/status", json!("billing_required")),
        (model(), "/type", json!("texture_generation")),
        (model(), "/object", json!("job")),
        (model(), "/generationMode", json!("manual")),
        (model(), "/generationPreset", json!("draft")),
        (model(), "/optimizationLevel", json!("extreme")),
        (model(), "/resource/type", json!("texture")),
        (world(), "/assets/spzUrls", json!({})),
        (world(), "/assets/spzUrls/a~key of any kind", json!("https://cdn.mint.gg/a.spz")),
    ] {
        let pointer = match example["conversion"].is_null() {
            true => pointer.to_owned(),
            false => format!("{ARTIFACT}{pointer}"),
        };
        let changed = with(example, &pointer, value);
        assert_eq!(written(&read(&changed)), changed);
    }
}

#[test]
fn integers_may_be_written_as_floats() {
    for (written_as, integer) in [("1.0", 1), ("1e3", 1000), ("-0.0", 0), ("2.50e1", 25), ("7", 7)] {
        let number: Value = serde_json::from_str(written_as).unwrap();
        let operation = with(conversion(), &format!("{ARTIFACT}/byteSize"), number.clone());
        let operation = with(operation, &format!("{ARTIFACT}/artifactVersion"), number.clone());
        let expected = with(conversion(), &format!("{ARTIFACT}/byteSize"), json!(integer));
        let expected = with(expected, &format!("{ARTIFACT}/artifactVersion"), json!(integer));
        assert_eq!(written(&read(&operation)), expected, "{written_as}");
        let operation = with(model(), "/assets/glbSizeBytes", number);
        assert_eq!(written(&read(&operation)), with(model(), "/assets/glbSizeBytes", json!(integer)), "{written_as}");
    }
    let problem: Problem = serde_json::from_str(r#"{"type":"a","title":"b","status":503.0}"#).unwrap();
    assert_eq!(problem.status, 503);
}

#[test]
fn other_numbers_than_integers_are_errors() {
    for value in [
        json!("1"),
        json!(1.5),
        json!(1e300),
        json!(9_223_372_036_854_775_808_u64),
        json!(-9.3e18),
        json!(true),
        json!([1]),
    ] {
        let operation = with(conversion(), &format!("{ARTIFACT}/byteSize"), value.clone());
        assert!(serde_json::from_value::<Operation>(operation).is_err(), "{value}");
    }
}

#[test]
fn unknown_fields_are_ignored() {
    for (example, pointer) in [
        (world(), "/progress"),
        (world(), "/resource/name"),
        (model(), "/error/retryable"),
        (conversion(), "/conversion/eta"),
        (conversion(), "/conversion/assets/plyUrl"),
        (conversion(), "/conversion/assets/artifacts/ply"),
        (conversion(), "/conversion/assets/artifacts/glb/sha256"),
    ] {
        for value in [json!(null), json!(0.5), json!({"status": [1], "id": {}})] {
            let extended = with(example.clone(), pointer, value);
            assert_eq!(written(&read(&extended)), example, "{pointer}");
        }
    }
}

#[test]
fn times_keep_their_text() {
    for (text, utc) in [
        ("2026-07-01T10:00:00.000Z", Some("2026-07-01T10:00:00+00:00")),
        ("2026-07-01T10:00:00+02:00", Some("2026-07-01T08:00:00+00:00")),
        ("2026-07-01T10:00:00.123456789-00:30", Some("2026-07-01T10:30:00.123456789+00:00")),
        ("2026-07-01", None),
        ("2026-13-41T99:00:00Z", None),
        ("1751364000", None),
        ("", None),
    ] {
        for pointer in ["/createdAt", "/updatedAt", "/completedAt", "/canceledAt"] {
            let changed = with(world(), pointer, json!(text));
            let operation = read(&changed);
            assert_eq!(written(&operation), changed);
            let time = match pointer {
                "/createdAt" => operation.created_at.as_ref(),
                "/updatedAt" => operation.updated_at.as_ref(),
                "/completedAt" => operation.completed_at.as_ref(),
                _ => operation.canceled_at.as_ref(),
            };
            let time = time.unwrap();
            assert_eq!(time.as_str(), text);
            assert_eq!(time.to_string(), text);
            assert_eq!(time.to_utc().ok().map(|utc| utc.to_rfc3339()).as_deref(), utc, "{text}");
        }
    }
}

#[test]
fn an_operation_of_a_newer_server_is_read() {
    let mut tomorrow = json!({
        "object": "operation.v2", "id": "op_1", "type": "audio_generation", "generationMode": "guided",
        "status": "awaiting_review", "createdAt": "soon", "updatedAt": "later", "assets": {"audioUrl": "a"},
        "resource": {"type": "audio", "id": "aud_1", "region": "eu"}, "stages": [{"name": "mix"}],
    });
    let operation = read(&tomorrow);
    assert_eq!(operation.status.as_str(), "awaiting_review");
    assert!(matches!(operation.status, OperationStatus::Unknown(_)));
    let written = written(&operation);
    tomorrow["resource"].as_object_mut().unwrap().remove("region");
    for (name, value) in without(tomorrow, "/stages").as_object().unwrap() {
        assert_eq!(&written[name], value, "{name}");
    }
}
