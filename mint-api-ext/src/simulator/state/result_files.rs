//! The files of finished operations. The bytes come from `samples`.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};

use super::operation::Draft;
use crate::simulator::cdn::{Content, FilesOf};
use crate::simulator::samples;
use crate::simulator::scripts::OperationKind;

/// The fields `assets` and `conversion` of a successful operation. Models are optimized, and conversions complete.
pub(crate) fn results(files: FilesOf<'_>, kind: OperationKind) -> Vec<(&'static str, Value)> {
    match kind {
        OperationKind::World => vec![("assets", world(files))],
        OperationKind::Model | OperationKind::Optimization => vec![("assets", optimized_model(files))],
        OperationKind::Conversion => vec![("conversion", conversion(files, "conv_0001", &Draft::default()))],
        OperationKind::Animation | OperationKind::AssetPack | OperationKind::Audio => Vec::new(),
    }
}

/// Builds and hashes each file once per process.
macro_rules! files {
    ($($name:ident = $bytes:expr;)+) => {
        $(static $name: LazyLock<Content> = LazyLock::new(|| Bytes::from($bytes).into());)+
    };
}

files! {
    PLAIN_GLB = samples::glb(samples::PLAIN_DETAIL);
    OPTIMIZED_GLB = samples::glb(samples::OPTIMIZED_DETAIL);
    FBX = samples::fbx(samples::PLAIN_DETAIL);
    OBJ = samples::obj(samples::PLAIN_DETAIL);
    STL = samples::stl(samples::PLAIN_DETAIL);
    USDZ = samples::usdz(samples::PLAIN_DETAIL);
    PANORAMA = samples::jpeg(samples::PANORAMA.0, samples::PANORAMA.1);
    PREVIEW = samples::png(samples::IMAGE_SIDE, samples::IMAGE_SIDE);
    THUMBNAIL = samples::webp(samples::IMAGE_SIDE / 2, samples::IMAGE_SIDE / 2);
    RAD = samples::rad(samples::POINTS);
    SPZ_100K = samples::spz(samples::POINTS / 5);
    SPZ_500K = samples::spz(samples::POINTS);
    AUDIO = samples::wav(AUDIO_SECONDS);
}

/// The `assets` of a world.
fn world(files: FilesOf<'_>) -> Value {
    let file = |name, content_type, content: &Content| files.add(name, content_type, content.clone());
    json!({
        "caption": "A desk with a brass lamp, in the evening.",
        "colliderMeshUrl": file("collider.glb", GLB_TYPE, &OPTIMIZED_GLB),
        "panoUrl": file("pano.jpg", "image/jpeg", &PANORAMA),
        "previewImageUrl": file("preview.png", "image/png", &PREVIEW),
        "radUrl": file("world-lod.rad", OTHER_TYPE, &RAD),
        "spzUrls": {
            "100k": file("world-100k.spz", OTHER_TYPE, &SPZ_100K),
            "500k": file("world-500k.spz", OTHER_TYPE, &SPZ_500K),
        },
        "thumbnailUrl": file("thumbnail.webp", "image/webp", &THUMBNAIL),
    })
}

/// The `assets` of a model that is not optimized.
pub(crate) fn model(files: FilesOf<'_>) -> Value {
    let mut assets = optimized_model(files);
    assets["optimizedGlbSizeBytes"] = Value::Null;
    assets["optimizedGlbUrl"] = Value::Null;
    assets
}

/// The `assets` of an optimized model.
fn optimized_model(files: FilesOf<'_>) -> Value {
    let file = |name, content_type, content: &Content| files.add(name, content_type, content.clone());
    json!({
        "fbxUrl": file("model.fbx", OTHER_TYPE, &FBX),
        "glbSizeBytes": PLAIN_GLB.bytes.len(),
        "glbUrl": file("model.glb", GLB_TYPE, &PLAIN_GLB),
        "objUrl": file("model.obj", "model/obj", &OBJ),
        "optimizedGlbSizeBytes": OPTIMIZED_GLB.bytes.len(),
        "optimizedGlbUrl": file("model-optimized.glb", GLB_TYPE, &OPTIMIZED_GLB),
        "previewImageUrl": file("preview.png", "image/png", &PREVIEW),
        "stlUrl": file("model.stl", "model/stl", &STL),
        "thumbnailUrl": file("thumbnail.webp", "image/webp", &THUMBNAIL),
        "usdzUrl": file("model.usdz", USDZ_TYPE, &USDZ),
        "bounds": *BOUNDS,
    })
}

/// The `conversion` of an operation, to the formats of a draft.
pub(crate) fn conversion(files: FilesOf<'_>, id: &str, draft: &Draft) -> Value {
    let formats: [(&str, &'static str, &Content); 5] = [
        ("glb", GLB_TYPE, &PLAIN_GLB),
        ("obj", "model/obj", &OBJ),
        ("stl", "model/stl", &STL),
        ("usdz", USDZ_TYPE, &USDZ),
        ("fbx", OTHER_TYPE, &FBX),
    ];
    let name = draft.name.as_deref().map_or_else(|| "brass-lamp".to_owned(), file_name);
    let mut assets = json!({"artifacts": {}});
    for (format, content_type, content) in formats {
        if !draft.formats.is_empty() && draft.formats.iter().all(|wanted| wanted != format) {
            continue;
        }
        let filename = format!("{name}.{format}");
        let url = files.add(&filename, content_type, content.clone());
        assets[format!("{format}Url")] = url.as_str().into();
        assets["artifacts"][format] = json!({
            "format": format, "url": url, "filename": filename, "contentType": content_type, "extension": format,
            "byteSize": content.bytes.len(), "packaging": "single_file", "artifactVersion": 1, "primaryPath": filename,
        });
    }
    json!({"id": id.replace("op_", "conv_"), "assets": assets})
}

/// A name without the characters that a URL would have to escape.
pub(crate) fn file_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect()
}

/// The URL of a sound.
pub(crate) fn audio(files: FilesOf<'_>) -> String {
    files.add("sound.wav", "audio/wav", AUDIO.clone())
}

/// The URL of an animated model.
pub(crate) fn animation(files: FilesOf<'_>) -> String {
    files.add("animation.glb", GLB_TYPE, PLAIN_GLB.clone())
}

/// Replaces the preview image in `assets`. Each number of revisions gives another image.
pub(crate) fn revise_preview(files: FilesOf<'_>, results: &mut [(&'static str, Value)], revisions: u32) {
    let preview = samples::png(samples::IMAGE_SIDE + revisions, samples::IMAGE_SIDE);
    for (_, assets) in results.iter_mut().filter(|(field, _)| *field == "assets") {
        let url = files.add(&format!("preview-{revisions}.png"), "image/png", Bytes::from(preview.clone()));
        assets["previewImageUrl"] = url.into();
    }
}

/// The `bounds` of a model.
static BOUNDS: LazyLock<Value> = LazyLock::new(|| {
    let [min, max] = samples::bounds();
    let each = |of: fn(f32, f32) -> f32| min.iter().zip(max).map(|(min, max)| of(*min, max)).collect::<Vec<_>>();
    json!({"min": min, "max": max, "size": each(|min, max| max - min), "center": each(|min, max| (min + max) / 2.0)})
});

/// The duration of a sound, in seconds.
pub(crate) const AUDIO_SECONDS: u32 = 1;

const GLB_TYPE: &str = "model/gltf-binary";
const USDZ_TYPE: &str = "model/vnd.usdz+zip";
const OTHER_TYPE: &str = "application/octet-stream";
