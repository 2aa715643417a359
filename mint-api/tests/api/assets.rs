//! `GenerationAssets` has no discriminator: the names of the properties decide which member a reply is.

use mint_api::types::{GenerationAssets, Operation};
use serde_json::{Value, json};

use crate::examples::{model, model_assets, preview_assets, with, without, world_assets};

#[derive(Debug, PartialEq)]
enum Member {
    World,
    Model,
    Preview,
    Unknown,
}
use Member::{Model, Preview, Unknown, World};

fn member(assets: &GenerationAssets) -> Member {
    match assets {
        GenerationAssets::WorldAssets(_) => World,
        GenerationAssets::ModelAssets(_) => Model,
        GenerationAssets::PreviewAssets(_) => Preview,
        GenerationAssets::Unknown(_) => Unknown,
        other => panic!("a member without a row: {other:?}"),
    }
}

/// Reads assets as a field of an operation, since the field handles null.
fn read(assets: Value) -> Operation {
    serde_json::from_value(with(model(), "/assets", assets)).unwrap()
}

/// Checks the member, and that writing it back loses and changes nothing. Required properties may be added as null.
fn check(assets: Value, expected: Member) {
    let operation = read(assets.clone());
    let read = operation.assets.as_ref().unwrap();
    assert_eq!(member(read), expected, "{assets}");
    let written = serde_json::to_value(&operation).unwrap()["assets"].clone();
    if let GenerationAssets::Unknown(kept) = read {
        assert_eq!(kept, &assets);
        assert_eq!(written, assets);
        return;
    }
    for (name, value) in written.as_object().unwrap() {
        assert_eq!(value, assets.get(name).unwrap_or(&Value::Null), "{name} of {assets}");
    }
    let documented = match expected {
        World => world_assets(),
        Model => model_assets(),
        Preview | Unknown => preview_assets(),
    };
    for (name, value) in assets.as_object().unwrap() {
        let known = documented.get(name).is_some();
        assert_eq!(written.get(name), known.then_some(value), "{name} of {assets}");
    }
}

fn nulls(assets: Value) -> Value {
    assets.as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn the_names_of_properties_decide() {
    for (assets, expected) in [
        (world_assets(), World),
        (model_assets(), Model),
        (preview_assets(), Preview),
        // Only the names decide, not the values.
        (nulls(world_assets()), World),
        (nulls(model_assets()), Model),
        (json!({"spzUrls": {}}), World),
        (json!({"usdzUrl": null}), Model),
        // Worlds and models both have these names, so they say nothing of the two.
        (json!({"previewImageUrl": "https://cdn.mint.gg/a.png"}), Preview),
        (json!({"previewImageUrl": null, "thumbnailUrl": null}), Preview),
        (json!({"thumbnailUrl": "https://cdn.mint.gg/a.png"}), Preview),
        // A name that only one member has counts more than shared and unknown names.
        (json!({"previewImageUrl": null, "glbUrl": null}), Model),
        (json!({"glbUrl": null, "newUrl": "https://cdn.mint.gg/a.ply"}), Model),
        (json!({"panoUrl": null, "newUrl": {"deep": [1]}, "other": 1}), World),
        (with(model_assets(), "/plyUrl", json!("https://cdn.mint.gg/a.ply")), Model),
        // Names of both members: the most names win, then the order of the document.
        (json!({"panoUrl": null, "glbUrl": null, "objUrl": null}), Model),
        (json!({"glbUrl": null, "panoUrl": null}), World),
        // No name of either member.
        (json!({}), Unknown),
        (json!({"audioUrl": "https://cdn.mint.gg/a.ogg", "previewImageUrl": null}), Unknown),
        (json!({"audioUrl": {"opus": ["a", 1.5, null, 18_446_744_073_709_551_615_u64]}}), Unknown),
        (json!("https://cdn.mint.gg/a.glb"), Unknown),
        (json!([model_assets()]), Unknown),
        (json!(7), Unknown),
        (json!(false), Unknown),
    ] {
        check(assets, expected);
    }
}

#[test]
fn a_member_that_does_not_decode_is_kept_as_json() {
    for (pointer, value) in [
        ("/glbSizeBytes", json!("x")),
        ("/glbSizeBytes", json!(0.5)),
        ("/glbSizeBytes", json!(9_223_372_036_854_775_808_u64)),
        ("/glbUrl", json!(1)),
        ("/usdzUrl", json!({"url": "https://cdn.mint.gg/a.usdz"})),
    ] {
        check(with(model_assets(), pointer, value), Unknown);
    }
    check(with(world_assets(), "/spzUrls", json!(["https://cdn.mint.gg/a.spz"])), Unknown);
    check(with(world_assets(), "/spzUrls/500k", json!(null)), Unknown);
    // It is not read as the other member, which would lose properties.
    check(json!({"panoUrl": 1, "previewImageUrl": null}), Unknown);
    check(json!({"panoUrl": 1, "glbUrl": "https://cdn.mint.gg/a.glb"}), Unknown);
}

#[test]
fn null_and_absence_are_no_assets() {
    assert!(read(json!(null)).assets.is_none());
    let absent: Operation = serde_json::from_value(without(model(), "/assets")).unwrap();
    assert!(absent.assets.is_none());
}

#[test]
fn sizes_are_read_like_all_integers() {
    for (text, expected) in [("1.0", 1), ("-7", -7), ("4.5e9", 4_500_000_000), ("9223372036854775807", i64::MAX)] {
        let assets: GenerationAssets = serde_json::from_str(&format!("{{\"glbSizeBytes\":{text}}}")).unwrap();
        let GenerationAssets::ModelAssets(assets) = assets else { panic!("{text}: {assets:?}") };
        assert_eq!(assets.glb_size_bytes, Some(expected));
    }
}
