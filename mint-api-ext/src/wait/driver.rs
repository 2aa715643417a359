//! Does what the machine says, with requests and a clock.

use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::machine::{GiveUp, Machine, Step, Verdict};
use super::rules::{DEFAULT_DEADLINE, Rules};
use super::wait::{Deadline, Wait, Yields};
use super::{Observation, OperationHandle, Update};
use crate::client::Answer;
use crate::error::{Error, ErrorKind, OperationId, WaitSummary};
use crate::retry::Jitter;

pub(super) struct Driver {
    handle: OperationHandle,
    rules: Arc<Rules>,
    deadline: Deadline,
    cancel: CancellationToken,
    yields: Yields,
    jitter: Jitter,
    begun: Option<(Instant, Machine)>,
    /// The reply of the call that gave the handle: what the wait sees first.
    first: Option<Answer<Operation>>,
    last_operation: Option<Operation>,
    last_error: Option<Error>,
}

impl Driver {
    pub(super) fn new(wait: Wait) -> Self {
        let (handle, rules, deadline, cancel, yields) = wait.into_parts();
        let jitter = handle.mint().jitter();
        let (begun, first, last_operation, last_error) = (None, None, None, None);
        Self { handle, rules, deadline, cancel, yields, jitter, begun, first, last_operation, last_error }
    }

    /// The next update, or the error that ends the wait.
    pub(super) async fn next(&mut self) -> Result<Update, Error> {
        let cancel = self.cancel.clone();
        match cancel.run_until_cancelled(self.advance()).await {
            // A token that fired while the last step was made counts, too: nothing is told after it.
            Some(result) if !cancel.is_cancelled() => result,
            _ => {
                let summary = self.summary();
                Err(ended(ErrorKind::Interrupted, "it was interrupted", &summary)
                    .with_wait(summary)
                    .with_operation(self.last_operation.take()))
            }
        }
    }

    async fn advance(&mut self) -> Result<Update, Error> {
        self.begun();
        if let Some(first) = self.first.take()
            && let Some(update) = self.take_in(Ok(first))?
        {
            return Ok(update);
        }
        loop {
            let (began, machine) = self.begun();
            match machine.step(began.elapsed()) {
                Step::SleepUntil(time) => match began.checked_add(time) {
                    Some(instant) => tokio::time::sleep_until(instant).await,
                    // A time too far for the clock is never reached.
                    None => std::future::pending().await,
                },
                Step::Poll { cut_off_after } => {
                    let answer = tokio::time::timeout(cut_off_after, self.handle.poll()).await;
                    if let Some(update) = self.take_in(answer.unwrap_or_else(|_| Err(cut_off())))? {
                        return Ok(update);
                    }
                }
                Step::GiveUp(reason) => return Err(self.gave_up(reason)),
            }
        }
    }

    /// When the wait began, and its machine; it begins with the first call.
    fn begun(&mut self) -> (Instant, &mut Machine) {
        let begun = self.begun.take().unwrap_or_else(|| self.begin());
        let (began, machine) = self.begun.insert(begun);
        (*began, machine)
    }

    fn begin(&mut self) -> (Instant, Machine) {
        let mint = self.handle.mint();
        let deadline = match (self.deadline, self.handle.inherited_deadline()) {
            (Deadline::After(deadline), _) => Some(deadline),
            (Deadline::Never, _) => None,
            (Deadline::Inherited, Some(saved)) => Some(mint.until(saved)),
            (Deadline::Inherited, None) => Some(DEFAULT_DEADLINE),
        };
        self.handle.now().bounds.deadline = deadline.and_then(|deadline| mint.clock().now().checked_add(deadline));
        let (first, not_before) = self.handle.begin();
        self.first = first;
        let machine = Machine::new(self.rules.clone(), deadline, not_before);
        (Instant::now(), machine.with_history(Some(self.handle.history().clone())))
    }

    fn take_in(&mut self, answer: Result<Answer<Operation>, Error>) -> Result<Option<Update>, Error> {
        let jitter = self.jitter.next();
        let every_poll = self.yields == Yields::EveryPoll;
        let (began, machine) = self.begun();
        match answer {
            Ok(Answer { value: operation, retry_after }) => {
                match machine.replied(began.elapsed(), &operation, retry_after, jitter) {
                    Verdict::Over(end) => {
                        tracing::debug!(status = operation.status.as_str(), polls = machine.polls(), "ended");
                        let outcome = end.outcome(operation, self.handle.mint(), Some(self.handle.history()));
                        Ok(Some(Update::Ended(outcome)))
                    }
                    Verdict::GoesOn { changed, overridden } => {
                        self.last_operation = Some(operation.clone());
                        let seen = Observation { operation, overridden_retry_after: overridden };
                        if changed || overridden.is_some() {
                            tracing::debug!(status = seen.operation.status.as_str(), "changed");
                            return Ok(Some(Update::Changed(seen)));
                        }
                        Ok(every_poll.then_some(Update::Unchanged(seen)))
                    }
                }
            }
            Err(error) if error.is_transient() => {
                tracing::debug!(%error, "a poll failed");
                machine.failed(began.elapsed(), error.retry_after(), jitter);
                if every_poll {
                    return Ok(Some(Update::PollFailed(error)));
                }
                self.last_error = Some(error);
                Ok(None)
            }
            Err(error) => {
                machine.refused();
                Err(error.with_wait(self.summary()).with_operation(self.last_operation.take()))
            }
        }
    }

    fn gave_up(&mut self, reason: GiveUp) -> Error {
        let summary = self.summary();
        let status = self.last_operation.as_ref().map(|operation| operation.status.as_str());
        let error = gave_up(reason, summary, status, self.last_error.take());
        error.with_operation(self.last_operation.take())
    }

    fn summary(&self) -> WaitSummary {
        match &self.begun {
            Some((began, machine)) => summary(self.handle.id(), machine.polls(), began.elapsed()),
            None => summary(self.handle.id(), 0, Duration::ZERO),
        }
    }
}

/// The error of a poll that the deadline cut off.
pub(super) fn cut_off() -> Error {
    Error::new(ErrorKind::Timeout, "the server did not answer before the deadline of the wait")
}

pub(crate) fn summary(id: &OperationId, polls: u32, elapsed: Duration) -> WaitSummary {
    WaitSummary { id: id.clone(), polls, elapsed }
}

/// The error of a wait that ended without an outcome.
pub(super) fn gave_up(reason: GiveUp, wait: WaitSummary, status: Option<&str>, last_error: Option<Error>) -> Error {
    let why = match reason {
        GiveUp::Deadline => "the deadline passed".to_owned(),
        GiveUp::NotBefore(delay) => {
            format!("the server wants no request for another {}, past the deadline", seconds(delay))
        }
        GiveUp::Failures => "the server could not be asked for too long".to_owned(),
    };
    let kind = match (reason, &last_error) {
        (GiveUp::Failures, Some(error)) => error.kind(),
        _ => ErrorKind::Timeout,
    };
    let why = match status {
        Some(status) => format!("{why}; it was last seen `{status}`"),
        None => why,
    };
    let error = ended(kind, &why, &wait).with_wait(wait);
    match last_error {
        Some(source) => error.with_source(source),
        None => error,
    }
}

pub(crate) fn ended(kind: ErrorKind, why: &str, WaitSummary { id, polls, elapsed, .. }: &WaitSummary) -> Error {
    let text = format!(
        "could not wait for operation {id}: {why} ({polls} polls in {}); it goes on at the server, attach to {id} again",
        seconds(*elapsed)
    );
    Error::new(kind, text)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}
