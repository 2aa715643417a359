//! Waiting with someone who looks at previews.

use std::fmt;
use std::future::IntoFuture;

use futures::future::BoxFuture;

use crate::error::{Error, ErrorKind};
use crate::wait::{OperationHandle, Outcome, Preview, Wait, ended, summary};

/// How many previews are shown unless said otherwise.
const DEFAULT_ROUNDS: u32 = 3;

/// What is to become of a preview.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// The operation goes on to its end as the preview shows it.
    Approve,
    /// Another preview is made, with these changes, in 1 to 2000 characters.
    Revise(String),
    /// Nothing is done; the wait ends as [`Outcome::AwaitingReview`].
    Stop,
}

/// A wait in which a reviewer decides about each preview; made by [`Wait::review_with`]. Await it for the [`Outcome`].
///
/// Each preview is waited for anew, as the [`Wait`] says, with its full deadline; the time of the reviewer does not
/// count. Where an approval or a revision gives another operation, that one is followed.
///
/// # Errors
///
/// As those of a [`Wait`], and of sending a decision; [`Error::operation`] then holds the operation whose preview the
/// decision was about.
///
/// # Cancellation
///
/// Dropping it stops the waiting; what was decided before stands. A token of [`Wait::cancel_on`] also ends the wait
/// while the reviewer looks.
#[must_use = "a review does nothing until it is awaited"]
pub struct Review<F> {
    wait: Wait,
    reviewer: F,
    max_rounds: u32,
}

impl Wait {
    /// Asks a reviewer about each preview: to approve it, to have it revised, or to stop.
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
    /// How many previews the reviewer is shown; the one after ends the wait as [`Outcome::AwaitingReview`]. Default: 3.
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

    /// What the reviewer decides; `None` when the token fired.
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

/// Sends a decision; it is not cut off by a token, so that it is known what came of it.
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
