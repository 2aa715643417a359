//! An operation that is polled: what every way of waiting shares.

use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;
use tokio::time::Instant;

use super::machine::{Action, GiveUp, Machine};
use super::rules::{DEFAULT_DEADLINE, Rules};
use super::wait::Deadline;
use super::{OperationHandle, Update};
use crate::client::Answer;
use crate::error::{Error, ErrorKind, OperationId, WaitSummary};

/// An operation that is polled: its handle, its machine and when the wait began.
///
/// It sends no request and does not sleep. Its owner does what [`action`](Self::action) says and passes every reply to
/// [`take`](Self::take).
pub(super) struct Poller {
    handle: OperationHandle,
    machine: Machine,
    began: Instant,
}

impl Poller {
    /// Begins a wait. Returns also the reply of the call that gave the handle, if there is one, which the wait takes in
    /// before its first poll.
    pub(super) fn begin(
        handle: OperationHandle,
        rules: Arc<Rules>,
        deadline: Deadline,
    ) -> (Self, Option<Box<Answer<Operation>>>) {
        let (mint, state) = (handle.mint(), handle.state());
        let now = mint.clock().now();
        let deadline = match deadline {
            Deadline::After(deadline) => Some(deadline),
            Deadline::Never => None,
            Deadline::Inherited => Some(state.deadline(now).map_or(DEFAULT_DEADLINE, |saved| mint.until(saved))),
        };
        state.set_deadline(deadline.and_then(|deadline| now.checked_add(deadline)), now);
        let (first, not_before) = handle.begin();
        let not_before = not_before.min(rules.retry_after_ceiling);
        let known_by = handle.known_in(rules.not_found_tolerance);
        let machine = Machine::new(rules, deadline, not_before).with_state(state.clone()).known_by(known_by);
        (Self { handle, machine, began: Instant::now() }, first)
    }

    pub(super) fn handle(&self) -> &OperationHandle {
        &self.handle
    }

    /// When a time of the machine is; `None` for one that is too far for the clock.
    pub(super) fn instant(&self, time: Duration) -> Option<Instant> {
        self.began.checked_add(time)
    }

    /// What to do now.
    pub(super) fn action(&self) -> Action {
        self.machine.action(self.began.elapsed())
    }

    /// The poll of the last action is being sent.
    pub(super) fn poll_begins(&mut self) {
        self.machine.poll_begins();
    }

    pub(super) fn has_polled(&self) -> bool {
        self.machine.has_polled()
    }

    /// Makes now the deadline, if it is later.
    pub(super) fn end_now(&mut self) {
        self.machine.end_at(self.began.elapsed());
    }

    /// Takes in a reply, or the failure of a poll. An error ends the wait. `jitter` is between 0 and 1.
    pub(super) fn take(&mut self, reply: Result<Answer<Operation>, Error>, jitter: f64) -> Result<Update, Error> {
        let update = self.machine.take(self.began.elapsed(), reply, jitter, &self.handle);
        if matches!(update, Ok(Update::Ended(_)) | Err(_)) {
            self.forget_deadline();
        }
        update.map_err(|error| error.with_wait(self.summary()))
    }

    /// Sends no poll before this instant, because the server limited the rate of another wait.
    pub(super) fn hold_until(&mut self, instant: Instant) {
        self.machine.hold_until(self.began.elapsed(), instant.saturating_duration_since(self.began));
    }

    pub(super) fn summary(&self) -> WaitSummary {
        summary(self.handle.id(), self.machine.progress().polls, self.began.elapsed())
    }

    /// The error of a wait that ended without an outcome.
    pub(super) fn gave_up(&self, reason: GiveUp, last_error: Option<Error>) -> Error {
        self.forget_deadline();
        let why = match reason {
            GiveUp::Deadline => "the deadline leaves no time for another poll".to_owned(),
            GiveUp::NotBefore(delay) => {
                format!("the server wants no request for another {}, past the deadline", seconds(delay))
            }
            GiveUp::Failures => "every poll failed for too long".to_owned(),
        };
        let why = match self.machine.status() {
            Some(status) => format!("{why}; it was last seen `{status}`"),
            None => why,
        };
        let kind = match (reason, &last_error) {
            (GiveUp::Failures, Some(error)) => error.kind(),
            _ => ErrorKind::Timeout,
        };
        let summary = self.summary();
        let error = ended(kind, &why, &summary).with_wait(summary);
        match last_error {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    /// A wait that ended has no deadline to save.
    fn forget_deadline(&self) {
        self.handle.state().set_deadline(None, self.handle.mint().clock().now());
    }

    /// The error of a wait that its token ended.
    pub(super) fn interrupted(&self) -> Error {
        interrupted(self.summary())
    }
}

/// The error of a wait that its token ended.
pub(super) fn interrupted(summary: WaitSummary) -> Error {
    ended(ErrorKind::Interrupted, "it was interrupted", &summary).with_wait(summary)
}

/// The error of a poll that the deadline cut off.
pub(super) fn cut_off() -> Error {
    Error::new(ErrorKind::Timeout, "the server did not answer before the deadline of the wait")
}

pub(crate) fn summary(id: &OperationId, polls: u32, elapsed: Duration) -> WaitSummary {
    WaitSummary { id: id.clone(), polls, elapsed }
}

pub(crate) fn ended(kind: ErrorKind, why: &str, WaitSummary { id, polls, elapsed, .. }: &WaitSummary) -> Error {
    let text = format!(
        "could not wait for operation {id}: {why} ({polls} polls in {}); it goes on at the server, attach to {id} again",
        seconds(*elapsed)
    );
    Error::new(kind, text)
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{:.1} s", duration.as_secs_f64()),
        seconds => format!("{seconds} s"),
    }
}
