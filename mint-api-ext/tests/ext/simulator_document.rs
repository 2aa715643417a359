//! The simulator against the document: every route, every reply, every field of a request.

use std::collections::BTreeSet;

use mint_api_ext::simulator::{API_KEY, Route, Script};
use serde_json::{Value, json};

use crate::simulator_api::{Api, document};

#[test]
fn its_routes_are_those_of_the_document() {
    let mut documented = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                documented.insert((id, method.to_uppercase(), path.as_str()));
            }
        }
    }
    let served: BTreeSet<_> =
        Route::ALL.iter().map(|route| (route.operation_id(), route.method().to_owned(), route.path())).collect();
    assert_eq!(served, documented);
}

#[tokio::test(start_paused = true)]
async fn every_route_answers_as_documented() {
    use Route::*;
    let api = Api::new().await;
    let call = async |route, ids: &[&str], body| api.call(route, ids, body).await;
    let none = Value::Null;
    let generation =
        json!({"prompt": "a lamp", "name": "Lamp", "generationPreset": "fast", "generationMode": "review"});
    let model = call(GenerateModel, &[], generation.clone()).await.body;
    let (operation, model) =
        (model["id"].as_str().unwrap().to_owned(), model["resource"]["id"].as_str().unwrap().to_owned());
    let world = call(GenerateWorld, &[], json!({"prompt": "a room", "generationPreset": "fast"})).await.body;
    let world = world["resource"]["id"].as_str().unwrap().to_owned();
    let manifest = [["model", &model], ["world", &world]];
    for seconds in [0, 3, 30] {
        api.seconds(seconds).await;
        for ids in &manifest {
            call(GetArtifactManifest, ids, none.clone()).await;
            call(GetAsset, ids, none.clone()).await;
        }
        call(GetOperation, &[&operation], none.clone()).await;
        call(GetModel, &[&model], none.clone()).await;
        call(GetWorld, &[&world], none.clone()).await;
    }
    assert_eq!(call(ReviseOperation, &[&operation], json!({"feedback": "older"})).await.status, 202);
    api.seconds(10).await;
    assert_eq!(call(ApproveOperation, &[&operation], json!({})).await.status, 202);
    api.seconds(10).await;
    let shown = call(GetModel, &[&model], none.clone()).await.body;
    assert_eq!((&shown["status"], &shown["name"]), (&json!("succeeded"), &json!("Lamp")), "{shown:#}");
    let optimization = call(OptimizeModel, &[&model], json!({"optimizationLevel": "light"})).await.body;
    let conversion = call(ConvertModel, &[&model], json!({"targetFormats": ["usdz", "fbx"]})).await.body;
    let animation = call(AnimateModel, &[&model], json!({"motionPrompt": "wave", "heightMeters": 1.75})).await.body;
    let clip = animation["resource"]["id"].as_str().unwrap().to_owned();
    let audio = call(GenerateAudio, &[], json!({"prompt": "a bell", "audioKind": "sound_effect"})).await.body;
    let audio = audio["resource"]["id"].as_str().unwrap().to_owned();
    let pack =
        json!({"prompt": "kitchen", "itemCount": 3, "generationPreset": "fast", "assetPackType": "general_asset_pack"});
    let pack = call(GenerateAssetPack, &[], pack).await.body;
    let pack = pack["resource"]["id"].as_str().unwrap().to_owned();
    let clip_ids = ["model_animation_clip", &clip];
    for seconds in [0, 30] {
        api.seconds(seconds).await;
        for started in [&optimization, &conversion, &animation] {
            call(GetOperation, &[started["id"].as_str().unwrap()], none.clone()).await;
        }
        call(GetAssetPack, &[&pack], none.clone()).await;
        call(ListAnimationArtifacts, &clip_ids, none.clone()).await;
        call(GetAnimationArtifactManifest, &clip_ids, none.clone()).await;
        for (kind, id) in [("audio", &audio), ("asset_pack", &pack), ("model_animation_clip", &clip)] {
            let manifest = call(GetArtifactManifest, &[kind, id], none.clone()).await.body;
            assert_eq!(manifest["artifacts"].as_array().unwrap().is_empty(), seconds == 0, "{manifest:#}");
        }
    }
    let conversion = api.operation(conversion["id"].as_str().unwrap()).await;
    let artifacts = conversion["conversion"]["assets"]["artifacts"].as_object().unwrap();
    assert_eq!(artifacts.keys().collect::<Vec<_>>(), ["usdz", "fbx"]);
    let list = call(ListAnimationArtifacts, &clip_ids, none.clone()).await.body;
    let artifact = list["data"][0]["id"].as_str().unwrap();
    let found = call(GetAnimationArtifact, &[clip_ids[0], clip_ids[1], artifact], none.clone()).await.body;
    assert_eq!(found["id"], artifact);
    assert_eq!(call(ListAnimationArtifacts, &["model", &clip], none.clone()).await.status, 400);
    assert_eq!(call(ListAnimationArtifacts, &["model_animation_batch", &clip], none.clone()).await.status, 404);
    api.simulator.fail_next("generation_failed", "Too vague.");
    let failing = call(GenerateModel, &[], json!({"prompt": "x", "generationPreset": "fast"})).await.body;
    api.seconds(10).await;
    let failed = api.operation(failing["id"].as_str().unwrap()).await;
    assert_eq!(failed["error"], json!({"code": "generation_failed", "message": "Too vague."}));
    assert_eq!(call(RetryModel, &[failing["resource"]["id"].as_str().unwrap()], json!({})).await.status, 202);
    for route in [ListModels, ListWorlds, GetMe, GetUsage, GetAnimationOptions] {
        call(route, &[], none.clone()).await;
    }
    call(EstimatePricing, &[], json!({"operation": "model_generation", "generationPreset": "fast"})).await;
    call(EstimatePricing, &[], json!({"operation": "model_optimization", "modelId": model})).await;
    let image = json!({"base64Data": "AAAA", "fileName": "a.png", "contentType": "image/png"});
    assert_eq!(call(CreateReferenceImage, &[], image).await.status, 200);
    call(CreateReferenceImage, &[], json!({"sourceUrl": "https://example.com/a.png"})).await;
    let short = api.simulator.add(Script::model().timeline([("billing_required", 0)]));
    assert_eq!(call(ResumeOperation, &[&short], json!({})).await.status, 202);
    let answered = api.answered.lock().unwrap();
    let well: BTreeSet<_> = answered.iter().filter(|(_, status)| *status < 300).map(|(id, _)| *id).collect();
    assert_eq!(well, Route::ALL.iter().map(|route| route.operation_id()).collect());
}

