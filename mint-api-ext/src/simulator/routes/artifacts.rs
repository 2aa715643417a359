//! Artifacts: the files of a resource as manifests describe them.

use serde_json::{Value, json};

use crate::simulator::state::{AUDIO_SECONDS, Environment, Resource, Store, animation, audio, file_name, is_success};

/// The artifacts of a resource so far.
pub(crate) fn artifacts(environment: &Environment, store: &Store, resource: &Resource) -> Vec<Value> {
    let finished = is_success(resource.status(environment, store));
    match resource.resource_type {
        "model" => of_assets(environment, MODEL, &resource.assets(environment, store)),
        "world" => of_assets(environment, WORLD, &resource.assets(environment, store)),
        "audio" if finished => {
            let url = audio(environment.files.of(&resource.id));
            let mut artifact = artifact(environment, "audio_file", "audio_file", "audio", &url);
            artifact["durationSeconds"] = AUDIO_SECONDS.into();
            vec![artifact]
        }
        "animation" if finished => vec![animation_artifact(environment, resource)],
        "asset_pack" if finished => {
            let models = resource.items.iter().filter_map(|id| store.resource("model", id).ok());
            let urls = models.map(|model| (model, model.assets(environment, store)["glbUrl"].take()));
            urls.enumerate()
                .filter_map(|(index, (model, url))| {
                    let id = format!("asset_pack_item_glb:{}:{index}:{}", resource.id, model.id);
                    let mut artifact = artifact(environment, &id, "canonical_model", "gltf", url.as_str()?);
                    if let Some(name) = &model.name {
                        artifact["filename"] = format!("{}.glb", file_name(name)).into();
                    }
                    Some(artifact)
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The artifact of an animation clip.
pub(crate) fn animation_artifact(environment: &Environment, clip: &Resource) -> Value {
    let id = format!("clip:{}:animation_glb", clip.id);
    artifact(environment, &id, "animation_clip", "gltf", &animation(environment.files.of(&clip.id)))
}

/// A field of `assets`, and the id, the role and the loader of its artifact.
type FieldArtifact = (&'static str, &'static str, &'static str, &'static str);

const MODEL: &[FieldArtifact] = &[
    ("optimizedGlbUrl", "optimized_glb", "canonical_model", "gltf"),
    ("glbUrl", "original_glb", "source_model", "gltf"),
    ("usdzUrl", "ar_usdz", "ar_model", "quick-look"),
    ("previewImageUrl", "preview_image", "preview_image", "image"),
];

const WORLD: &[FieldArtifact] = &[
    ("radUrl", "world_runtime_rad", "environment", "spark-rad"),
    ("colliderMeshUrl", "world_collider", "physics_collider", "gltf"),
    ("previewImageUrl", "preview_image", "preview_image", "image"),
];

fn of_assets(environment: &Environment, fields: &[FieldArtifact], assets: &Value) -> Vec<Value> {
    let present =
        fields.iter().filter_map(|(field, id, role, loader)| Some((assets[*field].as_str()?, id, role, loader)));
    present.map(|(url, id, role, loader)| artifact(environment, id, role, loader, url)).collect()
}

fn artifact(environment: &Environment, id: &str, role: &str, loader: &str, url: &str) -> Value {
    let path = environment.files.path(url);
    let filename = path.rsplit('/').next().unwrap_or_default();
    let mut artifact = json!({
        "id": id, "artifactId": id, "role": role, "filename": filename, "downloadUrl": url,
        "format": filename.rsplit('.').next(), "loaderHint": loader,
    });
    if let Some(file) = environment.files.get(path) {
        artifact["contentType"] = file.content_type.into();
        artifact["byteSize"] = file.bytes.len().into();
    }
    artifact
}
