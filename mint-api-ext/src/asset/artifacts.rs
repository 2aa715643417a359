//! Finds the files of an artifact manifest.

use mint_api::types::{Artifact, ArtifactManifest, ArtifactSource, WorldRuntime};

use super::collect::resource_key;
use super::{Asset, AssetKind, Assets, Source, Subject};
use crate::read::AssetType;

pub(super) fn of(manifest: &ArtifactManifest) -> Assets {
    let mut assets: Vec<_> = manifest.artifacts.iter().filter_map(asset).collect();
    for streamed in manifest.runtime.iter().flat_map(runtime) {
        // The list of artifacts may name the same file with more details.
        if !assets.iter().any(|asset: &Asset| asset.url == streamed.url) {
            assets.push(streamed);
        }
    }
    let asset_type = manifest.source.as_ref().and_then(|source| source.asset_type.as_deref());
    let subject = match asset_type.map(AssetType::from) {
        Some(AssetType::Model) => Subject::Model,
        Some(AssetType::World) => Subject::World,
        _ => Subject::Unknown,
    };
    let resource = manifest.source.as_ref().and_then(resource);
    let sources = manifest.source.as_ref().and_then(source).into_iter().collect();
    Assets { subject, resource, sources, assets, ..Assets::default() }
}

fn resource(source: &ArtifactSource) -> Option<String> {
    let type_ = source.target_type.as_deref().or(source.asset_type.as_deref())?;
    Some(resource_key(type_, source.id.as_deref()?))
}

fn source(source: &ArtifactSource) -> Option<Source> {
    let id = source.id.clone()?;
    match (&source.target_type, &source.asset_type) {
        (Some(_), _) => Some(Source::AnimationManifest(id)),
        (None, Some(asset_type)) => Some(Source::AssetManifest { asset_type: asset_type.as_str().into(), id }),
        (None, None) => None,
    }
}

fn asset(artifact: &Artifact) -> Option<Asset> {
    let url = artifact.download_url.as_ref()?;
    Some(Asset {
        bytes: artifact.byte_size.and_then(|bytes| u64::try_from(bytes).ok()),
        content_type: artifact.content_type.clone(),
        file_name: artifact.filename.clone(),
        packaging: (artifact.format.as_deref() == Some("zip")).then(|| "zip".to_owned()),
        ..Asset::new(kind(artifact), url)
    })
}

/// The kind of an artifact. A known id decides it; otherwise the role does; otherwise the format does.
pub(super) fn kind(artifact: &Artifact) -> AssetKind {
    match artifact.id.as_str() {
        "original_glb" => return AssetKind::Glb,
        "optimized_glb" => return AssetKind::OptimizedGlb,
        _ => {}
    }
    let of_format = || match artifact.format.as_deref() {
        Some(format @ ("glb" | "fbx" | "obj" | "stl" | "usdz" | "rad")) => Some(AssetKind::of_format(format)),
        _ => None,
    };
    match artifact.role.as_deref() {
        Some("preview_image") => AssetKind::PreviewImage,
        Some("physics_collider" | "world_collider") => AssetKind::ColliderMesh,
        Some(role @ ("canonical_model" | "source_model" | "ar_model" | "environment" | "world_runtime")) => {
            of_format().unwrap_or_else(|| AssetKind::Other(role.to_owned()))
        }
        Some(role) => AssetKind::Other(role.to_owned()),
        None => of_format().unwrap_or_else(|| AssetKind::Other(artifact.id.clone())),
    }
}

