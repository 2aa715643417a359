//! Examples of whole replies. Together they have every property of the document.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The components that a schema of the document refers to, directly or not, and the schema itself.
pub(crate) fn reached(document: &Value, pointer: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([pointer.to_owned()]);
    let mut open = vec![pointer.to_owned()];
    while let Some(pointer) = open.pop() {
        let mut referred = Vec::new();
        references(document.pointer(&pointer).unwrap(), &mut referred);
        open.extend(referred.into_iter().filter(|pointer| found.insert(pointer.clone())));
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(|reference| reference[1..].to_owned()));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(array) => array.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

pub(crate) fn world() -> Value {
    json!({
        "object": "operation",
        "id": "op_01JZ8Q4N7VW",
        "type": "world_generation",
        "generationMode": "auto",
        "status": "succeeded",
        "prompt": "a lighthouse on a basalt cliff, \u{201c}golden hour\u{201d}",
        "generationPreset": "standard",
        "generationModel": "mint-world-1",
        "optimizationLevel": null,
        "resource": {"type": "world", "id": "wld_3kD9"},
        "mintUrl": "https://mint.gg/worlds/wld_3kD9",
        "assets": world_assets(),
        "conversion": null,
        "error": null,
        "createdAt": "2026-07-01T10:00:00.000Z",
        "updatedAt": "2026-07-01T10:06:31.250Z",
        "completedAt": "2026-07-01T10:06:31.250Z",
        "canceledAt": null,
        "billing": null,
        "credits": {"estimated": 812.5, "reserved": 0.0, "finalized": 790.25, "availableAfterReservation": null},
    })
}

pub(crate) fn world_assets() -> Value {
    json!({
        "caption": "A lighthouse above the sea.",
        "colliderMeshUrl": "https://cdn.mint.gg/wld_3kD9/collider.glb",
        "panoUrl": "https://cdn.mint.gg/wld_3kD9/pano.png",
        "previewImageUrl": "https://cdn.mint.gg/wld_3kD9/preview.webp",
        "radUrl": "https://cdn.mint.gg/wld_3kD9/world.rad",
        "spzUrls": {
            "100k": "https://cdn.mint.gg/wld_3kD9/100k.spz",
            "500k": "https://cdn.mint.gg/wld_3kD9/500k.spz",
            "full_res": "https://cdn.mint.gg/wld_3kD9/full.spz",
        },
        "thumbnailUrl": "https://cdn.mint.gg/wld_3kD9/thumbnail.webp",
    })
}

pub(crate) fn model() -> Value {
    json!({
        "object": "operation",
        "id": "op_01JZ8R1C2AB",
        "type": "model_optimization",
        "generationMode": "review",
        "status": "preview_ready",
        "prompt": "a brass diving helmet",
        "generationPreset": "production",
        "generationModel": "mint-model-2",
        "optimizationLevel": "moderate",
        "resource": {"type": "model", "id": "mdl_77aX"},
        "mintUrl": "https://mint.gg/models/mdl_77aX",
        "assets": model_assets(),
        "conversion": null,
        "error": {"code": "texture_budget", "message": "Textures were halved to fit the budget."},
        "createdAt": "2026-07-02T09:00:00Z",
        "updatedAt": "2026-07-02T11:04:05+02:00",
        "completedAt": null,
        "canceledAt": null,
        "billing": {
            "reason": "insufficient_credits",
            "resource": "model",
            "stage": "final",
            "requiredCredits": 20.0,
            "availableCredits": 4.5,
            "ctaKind": "top_up",
            "actionUrl": "https://mint.gg/billing",
        },
        "credits": null,
    })
}

pub(crate) fn model_assets() -> Value {
    json!({
        "fbxUrl": "https://cdn.mint.gg/mdl_77aX/model.fbx",
        "glbUrl": "https://cdn.mint.gg/mdl_77aX/model.glb",
        "glbSizeBytes": 48_811_240,
        "objUrl": "https://cdn.mint.gg/mdl_77aX/model.obj.zip",
        "optimizedGlbUrl": "https://cdn.mint.gg/mdl_77aX/optimized.glb",
        "optimizedGlbSizeBytes": 5_120_004,
        "previewImageUrl": "https://cdn.mint.gg/mdl_77aX/preview.png",
        "stlUrl": "https://cdn.mint.gg/mdl_77aX/model.stl",
        "thumbnailUrl": "https://cdn.mint.gg/mdl_77aX/thumbnail.webp",
        "usdzUrl": "https://cdn.mint.gg/mdl_77aX/model.usdz",
        "bounds": {"min": [-0.5, 0.0, -0.5], "max": [0.5, 1.75, 0.5], "size": [1.0, 1.75, 1.0], "center": [0.0, 0.875, 0.0]},
    })
}

pub(crate) fn preview_assets() -> Value {
    json!({"previewImageUrl": "https://cdn.mint.gg/preview.webp", "thumbnailUrl": "https://cdn.mint.gg/thumbnail.webp"})
}

pub(crate) fn conversion() -> Value {
    json!({
        "object": "operation",
        "id": "op_01JZ8S5K9CD",
        "type": "model_conversion",
        "generationMode": "auto",
        "status": "canceled",
        "prompt": null,
        "generationPreset": null,
        "generationModel": null,
        "optimizationLevel": null,
        "resource": {"type": "model", "id": "mdl_77aX"},
        "mintUrl": "https://mint.gg/models/mdl_77aX",
        "assets": null,
        "conversion": {
            "id": "cnv_4410",
            "assets": {
                "glbUrl": "https://cdn.mint.gg/cnv_4410/model.glb",
                "objUrl": "https://cdn.mint.gg/cnv_4410/model.zip",
                "stlUrl": "https://cdn.mint.gg/cnv_4410/model.stl",
                "usdzUrl": "https://cdn.mint.gg/cnv_4410/model.usdz",
                "fbxUrl": "https://cdn.mint.gg/cnv_4410/model.fbx",
                "artifacts": {
                    "glb": artifact("glb", "model/gltf-binary", "single_file", "model.glb"),
                    "obj": artifact("obj", "application/zip", "zip", "model.obj"),
                    "stl": artifact("stl", "model/stl", "single_file", "model.stl"),
                    "usdz": artifact("usdz", "model/vnd.usdz+zip", "single_file", "model.usdz"),
                    "fbx": artifact("fbx", "application/octet-stream", "single_file", "model.fbx"),
                },
            },
        },
        "error": null,
        "createdAt": "2026-07-03T00:00:00.000Z",
        "updatedAt": "2026-07-03T00:01:00.000Z",
        "completedAt": null,
        "canceledAt": "2026-07-03T00:01:00.000Z",
        "billing": null,
        "credits": null,
    })
}

fn artifact(format: &str, content_type: &str, packaging: &str, primary_path: &str) -> Value {
    let extension = if packaging == "zip" { "zip" } else { format };
    json!({
        "format": format,
        "url": format!("https://cdn.mint.gg/cnv_4410/model.{extension}"),
        "filename": format!("model.{extension}"),
        "contentType": content_type,
        "extension": extension,
        "byteSize": 1_048_576,
        "packaging": packaging,
        "artifactVersion": 3,
        "primaryPath": primary_path,
    })
}

/// The example with one value replaced or added.
pub(crate) fn with(mut example: Value, pointer: &str, value: Value) -> Value {
    let (parent, member) = parent(&mut example, pointer);
    parent.insert(member, value);
    example
}

/// The example without one value.
pub(crate) fn without(mut example: Value, pointer: &str) -> Value {
    let (parent, member) = parent(&mut example, pointer);
    assert!(parent.remove(&member).is_some(), "the example lacks {pointer}");
    example
}

fn parent<'a>(example: &'a mut Value, pointer: &str) -> (&'a mut serde_json::Map<String, Value>, String) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    (example.pointer_mut(parent).unwrap().as_object_mut().unwrap(), member.to_owned())
}
