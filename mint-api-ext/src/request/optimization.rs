//! Optimizing a model. It may be optimized already, or an optimization may be running.

use std::fmt;

use futures::future::BoxFuture;
use mint_api::Client;
use mint_api::types::{
    self, EstimatePricingRequest, IdempotencyKey, Model, ModelOptimizationEstimateRequest, OptimizationLevel,
    OptimizeModelRequest,
};
use reqwest::StatusCode;

use super::call::{Call, Estimated, Question, Replied, Sealed};
use super::prepared::{Endpoint, Prepared};
use super::request::Request;
use crate::error::Error;
use crate::wait::OperationHandle;

/// Optimizes a model; see [`Mint::optimize_model`](crate::Mint::optimize_model).
#[derive(Clone, Debug)]
pub struct OptimizeModel(Prepared<OptimizeModelRequest>);

impl OptimizeModel {
    pub(super) fn new(model: String, level: OptimizationLevel) -> Self {
        let body = OptimizeModelRequest { optimization_level: Some(level) };
        Self(Prepared::new(Endpoint::model("optimize", model), Ok(body)))
    }
}

/// The result of asking for an optimization.
///
/// The server answers with a conflict (409) if the model is optimized already or an optimization is running. The reply
/// names no operation, so the request reads the model.
#[derive(Clone)]
#[non_exhaustive]
#[must_use = "an optimization may have started; wait for its operation"]
pub enum Optimization {
    /// An optimization started.
    Started(OperationHandle),
    /// The model is optimized already: its assets have `optimized_glb_url`. No operation was started.
    AlreadyOptimized(Box<Model>),
    /// An optimization of the model is running already. No operation was started. Read the model again until its assets
    /// have `optimized_glb_url`.
    InProgress(Box<Model>),
}

/// Shows only the id of a model: the rest may hold signed URLs.
impl fmt::Debug for Optimization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started(handle) => f.debug_tuple("Started").field(handle).finish(),
            Self::AlreadyOptimized(model) => f.debug_tuple("AlreadyOptimized").field(&model.id).finish(),
            Self::InProgress(model) => f.debug_tuple("InProgress").field(&model.id).finish(),
        }
    }
}

impl Sealed for OptimizeModel {
    type Body = OptimizeModelRequest;

    fn prepared(&mut self) -> &mut Prepared<OptimizeModelRequest> {
        &mut self.0
    }

    async fn send(api: &Client, id: &str, key: IdempotencyKey, body: OptimizeModelRequest) -> Replied {
        api.optimize_model().model_id(id).idempotency_key(key).body(body).send().await
    }

    fn price(id: &str, body: &OptimizeModelRequest) -> Option<EstimatePricingRequest> {
        Some(Self::question(id, body))
    }
}

impl Question for OptimizeModel {
    fn question(id: &str, _: &OptimizeModelRequest) -> EstimatePricingRequest {
        let request = ModelOptimizationEstimateRequest {
            operation: types::ModelOptimizationEstimateRequestOperation::ModelOptimization,
            model_id: id.to_owned(),
        };
        request.into()
    }
}

impl Estimated for OptimizeModel {}

impl Call for OptimizeModel {}

impl Request<OptimizeModel> {
    /// Sends the request. If the model is optimized already, or an optimization is running, reads the model.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Request::send), and those of [`Mint::model`](crate::Mint::model).
    ///
    /// # Cancellation
    ///
    /// See [`send`](Request::send).
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
            Ok(in_progress(Box::new(request.mint().model(request.call.0.endpoint.id()).await?)))
        })
    }
}
