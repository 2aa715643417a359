//! What an operation has cost.

use mint_api::types::Operation;

use super::phase::needs_person;
use super::watch::watch;
use super::{OperationHandle, has_ended};
use crate::error::{Error, ErrorKind};

impl OperationHandle {
    /// Waits until the operation has ended and its credits are settled: `credits.reserved` is 0, so that `credits.finalized`
    /// no longer changes. An operation can be `succeeded` with credits reserved; charge your own user only after this.
    ///
    /// It reads the operation at the cadence of a [`wait`](Self::wait), for at most 30 minutes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when the operation waits for a person: its credits are not settled before that.
    /// [`ErrorKind::Timeout`] when it has not settled after 30 minutes; otherwise those of [`Wait`](super::Wait).
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops the reading.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let handle = mint.generate_model("a brass lamp").send().await?;
    /// println!("it has cost {:?} credits", handle.cost().await?);
    /// # assert!(handle.settled().await?.credits.is_some_and(|credits| credits.reserved == Some(0.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn settled(&self) -> Result<Operation, Error> {
        let what = format!("the credits of operation {} are settled", self.id());
        let stays = |operation: &Operation| needs_person(operation) && !self.state().has_acted_on(operation);
        let is_settled = |operation: &Operation| {
            let reserved = operation.credits.as_ref().and_then(|credits| credits.reserved);
            has_ended(operation) && reserved.is_none_or(|reserved| reserved <= 0.0)
        };
        let read = || async { self.poll().await.map(|reply| *reply) };
        let operation = watch(self.mint(), &what, read, |operation| is_settled(operation) || stays(operation)).await?;
        if has_ended(&operation) {
            return Ok(operation);
        }
        let text =
            format!("could not wait until {what}: it waits for a person (`{}`); act on it first", operation.status);
        Err(Error::new(ErrorKind::InvalidArgument, text).with_operation(Some(operation)))
    }

    /// How many credits the operation has cost, once they are [`settled`](Self::settled); `None` where the server says
    /// nothing of credits.
    ///
    /// # Errors
    ///
    /// As [`settled`](Self::settled).
    pub async fn cost(&self) -> Result<Option<f64>, Error> {
        Ok(self.settled().await?.credits.and_then(|credits| credits.finalized))
    }
}
