//! The files that simulated operations make: real ones, made in code.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::simulator::routes::starts::Draft;
use crate::simulator::samples;
use crate::simulator::scripts::OperationKind;
use crate::simulator::state::api_state::State;

/// `assets` and `conversion` of an operation that has made everything.
pub(crate) fn made_for(state: &State, subject: OperationKind) -> Vec<(&'static str, Value)> {
    match subject {
        OperationKind::World => vec![("assets", world(state))],
        OperationKind::Model | OperationKind::Optimization => vec![("assets", optimized_model(state))],
        OperationKind::Conversion => vec![("conversion", conversion(state, "conv_0001", &Draft::default()))],
        OperationKind::Animation | OperationKind::AssetPack | OperationKind::Audio => Vec::new(),
    }
}

macro_rules! made_once {
    ($($name:ident = $made:expr;)+) => {
        $(static $name: LazyLock<Bytes> = LazyLock::new(|| $made.into());)+
    };
}

made_once! {
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

fn world(state: &State) -> Value {
    let file = |name, content_type, bytes: &Bytes| state.files.add(name, content_type, bytes.clone());
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

/// The files of a model that nobody has optimised yet.
pub(crate) fn model(state: &State) -> Value {
    let mut assets = optimized_model(state);
    assets["optimizedGlbSizeBytes"] = Value::Null;
    assets["optimizedGlbUrl"] = Value::Null;
    assets
}

fn optimized_model(state: &State) -> Value {
    let file = |name, content_type, bytes: &Bytes| state.files.add(name, content_type, bytes.clone());
    json!({
        "fbxUrl": file("model.fbx", OTHER_TYPE, &FBX),
        "glbSizeBytes": PLAIN_GLB.len(),
        "glbUrl": file("model.glb", GLB_TYPE, &PLAIN_GLB),
        "objUrl": file("model.obj", "model/obj", &OBJ),
        "optimizedGlbSizeBytes": OPTIMIZED_GLB.len(),
        "optimizedGlbUrl": file("model-optimized.glb", GLB_TYPE, &OPTIMIZED_GLB),
        "previewImageUrl": file("preview.png", "image/png", &PREVIEW),
        "stlUrl": file("model.stl", "model/stl", &STL),
        "thumbnailUrl": file("thumbnail.webp", "image/webp", &THUMBNAIL),
        "usdzUrl": file("model.usdz", USDZ_TYPE, &USDZ),
        "bounds": bounds(),
    })
}

/// A conversion to the formats of a draft, to every one when it names none.
pub(crate) fn conversion(state: &State, id: &str, draft: &Draft) -> Value {
    let formats: [(&str, &'static str, &Bytes); 5] = [
        ("glb", GLB_TYPE, &PLAIN_GLB),
        ("obj", "model/obj", &OBJ),
        ("stl", "model/stl", &STL),
        ("usdz", USDZ_TYPE, &USDZ),
        ("fbx", OTHER_TYPE, &FBX),
    ];
    let name = draft.name.as_deref().map_or_else(|| "brass-lamp".to_owned(), file_name);
    let mut assets = json!({"artifacts": {}});
    for (format, content_type, bytes) in formats {
        if !draft.formats.is_empty() && draft.formats.iter().all(|wanted| wanted != format) {
            continue;
        }
        let filename = format!("{name}.{format}");
        let url = state.files.add(&filename, content_type, bytes.clone());
        assets[format!("{format}Url")] = url.as_str().into();
        assets["artifacts"][format] = json!({
            "format": format, "url": url, "filename": filename, "contentType": content_type, "extension": format,
            "byteSize": bytes.len(), "packaging": "single_file", "artifactVersion": 1, "primaryPath": filename,
        });
    }
    json!({"id": id.replace("op_", "conv_"), "assets": assets})
}

/// A name as part of a URL.
fn file_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect()
}

/// The file of a sound.
pub(crate) fn audio(state: &State) -> String {
    state.files.add("sound.wav", "audio/wav", AUDIO.clone())
}

/// The file of an animated model.
pub(crate) fn animation(state: &State) -> String {
    state.files.add("animation.glb", GLB_TYPE, PLAIN_GLB.clone())
}

/// Another preview than those before, for an operation that was revised so often.
pub(crate) fn revise(state: &State, made: &mut [(&'static str, Value)], revisions: u32) {
    let preview = samples::png(samples::IMAGE_SIDE + revisions, samples::IMAGE_SIDE);
    for (_, assets) in made.iter_mut().filter(|(field, _)| *field == "assets") {
        let url = state.files.add(&format!("preview-{revisions}.png"), "image/png", preview.clone().into());
        assets["previewImageUrl"] = url.into();
    }
}

/// `bounds` of a model.
fn bounds() -> Value {
    let [min, max] = samples::bounds();
    let each = |of: fn(f32, f32) -> f32| min.iter().zip(max).map(|(min, max)| of(*min, max)).collect::<Vec<_>>();
    json!({"min": min, "max": max, "size": each(|min, max| max - min), "center": each(|min, max| (min + max) / 2.0)})
}

/// How long the sound is.
pub(crate) const AUDIO_SECONDS: u32 = 1;

const GLB_TYPE: &str = "model/gltf-binary";
const USDZ_TYPE: &str = "model/vnd.usdz+zip";
const OTHER_TYPE: &str = "application/octet-stream";
