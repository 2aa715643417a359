//! Generating models and worlds.

use mint_api::Client;
use mint_api::types::{
    self, EstimatePricingRequest, GenerateModelRequest, GenerateWorldRequest, GenerationMode, GenerationPreset,
    IdempotencyKey, ModelGenerationEstimateRequest, RiggingPose,
};

use super::Reference;
use super::call::{Call, Estimated, Question, Sealed, Start, Starting};
use super::prepared::{Prepared, text};
use super::request::Request;
use super::storable::Storable as _;

/// Generates a model; see [`Mint::generate_model`](crate::Mint::generate_model).
#[derive(Clone, Debug)]
pub struct GenerateModel(pub(super) Prepared<GenerateModelRequest>);

/// Generates a world; see [`Mint::generate_world`](crate::Mint::generate_world).
#[derive(Clone, Debug)]
pub struct GenerateWorld(pub(super) Prepared<GenerateWorldRequest>);

impl GenerateModel {
    pub(super) fn new(prompt: &str) -> Self {
        let body = text("prompt", prompt).map(|prompt| GenerateModelRequest {
            prompt,
            name: None,
            generation_preset: None,
            generation_mode: None,
            rigging_pose: None,
            image_url: None,
            source_images: None,
        });
        Self(Prepared::new(Self::endpoint(""), body))
    }
}

impl GenerateWorld {
    pub(super) fn new(prompt: &str) -> Self {
        let body = text("prompt", prompt).map(|prompt| GenerateWorldRequest {
            prompt,
            name: None,
            generation_preset: None,
            generation_mode: None,
            image_url: None,
            source_images: None,
        });
        Self(Prepared::new(Self::endpoint(""), body))
    }
}

impl Request<GenerateModel> {
    /// Sets the name that Mint shows for the model, of 1 to 120 characters.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|body| text("name", &name.into()).map(|name| body.name = Some(name)))
    }

    /// Sets the tier of quality. Default: the server chooses, documented as `standard`.
    pub fn generation_preset(self, preset: GenerationPreset) -> Self {
        self.with(|body| body.generation_preset = Some(preset))
    }

    /// Sets whether the operation stops at a preview for a person to review. Default: the server chooses, documented as
    /// `auto`, which does not stop.
    pub fn generation_mode(self, mode: GenerationMode) -> Self {
        self.with(|body| body.generation_mode = Some(mode))
    }

    /// Sets the pose in which a character is modelled. The model gets no rig.
    pub fn rigging_pose(self, pose: RiggingPose) -> Self {
        self.with(|body| body.rigging_pose = Some(pose))
    }

    /// Sets the images to work from besides the prompt.
    pub fn reference(self, reference: Reference) -> Self {
        self.set(|body| reference.into_fields_of_model().map(|fields| (body.image_url, body.source_images) = fields))
    }
}

impl Request<GenerateWorld> {
    /// Sets the name that Mint shows for the world, of 1 to 120 characters.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|body| text("name", &name.into()).map(|name| body.name = Some(name)))
    }

    /// Sets the tier of quality. Default: the server chooses, documented as `standard`.
    pub fn generation_preset(self, preset: GenerationPreset) -> Self {
        self.with(|body| body.generation_preset = Some(preset))
    }

    /// Sets whether the operation stops at a preview for a person to review. Default: the server chooses, documented as
    /// `auto`, which does not stop.
    pub fn generation_mode(self, mode: GenerationMode) -> Self {
        self.with(|body| body.generation_mode = Some(mode))
    }

    /// Sets the images to work from besides the prompt.
    pub fn reference(self, reference: Reference) -> Self {
        self.set(|body| reference.into_fields().map(|fields| (body.image_url, body.source_images) = fields))
    }
}

impl Sealed for GenerateModel {
    type Body = GenerateModelRequest;

    fn prepared(&mut self) -> &mut Prepared<GenerateModelRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, _: &str, key: IdempotencyKey, body: GenerateModelRequest) -> Starting<'a> {
        Box::pin(api.generate_model().idempotency_key(key).body(body).send())
    }

    fn price(id: &str, body: &GenerateModelRequest) -> Option<EstimatePricingRequest> {
        Some(Self::question(id, body))
    }
}

impl Question for GenerateModel {
    fn question(_: &str, body: &GenerateModelRequest) -> EstimatePricingRequest {
        let request = ModelGenerationEstimateRequest {
            operation: types::ModelGenerationEstimateRequestOperation::ModelGeneration,
            // The estimate needs a preset; this is the documented default.
            generation_preset: body.generation_preset.unwrap_or(GenerationPreset::Standard),
            generation_mode: body.generation_mode,
        };
        request.into()
    }
}

impl Estimated for GenerateModel {}

impl Sealed for GenerateWorld {
    type Body = GenerateWorldRequest;

    fn prepared(&mut self) -> &mut Prepared<GenerateWorldRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, _: &str, key: IdempotencyKey, body: GenerateWorldRequest) -> Starting<'a> {
        Box::pin(api.generate_world().idempotency_key(key).body(body).send())
    }
}

impl Call for GenerateModel {}
impl Call for GenerateWorld {}
impl Start for GenerateModel {}
impl Start for GenerateWorld {}
