//! Animating, converting and retrying models.

use mint_api::Client;
use mint_api::types::{AnimateModelRequest, ConversionFormat, ConvertModelRequest, EmptyRequest, IdempotencyKey};

use super::call::{Call, Sealed, Start, Starting};
use super::prepared::{Endpoint, Prepared, positive, text};
use super::request::Request;
use super::storable::Storable as _;

/// Animates a model; see [`Mint::animate_model`](crate::Mint::animate_model).
#[derive(Clone, Debug)]
pub struct AnimateModel(pub(super) Prepared<AnimateModelRequest>);

/// Converts a model; see [`Mint::convert_model`](crate::Mint::convert_model).
#[derive(Clone, Debug)]
pub struct ConvertModel(pub(super) Prepared<ConvertModelRequest>);

/// Generates a model again after it failed; see [`Mint::retry_model`](crate::Mint::retry_model) and
/// [`FailedOperation::retry`](crate::wait::FailedOperation::retry).
#[derive(Clone, Debug)]
pub struct RetryModel(pub(super) Prepared<EmptyRequest>);

impl AnimateModel {
    pub(super) fn new(model: String, motion_prompt: &str) -> Self {
        let body = text("motionPrompt", motion_prompt)
            .map(|motion_prompt| AnimateModelRequest { motion_prompt, height_meters: None });
        Self(Prepared::new(Self::endpoint(&model), body))
    }
}

impl ConvertModel {
    pub(super) fn new(model: String, target_formats: Vec<ConversionFormat>) -> Self {
        let body = match target_formats.is_empty() {
            true => Err("`targetFormats` is empty; name at least one format".to_owned()),
            false => Ok(ConvertModelRequest { target_formats, name: None }),
        };
        Self(Prepared::new(Self::endpoint(&model), body))
    }
}

impl RetryModel {
    pub(super) fn new(model: String) -> Self {
        Self(Prepared::new(Self::endpoint(&model), Ok(EmptyRequest {})))
    }

    /// Why an operation that made something else cannot be retried.
    pub(super) fn not_a_model() -> Self {
        Self::refused("the operation was not making a model, and Mint retries only models")
    }

    /// Why an operation is not retried whose failure is that of the request.
    pub(super) fn fails_again() -> Self {
        Self::refused(
            "the server refused what was asked for, so that the same request fails again and may cost credits; change the \
             prompt or the image, or send it with `retry_anyway`",
        )
    }

    fn refused(why: &str) -> Self {
        Self(Prepared::new(Endpoint::collection("retry"), Err(why.to_owned())))
    }
}

impl Request<AnimateModel> {
    /// Sets the height of the character in metres, above 0. Default: the server chooses.
    pub fn height_meters(self, metres: f64) -> Self {
        self.set(|body| positive("heightMeters", metres).map(|metres| body.height_meters = Some(metres)))
    }
}

impl Request<ConvertModel> {
    /// Sets the name that Mint shows for the conversion, of 1 to 120 characters.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.set(|body| text("name", &name.into()).map(|name| body.name = Some(name)))
    }
}

impl Sealed for AnimateModel {
    type Body = AnimateModelRequest;

    fn prepared(&mut self) -> &mut Prepared<AnimateModelRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: AnimateModelRequest) -> Starting<'a> {
        Box::pin(api.animate_model().model_id(id).idempotency_key(key).body(body).send())
    }
}

impl Sealed for ConvertModel {
    type Body = ConvertModelRequest;

    fn prepared(&mut self) -> &mut Prepared<ConvertModelRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: ConvertModelRequest) -> Starting<'a> {
        Box::pin(api.convert_model().model_id(id).idempotency_key(key).body(body).send())
    }
}

impl Sealed for RetryModel {
    type Body = EmptyRequest;

    fn prepared(&mut self) -> &mut Prepared<EmptyRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: EmptyRequest) -> Starting<'a> {
        Box::pin(api.retry_model().model_id(id).idempotency_key(key).body(body).send())
    }
}

impl Call for AnimateModel {}
impl Call for ConvertModel {}
impl Call for RetryModel {}
impl Start for AnimateModel {}
impl Start for ConvertModel {}
impl Start for RetryModel {}
