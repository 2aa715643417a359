//! Approving, revising, resuming and retrying operations.

use mint_api::Client;
use mint_api::types::{EmptyRequest, IdempotencyKey, ReviseOperationRequest};

use super::call::{Call, Sealed, Start, Starting};
use super::found::Found;
use super::model::RetryModel;
use super::prepared::{Prepared, text};
use super::request::Request;
use super::storable::Storable as _;
use crate::client::resource_of;
use crate::wait::{Advice, FailedOperation, Preview, Unpaid};

impl Preview {
    /// Describes the approval of the preview: `POST /v1/operations/{operationId}:approve`. This method sends nothing. After
    /// the approval, the operation continues to its end.
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
        let prepared = Prepared::new(Approve::endpoint(&self.operation.id), Ok(EmptyRequest {}));
        Found::new(&self.operation, &self.handle).request("approve", prepared, Approve)
    }

    /// Describes a request for another preview: `POST /v1/operations/{operationId}:revise`. This method sends nothing.
    ///
    /// The feedback says what to change, in 1 to 2000 characters. The next wait ends at the new preview.
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
        let body = text("feedback", &feedback.into()).map(|feedback| ReviseOperationRequest { feedback });
        let prepared = Prepared::new(Revise::endpoint(&self.operation.id), body);
        Found::new(&self.operation, &self.handle).request("revise", prepared, Revise)
    }
}

impl Unpaid {
    /// Describes resuming the operation once the account has credits: `POST /v1/operations/{operationId}:resume`. This
    /// method sends nothing.
    ///
    /// Mint cannot resume an operation that has no `resource` yet. Sending then fails with
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument). Send the start of the operation again instead; the
    /// error names its idempotency key, if this program started it.
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
        let body = self.operation.resource.as_ref().map(|_| EmptyRequest {}).ok_or_else(|| {
            let key = match self.handle.idempotency_key() {
                Some(key) => format!("its idempotency key `{key}`"),
                None => "its idempotency key".to_owned(),
            };
            format!("the operation has made nothing yet; once there are credits, send its start again with {key}")
        });
        let prepared = Prepared::new(Resume::endpoint(&self.operation.id), body);
        Found::new(&self.operation, &self.handle).request("resume", prepared, Resume)
    }
}

impl FailedOperation {
    /// Describes generating the model again, as a new operation: `POST /v1/models/{modelId}:retry`. This method sends
    /// nothing.
    ///
    /// Mint retries only models. For any other operation, and where the failure says that the same request fails again
    /// ([`Advice::ChangeRequest`]), sending fails with [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): an
    /// attempt that fails can cost credits, too. [`retry_anyway`](Self::retry_anyway) sends it all the same.
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
        match self.advice() {
            Advice::ChangeRequest => self.retried_by(RetryModel::fails_again()),
            _ => self.retry_anyway(),
        }
    }

    /// As [`retry`](Self::retry), also where the failure says that the same request fails again. The attempt can cost
    /// credits.
    pub fn retry_anyway(&self) -> Request<RetryModel> {
        self.retried_by(match resource_of(&self.operation) {
            Some(("model", id)) => RetryModel::new(id.to_owned()),
            _ => RetryModel::not_a_model(),
        })
    }

    fn retried_by(&self, RetryModel(prepared): RetryModel) -> Request<RetryModel> {
        Found::new(&self.operation, &self.handle).request("retry", prepared, RetryModel)
    }
}

/// Approves a preview; see [`Preview::approve`](crate::wait::Preview::approve).
#[derive(Clone, Debug)]
pub struct Approve(pub(super) Prepared<EmptyRequest>);

/// Asks for another preview; see [`Preview::revise`](crate::wait::Preview::revise).
#[derive(Clone, Debug)]
pub struct Revise(pub(super) Prepared<ReviseOperationRequest>);

/// Resumes an operation after credits were added; see [`Unpaid::resume`](crate::wait::Unpaid::resume).
#[derive(Clone, Debug)]
pub struct Resume(pub(super) Prepared<EmptyRequest>);

impl Sealed for Approve {
    type Body = EmptyRequest;

    fn prepared(&mut self) -> &mut Prepared<EmptyRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: EmptyRequest) -> Starting<'a> {
        Box::pin(api.approve_operation().operation_id(id).idempotency_key(key).body(body).send())
    }
}

impl Sealed for Revise {
    type Body = ReviseOperationRequest;

    fn prepared(&mut self) -> &mut Prepared<ReviseOperationRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: ReviseOperationRequest) -> Starting<'a> {
        Box::pin(api.revise_operation().operation_id(id).idempotency_key(key).body(body).send())
    }
}

impl Sealed for Resume {
    type Body = EmptyRequest;

    fn prepared(&mut self) -> &mut Prepared<EmptyRequest> {
        &mut self.0
    }

    fn send<'a>(api: &'a Client, id: &str, key: IdempotencyKey, body: EmptyRequest) -> Starting<'a> {
        Box::pin(api.resume_operation().operation_id(id).idempotency_key(key).body(body).send())
    }
}

impl Call for Approve {}
impl Call for Revise {}
impl Call for Resume {}
impl Start for Approve {}
impl Start for Revise {}
impl Start for Resume {}
