//! The outcomes about which something can be done, and what.

use std::fmt;
use std::sync::Arc;

use mint_api::types::Operation;

use super::history::{ActedOn, History};
use crate::client::Mint;
use crate::error::Brief;
use crate::request::{Approve, Request, Resume, RetryModel, Revise};

/// Where an outcome comes from.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) mint: Mint,
    pub(super) history: Arc<History>,
}

/// The state of an operation that a call acts on.
#[derive(Clone, Debug)]
pub struct Found {
    pub(crate) id: String,
    state: ActedOn,
    history: Arc<History>,
}

impl Found {
    fn new(operation: &Operation, origin: &Origin) -> Self {
        let (state, history) = (ActedOn::state_of(operation), origin.history.clone());
        Self { id: operation.id.clone(), state, history }
    }

    /// The history of the operation that the reply to a call with this key names, which may be another.
    pub(crate) fn continued_as(&self, operation: &Operation, key: &str) -> History {
        if operation.id != self.id {
            return History::started_with(key);
        }
        let mut history = (*self.history).clone();
        if !history.acted_on.contains(&self.state) {
            history.acted_on.push(self.state.clone());
        }
        history
    }
}

/// An operation that waits for a person to look at its preview (`preview_ready` in review mode).
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// The operation; its `assets` have the preview.
    pub operation: Operation,
    pub(super) origin: Origin,
}

impl Preview {
    /// Lets the operation go on to its end as it is: `POST /v1/operations/{operationId}:approve`.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// use mint_api_ext::types::GenerationMode;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let reviewed = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review);
    /// let mut outcome = reviewed.send_and_wait().await?;
    /// if let Outcome::AwaitingReview(preview) = outcome {
    ///     outcome = preview.approve().send_and_wait().await?;
    /// }
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn approve(&self) -> Request<Approve> {
        Request::new(&self.origin.mint, Approve { found: Found::new(&self.operation, &self.origin) })
    }

    /// Asks for another preview, with what to change in 1 to 2000 characters: `POST
    /// /v1/operations/{operationId}:revise`. The next wait ends at that preview.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// use mint_api_ext::types::GenerationMode;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let reviewed = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review);
    /// if let Outcome::AwaitingReview(preview) = reviewed.send_and_wait().await? {
    ///     let next = preview.revise("with a green shade").send_and_wait().await?;
    ///     assert!(next.is_awaiting_review());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn revise(&self, feedback: impl Into<String>) -> Request<Revise> {
        let found = Found::new(&self.operation, &self.origin);
        Request::new(&self.origin.mint, Revise { found, feedback: feedback.into() })
    }
}

/// An operation that needs more credits to go on (`billing_required`).
#[derive(Clone)]
#[non_exhaustive]
pub struct Unpaid {
    /// The operation; its `billing` has what the server says of it.
    pub operation: Operation,
    pub(super) origin: Origin,
}

impl Unpaid {
    /// How many credits the operation needs to go on, where the server says so.
    pub fn required_credits(&self) -> Option<f64> {
        Some(self.operation.billing.as_ref()?.required_credits)
    }

    /// How many credits there are, where the server says so.
    pub fn available_credits(&self) -> Option<f64> {
        self.operation.billing.as_ref()?.available_credits
    }

    /// The page on which credits are added, where the server names one.
    pub fn action_url(&self) -> Option<&str> {
        Some(&self.operation.billing.as_ref()?.action_url)
    }

    /// Lets the operation go on once there are credits: `POST /v1/operations/{operationId}:resume`.
    ///
    /// An operation that has no `resource` yet has nothing to go on with: sending is an error then
    /// ([`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument)), which tells the key to send the start again
    /// with, if this outcome comes from a start.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::builder().credits(300.0).start().await?;
    /// # let mint = simulator.mint()?;
    /// let mut outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
    /// if let Outcome::BillingRequired(unpaid) = outcome {
    ///     println!("{:?} credits are needed, add some at {:?}", unpaid.required_credits(), unpaid.action_url());
    /// #   simulator.add_credits(1000.0);
    ///     outcome = unpaid.resume().send_and_wait().await?;
    /// }
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(&self) -> Request<Resume> {
        let found = Found::new(&self.operation, &self.origin);
        let nothing_to_resume = self.operation.resource.is_none().then(|| {
            let key = match &self.origin.history.idempotency_key {
                Some(key) => format!("its idempotency key `{key}`"),
                None => "its idempotency key".to_owned(),
            };
            format!("nothing has been made that could go on; once there are credits, send the start again with {key}")
        });
        Request::new(&self.origin.mint, Resume { found, nothing_to_resume })
    }
}

/// An operation that failed.
#[derive(Clone)]
#[non_exhaustive]
pub struct FailedOperation {
    /// The operation; its `error` has what the server says of it.
    pub operation: Operation,
    pub(super) origin: Origin,
}

impl FailedOperation {
    /// Makes the model anew, as a new operation: `POST /v1/models/{modelId}:retry`.
    ///
    /// Only a model can be retried: of what else failed, sending is an error
    /// ([`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument)).
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # simulator.fail_next("transient_generation_failure", "It did not work out.");
    /// let mut outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
    /// if let Outcome::Failed(failed) = outcome {
    ///     outcome = failed.retry().send_and_wait().await?;
    /// }
    /// assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn retry(&self) -> Request<RetryModel> {
        let resource = self.operation.resource.as_ref();
        let model = resource.filter(|resource| resource.type_.as_str() == "model").map(|model| model.id.clone());
        let found = Some(Found::new(&self.operation, &self.origin));
        Request::new(&self.origin.mint, RetryModel { model, found })
    }
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for Unpaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpaid").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for FailedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedOperation").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}
