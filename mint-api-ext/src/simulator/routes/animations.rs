//! The artifacts of animations.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::artifacts::{animation_artifact, artifacts};
use super::call::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::state::{Environment, Resource, Store, is_success};

pub(crate) fn list(environment: &Environment, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let clip = clip(store, call)?;
    let data: Vec<_> = clip_artifact(environment, store, clip).into_iter().collect();
    Ok(HttpReply::ok(&json!({"data": data})))
}

pub(crate) fn artifact(environment: &Environment, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let artifact = clip_artifact(environment, store, clip(store, call)?);
    let artifact = artifact.filter(|artifact| artifact["id"] == call.parameter(2));
    artifact.map(|artifact| HttpReply::ok(&artifact)).ok_or_else(Problem::not_found)
}

pub(crate) fn manifest(environment: &Environment, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let clip = clip(store, call)?;
    Ok(HttpReply::ok(&json!({
        "manifestVersion": 1,
        "source": {"kind": "animation", "targetType": call.parameter(0), "id": clip.id},
        "artifacts": artifacts(environment, store, clip),
    })))
}

/// The options for animations. The document does not specify their form.
pub(crate) fn options() -> HttpReply {
    HttpReply::ok(&json!({"animationSets": [{"id": "locomotion", "name": "Locomotion"}]}))
}

/// The animation clip of a call. The simulator has no animation batches.
fn clip<'a>(store: &'a Store, call: &Call) -> Result<&'a Resource, Problem> {
    match call.parameter(0) {
        "model_animation_clip" => store.resource("animation", call.parameter(1)),
        "model_animation_batch" => Err(Problem::not_found()),
        _ => {
            let message = "Must be model_animation_clip or model_animation_batch.";
            let errors = vec![field_error("/targetType", "invalid_value", message)];
            Err(Problem::invalid(errors).with_status(StatusCode::BAD_REQUEST))
        }
    }
}

/// The artifact of a clip that has succeeded.
fn clip_artifact(environment: &Environment, store: &Store, clip: &Resource) -> Option<Value> {
    if !is_success(clip.status(environment, store)) {
        return None;
    }
    let mut artifact = animation_artifact(environment, clip);
    artifact["kind"] = "animation_clip".into();
    Some(environment.files.signed(&artifact))
}
