//! One step of a wait, for a program that cannot hold a future.

use std::fmt;
use std::time::{Duration, SystemTime};

use mint_api::types::Operation;
use tracing::Instrument as _;

use super::machine::Action;
use super::poller::{Poller, cut_off, interrupted, summary};
use super::{OperationHandle, Outcome, Update, Wait};
use crate::error::{Brief, Error, check_runtime};

/// What one step of a wait found; see [`OperationHandle::step`].
pub enum Step {
    /// The wait goes on. Make the next step at `next_poll_at`; one that is made earlier sends nothing.
    #[non_exhaustive]
    Pending {
        /// The operation, if this step read it.
        operation: Option<Operation>,
        /// Why the poll of this step failed, if a later one may succeed.
        last_error: Option<Error>,
        /// When the next poll is due, by the clock of the [`Mint`](crate::Mint).
        next_poll_at: SystemTime,
    },
    /// The operation has ended or needs a person.
    Ended(Outcome),
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending { operation, last_error, next_poll_at } => f
                .debug_struct("Pending")
                .field("operation", &operation.as_ref().map(Brief))
                .field("last_error", last_error)
                .field("next_poll_at", next_poll_at)
                .finish(),
            Self::Ended(outcome) => f.debug_tuple("Ended").field(outcome).finish(),
        }
    }
}

impl OperationHandle {
    /// Makes one step of a wait, with at most one request: for a cron job, a web request or a worker of a queue, which cannot
    /// hold a future for minutes.
    ///
    /// Store what [`save`](Self::save) gives after each step, and make the next one at `next_poll_at`, in this process or
    /// another: the wait goes on where it was, with the same polls at the same times as [`wait`](Self::wait). A step that is
    /// made earlier sends nothing. [`Wait::step`] makes one with other settings; give each step of a wait the same.
    ///
    /// # Errors
    ///
    /// Those of [`Wait`]. At the deadline, 30 minutes after the first step by default, and once polls have failed for longer
    /// than is tolerated, the error is temporary: a further step polls once more when the server allows it, so that an
    /// operation that ended meanwhile is not lost.
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops the request. The step then counts as not made.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::wait::{SavedOperation, Step};
    /// use mint_api_ext::{Error, Mint};
    ///
    /// /// Called by a scheduler. Returns what to store and when to call again, or nothing once the operation has ended.
    /// async fn tick(mint: &Mint, stored: &SavedOperation) -> Result<Option<(SavedOperation, std::time::SystemTime)>, Error> {
    ///     let handle = mint.attach_saved(stored)?;
    ///     match handle.step().await? {
    ///         Step::Pending { next_poll_at, .. } => Ok(Some((handle.save(), next_poll_at))),
    ///         Step::Ended(outcome) => {
    ///             println!("{}", outcome.operation().status);
    ///             Ok(None)
    ///         }
    ///     }
    /// }
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let handle = mint.attach(simulator.add(Script::model()))?;
    /// # let (stored, _) = tick(&mint, &handle.save()).await?.ok_or("it goes on")?;
    /// # tick(&mint, &stored).await?.ok_or("it goes on")?;
    /// # assert_eq!(simulator.api_requests().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn step(&self) -> Result<Step, Error> {
        self.wait().step().await
    }
}

impl Wait {
    /// Makes one step of the wait: [`OperationHandle::step`] with the settings of this wait. Its deadline counts from the
    /// first step.
    ///
    /// # Errors
    ///
    /// As [`OperationHandle::step`].
    pub async fn step(self) -> Result<Step, Error> {
        let (span, cancel, handle) = (self.span(), self.cancel.clone(), self.handle.clone());
        match cancel.run_until_cancelled(make(self).instrument(span)).await {
            Some(step) if !cancel.is_cancelled() => step,
            _ => Err(interrupted(summary(handle.id(), 0, Duration::ZERO))),
        }
    }
}

async fn make(wait: Wait) -> Result<Step, Error> {
    check_runtime()?;
    let (handle, rules, deadline, ..) = wait.into_parts();
    let (mut poller, mut first) = Poller::resume(handle.clone(), rules, deadline);
    let mut jitter = handle.mint().jitter();
    jitter.skip(poller.polls());
    let (mut operation, mut last_error) = (None, None);
    loop {
        let reply = match first.take() {
            Some(first) => Ok(first),
            None => match poller.action() {
                Action::Poll { cut_off_after } if !poller.has_polled() => {
                    poller.poll_begins();
                    cut_off(cut_off_after, handle.poll()).await
                }
                Action::Poll { .. } | Action::SleepUntil(_) => {
                    let next_poll_at = poller.pause();
                    return Ok(Step::Pending { operation, last_error, next_poll_at });
                }
                Action::GiveUp(reason) => {
                    poller.pause();
                    return Err(poller.gave_up(reason, last_error).with_operation(operation));
                }
            },
        };
        match poller.take(reply, jitter.next()).map_err(|error| error.with_operation(operation.take()))? {
            Update::Ended(outcome) => return Ok(Step::Ended(outcome)),
            Update::Changed(seen) | Update::Unchanged(seen) => operation = Some(seen.operation),
            Update::PollFailed(error) => last_error = Some(error),
        }
    }
}
