//! The files that simulated operations make: real ones, made in code.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};

use super::samples;
use super::script::ScriptSubject;
use super::state::State;

/// `assets` and `conversion` of an operation that has made everything.
pub(super) fn made_for(state: &State, subject: ScriptSubject) -> Vec<(&'static str, Value)> {
    match subject {
        ScriptSubject::World => vec![("assets", world(state))],
        ScriptSubject::Model => vec![("assets", model(state))],
        ScriptSubject::Conversion => vec![("conversion", conversion(state))],
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
}

fn world(state: &State) -> Value {
    let file = |name, content_type, bytes: &Bytes| state.add_file(name, content_type, bytes.clone());
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

fn model(state: &State) -> Value {
    let file = |name, content_type, bytes: &Bytes| state.add_file(name, content_type, bytes.clone());
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
    })
}

fn conversion(state: &State) -> Value {
    let formats: [(&str, &'static str, &Bytes); 5] = [
        ("glb", GLB_TYPE, &PLAIN_GLB),
        ("obj", "model/obj", &OBJ),
        ("stl", "model/stl", &STL),
        ("usdz", USDZ_TYPE, &USDZ),
        ("fbx", OTHER_TYPE, &FBX),
    ];
    let mut assets = json!({"artifacts": {}});
    for (format, content_type, bytes) in formats {
        let filename = format!("brass-lamp.{format}");
        let url = state.add_file(&filename, content_type, bytes.clone());
        assets[format!("{format}Url")] = url.as_str().into();
        assets["artifacts"][format] = json!({
            "format": format, "url": url, "filename": filename, "contentType": content_type, "extension": format,
            "byteSize": bytes.len(), "packaging": "single_file", "artifactVersion": 1, "primaryPath": filename,
        });
    }
    json!({"id": "conv_0001", "assets": assets})
}

const GLB_TYPE: &str = "model/gltf-binary";
const USDZ_TYPE: &str = "model/vnd.usdz+zip";
const OTHER_TYPE: &str = "application/octet-stream";
