//! Builders make replies, for tests and simulators. They check their values.

use mint_api::Timestamp;
use mint_api::types::{
    GenerationAssets, ModelAssets, Operation, OperationError, OperationGenerationMode, OperationObject,
    OperationResource, OperationResourceType, OperationType,
};

use crate::examples::model;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn example() -> mint_api::types::builder::Operation {
    Operation::builder()
        .object(OperationObject::Operation)
        .id("op_01JZ8R1C2AB")
        .type_(OperationType::ModelOptimization)
        .generation_mode(OperationGenerationMode::Review)
        .status("preview_ready")
        .created_at(time("2026-07-02T09:00:00Z"))
        .updated_at(time("2026-07-02T11:04:05+02:00"))
}

fn check(builder: mint_api::types::builder::Operation, complaint: &str) {
    let error = Operation::try_from(builder).expect_err(complaint).to_string();
    assert!(error.contains(complaint), "{error}");
}

#[test]
fn a_built_operation_is_the_one_that_is_read() {
    let read: Operation = serde_json::from_value(model()).unwrap();
    let Some(GenerationAssets::ModelAssets(read_assets)) = read.assets.clone() else { panic!("{read:?}") };
    let assets: ModelAssets = ModelAssets::builder()
        .fbx_url(read_assets.fbx_url)
        .glb_url(read_assets.glb_url)
        .glb_size_bytes(48_811_240)
        .obj_url(read_assets.obj_url)
        .optimized_glb_url(read_assets.optimized_glb_url)
        .optimized_glb_size_bytes(Some(5_120_004))
        .preview_image_url(read_assets.preview_image_url)
        .stl_url(read_assets.stl_url)
        .thumbnail_url(read_assets.thumbnail_url)
        .usdz_url(read_assets.usdz_url)
        .bounds(read_assets.bounds)
        .try_into()
        .unwrap();
    let resource = OperationResource::builder().type_(OperationResourceType::Model).id("mdl_77aX".to_owned());
    let resource: OperationResource = resource.try_into().unwrap();
    let error = OperationError::builder().code("texture_budget".to_owned());
    let error = error.message("Textures were halved to fit the budget.".to_owned());
    let error: OperationError = error.try_into().unwrap();
    let built: Operation = example()
        .prompt("a brass diving helmet".to_owned())
        .generation_preset(read.generation_preset.clone())
        .generation_model("mint-model-2".to_owned())
        .optimization_level(read.optimization_level.clone())
        .resource(resource)
        .mint_url("https://mint.gg/models/mdl_77aX".to_owned())
        .assets(GenerationAssets::from(assets))
        .error(error)
        .billing(read.billing.clone())
        .try_into()
        .unwrap();
    assert_eq!(serde_json::to_value(built).unwrap(), model());
}

#[test]
fn nullable_fields_may_be_left_out() {
    let built = Operation::try_from(example().generation_model(None)).unwrap();
    assert!(built.assets.is_none() && built.generation_model.is_none() && built.resource.is_none());
}

#[test]
fn wrong_and_missing_values_are_errors() {
    check(example().status("suceeded"), "status");
    assert!("World_Generation".parse::<OperationType>().is_err());
    assert!("yesterday".parse::<Timestamp>().is_err());
    check(Operation::builder().id("op_1"), "no value supplied for status");
}
