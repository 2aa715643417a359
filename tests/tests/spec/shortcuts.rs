//! The methods of `mint-api-ext` send the documented requests, too.

use futures::StreamExt as _;
use mint_api_ext::request::Reference;
use mint_api_ext::types::EstimatePricingRequest;
use mint_api_ext::{Error, ErrorKind, Mint, Outcome};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::document::{Operation, operations};
use crate::instances::{cases, for_values};
use crate::requests::{arguments, is_as_documented};
use crate::server::{self, Server};

/// Operations that only the generated client has a method for.
const ONLY_GENERATED: &[&str] = &["getAnimationOptions", "getAsset"];

const AGENT: &str = concat!("mint-api-ext/", env!("CARGO_PKG_VERSION"), " mint-api/", env!("CARGO_PKG_VERSION"));

#[test]
fn every_method_sends_what_the_document_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    let mint = server.mint();
    for operation in operations().iter().filter(|operation| !ONLY_GENERATED.contains(&operation.id)) {
        for_values(format!("{} by mint-api-ext", operation.id), &arguments(operation), cases(), |made| {
            let mut arguments = made.0.clone();
            for parameter in operation.parameters.iter().filter(|parameter| parameter.place == "path") {
                arguments.insert(parameter.name.into(), "an_Id-7".into());
            }
            // `mint-api-ext` takes an empty cursor in a reply as an error.
            if arguments.get("cursor").is_some_and(|cursor| cursor == "") {
                arguments.remove("cursor");
            }
            server.answer([server::reply(400, "")]);
            server.take_requests();
            let outcome = runtime.block_on(send(operation, &server, &mint, &mut arguments));
            match (outcome.map_err(|error| error.kind()), &server.take_requests()[..]) {
                (Err(ErrorKind::Server), [request]) => is_as_documented(request, operation, &arguments, AGENT),
                (outcome, requests) => Err(format!("{} requests were sent: {outcome:?}", requests.len())),
            }
        });
    }
}

/// Sends the request of an operation. Changes the arguments where the method can only send others.
async fn send(
    operation: &Operation,
    server: &Server,
    mint: &Mint,
    arguments: &mut Map<String, Value>,
) -> Result<(), Error> {
    /// Sends a request, and adds its own idempotency key to the arguments.
    macro_rules! keyed {
        ($request:expr) => {{
            let request = $request;
            arguments.insert("Idempotency-Key".into(), request.idempotency_key().into());
            request.send().await.map(drop)
        }};
    }
    let mut body = arguments.remove("body").unwrap_or_default();
    let id = "an_Id-7";
    let prompt = body["prompt"].as_str().unwrap_or_default().to_owned();
    let sent = match operation.id {
        "animateModel" => {
            let request = mint.animate_model(id, body["motionPrompt"].as_str().unwrap());
            keyed!(given(request, &body, "heightMeters", |request, metres| request.height_meters(metres)))
        }
        "approveOperation" => match reached("preview_ready", server, mint).await {
            Outcome::AwaitingReview(preview) => keyed!(preview.approve()),
            other => panic!("{other:?}"),
        },
        "convertModel" => {
            let formats: Vec<_> = serde_json::from_value(body["targetFormats"].clone()).unwrap();
            let request = mint.convert_model(id, formats);
            keyed!(given(request, &body, "name", |request, name: String| request.name(name)))
        }
        "createReferenceImage" => {
            // Other tests upload bytes. A link has no file name.
            let url = Url::parse(body["sourceUrl"].as_str().unwrap_or("https://a.b/c.png")).unwrap();
            body = json!({"sourceUrl": url.as_str(), "name": body["name"]});
            body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let request = mint.upload_image(url);
            keyed!(given(request, &body, "name", |request, name: String| request.name(name)))
        }
        "estimatePricing" => {
            let request: EstimatePricingRequest = serde_json::from_value(body.clone()).unwrap();
            mint.estimate(request).await.map(drop)
        }
        "generateAssetPack" => {
            let count = serde_json::from_value(body["itemCount"].clone()).unwrap();
            let request = mint.generate_asset_pack(prompt, count);
            let request = given(request, &body, "name", |request, name: String| request.name(name));
            let request = given(request, &body, "styleGuide", |request, guide: String| request.style_guide(guide));
            let request = given(request, &body, "assetPackType", |request, of: String| request.asset_pack_type(of));
            keyed!(given(request, &body, "generationPreset", |request, preset| request.generation_preset(preset)))
        }
        "generateAudio" => {
            let request = mint.generate_audio(prompt);
            let request = given(request, &body, "name", |request, name: String| request.name(name));
            let request = given(request, &body, "audioKind", |request, kind| request.audio_kind(kind));
            let request = given(request, &body, "durationSeconds", |request, time| request.duration_seconds(time));
            keyed!(given(request, &body, "generationPreset", |request, preset| request.generation_preset(preset)))
        }
        "generateModel" => {
            let request = mint.generate_model(prompt);
            let request = given(request, &body, "name", |request, name: String| request.name(name));
            let request =
                given(request, &body, "generationPreset", |request, preset| request.generation_preset(preset));
            let request = given(request, &body, "generationMode", |request, mode| request.generation_mode(mode));
            let request = given(request, &body, "riggingPose", |request, pose| request.rigging_pose(pose));
            keyed!(match reference(&mut body, false) {
                Some(reference) => request.reference(reference),
                None => request,
            })
        }
        "generateWorld" => {
            let request = mint.generate_world(prompt);
            let request = given(request, &body, "name", |request, name: String| request.name(name));
            let request =
                given(request, &body, "generationPreset", |request, preset| request.generation_preset(preset));
            let request = given(request, &body, "generationMode", |request, mode| request.generation_mode(mode));
            keyed!(match reference(&mut body, true) {
                Some(reference) => request.reference(reference),
                None => request,
            })
        }
        "getAnimationArtifact" => {
            arguments.insert("targetType".into(), "model_animation_clip".into());
            arguments.insert("artifactId".into(), "clip:an_Id-7:animation_glb".into());
            mint.animation_artifact(id, "clip:an_Id-7:animation_glb").await.map(drop)
        }
        "getAnimationArtifactManifest" => {
            arguments.insert("targetType".into(), "model_animation_clip".into());
            mint.animation_manifest(id).await.map(drop)
        }
        "getArtifactManifest" => mint.artifact_manifest(id.into(), id).await.map(drop),
        "getAssetPack" => mint.asset_pack(id).await.map(drop),
        "getMe" => mint.me().await.map(drop),
        "getModel" => mint.model(id).await.map(drop),
        "getOperation" => mint.attach(id)?.get().await.map(drop),
        "getUsage" => mint.usage().await.map(drop),
        "getWorld" => mint.world(id).await.map(drop),
        "listAnimationArtifacts" => {
            arguments.insert("targetType".into(), "model_animation_clip".into());
            mint.animation_artifacts(id).await.map(drop)
        }
        "listModels" => {
            let arguments = &Value::Object(arguments.clone());
            let list = given(mint.models(), arguments, "limit", |list, limit| list.page_size(limit));
            paged(list.into_stream(), arguments["cursor"].as_str(), server).await
        }
        "listWorlds" => {
            let arguments = &Value::Object(arguments.clone());
            let list = given(mint.worlds(), arguments, "limit", |list, limit| list.page_size(limit));
            paged(list.into_stream(), arguments["cursor"].as_str(), server).await
        }
        "optimizeModel" => {
            // The document has no default.
            let level = body["optimizationLevel"].as_str().unwrap_or("light").to_owned();
            body["optimizationLevel"] = level.clone().into();
            keyed!(mint.optimize_model(id, level.parse().unwrap()))
        }
        "resumeOperation" => match reached("billing_required", server, mint).await {
            Outcome::BillingRequired(unpaid) => keyed!(unpaid.resume()),
            other => panic!("{other:?}"),
        },
        "retryModel" => keyed!(mint.retry_model(id)),
        "reviseOperation" => match reached("preview_ready", server, mint).await {
            Outcome::AwaitingReview(preview) => keyed!(preview.revise(body["feedback"].as_str().unwrap())),
            other => panic!("{other:?}"),
        },
        other => panic!("no method is called for {other}: add it here, or to `ONLY_GENERATED`"),
    };
    if operation.body.is_some() {
        arguments.insert("body".into(), body);
    }
    sent
}

