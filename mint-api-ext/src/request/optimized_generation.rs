//! Generating a model and optimizing it, as one job.

use futures::future::BoxFuture;
use mint_api::types::{Model, OptimizationLevel};

use super::{GenerateModel, OptimizeModel, Request};
use crate::client::{idempotency, resource_of};
use crate::error::{Error, ErrorKind};

impl Request<GenerateModel> {
    /// Describes the whole job of Mint's own plugin: the model is generated, then optimized. This method sends nothing.
    ///
    /// The limits of this request hold for the generation, and its [`budget`](Self::budget) for both.
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
    /// let lamp = mint.generate_model("a brass lamp").with_idempotency_key("prop/lamp/v1");
    /// let model = lamp.optimize(OptimizationLevel::Moderate).send_and_wait().await?;
    /// println!("{}", model.id);
    /// # assert_eq!(simulator.operations_started(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn optimize(self, level: OptimizationLevel) -> OptimizedGeneration {
        OptimizedGeneration { generation: self, level }
    }
}

/// A model to generate and then to optimize; made by [`Request::optimize`]. It does nothing until it is sent.
#[derive(Clone, Debug)]
#[must_use = "a job does nothing until it is sent"]
pub struct OptimizedGeneration {
    generation: Request<GenerateModel>,
    level: OptimizationLevel,
}

impl OptimizedGeneration {
    /// The `Idempotency-Key` of the generation. The key of the optimization derives from it, the model and the level, so that
    /// the whole job, sent again with this key, does and costs nothing twice.
    pub fn idempotency_key(&self) -> &str {
        self.generation.idempotency_key()
    }

    /// Generates the model and optimizes it to the end. The model in the result has an `optimized_glb_url`.
    ///
    /// # Errors
    ///
    /// Those of [`Request::send_and_wait`] of both requests, the generation and
    /// [the optimization](Request::<OptimizeModel>::send_and_wait). [`ErrorKind::NotSucceeded`] if either operation does not
    /// succeed, also if the generation waits for a person: act on its outcome, which is the error's source, then send this
    /// job again.
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops neither operation. Send this job again: it goes on where it was.
    pub fn send_and_wait(&self) -> BoxFuture<'static, Result<Model, Error>> {
        let Self { generation, level } = self.clone();
        Box::pin(async move {
            let generated = generation.send_and_wait().await?.into_succeeded()?.operation;
            let Some(("model", model)) = resource_of(&generated) else {
                let text = format!("operation {} succeeded and names no model; read it again", generated.id);
                return Err(Error::new(ErrorKind::Decode, text).with_operation(Some(generated)));
            };
            let key = idempotency::derived(["optimize", generation.idempotency_key(), model, level.as_str()]);
            let optimization = OptimizeModel::new(model.to_owned(), level);
            generation.followed_by(optimization, key).send_and_wait().await
        })
    }
}
