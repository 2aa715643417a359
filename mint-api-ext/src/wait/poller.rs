//! An operation that is polled: what every way of waiting shares.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::FutureExt as _;
use mint_api::types::Operation;
use tokio::time::{Instant, timeout};

use super::machine::{Action, GiveUp, Machine};
use super::rules::{DEFAULT_DEADLINE, Rules};
use super::wait::Deadline;
use super::wait_state::Paused;
use super::{OperationHandle, Update};
use crate::client::Answer;
use crate::error::{Error, ErrorKind, OperationId, WaitSummary};

/// An operation that is polled: its handle, its machine and the time since the wait began.
///
/// It sends no request and does not sleep. Its owner does what [`action`](Self::action) says and passes every reply to
/// [`take`](Self::take).
pub(super) struct Poller<T: Timer = Instant> {
    handle: OperationHandle,
    machine: Machine,
    timer: T,
}

/// The time since a wait began.
pub(super) trait Timer {
    fn elapsed(&self) -> Duration;
}

impl Timer for Instant {
    fn elapsed(&self) -> Duration {
        Self::elapsed(self)
    }
}

/// The timer of a wait that began before this step.
pub(super) struct StepTimer {
    began_at: SystemTime,
    /// How much of the wait had passed when the step began.
    passed: Duration,
    step_began: Instant,
}

impl Timer for StepTimer {
    fn elapsed(&self) -> Duration {
        self.passed.saturating_add(self.step_began.elapsed())
    }
}

impl Poller {
    /// Begins a wait. Returns also the reply of the call that gave the handle, if there is one, which the wait takes in
    /// before its first poll.
    pub(super) fn begin(handle: OperationHandle, rules: Arc<Rules>, deadline: Deadline) -> (Self, First) {
        let (mint, state) = (handle.mint(), handle.state());
        let now = mint.clock().now();
        let deadline = match deadline {
            Deadline::After(deadline) => Some(deadline),
            Deadline::Never => None,
            Deadline::Inherited => Some(state.deadline(now).map_or(DEFAULT_DEADLINE, |saved| mint.until(saved))),
        };
        state.begin(deadline.and_then(|deadline| now.checked_add(deadline)), now);
        let (first, not_before) = handle.begin();
        let not_before = not_before.min(rules.retry_after_ceiling);
        let known_by = handle.known_in(rules.not_found_tolerance);
        let machine = Machine::new(rules, deadline, not_before).with_state(state.clone()).known_by(known_by);
        (Self { handle, machine, timer: Instant::now() }, first)
    }

    /// When a time of the machine is; `None` for one that is too far for the clock.
    pub(super) fn instant(&self, time: Duration) -> Option<Instant> {
        self.timer.checked_add(time)
    }

    /// Makes now the deadline, if it is later.
    pub(super) fn end_now(&mut self) {
        self.machine.end_at(self.timer.elapsed());
    }

    /// Sends no poll before this instant, because the server limited the rate of another wait.
    pub(super) fn hold_until(&mut self, instant: Instant) {
        self.machine.hold_until(self.timer.elapsed(), instant.saturating_duration_since(self.timer));
    }
}

impl Poller<StepTimer> {
    /// Goes on with the wait that the last step paused, or begins one.
    pub(super) fn resume(handle: OperationHandle, rules: Arc<Rules>, deadline: Deadline) -> (Self, First) {
        let (mint, state) = (handle.mint(), handle.state());
        let now = mint.clock().now();
        let paused = state.paused(now);
        let (first, not_before) = handle.begin();
        let known_by = handle.known_in(rules.not_found_tolerance);
        let (paused, otherwise) = match paused {
            Some(paused) if first.is_none() => (paused, None),
            _ => (Paused::begin(now, not_before.min(rules.retry_after_ceiling)), Some(DEFAULT_DEADLINE)),
        };
        let began_at = paused.began_at;
        let since = |time: SystemTime| time.duration_since(began_at).unwrap_or_default();
        let deadline = match deadline {
            Deadline::After(deadline) => Some(deadline),
            Deadline::Never => None,
            Deadline::Inherited => state.deadline(now).map(since).or(otherwise),
        };
        let passed = since(now);
        let known_by = passed.saturating_add(known_by);
        let machine = Machine::resumed(rules, deadline, passed, paused.progress);
        let machine = machine.with_state(state.clone()).known_by(known_by);
        (Self { handle, machine, timer: StepTimer { began_at, passed, step_began: Instant::now() } }, first)
    }

    /// Leaves the wait to the next step. Returns when its poll is due.
    pub(super) fn pause(&self) -> SystemTime {
        let (mint, progress) = (self.handle.mint(), self.machine.progress());
        let StepTimer { began_at, .. } = self.timer;
        let (now, deadline) = (mint.clock().now(), self.machine.deadline());
        let deadline = deadline.and_then(|deadline| began_at.checked_add(deadline));
        self.handle.state().pause(Paused { began_at, progress: progress.clone() }, deadline, now);
        began_at.checked_add(progress.next_poll.min(FURTHEST)).unwrap_or(now)
    }
}

/// The reply of the call that gave a handle.
type First = Option<Box<Answer<Operation>>>;

/// The longest time that a timer is set for; tokio's timer wheel takes no more than about two years.
pub(super) const FURTHEST: Duration = Duration::from_secs(365 * 24 * 3600);

impl<T: Timer> Poller<T> {
    pub(super) fn handle(&self) -> &OperationHandle {
        &self.handle
    }

    /// What to do now.
    pub(super) fn action(&self) -> Action {
        self.machine.action(self.timer.elapsed())
    }

    /// The poll of the last action is being sent.
    pub(super) fn poll_begins(&mut self) {
        self.machine.poll_begins();
    }

    pub(super) fn polls(&self) -> u32 {
        self.machine.progress().polls
    }

    pub(super) fn has_polled(&self) -> bool {
        self.machine.has_polled()
    }

    /// Takes in a reply, or the failure of a poll. An error ends the wait. `jitter` is between 0 and 1.
    pub(super) fn take(&mut self, reply: Result<Box<Answer<Operation>>, Error>, jitter: f64) -> Result<Update, Error> {
        let update = self.machine.take(self.timer.elapsed(), reply, jitter, &self.handle);
        if matches!(update, Ok(Update::Ended(_)) | Err(_)) {
            self.end();
        }
        update.map_err(|error| error.with_wait(self.summary()))
    }

    pub(super) fn summary(&self) -> WaitSummary {
        summary(self.handle.id(), self.polls(), self.timer.elapsed())
    }

    /// The error of a wait that ended without an outcome.
    pub(super) fn gave_up(&self, reason: GiveUp, last_error: Option<Error>) -> Error {
        self.end();
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

    /// A wait that ended has nothing to save.
    fn end(&self) {
        self.handle.state().begin(None, self.handle.mint().clock().now());
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

/// A poll that the deadline of a wait cuts off.
pub(super) fn cut_off<T>(
    after: Duration,
    poll: impl Future<Output = Result<T, Error>>,
) -> impl Future<Output = Result<T, Error>> {
    let error = || Error::new(ErrorKind::Timeout, "the server did not answer before the deadline of the wait");
    timeout(after, poll).map(move |reply| reply.unwrap_or_else(|_| Err(error())))
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
