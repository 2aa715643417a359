//! Letting an operation go on that waits for a person, or making it anew.

use mint_api::Client;
use mint_api::types::{EmptyRequest, IdempotencyKey, ReviseOperationRequest};

use super::found::Found;
use super::model::RetryModel;
use super::request::{Call, Replied, Request, Start, text};
use crate::wait::{FailedOperation, Preview, Unpaid};

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

impl Unpaid {
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

/// Approving a preview; see [`Preview::approve`](crate::Preview::approve).
#[derive(Clone, Debug)]
pub struct Approve {
    found: Found,
}

/// Asking for another preview; see [`Preview::revise`](crate::Preview::revise).
#[derive(Clone, Debug)]
pub struct Revise {
    found: Found,
    feedback: String,
}

/// Going on after credits were added; see [`Unpaid::resume`](crate::Unpaid::resume).
#[derive(Clone, Debug)]
pub struct Resume {
    found: Found,
    /// Why there is nothing to resume.
    nothing_to_resume: Option<String>,
}

impl Call for Approve {
    type Body = EmptyRequest;

    const DOES: &'static str = "approve";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<EmptyRequest, String> {
        Ok(EmptyRequest {})
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: EmptyRequest) -> Replied {
        api.approve_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Call for Revise {
    type Body = ReviseOperationRequest;

    const DOES: &'static str = "revise";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<ReviseOperationRequest, String> {
        Ok(ReviseOperationRequest { feedback: text("feedback", &self.feedback)? })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: ReviseOperationRequest) -> Replied {
        api.revise_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Call for Resume {
    type Body = EmptyRequest;

    const DOES: &'static str = "resume";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<EmptyRequest, String> {
        match &self.nothing_to_resume {
            Some(why) => Err(why.clone()),
            None => Ok(EmptyRequest {}),
        }
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: EmptyRequest) -> Replied {
        api.resume_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Start for Approve {}
impl Start for Revise {}
impl Start for Resume {}