/// Sets a field of a request to its value in the body, if the body has one.
fn given<T, V: DeserializeOwned>(request: T, body: &Value, name: &str, set: impl FnOnce(T, V) -> T) -> T {
    match body.get(name) {
        Some(value) => set(request, serde_json::from_value(value.clone()).unwrap()),
        None => request,
    }
}

/// The images of a body. If that of a model has one image and several views, only the views are kept.
fn reference(body: &mut Value, takes_anchor: bool) -> Option<Reference> {
    let body = body.as_object_mut().unwrap();
    let views = body.get("sourceImages").map(|views| serde_json::from_value::<Vec<String>>(views.clone()).unwrap());
    if views.is_some() && !takes_anchor {
        body.remove("imageUrl");
    }
    let image = body.get("imageUrl").map(|url| url.as_str().unwrap().to_owned());
    match (image, views) {
        (Some(anchor), Some(views)) => Some(Reference::AnchoredViews { anchor, views }),
        (image, views) => image.map(Reference::Image).or(views.map(Reference::Views)),
    }
}

/// Waits for an operation of this status, and forgets the request.
async fn reached(status: &str, server: &Server, mint: &Mint) -> Outcome {
    let resource = json!({"type": "model", "id": "model_1"});
    let operation = json!({"id": "an_Id-7", "status": status, "generationMode": "review", "resource": resource});
    server.answer([server::json(200, "application/json", &operation), server::reply(400, "")]);
    let outcome = mint.attach("an_Id-7").unwrap().wait().await.unwrap();
    server.take_requests();
    outcome
}

/// Reads the page of a list after a cursor. An earlier page gives the cursor.
async fn paged<T>(
    mut items: impl futures::Stream<Item = Result<T, Error>> + Unpin,
    cursor: Option<&str>,
    server: &Server,
) -> Result<(), Error> {
    if let Some(cursor) = cursor {
        let first = json!({"object": "list", "data": [], "pagination": {"hasMore": true, "nextCursor": cursor}});
        server.answer([server::json(200, "application/json", &first), server::reply(400, "")]);
    }
    let end = items.next().await.unwrap().map(drop);
    if cursor.is_some() {
        server.forget_first_request();
    }
    end
}
