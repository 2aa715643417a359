//! Generating models and worlds.

use mint_api::Client;
use mint_api::types::{
    self, EstimatePricingRequest, GenerateModelRequest, GenerateWorldRequest, GenerationMode, GenerationPreset,
    IdempotencyKey, ModelGenerationEstimateRequest, RiggingPose,
};

use super::Reference;
use super::request::{Call, Replied, Request, Start, optional_text, text};

/// Generating a model; see [`Mint::generate_model`](crate::Mint::generate_model).
#[derive(Clone, Debug)]
pub struct GenerateModel {
    scene: Scene,
    rigging_pose: Option<RiggingPose>,
}

/// Generating a world; see [`Mint::generate_world`](crate::Mint::generate_world).
#[derive(Clone, Debug)]
pub struct GenerateWorld {
    scene: Scene,
}

/// What models and worlds are generated from alike.
#[derive(Clone, Debug)]
struct Scene {
    prompt: String,
    name: Option<String>,
    generation_preset: Option<GenerationPreset>,
    generation_mode: Option<GenerationMode>,
    reference: Option<Reference>,
}

impl Scene {
    fn new(prompt: String) -> Self {
        Self { prompt, name: None, generation_preset: None, generation_mode: None, reference: None }
    }
}

impl GenerateModel {
    pub(super) fn new(prompt: String) -> Self {
        Self { scene: Scene::new(prompt), rigging_pose: None }
    }
}

impl GenerateWorld {
    pub(super) fn new(prompt: String) -> Self {
        Self { scene: Scene::new(prompt) }
    }
}

impl Request<GenerateModel> {
    /// A name to show for the model, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.scene.name = Some(name.into());
        self
    }

    /// The tier of quality. Default: the server's, documented as `standard`.
    pub fn generation_preset(mut self, preset: GenerationPreset) -> Self {
        self.call.scene.generation_preset = Some(preset);
        self
    }

    /// Whether the operation stops at a preview for a person to review. Default: the server's, documented as `auto`.
    pub fn generation_mode(mut self, mode: GenerationMode) -> Self {
        self.call.scene.generation_mode = Some(mode);
        self
    }

    /// The pose of a character. It is modelled in it, not rigged.
    pub fn rigging_pose(mut self, pose: RiggingPose) -> Self {
        self.call.rigging_pose = Some(pose);
        self
    }

    /// Images to work from besides the prompt.
    pub fn reference(mut self, reference: Reference) -> Self {
        self.call.scene.reference = Some(reference);
        self
    }
}

impl Request<GenerateWorld> {
    /// A name to show for the world, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.scene.name = Some(name.into());
        self
    }

    /// The tier of quality. Default: the server's, documented as `standard`.
    pub fn generation_preset(mut self, preset: GenerationPreset) -> Self {
        self.call.scene.generation_preset = Some(preset);
        self
    }

    /// Whether the operation stops at a preview for a person to review. Default: the server's, documented as `auto`.
    pub fn generation_mode(mut self, mode: GenerationMode) -> Self {
        self.call.scene.generation_mode = Some(mode);
        self
    }

    /// Images to work from besides the prompt.
    pub fn reference(mut self, reference: Reference) -> Self {
        self.call.scene.reference = Some(reference);
        self
    }
}

impl Call for GenerateModel {
    type Body = GenerateModelRequest;

    const DOES: &'static str = "generate a model";

    fn body(&self) -> Result<GenerateModelRequest, String> {
        let scene = &self.scene;
        let (image_url, source_images) = Reference::fields(scene.reference.as_ref())?;
        Ok(GenerateModelRequest {
            prompt: text("prompt", &scene.prompt)?,
            name: optional_text("name", scene.name.as_ref())?,
            generation_preset: scene.generation_preset,
            generation_mode: scene.generation_mode,
            rigging_pose: self.rigging_pose,
            image_url,
            source_images,
        })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: GenerateModelRequest) -> Replied {
        api.generate_model().idempotency_key(key).body(body).send().await
    }

    fn price(&mut self) -> Option<EstimatePricingRequest> {
        let generation_preset = *self.scene.generation_preset.get_or_insert(GenerationPreset::Standard);
        let request = ModelGenerationEstimateRequest {
            operation: types::ModelGenerationEstimateRequestOperation::ModelGeneration,
            generation_preset,
            generation_mode: self.scene.generation_mode,
        };
        Some(request.into())
    }
}

impl Call for GenerateWorld {
    type Body = GenerateWorldRequest;

    const DOES: &'static str = "generate a world";

    fn body(&self) -> Result<GenerateWorldRequest, String> {
        let scene = &self.scene;
        let (image_url, source_images) = Reference::fields(scene.reference.as_ref())?;
        Ok(GenerateWorldRequest {
            prompt: text("prompt", &scene.prompt)?,
            name: optional_text("name", scene.name.as_ref())?,
            generation_preset: scene.generation_preset,
            generation_mode: scene.generation_mode,
            image_url,
            source_images,
        })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: GenerateWorldRequest) -> Replied {
        api.generate_world().idempotency_key(key).body(body).send().await
    }
}

impl Start for GenerateModel {}
impl Start for GenerateWorld {}
