//! A record of a registry, in the order in which its fields are written.

use std::collections::BTreeMap;

use mint_api::types::{Artifact, ArtifactManifest, WorldRuntime, WorldRuntimeCollider};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};
use url::Url;

use super::Published;
use crate::asset::AssetKind;
use crate::catalog::Section;
use crate::catalog::lock_file::LockedFile;

#[derive(Serialize)]
pub(super) struct Record {
    source: Source,
    transform: Transform,
    #[serde(flatten)]
    files: Files,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    manifest_version: u64,
    kind: String,
    asset_type: String,
    asset_id: String,
    /// The page of the asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    mint_url: Option<String>,
}

/// Where an application puts the asset. A person edits it.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Transform {
    position: [Number; 3],
    rotation: [Number; 3],
    scale: [Number; 3],
}

impl Default for Transform {
    fn default() -> Self {
        let all = |number: u8| [(); 3].map(|()| Number::from(number));
        Self { position: all(0), rotation: all(0), scale: all(1) }
    }
}

#[derive(Serialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
enum Files {
    LocalFiles { artifacts: BTreeMap<String, LocalFile> },
    RemoteStream { runtime: Value },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LocalFile {
    artifact_id: String,
    role: String,
    format: String,
    content_type: String,
    filename: String,
    local_path: String,
    loader_hint: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<f64>,
}

impl Record {
    pub(super) fn of(entry: &Published<'_>, manifest: Option<&ArtifactManifest>, transform: Transform) -> Self {
        let runtime = manifest
            .filter(|manifest| manifest.integration_mode.as_deref() == Some("remote_stream"))
            .and_then(|manifest| remote_stream(manifest.runtime.as_ref()?));
        let files = match runtime {
            Some(runtime) => Files::RemoteStream { runtime },
            None => Files::LocalFiles { artifacts: local_files(entry, manifest) },
        };
        Self { source: Source::of(entry, manifest), transform, files }
    }
}

impl Source {
    fn of(entry: &Published<'_>, manifest: Option<&ArtifactManifest>) -> Self {
        let usual = match entry.id.section {
            Section::Models | Section::Worlds | Section::Audio => "asset",
            Section::Packs => "asset_pack",
            Section::Animations => "animation",
        };
        let source = manifest.and_then(|manifest| manifest.source.as_ref());
        let kind = source.and_then(|source| source.kind.as_deref()).unwrap_or(usual);
        let target_type = source.and_then(|source| source.target_type.as_deref());
        let page = manifest.and_then(|manifest| manifest.mint_url.as_deref());
        Self {
            manifest_version: 1,
            kind: kind.to_owned(),
            asset_type: target_type.unwrap_or(entry.asset.0).to_owned(),
            asset_id: entry.asset.1.to_owned(),
            mint_url: page.filter(|url| is_unsigned(url)).map(str::to_owned),
        }
    }
}

/// The files of an entry, by the ids of their artifacts.
fn local_files(entry: &Published<'_>, manifest: Option<&ArtifactManifest>) -> BTreeMap<String, LocalFile> {
    let mut files = BTreeMap::new();
    for (path, file) in entry.files {
        let kind = file.artifact.as_deref().unwrap_or("file");
        let same_kind = |other: &&LockedFile| other.artifact == file.artifact;
        // The items of a pack are files of one kind, which a manifest names by an id of its own.
        let (id, artifact) = match entry.files.values().filter(same_kind).count() {
            1 => (kind.to_owned(), manifest.and_then(|manifest| of_kind(manifest, kind))),
            _ => (format!("{kind}:{}", stem(path)), None),
        };
        let id = artifact.map_or(id, |artifact| artifact.id.clone());
        files.insert(id.clone(), LocalFile::of(id, kind, path, file, artifact));
    }
    files
}

fn of_kind<'m>(manifest: &'m ArtifactManifest, kind: &str) -> Option<&'m Artifact> {
    let mut same = manifest.artifacts.iter().filter(|artifact| AssetKind::of_artifact(artifact).artifact_id() == kind);
    same.next().filter(|_| same.next().is_none())
}

