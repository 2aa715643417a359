//! Finds the files of an operation, a model, a world or a conversion.

use mint_api::types::{
    GenerationAssets, Model, ModelAssets, Operation, OperationConversion, PreviewAssets, World, WorldAssets,
};
use serde_json::{Map, Value};

use super::source::{elsewhere, is_animation, may_lack_result, named};
use super::{Asset, AssetKind, Assets, Source, Subject};
use crate::client::resource_of;
use crate::read::AssetType;

pub(super) fn of(operation: &Operation) -> Assets {
    let mut assets = match &operation.assets {
        Some(GenerationAssets::WorldAssets(assets)) => world(assets),
        Some(GenerationAssets::ModelAssets(assets)) => model(assets),
        Some(GenerationAssets::PreviewAssets(assets)) => preview(assets),
        Some(GenerationAssets::Unknown(Value::Object(assets))) => unknown(assets),
        _ => Vec::new(),
    };
    if let Some(conversion) = &operation.conversion {
        assets.extend(converted(conversion));
    }
    let subject = subject(operation);
    let looked = format!("operation {} is `{}` and names {}", operation.id, operation.status, named(&assets));
    Assets {
        subject,
        resource: Some(resource(operation, subject)),
        sources: vec![Source::Operation(operation.id.clone())],
        may_lack_result: may_lack_result(operation, &assets),
        elsewhere: elsewhere(operation, subject),
        assets,
        looked: vec![looked],
        ..Assets::default()
    }
}

/// The resource of an operation. The files of a conversion are its own: the model that it names has others.
fn resource(operation: &Operation, subject: Subject) -> String {
    match resource_of(operation) {
        Some((type_, id)) if subject != Subject::Conversion => resource_key(type_, id),
        _ => resource_key("operation", &operation.id),
    }
}

/// The name of a resource in a manifest. An animation has three type names on different routes.
pub(super) fn resource_key(type_: &str, id: &str) -> String {
    let type_ = if is_animation(type_) { "animation" } else { type_ };
    format!("{type_}/{id}")
}

pub(super) fn of_conversion(conversion: &OperationConversion) -> Assets {
    Assets { subject: Subject::Conversion, assets: converted(conversion), ..Assets::default() }
}

pub(super) fn of_model(made: &Model) -> Assets {
    let assets = made.assets.as_ref().map(model).unwrap_or_default();
    of_resource(Subject::Model, AssetType::Model, Source::Model(made.id.clone()), &made.id, assets)
}

pub(super) fn of_world(made: &World) -> Assets {
    let assets = made.assets.as_ref().map(world).unwrap_or_default();
    of_resource(Subject::World, AssetType::World, Source::World(made.id.clone()), &made.id, assets)
}

/// The files that a model or a world names. Its artifact manifest may name others.
fn of_resource(subject: Subject, asset_type: AssetType, source: Source, id: &str, assets: Vec<Asset>) -> Assets {
    Assets {
        subject,
        resource: Some(resource_key(asset_type.as_str(), id)),
        looked: vec![format!("{source} names {}", named(&assets))],
        sources: vec![source],
        elsewhere: [Source::AssetManifest { asset_type, id: id.to_owned() }].into(),
        assets,
        ..Assets::default()
    }
}

fn subject(operation: &Operation) -> Subject {
    let resource = operation.resource.as_ref().and_then(|resource| Some(resource.type_.as_ref()?.as_str()));
    let by_type = match operation.type_.as_ref().map(|kind| kind.as_str()) {
        Some("world_generation") => Some(Subject::World),
        Some("model_generation" | "model_optimization") => Some(Subject::Model),
        Some("model_conversion") => Some(Subject::Conversion),
        _ => None,
    };
    // The resource of a conversion is the model that it converted.
    match (resource, by_type, &operation.assets) {
        (_, Some(Subject::Conversion), _) => Subject::Conversion,
        (Some("world"), _, _) => Subject::World,
        (Some("model"), _, _) => Subject::Model,
        (_, Some(subject), _) => subject,
        (_, None, Some(GenerationAssets::WorldAssets(_))) => Subject::World,
        (_, None, Some(GenerationAssets::ModelAssets(_))) => Subject::Model,
        _ => Subject::Unknown,
    }
}

fn world(assets: &WorldAssets) -> Vec<Asset> {
    let mut found = fields([
        ("panoUrl", &assets.pano_url, None),
        ("radUrl", &assets.rad_url, None),
        ("colliderMeshUrl", &assets.collider_mesh_url, None),
        ("previewImageUrl", &assets.preview_image_url, None),
        ("thumbnailUrl", &assets.thumbnail_url, None),
    ]);
    let spz = assets.spz_urls.iter().flatten();
    found.extend(spz.map(|(quality, url)| Asset::new(AssetKind::Spz(quality.clone()), url)));
    found
}

