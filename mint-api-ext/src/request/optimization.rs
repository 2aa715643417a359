//! Optimizing a model, which may be done or under way already.

use std::fmt;

use futures::future::BoxFuture;
use mint_api::Client;
use mint_api::types::{
    self, EstimatePricingRequest, IdempotencyKey, Model, ModelOptimizationEstimateRequest, OptimizationLevel,
    OptimizeModelRequest,
};
use reqwest::StatusCode;

use super::request::{Call, Replied, Request};
use crate::error::Error;
use crate::wait::OperationHandle;

/// Optimizing a model; see [`Mint::optimize_model`](crate::Mint::optimize_model).
#[derive(Clone, Debug)]
pub struct OptimizeModel {
    pub(super) model: String,
    pub(super) level: OptimizationLevel,
}

/// What came of asking for a model to be optimized.
///
/// Two of these are conflicts to the server (409), which name no operation; the model is read then.
#[derive(Clone)]
#[non_exhaustive]
#[must_use = "an optimization that was started is to be waited for"]
pub enum Optimization {
    /// It was started.
    Started(OperationHandle),
    /// The model is optimized: its assets have `optimized_glb_url`. Nothing was started.
    AlreadyOptimized(Box<Model>),
    /// An optimization of the model is under way. Nothing was started; read the model again until its assets have
    /// `optimized_glb_url`.
    InProgress(Box<Model>),
}

/// Of a model only its id: the rest may hold signed URLs.
impl fmt::Debug for Optimization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(handle) => f.debug_tuple("Started").field(handle).finish(),
            Self::AlreadyOptimized(model) => f.debug_tuple("AlreadyOptimized").field(&model.id).finish(),
            Self::InProgress(model) => f.debug_tuple("InProgress").field(&model.id).finish(),
        }
    }
}

impl Call for OptimizeModel {
    type Body = OptimizeModelRequest;

    const DOES: &'static str = "optimize";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("model", &self.model))
    }

    fn body(&self) -> Result<OptimizeModelRequest, String> {
        Ok(OptimizeModelRequest { optimization_level: Some(self.level) })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: OptimizeModelRequest) -> Replied {
        api.optimize_model().model_id(&self.model).idempotency_key(key).body(body).send().await
    }

    fn price(&mut self) -> Option<EstimatePricingRequest> {
        let request = ModelOptimizationEstimateRequest {
            operation: types::ModelOptimizationEstimateRequestOperation::ModelOptimization,
            model_id: self.model.clone(),
        };
        Some(request.into())
    }
}

impl Request<OptimizeModel> {
    /// Sends it, and reads the model where it is optimized, or being optimized, already.
    ///
    /// # Errors
    ///
    /// As those of every [`Request`], and those of reading the model.
    ///
    /// # Cancellation
    ///
    /// As that of every [`Request`].
    pub fn send(&self) -> BoxFuture<'static, Result<Optimization, Error>> {
        let request = self.clone();
        Box::pin(async move {
            let error = match request.clone().answered().await {
                Ok(handle) => return Ok(Optimization::Started(handle)),
                Err(error) => error,
            };
            let in_progress = match error.problem_type() {
                _ if error.status() != Some(StatusCode::CONFLICT) => return Err(error),
                Some("model-already-optimized") => Optimization::AlreadyOptimized,
                Some("model-optimization-in-progress") => Optimization::InProgress,
                _ => return Err(error),
            };
            Ok(in_progress(Box::new(request.mint().model(&request.call.model).await?)))
        })
    }
}
