//! The state machine behind every way of waiting: it decides when to poll, how long to sleep and when to stop.
//!
//! It does no I/O and reads no clock. Times are durations since the wait began.

use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;
use serde::{Deserialize, Serialize};

use super::failures::{Failure, Failures, hash};
use super::phase::{End, Phase};
use super::policy::PollState;
use super::rules::Rules;
use super::{Observation, OperationHandle, Update, WaitState};
use crate::client::Answer;
use crate::error::{Error, ErrorKind};

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    /// Send a request, and cut it off once this much time has passed, which is at the deadline. A wait whose deadline
    /// passed before its first poll sends that one all the same, and cuts it off after the request timeout.
    Poll { cut_off_after: Duration },
    /// Sleep until this time.
    SleepUntil(Duration),
    /// Stop, for this reason.
    GiveUp(GiveUp),
}

/// Why a wait ends without an outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum GiveUp {
    /// The deadline is too near for another poll.
    Deadline,
    /// The server's `Retry-After`, of this length, ends after the deadline.
    NotBefore(Duration),
    /// Every poll failed for longer than is tolerated.
    Failures,
}

/// What the reply of a poll means for the wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    /// The operation goes on.
    GoesOn {
        /// Whether its status changed.
        changed: bool,
        /// The server's wish that the ceiling overrode.
        overridden: Option<Duration>,
    },
    /// The wait is over.
    Over(End),
}

/// One wait.
#[derive(Debug)]
pub(crate) struct Machine {
    rules: Arc<Rules>,
    state: Arc<WaitState>,
    deadline: Option<Duration>,
    /// Until this time the server may not know the operation.
    known_by: Duration,
    /// Whether this process sent a poll.
    polled: bool,
    /// Whether the deadline leaves no time for another poll.
    too_late: bool,
    /// Whether polls failed for longer than is tolerated.
    failed_too_long: bool,
    progress: Progress,
}

/// How far a wait has got: what another process needs to go on with it. Times are since the wait began.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    /// How many replies and failures were taken in.
    pub(super) polls: u32,
    pub(super) next_poll: Duration,
    /// Before this time the server wants no poll.
    #[serde(default)]
    not_before: Duration,
    /// Whether a state was seen that was not acted on.
    #[serde(default)]
    moved_on: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
    #[serde(default, skip_serializing_if = "Failures::is_empty")]
    failures: Failures,
}

/// The state of the operation that was seen last.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    status: Box<str>,
    /// The hash of its `updatedAt`, which takes less room.
    updated_at_hash: u64,
    /// When it was first seen.
    since: Duration,
}

impl Progress {
    /// The progress of a wait that begins with a poll, which is not made before `not_before`.
    pub(super) fn beginning(not_before: Duration) -> Self {
        Self { not_before, ..Self::default() }
    }
}

impl Machine {
    /// A wait that begins with a poll, which is not made before `not_before`.
    pub(crate) fn new(rules: Arc<Rules>, deadline: Option<Duration>, not_before: Duration) -> Self {
        Self::resumed(rules, deadline, Duration::ZERO, Progress::beginning(not_before))
    }

    /// A wait that goes on now, in another process perhaps.
    pub(crate) fn resumed(rules: Arc<Rules>, deadline: Option<Duration>, now: Duration, progress: Progress) -> Self {
        let (wanted, not_before) = (progress.next_poll, progress.not_before);
        let mut machine = Self {
            rules,
            state: Arc::default(),
            deadline,
            known_by: Duration::ZERO,
            polled: false,
            too_late: false,
            failed_too_long: false,
            progress,
        };
        machine.schedule_at(now, wanted, not_before);
        machine
    }

    /// What was known of the operation before.
    pub(crate) fn with_state(mut self, state: Arc<WaitState>) -> Self {
        self.state = state;
        self
    }

    /// Until this time the server may not know the operation, since it has just started it.
    pub(crate) fn known_by(mut self, time: Duration) -> Self {
        self.known_by = time;
        self
    }

