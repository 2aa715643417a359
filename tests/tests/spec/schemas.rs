//! The table of component schemas of the document and their Rust types.

use mint_api::types;
use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::{component, components, read_components};

/// A component of the document and its type.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Reads a text, as the client reads replies, and writes the result.
    pub(crate) round_trip: fn(&str) -> Result<Value, String>,
    /// The schema that the type derives.
    pub(crate) derived: fn() -> Value,
}

impl Row {
    pub(crate) fn schema(&self) -> &'static Value {
        component(self.name)
    }

    /// Whether the server sends it.
    pub(crate) fn is_read(&self) -> bool {
        read_components().contains(self.name)
    }
}

fn round_trip<T: DeserializeOwned + Serialize>(text: &str) -> Result<Value, String> {
    let value: T = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))
        .map_err(|error| format!("at `{}`: {}", error.path(), error.inner()))?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn derived<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}

macro_rules! rows {
    ($($name:literal => $type:ty,)*) => {
        pub(crate) const ROWS: &[Row] = &[$(Row { name: $name, round_trip: round_trip::<$type>, derived: derived::<$type> }),*];
    };
}

rows! {
    "Operation" => types::Operation,
    "GenerationAssets" => Option<types::GenerationAssets>,
    "OperationConversion" => types::OperationConversion,
    "Problem" => types::Problem,
    "WorldAssets" => types::WorldAssets,
    "ModelAssets" => types::ModelAssets,
    "PreviewAssets" => types::PreviewAssets,
    "ConvertedModelAssets" => types::ConvertedModelAssets,
    "ConvertedModelArtifacts" => types::ConvertedModelArtifacts,
    "ConvertedModelArtifact" => types::ConvertedModelArtifact,
    "OperationBilling" => types::OperationBilling,
    "OperationCredits" => types::OperationCredits,
    "ModelBounds" => types::ModelBounds,
    "FieldError" => types::FieldError,
    "IdempotencyKey" => types::IdempotencyKey,
    "GenerationPreset" => types::GenerationPreset,
    "GenerationMode" => types::GenerationMode,
    "RiggingPose" => types::RiggingPose,
    "OptimizationLevel" => types::OptimizationLevel,
    "ConversionFormat" => types::ConversionFormat,
    "AudioKind" => types::AudioKind,
    "Prompt" => types::Prompt,
    "ResourceName" => types::ResourceName,
    "GenerateWorldRequest" => types::GenerateWorldRequest,
    "GenerateModelRequest" => types::GenerateModelRequest,
    "ReviseOperationRequest" => types::ReviseOperationRequest,
    "EmptyRequest" => types::EmptyRequest,
    "OptimizeModelRequest" => types::OptimizeModelRequest,
    "ConvertModelRequest" => types::ConvertModelRequest,
    "AnimateModelRequest" => types::AnimateModelRequest,
    "GenerateAssetPackRequest" => types::GenerateAssetPackRequest,
    "GenerateAudioRequest" => types::GenerateAudioRequest,
    "ModelGenerationEstimateRequest" => types::ModelGenerationEstimateRequest,
    "ModelOptimizationEstimateRequest" => types::ModelOptimizationEstimateRequest,
    "EstimatePricingRequest" => types::EstimatePricingRequest,
    "ReferenceImageUpload" => types::ReferenceImageUpload,
    "ReferenceImageLink" => types::ReferenceImageLink,
    "CreateReferenceImageRequest" => types::CreateReferenceImageRequest,
    "AssetStage" => types::AssetStage,
    "World" => types::World,
    "Model" => types::Model,
    "Pagination" => types::Pagination,
    "WorldList" => types::WorldList,
    "ModelList" => types::ModelList,
    "AssetPackItem" => types::AssetPackItem,
    "AssetPack" => types::AssetPack,
    "Asset" => types::Asset,
    "ArtifactSource" => types::ArtifactSource,
    "Artifact" => types::Artifact,
    "WorldRuntimeCollider" => types::WorldRuntimeCollider,
    "WorldRuntime" => types::WorldRuntime,
    "ArtifactManifest" => types::ArtifactManifest,
    "AnimationArtifact" => types::AnimationArtifact,
    "AnimationArtifactList" => types::AnimationArtifactList,
    "AnimationOptions" => types::AnimationOptions,
    "Me" => types::Me,
    "Usage" => types::Usage,
    "PricingEstimate" => types::PricingEstimate,
    "ReferenceImage" => types::ReferenceImage,
}

/// The row of a component.
pub(crate) fn row(name: &str) -> &'static Row {
    ROWS.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name} has no type: add a row to `rows!`"))
}

#[test]
fn every_component_has_a_type() {
    for name in components().keys() {
        row(name);
    }
    for row in ROWS {
        assert!(components().contains_key(row.name), "the document has no {}: remove its row", row.name);
    }
}