fn model(assets: &ModelAssets) -> Vec<Asset> {
    fields([
        ("glbUrl", &assets.glb_url, assets.glb_size_bytes),
        ("optimizedGlbUrl", &assets.optimized_glb_url, assets.optimized_glb_size_bytes),
        ("fbxUrl", &assets.fbx_url, None),
        ("objUrl", &assets.obj_url, None),
        ("stlUrl", &assets.stl_url, None),
        ("usdzUrl", &assets.usdz_url, None),
        ("previewImageUrl", &assets.preview_image_url, None),
        ("thumbnailUrl", &assets.thumbnail_url, None),
    ])
}

fn preview(assets: &PreviewAssets) -> Vec<Asset> {
    fields([("previewImageUrl", &assets.preview_image_url, None), ("thumbnailUrl", &assets.thumbnail_url, None)])
}

fn converted(conversion: &OperationConversion) -> Vec<Asset> {
    let Some(assets) = &conversion.assets else {
        return Vec::new();
    };
    let artifacts = assets.artifacts.as_ref();
    let formats = [
        ("glb", &assets.glb_url, artifacts.and_then(|artifacts| artifacts.glb.as_ref())),
        ("obj", &assets.obj_url, artifacts.and_then(|artifacts| artifacts.obj.as_ref())),
        ("stl", &assets.stl_url, artifacts.and_then(|artifacts| artifacts.stl.as_ref())),
        ("usdz", &assets.usdz_url, artifacts.and_then(|artifacts| artifacts.usdz.as_ref())),
        ("fbx", &assets.fbx_url, artifacts.and_then(|artifacts| artifacts.fbx.as_ref())),
    ];
    let mut found = Vec::new();
    for (format, url, artifact) in formats {
        let kind = AssetKind::of_format(format);
        // The artifact and the URL name the same file; the artifact has more details.
        let Some(url) = artifact.and_then(|artifact| artifact.url.as_ref()).or(url.as_ref()) else { continue };
        let mut asset = Asset::new(kind, url);
        if let Some(artifact) = artifact {
            asset.bytes = artifact.byte_size.and_then(|bytes| u64::try_from(bytes).ok());
            asset.content_type.clone_from(&artifact.content_type);
            asset.file_name.clone_from(&artifact.filename);
            asset.packaging = artifact.packaging.as_ref().map(ToString::to_string);
            asset.primary_path.clone_from(&artifact.primary_path);
        }
        found.push(asset);
    }
    found
}

fn fields<const N: usize>(fields: [(&str, &Option<String>, Option<i64>); N]) -> Vec<Asset> {
    let with_url = fields.into_iter().filter_map(|(field, url, bytes)| Some((field, url.as_ref()?, bytes)));
    with_url
        .map(|(field, url, bytes)| Asset {
            bytes: bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            ..Asset::new(AssetKind::of_field(field), url)
        })
        .collect()
}

