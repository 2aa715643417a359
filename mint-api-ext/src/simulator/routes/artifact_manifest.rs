//! The artifact manifest of an asset.

use serde_json::{Value, json};

use super::artifacts::artifacts;
use super::call::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::state::{Environment, Store, mint_url};

pub(crate) fn get(environment: &Environment, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let (asset_type, id) = (call.parameter(0), call.parameter(1));
    let resource = store.resource(call.resource_type(), id)?;
    let mut body = json!({
        "manifestVersion": 1,
        "source": {"kind": "asset", "assetType": asset_type, "id": id},
        "mintUrl": mint_url(id),
        "artifacts": artifacts(environment, store, resource),
    });
    if asset_type == "world" {
        body["integrationMode"] = "remote_stream".into();
        body["runtime"] = runtime(environment, &resource.assets(environment, store));
    }
    Ok(HttpReply::ok(&environment.files.signed(&body)))
}

/// The `runtime` of a world, which describes how to stream the world; null until the world has its files.
fn runtime(environment: &Environment, assets: &Value) -> Value {
    let (Some(rad), Some(collider)) = (assets["radUrl"].as_str(), assets["colliderMeshUrl"].as_str()) else {
        return Value::Null;
    };
    let files = &environment.files;
    json!({
        "artifactId": "world_runtime_rad",
        "role": "environment",
        "renderer": "@sparkjsdev/spark",
        "format": "rad",
        "runtimeUrl": rad,
        "byteSize": files.get(files.path(rad)).map_or(0, |file| file.bytes.len()),
        "loaderHint": {"renderer": "SparkRenderer", "mesh": "SplatMesh", "paged": true, "lod": false},
        "collider": {
            "artifactId": "world_collider", "role": "physics_collider", "format": "glb", "runtimeUrl": collider,
            "loaderHint": "gltf", "visible": false, "requiredForPhysics": true,
        },
    })
}