    /// How far a wait has got that has taken in the reply of the call that gave the handle; `None` if it is over.
    pub(crate) fn progress_after(reply: &Answer<Operation>, state: Arc<WaitState>) -> Option<Progress> {
        let mut machine = Self::new(Arc::default(), None, Duration::ZERO).with_state(state);
        let verdict = machine.replied(Duration::ZERO, &reply.value, reply.retry_after, 0.0);
        matches!(verdict, Verdict::GoesOn { .. }).then_some(machine.progress)
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The status that was seen last.
    pub(crate) fn status(&self) -> Option<&str> {
        self.progress.seen.as_ref().map(|seen| &*seen.status)
    }

    /// What to do at this time.
    pub(crate) fn action(&self, now: Duration) -> Action {
        if self.failed_too_long {
            return Action::GiveUp(GiveUp::Failures);
        }
        let not_before = self.progress.not_before;
        if self.deadline.is_some_and(|deadline| not_before >= deadline) && not_before > now {
            return Action::GiveUp(GiveUp::NotBefore(not_before - now));
        }
        let left = self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(now));
        if self.too_late || left.is_zero() && self.polled {
            return Action::GiveUp(GiveUp::Deadline);
        }
        if now < self.progress.next_poll {
            return Action::SleepUntil(self.progress.next_poll);
        }
        Action::Poll { cut_off_after: if left.is_zero() { self.rules.request_timeout } else { left } }
    }

    /// The poll of the last action is being sent.
    pub(crate) fn poll_begins(&mut self) {
        self.polled = true;
    }

    pub(crate) fn has_polled(&self) -> bool {
        self.polled
    }

    /// Moves the deadline to this time, if it is later.
    pub(crate) fn end_at(&mut self, now: Duration) {
        self.deadline = Some(self.deadline.map_or(now, |deadline| deadline.min(now)));
        self.schedule_at(now, self.progress.next_poll, self.progress.not_before);
    }

    /// Takes in the reply of a poll, or of the call that gave the handle, or the failure of a poll.
    ///
    /// `jitter` is between 0 and 1. An error ends the wait.
    pub(crate) fn take(
        &mut self,
        now: Duration,
        reply: Result<Box<Answer<Operation>>, Error>,
        jitter: f64,
        handle: &OperationHandle,
    ) -> Result<Update, Error> {
        let Answer { value: operation, retry_after } = match reply {
            Ok(reply) => *reply,
            Err(error) => return self.take_failure(now, error, jitter).map(Update::PollFailed),
        };
        match self.replied(now, &operation, retry_after, jitter) {
            Verdict::Over(end) => {
                tracing::debug!(status = operation.status.as_str(), polls = self.progress.polls, "ended");
                Ok(Update::Ended(end.outcome(operation, handle)))
            }
            Verdict::GoesOn { changed, overridden } => {
                let seen = Observation { operation, overridden_retry_after: overridden };
                if !changed && overridden.is_none() {
                    return Ok(Update::Unchanged(seen));
                }
                tracing::debug!(status = seen.operation.status.as_str(), "changed");
                Ok(Update::Changed(seen))
            }
        }
    }

    /// Takes in the failure of a poll: gives it back if a later poll may succeed, else the error that ends the wait.
    fn take_failure(&mut self, now: Duration, error: Error, jitter: f64) -> Result<Error, Error> {
        if error.is_not_found() && now < self.known_by {
            tracing::debug!(%error, "the server does not know the operation yet");
            self.progress.polls = self.progress.polls.saturating_add(1);
            self.schedule(now, error.retry_after(), jitter);
            Ok(error)
        } else if self.progress.failures.is_retryable(&error) || self.is_portal(&error) {
            tracing::debug!(%error, "a poll failed");
            self.failed(now, error.retry_after(), jitter);
            Ok(error)
        } else {
            self.progress.polls = self.progress.polls.saturating_add(1);
            Err(self.progress.failures.explain(error))
        }
    }

    /// Takes in the reply, or the failure, of a read of something that is no operation and is not as it is wanted yet.
    pub(super) fn take_read(
        &mut self,
        now: Duration,
        read: Result<Option<Duration>, Error>,
        jitter: f64,
    ) -> Result<Option<Error>, Error> {
        match read {
            Ok(retry_after) => {
                self.read_succeeded();
                self.schedule(now, retry_after, jitter);
                Ok(None)
            }
            Err(error) => self.take_failure(now, error, jitter).map(Some),
        }
    }