impl LocalFile {
    fn of(id: String, kind: &str, path: &str, file: &LockedFile, artifact: Option<&Artifact>) -> Self {
        let format = path.rsplit_once('.').map_or("bin", |(_, extension)| extension).to_ascii_lowercase();
        let (content_type, loader) = loaded(&format);
        let known = |text: fn(&Artifact) -> Option<&String>, usual: &str| {
            artifact.and_then(text).map_or_else(|| usual.to_owned(), String::clone)
        };
        Self {
            role: known(|artifact| artifact.role.as_ref(), role(kind)),
            content_type: known(|artifact| artifact.content_type.as_ref(), content_type),
            filename: path.rsplit('/').next().unwrap_or(path).to_owned(),
            local_path: path.to_owned(),
            loader_hint: artifact
                .and_then(|artifact| artifact.loader_hint.clone())
                .unwrap_or_else(|| loader.unwrap_or(&format).into()),
            byte_size: file.bytes,
            width: artifact.and_then(|artifact| artifact.width),
            height: artifact.and_then(|artifact| artifact.height),
            aspect_ratio: artifact.and_then(|artifact| artifact.aspect_ratio.clone()),
            duration_seconds: artifact.and_then(|artifact| artifact.duration_seconds),
            artifact_id: id,
            format,
        }
    }
}

/// The URLs that a world is streamed from, unless one is missing or signed.
fn remote_stream(runtime: &WorldRuntime) -> Option<Value> {
    let collider = runtime.collider.as_ref()?;
    let (stream, mesh) = (runtime.runtime_url.as_deref()?, collider.runtime_url.as_deref()?);
    if !is_unsigned(stream) || !is_unsigned(mesh) {
        return None;
    }
    let loader = json!({"renderer": "SparkRenderer", "mesh": "SplatMesh", "paged": true, "lod": false});
    let mut described = json!({
        "artifactId": runtime.artifact_id.as_deref().unwrap_or("world_runtime_rad"),
        "role": runtime.role.as_deref().unwrap_or("environment"),
        "format": runtime.format.as_deref().unwrap_or("rad"),
        "runtimeUrl": stream,
        "renderer": runtime.renderer.as_deref().unwrap_or("@sparkjsdev/spark"),
        "loaderHint": runtime.loader_hint.clone().filter(Value::is_object).unwrap_or(loader),
        "collider": described_collider(collider, mesh),
    });
    if let Some(bytes) = runtime.byte_size {
        described["byteSize"] = bytes.into();
    }
    Some(described)
}

fn described_collider(collider: &WorldRuntimeCollider, url: &str) -> Value {
    json!({
        "artifactId": collider.artifact_id.as_deref().unwrap_or("world_collider"),
        "role": collider.role.as_deref().unwrap_or("physics_collider"),
        "format": collider.format.as_deref().unwrap_or("glb"),
        "runtimeUrl": url,
        "loaderHint": collider.loader_hint.clone().unwrap_or_else(|| "gltf".into()),
        "visible": false,
        "requiredForPhysics": true,
    })
}

/// Whether a URL may stand in a file that is committed.
fn is_unsigned(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.query().is_none() && url.password().is_none() && url.username().is_empty())
}

fn role(kind: &str) -> &str {
    match kind {
        "optimized_glb" => "canonical_model",
        "original_glb" | "fbx" | "obj" | "stl" => "source_model",
        "ar_usdz" => "ar_model",
        "world_runtime_rad" | "spz" | "panorama" => "environment",
        "world_collider" => "physics_collider",
        "thumbnail" => "preview_image",
        other => other,
    }
}

/// The media type of a file with this extension, and the loader that Mint names for it.
fn loaded(extension: &str) -> (&'static str, Option<&'static str>) {
    match extension {
        "glb" => ("model/gltf-binary", Some("gltf")),
        "usdz" => ("model/vnd.usdz+zip", Some("quick-look")),
        "obj" => ("model/obj", None),
        "stl" => ("model/stl", None),
        "png" => ("image/png", Some("image")),
        "jpg" | "jpeg" => ("image/jpeg", Some("image")),
        "webp" => ("image/webp", Some("image")),
        "avif" => ("image/avif", Some("image")),
        "mp3" => ("audio/mpeg", Some("audio")),
        "wav" => ("audio/wav", Some("audio")),
        "ogg" => ("audio/ogg", Some("audio")),
        "zip" => ("application/zip", Some("archive")),
        "rad" => ("application/octet-stream", Some("spark-rad")),
        _ => ("application/octet-stream", None),
    }
}

/// The name of a file, without its folder and its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