/// The files in an unknown member of the union: fields whose names end in `Url`, and maps whose names end in `Urls`.
fn unknown(assets: &Map<String, Value>) -> Vec<Asset> {
    let mut found = Vec::new();
    for (field, value) in assets {
        match value {
            Value::String(url) if field.ends_with("Url") => {
                found.push(Asset::new(AssetKind::of_field(field), url));
            }
            Value::Object(urls) if field.ends_with("Urls") => {
                for (key, url) in urls {
                    if let Some(url) = url.as_str() {
                        let kind = match field.as_str() {
                            "spzUrls" => AssetKind::Spz(key.clone()),
                            _ => AssetKind::Other(format!("{}-{key}", field.trim_end_matches("Urls"))),
                        };
                        found.push(Asset::new(kind, url));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

impl Asset {
    /// A file with a kind and a URL, and nothing else.
    pub fn new(kind: AssetKind, url: &str) -> Self {
        Self {
            kind,
            url: url.to_owned(),
            bytes: None,
            content_type: None,
            file_name: None,
            packaging: None,
            primary_path: None,
            item: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn operation(changes: Value) -> Operation {
        let mut operation = json!({
            "object": "operation", "id": "op", "type": "model_generation", "generationMode": "auto",
            "status": "succeeded", "createdAt": "t", "updatedAt": "t",
        });
        for (key, value) in changes.as_object().unwrap() {
            operation[key] = value.clone();
        }
        serde_json::from_value(operation).unwrap()
    }

    fn check(changes: Value, subject: Subject, files: &[(&str, Option<u64>)]) {
        let assets = Assets::of(&operation(changes));
        let found: Vec<_> = assets.iter().map(|asset| (asset.kind.to_string(), asset.bytes)).collect();
        let files: Vec<_> = files.iter().map(|(kind, bytes)| ((*kind).to_owned(), *bytes)).collect();
        assert_eq!((assets.subject(), found), (subject, files));
    }

    #[test]
    fn files_of_models_worlds_and_conversions() {
        check(
            json!({"assets": {"glbUrl": "u", "glbSizeBytes": 7, "optimizedGlbUrl": null, "optimizedGlbSizeBytes": 8,
                              "thumbnailUrl": "u", "fbxUrl": "u"}}),
            Subject::Model,
            &[("glb", Some(7)), ("fbx", None), ("thumbnail", None)],
        );
        check(
            json!({"type": "world_generation", "assets": {"panoUrl": "u", "spzUrls": {"500k": "u", "100k": "u"}}}),
            Subject::World,
            &[("panorama", None), ("spz 100k", None), ("spz 500k", None)],
        );
        let artifact = json!({
            "format": "obj", "url": "u", "filename": "a.zip", "contentType": "application/zip", "extension": "zip",
            "byteSize": 9, "packaging": "zip", "artifactVersion": 0, "primaryPath": "a.obj",
        });
        check(
            json!({"type": "model_conversion", "resource": {"type": "model", "id": "m"}, "conversion": {"id": "c",
                   "assets": {"objUrl": "u", "usdzUrl": "u", "artifacts": {"obj": artifact}}}}),
            Subject::Conversion,
            &[("obj", Some(9)), ("usdz", None)],
        );
        let conversion = json!({"id": "c", "assets": {"stlUrl": "u"}});
        let alone = Assets::from(&serde_json::from_value::<OperationConversion>(conversion).unwrap());
        assert_eq!((alone.subject(), alone.len(), alone.sources()), (Subject::Conversion, 1, &[][..]));
        check(json!({"assets": null}), Subject::Model, &[]);
    }

    #[test]
    fn files_of_resources() {
        let model: Model =
            serde_json::from_value(json!({"id": "m", "assets": {"glbUrl": "u", "glbSizeBytes": 7}})).unwrap();
        let assets = Assets::from(&model);
        assert_eq!((assets.subject(), assets.sources()), (Subject::Model, &[Source::Model("m".into())][..]));
        assert_eq!((&assets.assets[0].kind, assets.assets[0].bytes), (&AssetKind::Glb, Some(7)));
        let world: World = serde_json::from_value(json!({"id": "w", "assets": {"radUrl": "u"}})).unwrap();
        let assets = Assets::from(&world);
        assert_eq!((assets.subject(), assets.sources()), (Subject::World, &[Source::World("w".into())][..]));
        assert_eq!((assets.len(), &assets.assets[0].kind), (1, &AssetKind::Rad));
        for assets in [json!(null), json!({})] {
            let model: Model = serde_json::from_value(json!({"id": "m", "assets": assets})).unwrap();
            assert!(Assets::from(&model).is_empty());
        }
    }

    #[test]
    fn resource_then_type_then_fields_decide_the_subject() {
        // A preview alone may be of a world or of a model.
        let preview = json!({"previewImageUrl": "u"});
        check(
            json!({"resource": {"type": "model", "id": "m"}, "type": "new", "assets": preview}),
            Subject::Model,
            &[("preview image", None)],
        );
        check(json!({"assets": preview}), Subject::Model, &[("preview image", None)]);
        check(json!({"type": "new", "assets": preview}), Subject::Unknown, &[("preview image", None)]);
        check(json!({"type": "world_generation", "assets": preview}), Subject::World, &[("preview image", None)]);
        check(
            json!({"type": "new", "resource": {"type": "audio", "id": "a"}, "assets": {"glbUrl": "u"}}),
            Subject::Model,
            &[("glb", None)],
        );
    }

    #[test]
    fn files_of_an_unknown_type() {
        check(
            json!({"type": "audio_generation", "assets": {
                "audioUrl": "u", "previewImageUrl": "u", "waveUrl": null, "stemUrls": {"drums": "u"}, "title": "t",
            }}),
            Subject::Unknown,
            &[("audio", None), ("preview image", None), ("stem-drums", None)],
        );
    }
}
