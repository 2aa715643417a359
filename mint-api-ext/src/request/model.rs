//! What is done to a model: animating, converting, making it anew.

use mint_api::Client;
use mint_api::types::{AnimateModelRequest, ConversionFormat, ConvertModelRequest, EmptyRequest, IdempotencyKey};

use super::found::Found;
use super::request::{Call, Replied, Request, Start, optional_text, positive, text};

/// Animating a model; see [`Mint::animate_model`](crate::Mint::animate_model).
#[derive(Clone, Debug)]
pub struct AnimateModel {
    pub(super) model: String,
    pub(super) motion_prompt: String,
    pub(super) height_meters: Option<f64>,
}

/// Converting a model; see [`Mint::convert_model`](crate::Mint::convert_model).
#[derive(Clone, Debug)]
pub struct ConvertModel {
    pub(super) model: String,
    pub(super) target_formats: Vec<ConversionFormat>,
    pub(super) name: Option<String>,
}

/// Making a model anew that failed; see [`Mint::retry_model`](crate::Mint::retry_model) and
/// [`FailedOperation::retry`](crate::FailedOperation::retry).
#[derive(Clone, Debug)]
pub struct RetryModel {
    pub(super) model: Option<String>,
    pub(super) found: Option<Found>,
}

impl Request<AnimateModel> {
    /// How tall the character is, in metres, more than 0.
    pub fn height_meters(mut self, metres: f64) -> Self {
        self.call.height_meters = Some(metres);
        self
    }
}

impl Request<ConvertModel> {
    /// A name to show for it, of 1 to 120 characters.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.call.name = Some(name.into());
        self
    }
}

impl Call for AnimateModel {
    type Body = AnimateModelRequest;

    const DOES: &'static str = "animate";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("model", &self.model))
    }

    fn body(&self) -> Result<AnimateModelRequest, String> {
        Ok(AnimateModelRequest {
            motion_prompt: text("motionPrompt", &self.motion_prompt)?,
            height_meters: positive("heightMeters", self.height_meters)?,
        })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: AnimateModelRequest) -> Replied {
        api.animate_model().model_id(&self.model).idempotency_key(key).body(body).send().await
    }
}

impl Call for ConvertModel {
    type Body = ConvertModelRequest;

    const DOES: &'static str = "convert";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("model", &self.model))
    }

    fn body(&self) -> Result<ConvertModelRequest, String> {
        if self.target_formats.is_empty() {
            return Err("`targetFormats` is empty; name at least one format".to_owned());
        }
        let name = optional_text("name", self.name.as_ref())?;
        Ok(ConvertModelRequest { target_formats: self.target_formats.clone(), name })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: ConvertModelRequest) -> Replied {
        api.convert_model().model_id(&self.model).idempotency_key(key).body(body).send().await
    }
}

impl Call for RetryModel {
    type Body = EmptyRequest;

    const DOES: &'static str = "retry";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("model", self.model.as_ref()?))
    }

    fn body(&self) -> Result<EmptyRequest, String> {
        match self.model {
            Some(_) => Ok(EmptyRequest {}),
            None => Err("what failed is no model, and only models can be retried; start it again".to_owned()),
        }
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: EmptyRequest) -> Replied {
        let model = self.model.as_deref().unwrap_or_default();
        api.retry_model().model_id(model).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }
}

impl Start for AnimateModel {}
impl Start for ConvertModel {}
impl Start for RetryModel {}