/// The files that a world is streamed from: its splats and its collider mesh.
fn runtime(runtime: &WorldRuntime) -> impl Iterator<Item = Asset> {
    let splats = runtime.runtime_url.as_ref().map(|url| {
        let kind = match runtime.format.as_deref() {
            Some("rad") | None => AssetKind::Rad,
            Some(other) => AssetKind::Other(other.to_owned()),
        };
        let bytes = runtime.byte_size.and_then(|bytes| u64::try_from(bytes).ok());
        Asset { bytes, ..Asset::new(kind, url) }
    });
    let collider = runtime.collider.as_ref().and_then(|collider| collider.runtime_url.as_ref());
    splats.into_iter().chain(collider.map(|url| Asset::new(AssetKind::ColliderMesh, url)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(value: Value) -> Assets {
        Assets::from(&serde_json::from_value::<ArtifactManifest>(value).unwrap())
    }

    #[test]
    fn ids_roles_and_formats_name_kinds() {
        for (artifact, named) in [
            (json!({"id": "original_glb", "role": "source_model", "format": "glb"}), "glb"),
            (json!({"id": "optimized_glb", "role": "canonical_model", "format": "glb"}), "optimized glb"),
            (json!({"id": "a", "role": "canonical_model", "format": "glb"}), "glb"),
            (json!({"id": "a", "role": "canonical_model", "format": "ply"}), "canonical_model"),
            (json!({"id": "ar_usdz", "role": "ar_model", "format": "usdz"}), "usdz"),
            (json!({"id": "preview_image:o:1", "role": "preview_image", "format": "webp"}), "preview image"),
            (json!({"id": "world_runtime_rad", "role": "environment", "format": "rad"}), "rad"),
            (json!({"id": "world_collider", "role": "physics_collider", "format": "glb"}), "collider mesh"),
            // A clip is not a model, though it is a GLB.
            (json!({"id": "animation:c", "role": "animation_clip", "format": "glb"}), "animation_clip"),
            (json!({"id": "a", "format": "stl"}), "stl"),
            (json!({"id": "audio_file", "format": "mp3"}), "audio_file"),
        ] {
            let artifact: Artifact = serde_json::from_value(artifact).unwrap();
            assert_eq!(kind(&artifact).to_string(), named, "{artifact:?}");
        }
    }

    #[test]
    fn files_of_an_asset() {
        let assets = manifest(json!({
            "manifestVersion": 1,
            "source": {"kind": "asset", "assetType": "asset_pack", "id": "p"},
            "artifacts": [
                {"id": "asset_pack_zip:o", "role": "asset_bundle", "format": "zip", "filename": "pack.zip",
                 "contentType": "application/zip", "byteSize": 9, "downloadUrl": "u", "loaderHint": "archive"},
                {"id": "not_there_yet", "role": "image"},
            ],
        }));
        let source = Source::AssetManifest { asset_type: AssetType::AssetPack, id: "p".into() };
        assert_eq!((assets.subject(), assets.sources(), assets.len()), (Subject::Unknown, &[source][..], 1));
        let expected = Asset {
            bytes: Some(9),
            content_type: Some("application/zip".into()),
            file_name: Some("pack.zip".into()),
            packaging: Some("zip".into()),
            ..Asset::new(AssetKind::Other("asset_bundle".into()), "u")
        };
        assert_eq!(assets.iter().next(), Some(&expected));
    }

    #[test]
    fn files_of_a_streamed_world() {
        let runtime = json!({
            "artifactId": "world_runtime_rad", "format": "rad", "runtimeUrl": "r", "byteSize": 7,
            "collider": {"artifactId": "world_collider", "format": "glb", "runtimeUrl": "c"},
        });
        let world = |artifacts: Value, runtime: &Value| {
            let assets = manifest(json!({
                "source": {"kind": "asset", "assetType": "world", "id": "w"},
                "integrationMode": "remote_stream", "artifacts": artifacts, "runtime": runtime,
            }));
            assert_eq!(assets.subject(), Subject::World);
            assets.iter().map(|asset| format!("{} {} {:?}", asset.kind, asset.url, asset.bytes)).collect::<Vec<_>>()
        };
        assert_eq!(world(json!([]), &runtime), ["rad r Some(7)", "collider mesh c None"]);
        let listed = json!([{"id": "world_collider", "role": "physics_collider", "byteSize": 5, "downloadUrl": "c"}]);
        assert_eq!(world(listed, &runtime), ["collider mesh c Some(5)", "rad r Some(7)"]);
        assert_eq!(world(json!([]), &json!(null)), [""; 0]);
    }

    #[test]
    fn where_fresh_urls_come_from() {
        let of = |source: Value| manifest(json!({"artifacts": [], "source": source})).sources().first().cloned();
        let animation = Source::AnimationManifest("c".into());
        let clip = json!({"kind": "animation", "targetType": "model_animation_clip", "id": "c"});
        assert_eq!(of(clip), Some(animation));
        assert_eq!(of(json!({"assetType": "model"})), None);
        assert_eq!(of(json!({"id": "m"})), None);
    }
}
