//! The table of operations of the document and the methods of the generated client.

use futures::future::BoxFuture;
use mint_api::types::{self, Problem};
use mint_api::{Client, Error};
use serde_json::{Map, Value};

use crate::document::{Operation, operations};

/// The result of a call.
pub(crate) type Outcome = Result<Answer, Error<Problem>>;

/// The status of a reply, and its body as the client writes it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) value: Value,
}

/// A method of the client.
struct Call {
    operation: &'static str,
    arguments: &'static [&'static str],
    send: for<'a> fn(&'a Client, &Map<String, Value>) -> BoxFuture<'a, Outcome>,
}

/// Calls the method of an operation. The arguments have their names in the document; the body is named `body`.
pub(crate) async fn call(client: &Client, operation: &Operation, arguments: &Map<String, Value>) -> Outcome {
    (find(operation).send)(client, arguments).await
}

fn find(operation: &Operation) -> &'static Call {
    let found = CALLS.iter().find(|call| call.operation == operation.id);
    found.unwrap_or_else(|| panic!("no method is called for {}: add a row to `calls!`", operation.id))
}

macro_rules! calls {
    ($($operation:literal => $method:ident($($setter:ident $name:literal: $type:ty),*),)*) => {
        const CALLS: &[Call] = &[$(Call {
            operation: $operation,
            arguments: &[$($name),*],
            send: |client, arguments| {
                let call = client.$method();
                $(let call = match arguments.get($name) {
                    Some(argument) => call.$setter(read::<$type>($name, argument)),
                    None => call,
                };)*
                let _ = arguments;
                Box::pin(async move {
                    let response = call.send().await?;
                    let status = response.status().as_u16();
                    Ok(Answer { status, value: serde_json::to_value(response.into_inner()).unwrap() })
                })
            },
        }),*];
    };
}

fn read<T: serde::de::DeserializeOwned>(name: &str, argument: &Value) -> T {
    serde_json::from_value(argument.clone()).unwrap_or_else(|error| panic!("{name} does not take {argument}: {error}"))
}

calls! {
    "animateModel" => animate_model(model_id "modelId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::AnimateModelRequest),
    "approveOperation" => approve_operation(operation_id "operationId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::EmptyRequest),
    "convertModel" => convert_model(model_id "modelId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::ConvertModelRequest),
    "createReferenceImage" => create_reference_image(idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::CreateReferenceImageRequest),
    "estimatePricing" => estimate_pricing(body "body": types::EstimatePricingRequest),
    "generateAssetPack" => generate_asset_pack(idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::GenerateAssetPackRequest),
    "generateAudio" => generate_audio(idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::GenerateAudioRequest),
    "generateModel" => generate_model(idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::GenerateModelRequest),
    "generateWorld" => generate_world(idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::GenerateWorldRequest),
    "getAnimationArtifact" => get_animation_artifact(target_type "targetType": String, target_id "targetId": String, artifact_id "artifactId": String),
    "getAnimationArtifactManifest" => get_animation_artifact_manifest(target_type "targetType": String, target_id "targetId": String),
    "getAnimationOptions" => get_animation_options(),
    "getArtifactManifest" => get_artifact_manifest(asset_type "assetType": String, asset_id "assetId": String),
    "getAsset" => get_asset(asset_type "assetType": String, asset_id "assetId": String),
    "getAssetPack" => get_asset_pack(asset_pack_id "assetPackId": String),
    "getMe" => get_me(),
    "getModel" => get_model(model_id "modelId": String),
    "getOperation" => get_operation(operation_id "operationId": String),
    "getUsage" => get_usage(),
    "getWorld" => get_world(world_id "worldId": String),
    "listAnimationArtifacts" => list_animation_artifacts(target_type "targetType": String, target_id "targetId": String),
    "listModels" => list_models(limit "limit": i64, cursor "cursor": String),
    "listWorlds" => list_worlds(limit "limit": i64, cursor "cursor": String),
    "optimizeModel" => optimize_model(model_id "modelId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::OptimizeModelRequest),
    "resumeOperation" => resume_operation(operation_id "operationId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::EmptyRequest),
    "retryModel" => retry_model(model_id "modelId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::EmptyRequest),
    "reviseOperation" => revise_operation(operation_id "operationId": String, idempotency_key "Idempotency-Key": types::IdempotencyKey, body "body": types::ReviseOperationRequest),
}

#[test]
fn every_operation_is_called_with_every_argument() {
    let all = operations();
    for operation in &all {
        let mut documented: Vec<_> = operation.parameters.iter().map(|parameter| parameter.name).collect();
        documented.extend(operation.body.map(|_| "body"));
        assert_eq!(find(operation).arguments, documented, "{}: mend its row", operation.id);
    }
    for call in CALLS {
        let is_documented = all.iter().any(|operation| operation.id == call.operation);
        assert!(is_documented, "the document has no {}: remove its row", call.operation);
    }
}
