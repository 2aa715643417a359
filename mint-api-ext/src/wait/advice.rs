//! What to do about an operation that failed.

use super::FailedOperation;

/// What to do about an operation that failed; see [`FailedOperation::advice`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Advice {
    /// The failure was passing: the same request may succeed. Another attempt costs credits.
    Retry,
    /// The same request fails again: change the prompt or the image, then start a new operation.
    ChangeRequest,
    /// The account has used up its quota or credits: raise them, then retry.
    AddCredits,
    /// Nothing in the request is at fault, and no attempt helps: report the id of the operation to Mint.
    ContactSupport,
    /// The server does not say enough, or says what this version does not know. Read the message before another attempt,
    /// which costs credits and may fail as well.
    Unknown,
}

impl FailedOperation {
    /// What to do about the failure, by the code of the operation's error.
    ///
    /// | Code | Advice |
    /// |---|---|
    /// | `generation_interrupted`, `transient_generation_failure`, `start_failed`, `optimization_not_started` | [`Retry`](Advice::Retry) |
    /// | `moderation_blocked`, `invalid_generation_input` | [`ChangeRequest`](Advice::ChangeRequest) |
    /// | `quota_blocked` | [`AddCredits`](Advice::AddCredits) |
    /// | `optimization_failed` | [`ContactSupport`](Advice::ContactSupport) |
    /// | `generation_failed`, any other, none | [`Unknown`](Advice::Unknown) |
    ///
    /// The codes are those that Mint's own client knows. Mint does not document them.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::Outcome;
    /// use mint_api_ext::wait::Advice;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # simulator.fail_next("transient_generation_failure", "It did not work out.");
    /// if let Outcome::Failed(failed) = mint.generate_model("a brass lamp").send_and_wait().await? {
    ///     match failed.advice() {
    ///         Advice::Retry => drop(failed.retry().send_and_wait().await?),
    ///         other => println!("{other:?}: {:?}", failed.operation.error),
    ///     }
    /// }
    /// # assert_eq!(simulator.operations_started(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn advice(&self) -> Advice {
        let code = self.operation.error.as_ref().and_then(|error| error.code.as_deref());
        match code.unwrap_or_default() {
            "generation_interrupted" | "transient_generation_failure" | "start_failed" | "optimization_not_started" => {
                Advice::Retry
            }
            "moderation_blocked" | "invalid_generation_input" => Advice::ChangeRequest,
            "quota_blocked" => Advice::AddCredits,
            "optimization_failed" => Advice::ContactSupport,
            _ => Advice::Unknown,
        }
    }
}
