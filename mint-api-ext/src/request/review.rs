//! Waiting with a reviewer who decides about previews.

use std::fmt;
use std::future::IntoFuture;

use futures::future::BoxFuture;

use crate::error::{Error, ErrorKind};
use crate::wait::{OperationHandle, Outcome, Preview, Wait, ended, summary};

/// How many previews a reviewer is shown by default.
const DEFAULT_ROUNDS: u32 = 3;

/// A reviewer's decision about a preview.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// Approve the preview: the operation continues to its end.
    Approve,
    /// Ask for another preview with these changes, in 1 to 2000 characters.
    Revise(String),
    /// Do neither. The wait ends as [`Outcome::AwaitingReview`].
    Stop,
}

/// A wait in which a reviewer decides about each preview; made by [`Wait::review_with`]. Await it for the [`Outcome`].
///
/// The wait for each preview has the settings of the [`Wait`] and its full deadline. The time that the reviewer takes
/// does not count. If an approval or a revision continues as another operation, the wait follows that one.
///
/// # Errors
///
/// Those of a [`Wait`], and those of sending a decision. The error of a decision has the operation of its preview in
/// [`Error::operation`].
///
/// # Cancellation
///
/// Dropping the future stops the wait. Decisions that were sent are not undone. The token of [`Wait::cancel_on`] also ends
/// the wait while the reviewer decides.
#[must_use = "a review does nothing until it is awaited"]
pub struct Review<F> {
    wait: Wait,
    reviewer: F,
    max_rounds: u32,
}

impl Wait {
    /// Asks a reviewer to approve or revise each preview, or to stop.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::request::Decision;
    /// use mint_api_ext::types::GenerationMode;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let handle = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review).send().await?;
    /// let mut shown = 0;
    /// let review = handle.wait().review_with(move |preview| {
    ///     shown += 1;
    ///     async move {
    ///         println!("{:?}", preview.operation.assets);
    ///         if shown == 1 { Decision::Revise("with a green shade".into()) } else { Decision::Approve }
    ///     }
    /// });
    /// assert!(review.await?.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn review_with<F, D>(self, reviewer: F) -> Review<F>
    where
        F: FnMut(Preview) -> D + Send + 'static,
        D: Future<Output = Decision> + Send + 'static,
    {
        Review { wait: self, reviewer, max_rounds: DEFAULT_ROUNDS }
    }
}

impl<F> Review<F> {
    /// Limits how many previews the reviewer is shown. The next preview ends the wait as [`Outcome::AwaitingReview`].
    /// Default: 3.
    pub fn max_rounds(mut self, rounds: u32) -> Self {
        self.max_rounds = rounds;
        self
    }

    async fn run<D>(mut self) -> Result<Outcome, Error>
    where
        F: FnMut(Preview) -> D + Send,
        D: Future<Output = Decision> + Send,
    {
        for _ in 0..self.max_rounds {
            let preview = match self.wait.clone().await? {
                Outcome::AwaitingReview(preview) => preview,
                outcome => return Ok(outcome),
            };
            let Some(decision) = self.decision(&preview).await else {
                let wait = summary(self.wait.handle.id(), 0, Default::default());
                return Err(ended(ErrorKind::Interrupted, "it was interrupted during the review", &wait)
                    .with_wait(wait)
                    .with_operation(Some(preview.operation)));
            };
            let handle = match decide(&preview, decision).await {
                Ok(Some(handle)) => handle,
                Ok(None) => return Ok(Outcome::AwaitingReview(preview)),
                Err(error) => return Err(error.with_operation(Some(preview.operation))),
            };
            self.wait.handle = handle;
        }
        self.wait.await
    }

    /// Asks the reviewer; `None` if the token ended the wait.
    async fn decision<D>(&mut self, preview: &Preview) -> Option<Decision>
    where
        F: FnMut(Preview) -> D + Send,
        D: Future<Output = Decision> + Send,
    {
        let decision = (self.reviewer)(preview.clone());
        let decision = self.wait.cancel.run_until_cancelled(decision).await;
        decision.filter(|_| !self.wait.cancel.is_cancelled())
    }
}

/// Sends a decision. The token does not interrupt it, so that the caller learns its result.
async fn decide(preview: &Preview, decision: Decision) -> Result<Option<OperationHandle>, Error> {
    match decision {
        Decision::Approve => preview.approve().send().await.map(Some),
        Decision::Revise(feedback) => preview.revise(feedback).send().await.map(Some),
        Decision::Stop => Ok(None),
    }
}

impl<F, D> IntoFuture for Review<F>
where
    F: FnMut(Preview) -> D + Send + 'static,
    D: Future<Output = Decision> + Send + 'static,
{
    type Output = Result<Outcome, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<F> fmt::Debug for Review<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Review").field("wait", &self.wait).field("max_rounds", &self.max_rounds).finish_non_exhaustive()
    }
}
