//! Optimizing a model. It may be optimized already, or an optimization may be running.

use std::fmt;

use futures::future::BoxFuture;
use mint_api::Client;
use mint_api::types::{
    self, EstimatePricingRequest, IdempotencyKey, Model, ModelOptimizationEstimateRequest, OptimizationLevel,
    OptimizeModelRequest,
};
use reqwest::StatusCode;

use super::call::{Call, Estimated, Question, Sealed, Starting};
use super::prepared::Prepared;
use super::request::Request;
use super::storable::Storable as _;
use crate::error::Error;
use crate::wait::{OperationHandle, watch};

/// Optimizes a model; see [`Mint::optimize_model`](crate::Mint::optimize_model).
#[derive(Clone, Debug)]
pub struct OptimizeModel(pub(super) Prepared<OptimizeModelRequest>);

impl OptimizeModel {
    pub(super) fn new(model: String, level: OptimizationLevel) -> Self {
        let body = OptimizeModelRequest { optimization_level: Some(level) };
        Self(Prepared::new(Self::endpoint(&model), Ok(body)))
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
    /// An optimization of the model is running already. No operation was started.
    /// [`send_and_wait`](Request::send_and_wait) waits for it.
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

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: OptimizeModelRequest) -> Starting<'a> {
        Box::pin(api.optimize_model().model_id(id).idempotency_key(key).body(body).send())
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
            Ok(in_progress(Box::new(request.mint.model(request.call.0.endpoint.id()).await?)))
        })
    }

    /// Optimizes the model to the end, whatever is the case: starts an optimization and waits for it, waits for one that
    /// somebody else started, or finds that the model is optimized already. The model in the result has an
    /// `optimized_glb_url`.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send) and of a [`Wait`](crate::wait::Wait); [`ErrorKind::NotSucceeded`] if the optimization
    /// that was started does not succeed; [`ErrorKind::Timeout`] if the model has no optimized file after 30 minutes, as
    /// when the optimization of somebody else failed.
    ///
    /// # Cancellation
    ///
    /// Dropping the future does not stop the optimization. Send this request again: it finds what became of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::types::OptimizationLevel;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let made = mint.generate_model("a brass lamp").send_and_wait().await?.into_operation();
    /// # let id = made.resource.and_then(|model| model.id).ok_or("no model")?;
    /// let model = mint.optimize_model(&id, OptimizationLevel::Moderate).send_and_wait().await?;
    /// assert!(model.assets.is_some_and(|assets| assets.optimized_glb_url.is_some()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`ErrorKind::NotSucceeded`]: crate::ErrorKind::NotSucceeded
    /// [`ErrorKind::Timeout`]: crate::ErrorKind::Timeout
    pub fn send_and_wait(&self) -> BoxFuture<'static, Result<Model, Error>> {
        let request = self.clone();
        Box::pin(async move {
            match request.send().await? {
                Optimization::Started(handle) => drop(handle.wait().await?.into_succeeded()?),
                Optimization::AlreadyOptimized(model) if is_optimized(&model) => return Ok(*model),
                Optimization::AlreadyOptimized(_) | Optimization::InProgress(_) => {}
            }
            let (mint, id) = (&request.mint, request.call.0.endpoint.id());
            watch(mint, &format!("model {id} is optimized"), || mint.poll_model(id), is_optimized).await
        })
    }
}

fn is_optimized(model: &Model) -> bool {
    model.assets.as_ref().is_some_and(|assets| assets.optimized_glb_url.is_some())
}