/// As many ids as a path has parameters.
fn ids(route: Route) -> Vec<&'static str> {
    vec!["none"; route.path().matches('{').count()]
}

#[tokio::test(start_paused = true)]
async fn nobody_is_answered_without_a_key_or_for_what_is_not_there() {
    let api = Api::new().await;
    for route in Route::ALL {
        for authorization in ["", "Bearer none", API_KEY] {
            let answered = api.call_with(*route, &ids(*route), json!({}), &[("authorization", authorization)]).await;
            assert_eq!(answered.status, 401, "{route:?}");
            assert_eq!(answered.body["type"], "https://api.mint.gg/problems/unauthorized");
        }
        let missing = !ids(*route).is_empty() && route.method() == "GET" && !route.path().contains("/animations/");
        if missing {
            assert_eq!(api.call(*route, &ids(*route), Value::Null).await.status, 404, "{route:?}");
        }
    }
}

/// Something that no field of these schemas takes.
fn wrong() -> Value {
    json!({"wrong": true})
}

#[tokio::test(start_paused = true)]
async fn every_wrong_field_is_told() {
    let api = Api::new().await;
    for route in Route::ALL.iter().filter(|route| route.method() == "POST") {
        let refused = async |body: Value, expected: BTreeSet<(String, &str)>| {
            let answered = api.call(*route, &ids(*route), body).await;
            assert_eq!(answered.status, 422, "{route:?} {}", answered.body);
            let errors = answered.body["errors"].as_array().unwrap();
            let told: BTreeSet<_> = errors
                .iter()
                .map(|error| (error["path"].as_str().unwrap().to_owned(), error["code"].as_str().unwrap()))
                .collect();
            assert_eq!(told, expected.into_iter().collect(), "{route:?}");
        };
        refused(json!([]), BTreeSet::from([(String::new(), "invalid_type")])).await;
        for schema in Api::request_schemas(*route) {
            let properties = schema["properties"].as_object().unwrap();
            let mut all: serde_json::Map<_, _> = properties.keys().map(|name| (name.clone(), wrong())).collect();
            let mut expected: BTreeSet<_> =
                properties.keys().map(|name| (format!("/{name}"), "invalid_type")).collect();
            // What tells two bodies apart is right.
            for (name, known) in properties {
                if let Some(value) = known.get("const") {
                    all.insert(name.clone(), value.clone());
                    expected.remove(&(format!("/{name}"), "invalid_type"));
                }
            }
            all.insert("nothing".to_owned(), json!(1));
            expected.insert(("/nothing".to_owned(), "unknown_field"));
            // A world takes an anchor beside its views.
            if *route == Route::GenerateModel {
                expected.insert(("/sourceImages".to_owned(), "conflict"));
            }
            refused(all.into(), expected).await;

            let required = schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
            let told: Vec<_> = required.filter(|name| *name != "sourceUrl" && *name != "modelId").collect();
            let alternative = Api::request_schemas(*route).len() > 1;
            if !told.is_empty() && !alternative {
                refused(json!({}), told.iter().map(|name| (format!("/{name}"), "required")).collect()).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bounds_are_those_of_the_document() {
    let api = Api::new().await;
    let long = "x".repeat(2001);
    let url = "https://example.com/a.png";
    for (route, body, path, code) in [
        (Route::GenerateModel, json!({"prompt": ""}), "/prompt", "too_short"),
        (Route::GenerateModel, json!({"prompt": "x", "name": long}), "/name", "too_long"),
        (Route::GenerateModel, json!({"prompt": "x", "imageUrl": "a.png"}), "/imageUrl", "invalid_url"),
        (Route::GenerateModel, json!({"prompt": "x", "sourceImages": [url]}), "/sourceImages", "too_short"),
        (Route::GenerateWorld, json!({"prompt": "x", "sourceImages": vec![url; 9]}), "/sourceImages", "too_long"),
        (Route::GenerateWorld, json!({"prompt": "x", "sourceImages": [url, 1]}), "/sourceImages/1", "invalid_type"),
        (Route::GenerateModel, json!({"prompt": "x", "riggingPose": "sit"}), "/riggingPose", "invalid_value"),
        (Route::ReviseOperation, json!({"feedback": long}), "/feedback", "too_long"),
        (Route::ConvertModel, json!({"targetFormats": []}), "/targetFormats", "too_short"),
        (Route::ConvertModel, json!({"targetFormats": ["glb", "gltf"]}), "/targetFormats/1", "invalid_value"),
        (Route::AnimateModel, json!({"motionPrompt": "x", "heightMeters": 0}), "/heightMeters", "out_of_range"),
        (Route::GenerateAssetPack, json!({"prompt": "x", "itemCount": 26}), "/itemCount", "out_of_range"),
        (Route::GenerateAssetPack, json!({"prompt": "x", "itemCount": 2.5}), "/itemCount", "invalid_type"),
        (
            Route::CreateReferenceImage,
            json!({"base64Data": "?", "fileName": "a", "contentType": "image/png"}),
            "/base64Data",
            "invalid_value",
        ),
        (
            Route::CreateReferenceImage,
            json!({"base64Data": "", "fileName": "a", "contentType": "text/plain"}),
            "/contentType",
            "invalid_value",
        ),
    ] {
        let answered = api.call(route, &ids(route), body).await;
        let errors = answered.body["errors"].as_array().unwrap();
        assert_eq!((errors.len(), &errors[0]["path"], &errors[0]["code"]), (1, &json!(path), &json!(code)));
    }
}
