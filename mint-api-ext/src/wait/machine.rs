//! When to poll, how long to sleep and when to stop: the one state machine behind every way of waiting.
//!
//! It does no I/O and has no clock. Times are durations since the wait began.

use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;

use super::history::History;
use super::phase::{End, Phase};
use super::policy::PollState;
use super::rules::Rules;

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Send a request, and cut it off once this much time has passed, which is at the deadline.
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
    /// The server forbade polling again before the deadline; it asked to wait this long.
    NotBefore(Duration),
    /// Nothing but failures for longer than is tolerated.
    Failures,
}

/// What a reply means for the wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The operation goes on.
    GoesOn {
        /// Whether its status is another than before.
        changed: bool,
        /// The server's wish that the ceiling overrode.
        overridden: Option<Duration>,
    },
    /// The wait is over.
    Over(End),
}

/// The state of one wait.
#[derive(Debug)]
pub(crate) struct Machine {
    rules: Arc<Rules>,
    history: Option<Arc<History>>,
    /// Whether a state was seen that nobody has dealt with.
    moved_on: bool,
    deadline: Option<Duration>,
    polls: u32,
    next_poll: Duration,
    last_good: Duration,
    /// Time since the last good reply that was spent obeying the server.
    obeyed: Duration,
    seen: Option<Seen>,
    given_up: Option<GiveUp>,
}

#[derive(Debug)]
struct Seen {
    status: Box<str>,
    updated_at: Box<str>,
    since: Duration,
}

impl Machine {
    /// A wait that begins with a poll, which is not made before `not_before`.
    pub(crate) fn new(rules: Arc<Rules>, deadline: Option<Duration>, not_before: Duration) -> Self {
        let mut machine = Self {
            rules,
            history: None,
            moved_on: false,
            deadline,
            polls: 0,
            next_poll: Duration::ZERO,
            last_good: Duration::ZERO,
            obeyed: not_before,
            seen: None,
            given_up: None,
        };
        machine.schedule_at(Duration::ZERO, Duration::ZERO, not_before);
        machine
    }

    /// What has been done about the operation before.
    pub(crate) fn with_history(mut self, history: Option<Arc<History>>) -> Self {
        self.history = history;
        self
    }

    pub(crate) fn history(&self) -> Option<&Arc<History>> {
        self.history.as_ref()
    }

    pub(crate) fn polls(&self) -> u32 {
        self.polls
    }

    /// The status that was seen last.
    pub(crate) fn status(&self) -> Option<&str> {
        self.seen.as_ref().map(|seen| &*seen.status)
    }

    /// What to do at this time.
    pub(crate) fn step(&self, now: Duration) -> Step {
        if let Some(reason) = self.given_up {
            return Step::GiveUp(reason);
        }
        let left = self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(now));
        if left.is_zero() {
            return Step::GiveUp(GiveUp::Deadline);
        }
        if now < self.next_poll {
            return Step::SleepUntil(self.next_poll);
        }
        Step::Poll { cut_off_after: left }
    }

    /// A reply arrived: that of a poll, or of the request that started the operation. `jitter` is between 0 and 1.
    pub(crate) fn replied(
        &mut self,
        now: Duration,
        operation: &Operation,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Verdict {
        self.polls = self.polls.saturating_add(1);
        self.last_good = now;
        self.obeyed = Duration::ZERO;
        let status = operation.status.as_str();
        let updated_at = operation.updated_at.as_ref().map_or("", |time| time.as_str());
        let (changed, standing) = self.see(now, status, updated_at);
        let ended = operation.completed_at.is_some() || operation.canceled_at.is_some() || operation.error.is_some();
        let stood_still = standing >= self.rules.unknown_status_tolerance;
        let stale = self.is_stale(operation);
        match Phase::of(status, operation.generation_mode.as_ref().map_or("", |mode| mode.as_str())) {
            Phase::Over(end) if !stale => return Verdict::Over(end),
            Phase::Over(_) if stood_still => return Verdict::Over(End::Unrecognized),
            Phase::Unknown if ended || stood_still => return Verdict::Over(End::Unrecognized),
            Phase::Over(_) | Phase::Unknown | Phase::Passing => {}
        }
        Verdict::GoesOn { changed, overridden: self.schedule(now, retry_after, jitter) }
    }

    /// A poll failed in a way that may pass. Returns the server's wish that the ceiling overrode.
    pub(crate) fn failed(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        self.polls = self.polls.saturating_add(1);
        let without = now.saturating_sub(self.last_good).saturating_sub(self.obeyed);
        if without >= self.rules.failure_tolerance {
            self.given_up = Some(GiveUp::Failures);
            return None;
        }
        let overridden = self.schedule(now, retry_after, jitter);
        let wish = self.rules.obeyed(retry_after).0;
        self.obeyed = self.obeyed.saturating_add(wish);
        overridden
    }

    /// A poll failed in a way that will not pass, which ends the wait.
    pub(crate) fn refused(&mut self) {
        self.polls = self.polls.saturating_add(1);
    }

    /// Nothing is asked before this time: another wait on the same server was told so.
    pub(crate) fn hold_until(&mut self, now: Duration, time: Duration) {
        if time > self.next_poll {
            self.obeyed = self.obeyed.saturating_add(time.saturating_sub(self.next_poll.max(now)));
            self.schedule_at(now, self.next_poll, time);
        }
    }

    /// Whether the reply shows a state that was dealt with, from before that took effect.
    ///
    /// Without `updatedAt` it cannot be told from a new one of the same status, which comes only after another status.
    fn is_stale(&mut self, operation: &Operation) -> bool {
        let dealt_with = self.history.as_ref().is_some_and(|history| history.has(operation));
        self.moved_on |= !dealt_with;
        dealt_with && (operation.updated_at.is_some() || !self.moved_on)
    }

    /// Whether the status is another than before, and for how long it has stood with `updatedAt` unmoved.
    fn see(&mut self, now: Duration, status: &str, updated_at: &str) -> (bool, Duration) {
        match &self.seen {
            Some(seen) if *seen.status == *status && *seen.updated_at == *updated_at => (false, now - seen.since),
            seen => {
                let changed = seen.as_ref().is_none_or(|seen| *seen.status != *status);
                self.seen = Some(Seen { status: status.into(), updated_at: updated_at.into(), since: now });
                (changed, Duration::ZERO)
            }
        }
    }

    fn schedule(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        let state = PollState { polls: self.polls, elapsed: now };
        let delay = self.rules.policy.delay(&state);
        // Jitter only ever adds, so that nothing is asked for sooner than said.
        let delay = delay.saturating_add(delay.mul_f64(0.1 * jitter.clamp(0.0, 1.0)));
        let (wish, overridden) = self.rules.obeyed(retry_after);
        self.schedule_at(now, now.saturating_add(delay), now.saturating_add(wish));
        overridden
    }

    fn schedule_at(&mut self, now: Duration, wanted: Duration, not_before: Duration) {
        self.next_poll = wanted.max(not_before);
        let Some(deadline) = self.deadline else { return };
        if not_before >= deadline && not_before > now {
            self.given_up = Some(GiveUp::NotBefore(not_before - now));
            return;
        }
        // A last poll is to start early enough to be answered before the deadline.
        let last_poll = deadline - self.rules.request_timeout.min(deadline / 10);
        if now >= last_poll {
            self.given_up = Some(GiveUp::Deadline);
        } else if self.next_poll > last_poll {
            self.next_poll = last_poll.max(not_before);
        }
    }
}

#[cfg(test)]
mod tests;
