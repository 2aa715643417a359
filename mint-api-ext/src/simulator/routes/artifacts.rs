//! Artifact manifests, and the files of animations.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::simulator::api::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::state::api_state::State;
use crate::simulator::state::operation::{is_success, mint_url};
use crate::simulator::state::result_files;
use crate::simulator::state::store::{Resource, Store};

pub(crate) fn manifest(state: &State, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let (asset_type, id) = (call.parameter(0), call.parameter(1));
    let resource_type = match asset_type {
        "model_animation_clip" => "animation",
        other => other,
    };
    let resource = store.resource(resource_type, id)?;
    let mut body = json!({
        "manifestVersion": 1,
        "source": {"kind": "asset", "assetType": asset_type, "id": id},
        "mintUrl": mint_url(id),
        "artifacts": artifacts(state, store, resource),
    });
    if asset_type == "world" {
        body["integrationMode"] = "remote_stream".into();
        body["runtime"] = runtime(state, &resource.assets(state, store));
    }
    Ok(HttpReply::ok(&state.files.signed(&body)))
}

/// What is there of a resource so far.
fn artifacts(state: &State, store: &Store, resource: &Resource) -> Vec<Value> {
    let finished = is_success(resource.status(state, store));
    match resource.resource_type {
        "model" => of_assets(state, MODEL, &resource.assets(state, store)),
        "world" => of_assets(state, WORLD, &resource.assets(state, store)),
        "audio" if finished => {
            let url = result_files::audio(state);
            let mut artifact = artifact(state, "audio_file", "audio_file", "audio", &url);
            artifact["durationSeconds"] = result_files::AUDIO_SECONDS.into();
            vec![artifact]
        }
        "animation" if finished => vec![animation_artifact(state, resource)],
        "asset_pack" if finished => {
            let models = resource.items.iter().filter_map(|id| store.resource("model", id).ok());
            let urls = models.map(|model| (&model.id, model.assets(state, store)["glbUrl"].take()));
            urls.enumerate()
                .filter_map(|(index, (model, url))| {
                    let id = format!("asset_pack_item_glb:{}:{index}:{model}", resource.id);
                    Some(artifact(state, &id, "canonical_model", "gltf", url.as_str()?))
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A field of `assets`, and the artifact that it is: its id, its role, and what loads it.
type Known = (&'static str, &'static str, &'static str, &'static str);

const MODEL: &[Known] = &[
    ("optimizedGlbUrl", "optimized_glb", "canonical_model", "gltf"),
    ("glbUrl", "original_glb", "source_model", "gltf"),
    ("usdzUrl", "ar_usdz", "ar_model", "quick-look"),
    ("previewImageUrl", "preview_image", "preview_image", "image"),
];

const WORLD: &[Known] = &[
    ("radUrl", "world_runtime_rad", "environment", "spark-rad"),
    ("colliderMeshUrl", "world_collider", "physics_collider", "gltf"),
    ("previewImageUrl", "preview_image", "preview_image", "image"),
];

fn of_assets(state: &State, known: &[Known], assets: &Value) -> Vec<Value> {
    let there = known.iter().filter_map(|(field, id, role, loader)| Some((assets[*field].as_str()?, id, role, loader)));
    there.map(|(url, id, role, loader)| artifact(state, id, role, loader, url)).collect()
}

fn artifact(state: &State, id: &str, role: &str, loader: &str, url: &str) -> Value {
    let filename = state.files.path(url).rsplit('/').next().unwrap_or_default();
    let mut artifact = json!({
        "id": id, "artifactId": id, "role": role, "filename": filename, "downloadUrl": url,
        "format": filename.rsplit('.').next(), "loaderHint": loader,
    });
    if let Some(file) = state.files.get(state.files.path(url)) {
        artifact["contentType"] = file.content_type.into();
        artifact["byteSize"] = file.bytes.len().into();
    }
    artifact
}

/// How a world is streamed, once it is made.
fn runtime(state: &State, assets: &Value) -> Value {
    let (Some(rad), Some(collider)) = (assets["radUrl"].as_str(), assets["colliderMeshUrl"].as_str()) else {
        return Value::Null;
    };
    json!({
        "artifactId": "world_runtime_rad",
        "role": "environment",
        "renderer": "@sparkjsdev/spark",
        "format": "rad",
        "runtimeUrl": rad,
        "byteSize": state.files.get(state.files.path(rad)).map_or(0, |file| file.bytes.len()),
        "loaderHint": {"renderer": "SparkRenderer", "mesh": "SplatMesh", "paged": true, "lod": false},
        "collider": {
            "artifactId": "world_collider", "role": "physics_collider", "format": "glb", "runtimeUrl": collider,
            "loaderHint": "gltf", "visible": false, "requiredForPhysics": true,
        },
    })
}

pub(crate) fn animation_list(state: &State, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let clip = clip(store, call)?;
    let data: Vec<_> = clip.artifact(state, store).into_iter().collect();
    Ok(HttpReply::ok(&json!({"data": data})))
}

pub(crate) fn animation(state: &State, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let artifact = clip(store, call)?.artifact(state, store);
    let artifact = artifact.filter(|artifact| artifact["id"] == call.parameter(2));
    artifact.map(|artifact| HttpReply::ok(&artifact)).ok_or_else(Problem::not_found)
}

pub(crate) fn animation_manifest(state: &State, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let clip = clip(store, call)?;
    Ok(HttpReply::ok(&json!({
        "manifestVersion": 1,
        "source": {"kind": "animation", "targetType": call.parameter(0), "id": clip.id},
        "artifacts": artifacts(state, store, clip),
    })))
}

/// What there is to choose from; the document does not say what it looks like.
pub(crate) fn animation_options() -> HttpReply {
    HttpReply::ok(&json!({"animationSets": [{"id": "locomotion", "name": "Locomotion"}]}))
}

/// The clip of a request. An animation is a clip here, never a batch.
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

impl Resource {
    /// The file of a clip, once it is made.
    fn artifact(&self, state: &State, store: &Store) -> Option<Value> {
        if !is_success(self.status(state, store)) {
            return None;
        }
        let mut artifact = animation_artifact(state, self);
        artifact["kind"] = "animation_clip".into();
        Some(state.files.signed(&artifact))
    }
}

fn animation_artifact(state: &State, clip: &Resource) -> Value {
    artifact(
        state,
        &format!("clip:{}:animation_glb", clip.id),
        "animation_clip",
        "gltf",
        &result_files::animation(state),
    )
}
