//! When to poll, how long to sleep and when to stop: the one state machine behind every way of waiting.
//!
//! It does no I/O and has no clock. Times are durations since the wait began.

use std::time::Duration;

use mint_api::types::Operation;

use super::phase::{End, Phase};
use super::policy::{PollState, PollingPolicy};

/// How a wait is done.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) policy: PollingPolicy,
    pub(crate) deadline: Option<Duration>,
    pub(crate) request_timeout: Duration,
    /// For how long nothing but failures that may pass is put up with.
    pub(crate) failure_tolerance: Duration,
    /// For how long a status nobody knows may stand unchanged.
    pub(crate) unknown_status_tolerance: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        Self {
            policy: PollingPolicy::default(),
            deadline: Some(30 * MINUTE),
            request_timeout: Duration::from_secs(30),
            failure_tolerance: 5 * MINUTE,
            unknown_status_tolerance: 10 * MINUTE,
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Send a request, and cut it off after this time.
    Poll(Duration),
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
    /// The server forbade polling again before the deadline.
    NotBefore(Duration),
    /// Nothing but failures for longer than is tolerated.
    Failures,
}

/// What a reply means for the wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The operation goes on; whether it changed since the reply before.
    GoesOn { changed: bool },
    /// The wait is over.
    Over(End),
}

/// The state of one wait.
#[derive(Debug)]
pub(crate) struct Machine {
    rules: Rules,
    polls: u32,
    next_poll: Duration,
    /// Before this time the server wants no request.
    not_before: Duration,
    last_good: Duration,
    /// Time since the last good reply that was spent obeying the server.
    obeyed: Duration,
    seen: Option<Seen>,
    given_up: Option<GiveUp>,
}

#[derive(Debug, PartialEq)]
struct Seen {
    status: String,
    updated_at: String,
    since: Duration,
}

impl Machine {
    /// A wait that begins with a poll.
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            polls: 0,
            next_poll: Duration::ZERO,
            not_before: Duration::ZERO,
            last_good: Duration::ZERO,
            obeyed: Duration::ZERO,
            seen: None,
            given_up: None,
        }
    }

    pub(crate) fn polls(&self) -> u32 {
        self.polls
    }

    /// What to do at this time.
    pub(crate) fn step(&self, now: Duration) -> Step {
        if let Some(reason) = self.given_up {
            return Step::GiveUp(reason);
        }
        let left = self.rules.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_sub(now));
        if left.is_zero() {
            return Step::GiveUp(GiveUp::Deadline);
        }
        if now < self.next_poll {
            return Step::SleepUntil(self.next_poll);
        }
        Step::Poll(left.min(self.rules.request_timeout))
    }

    /// A reply arrived. `jitter` is between 0 and 1.
    pub(crate) fn replied(
        &mut self,
        now: Duration,
        operation: &Operation,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Verdict {
        self.last_good = now;
        self.obeyed = Duration::ZERO;
        let status = operation.status.as_str();
        let updated_at = operation.updated_at.as_str();
        let changed = self.seen.as_ref().is_none_or(|seen| seen.status != status);
        let moved = changed || self.seen.as_ref().is_none_or(|seen| seen.updated_at != updated_at);
        if moved {
            self.seen = Some(Seen { status: status.into(), updated_at: updated_at.into(), since: now });
        }
        let standing = now - self.seen.as_ref().map_or(now, |seen| seen.since);
        let ended = operation.completed_at.is_some() || operation.canceled_at.is_some() || operation.error.is_some();
        match Phase::of(status, operation.generation_mode.as_str()) {
            Phase::Over(end) => return Verdict::Over(end),
            Phase::Unknown if ended || standing >= self.rules.unknown_status_tolerance => {
                return Verdict::Over(End::Unrecognized);
            }
            Phase::Unknown | Phase::Passing => {}
        }
        self.schedule(now, retry_after, jitter);
        Verdict::GoesOn { changed }
    }

    /// A poll failed in a way that may pass.
    pub(crate) fn failed(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) {
        let without = now.saturating_sub(self.last_good).saturating_sub(self.obeyed);
        if without >= self.rules.failure_tolerance {
            self.given_up = Some(GiveUp::Failures);
            return;
        }
        self.schedule(now, retry_after, jitter);
        self.obeyed += self.not_before.saturating_sub(now);
    }

    fn schedule(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) {
        self.polls = self.polls.saturating_add(1);
        let state = PollState { polls: self.polls, elapsed: now };
        let delay = self.rules.policy.delay(&state);
        // Jitter only ever adds, so that nothing is asked for sooner than said.
        let delay = delay.saturating_add(delay.mul_f64(0.1 * jitter.clamp(0.0, 1.0)));
        self.not_before = now.saturating_add(retry_after.unwrap_or_default());
        self.next_poll = now.saturating_add(delay).max(self.not_before);
        let Some(deadline) = self.rules.deadline else { return };
        if self.not_before >= deadline {
            self.given_up = Some(GiveUp::NotBefore(self.not_before));
            return;
        }
        // A last poll is to start early enough to be answered before the deadline.
        let last_poll = deadline - self.rules.request_timeout.min(deadline / 10);
        if now >= last_poll {
            self.given_up = Some(GiveUp::Deadline);
        } else if self.next_poll > last_poll {
            self.next_poll = last_poll.max(self.not_before);
        }
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