    fn read_succeeded(&mut self) {
        self.progress.polls = self.progress.polls.saturating_add(1);
        self.progress.failures = Failures::default();
    }

    /// Whether the certificate is another than before: the portal of a network shows its own until someone signs in.
    fn is_portal(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Configuration && self.progress.seen.is_some()
    }

    fn replied(&mut self, now: Duration, operation: &Operation, retry_after: Option<Duration>, jitter: f64) -> Verdict {
        self.read_succeeded();
        let status = operation.status.as_str();
        let updated_at = operation.updated_at.as_ref().map_or("", |time| time.as_str());
        let (changed, standing) = self.see(now, status, updated_at);
        let stood_still = standing >= self.rules.unknown_status_tolerance;
        let stale = self.is_stale(operation);
        match Phase::of_operation(operation) {
            Phase::Over(end) if !stale => return Verdict::Over(end),
            Phase::Over(_) | Phase::Unknown if stood_still => return Verdict::Over(End::Unrecognized),
            Phase::Over(_) | Phase::Unknown | Phase::Passing => {}
        }
        Verdict::GoesOn { changed, overridden: self.schedule(now, retry_after, jitter) }
    }

    /// A poll failed, and a later one may succeed. Returns the server's wish that the ceiling overrode.
    fn failed(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        self.progress.polls = self.progress.polls.saturating_add(1);
        let used = self.progress.failures.tolerance_used(now);
        let overridden = self.schedule(now, retry_after, jitter);
        let obeyed = self.rules.obeyed(retry_after).0;
        self.progress.failures.add(Failure { at: now, used, obeyed, next: self.progress.next_poll });
        if used >= self.rules.failure_tolerance {
            self.failed_too_long = true;
        }
        overridden
    }

    /// Sends no poll before this time, because the server limited the rate of another wait.
    pub(crate) fn hold_until(&mut self, now: Duration, time: Duration) {
        if time > self.progress.next_poll {
            self.schedule_at(now, self.progress.next_poll, time);
        }
    }

    /// Whether the reply shows a state that was acted on, and is older than the action.
    ///
    /// Without `updatedAt`, a new state of the same status looks the same; it comes only after another status.
    fn is_stale(&mut self, operation: &Operation) -> bool {
        let acted_on = self.state.has_acted_on(operation);
        self.progress.moved_on |= !acted_on;
        acted_on && (operation.updated_at.is_some() || !self.progress.moved_on)
    }

    /// Whether the status is another than before, and for how long it has stood with `updatedAt` unmoved.
    fn see(&mut self, now: Duration, status: &str, updated_at: &str) -> (bool, Duration) {
        let updated_at_hash = hash(updated_at);
        match &self.progress.seen {
            Some(seen) if *seen.status == *status && seen.updated_at_hash == updated_at_hash => {
                (false, now.saturating_sub(seen.since))
            }
            seen => {
                let changed = seen.as_ref().is_none_or(|seen| *seen.status != *status);
                self.progress.seen = Some(Seen { status: status.into(), updated_at_hash, since: now });
                (changed, Duration::ZERO)
            }
        }
    }

    fn schedule(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        let state = PollState { polls: self.progress.polls, elapsed: now };
        let (wish, overridden) = self.rules.obeyed(retry_after);
        let delay = self.rules.policy.delay_with_jitter(&state, wish, jitter);
        self.schedule_at(now, now.saturating_add(delay), now.saturating_add(wish));
        overridden
    }

    fn schedule_at(&mut self, now: Duration, wanted: Duration, not_before: Duration) {
        self.progress.next_poll = wanted.max(not_before);
        self.progress.not_before = not_before;
        let Some(deadline) = self.deadline else { return };
        if not_before >= deadline && not_before > now {
            return;
        }
        // A last poll is to start early enough to be answered before the deadline.
        let last_poll = deadline - self.rules.request_timeout.min(deadline / 10);
        if now >= last_poll && self.polled {
            self.too_late = true;
        } else {
            self.progress.next_poll = self.progress.next_poll.min(last_poll.max(not_before));
        }
    }
}

#[cfg(test)]
mod tests;
