//! The handler of each route.

use crate::simulator::http::{HttpReply, Problem, Route};
use crate::simulator::routes::{
    Call, account, animations, artifact_manifest, operations, reference_images, resources, starts,
};
use crate::simulator::scripts::OperationKind;
use crate::simulator::state::{Environment, Store};

/// Passes a call to the handler of its route.
pub(crate) fn dispatch(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    match call.route {
        Route::GetOperation => operations::poll(environment, store, call),
        Route::ApproveOperation => operations::approve(environment, store, call),
        Route::ReviseOperation => operations::revise(environment, store, call),
        Route::ResumeOperation => operations::resume(environment, store, call),
        Route::GenerateWorld => Ok(starts::generate(environment, store, OperationKind::World, call)),
        Route::GenerateModel => Ok(starts::generate(environment, store, OperationKind::Model, call)),
        Route::GenerateAssetPack => Ok(starts::generate(environment, store, OperationKind::AssetPack, call)),
        Route::GenerateAudio => Ok(starts::generate(environment, store, OperationKind::Audio, call)),
        Route::OptimizeModel => starts::optimize(environment, store, call),
        Route::RetryModel => starts::retry(environment, store, call),
        Route::ConvertModel => starts::convert(environment, store, call),
        Route::AnimateModel => starts::animate(environment, store, call),
        Route::ListModels => resources::list(environment, store, "model", call),
        Route::ListWorlds => resources::list(environment, store, "world", call),
        Route::GetModel => resources::get(environment, store, "model", call),
        Route::GetWorld => resources::get(environment, store, "world", call),
        Route::GetAssetPack => resources::get(environment, store, "asset_pack", call),
        Route::GetAsset => resources::asset(environment, store, call),
        Route::GetMe => Ok(account::me(call)),
        Route::GetUsage => Ok(account::usage(environment, store)),
        Route::EstimatePricing => account::estimate(store, call),
        Route::CreateReferenceImage => reference_images::create(environment, store, call),
        Route::GetArtifactManifest => artifact_manifest::get(environment, store, call),
        Route::ListAnimationArtifacts => animations::list(environment, store, call),
        Route::GetAnimationArtifact => animations::artifact(environment, store, call),
        Route::GetAnimationArtifactManifest => animations::manifest(environment, store, call),
        Route::GetAnimationOptions => Ok(animations::options()),
    }
}
