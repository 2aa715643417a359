//! The state machine.

use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;
use reqwest::StatusCode;
use serde_json::json;

use super::super::machine::{Action, GiveUp, Machine};
use super::super::rules::Rules;
use super::super::{ActedOn, Outcome, PollingPolicy, Update, WaitState};
use crate::client::Answer;
use crate::error::{Error, ErrorKind, Reply};
use crate::fuzzing::mint;
use crate::retry::Exponential;

/// A wait does less than this, whatever the server does.
const MOST_ACTIONS: usize = 100_000;

/// A sleep beyond this time ends the script. `Retry-After` may name any number of seconds, and the clock must not overflow.
const END_OF_TIME: Duration = Duration::from_secs(u64::MAX / 2);

/// No setting is longer, so that a wait that never ends is not taken for one that takes long.
const LONGEST: u64 = 3_600_000;

/// The first line has settings in milliseconds, such as `deadline=600000 initial=2000`. Each further line is a reply: a status
/// or `!` and a failure, `updatedAt`, `Retry-After` in seconds or `-`, how many milliseconds it took, and the jitter in
/// percent. After the last line the server says nothing more.
///
/// No poll is sent before the server allows it, nor after the deadline, but the first; no request is left to run past the
/// deadline; the wait ends, as the last reply says; and a wait that another process takes up at every sleep does the same.
pub fn wait(data: &[u8]) {
    let Some(script) = std::str::from_utf8(data).ok().map(Script::of) else { return };
    let played = script.play(|machine, _| machine);
    let resumed = script.play(|machine, now| {
        let stored = serde_json::to_string(machine.progress()).expect("progress is JSON");
        let progress = serde_json::from_str(&stored).expect("progress is read");
        let state = script.state.clone();
        Machine::resumed(script.rules.clone(), script.deadline, now, progress)
            .with_state(state)
            .known_by(script.known_by)
    });
    assert_eq!(resumed, played, "one wait and many steps differ");
}

/// What the server does in a wait.
struct Script<'a> {
    rules: Arc<Rules>,
    deadline: Option<Duration>,
    known_by: Duration,
    not_before: Duration,
    state: Arc<WaitState>,
    replies: Vec<Scripted<'a>>,
}

#[derive(Clone, Copy)]
struct Scripted<'a> {
    status: &'a str,
    updated_at: &'a str,
    retry_after: Option<Duration>,
    took: Duration,
    jitter: f64,
}

impl<'a> Script<'a> {
    fn of(text: &'a str) -> Self {
        let mut lines = text.lines();
        let settings = lines.next().unwrap_or_default();
        let setting = |name: &str| {
            let mut settings = settings.split(' ').filter_map(|setting| setting.split_once('='));
            let (_, value) = settings.find(|(found, _)| *found == name)?;
            Some(Duration::from_millis(value.parse::<u64>().ok()?.min(LONGEST)))
        };
        let or = |name: &str, default: u64| setting(name).unwrap_or(Duration::from_millis(default));
        let backoff = Exponential::new(or("initial", 2000), 1.6, or("max", 15_000));
        let rules = Rules {
            policy: PollingPolicy::from(backoff),
            request_timeout: or("timeout", 30_000).max(Duration::from_millis(100)),
            failure_tolerance: or("failures", 300_000),
            not_found_tolerance: or("known", 0),
            unknown_status_tolerance: or("unknown", 600_000),
            retry_after_floor: or("floor", 0),
            retry_after_ceiling: setting("ceiling").unwrap_or(Duration::MAX),
        };
        let acted_on = settings.split(' ').filter_map(|setting| setting.strip_prefix("acted="));
        let state = Arc::new(WaitState::default());
        for status in acted_on {
            let (status, updated_at) = status.split_once('@').unwrap_or((status, "-"));
            state.act_on(&ActedOn::state_of(&operation(status, updated_at)));
        }
        Self {
            known_by: rules.not_found_tolerance,
            rules: Arc::new(rules),
            deadline: setting("deadline"),
            not_before: or("begin", 0),
            state,
            replies: lines.take(1000).map(Scripted::of).collect(),
        }
    }

    /// Plays the script; returns when the polls were sent, and the end.
    fn play(&self, at_sleep: impl Fn(Machine, Duration) -> Machine) -> (Vec<Duration>, String) {
        let handle = mint().attach("op").expect("an id");
        let machine = Machine::new(self.rules.clone(), self.deadline, self.not_before);
        let mut machine = machine.with_state(self.state.clone()).known_by(self.known_by);
        let (mut now, mut polls, mut not_before) = (Duration::ZERO, Vec::new(), self.not_before);
        for _ in 0..MOST_ACTIONS {
            match machine.action(now) {
                Action::SleepUntil(time) if time > END_OF_TIME => return (polls, "asleep".into()),
                Action::SleepUntil(time) => {
                    assert!(time > now, "a sleep that ends before it begins");
                    assert!(self.deadline.is_none_or(|deadline| time <= deadline), "asleep past the deadline");
                    machine = at_sleep(machine, now);
                    now = time;
                }
                Action::GiveUp(why) => {
                    match why {
                        GiveUp::NotBefore(delay) => {
                            assert!(self.deadline.is_some_and(|at| now.saturating_add(delay) >= at))
                        }
                        GiveUp::Deadline => assert!(self.deadline.is_some() && !polls.is_empty(), "it never polled"),
                        GiveUp::Failures => {}
                    }
                    return (polls, format!("{why:?}"));
                }
                Action::Poll { cut_off_after } => {
                    assert!(now >= not_before, "a poll at {now:?}, which the server wants at {not_before:?}");
                    assert!(!cut_off_after.is_zero(), "a poll without time");
                    if let Some(deadline) = self.deadline.filter(|deadline| now < *deadline || !polls.is_empty()) {
                        assert!(now + cut_off_after <= deadline, "a poll past the deadline");
                    }
                    let scripted = self.replies.get(polls.len()).copied().unwrap_or(Scripted::SILENCE);
                    polls.push(now);
                    machine.poll_begins();
                    let limit = cut_off_after.min(self.rules.request_timeout);
                    let reply = if scripted.took < limit { scripted.reply() } else { Err(timed_out()) };
                    now += scripted.took.min(limit);
                    let wish = match &reply {
                        Ok(answer) => answer.retry_after,
                        Err(error) => error.retry_after(),
                    };
                    not_before = now.saturating_add(self.rules.obeyed(wish).0);
                    match machine.take(now, reply, scripted.jitter, &handle) {
                        Ok(Update::Ended(outcome)) => return (polls, scripted.end(&outcome)),
                        Err(error) => return (polls, format!("{:?}", error.kind())),
                        Ok(_) => {}
                    }
                }
            }
        }
        panic!("the wait never ends");
    }
}

impl<'a> Scripted<'a> {
    const SILENCE: Self = Self { status: "!", updated_at: "", retry_after: None, took: Duration::MAX, jitter: 0.0 };

    fn of(line: &'a str) -> Self {
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap_or_default();
        let (status, updated_at) = (next(), next());
        let number = |text: &str| text.parse::<u64>().ok();
        let retry_after = number(next()).map(Duration::from_secs);
        let took = Duration::from_millis(number(next()).unwrap_or_default());
        Self { status, updated_at, retry_after, took, jitter: number(next()).unwrap_or_default() as f64 / 100.0 }
    }

    fn reply(&self) -> Result<Box<Answer<Operation>>, Error> {
        let Some(failure) = self.status.strip_prefix('!') else {
            let value = operation(self.status, self.updated_at);
            return Ok(Box::new(Answer { value, retry_after: self.retry_after }));
        };
        Err(match (failure, failure.parse()) {
            (_, Ok(status)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                let reply = Reply { status, request_id: None, retry_after: self.retry_after };
                Error::new(ErrorKind::Server, "").with_reply(reply)
            }
            ("decode", _) => Error::new(ErrorKind::Decode, "").with_source(self.updated_at.to_owned()),
            ("certificate", _) => Error::new(ErrorKind::Configuration, ""),
            ("argument", _) => Error::new(ErrorKind::InvalidArgument, ""),
            _ => Error::new(ErrorKind::Transport, ""),
        })
    }

    /// The end by a reply, which must be of its status.
    fn end(&self, outcome: &Outcome) -> String {
        let (end, status) = match outcome {
            Outcome::Succeeded(_) => ("Succeeded", "succeeded"),
            Outcome::PartiallySucceeded(_) => ("PartiallySucceeded", "partially_succeeded"),
            Outcome::AwaitingReview(_) => ("AwaitingReview", "preview_ready"),
            Outcome::BillingRequired(_) => ("BillingRequired", "billing_required"),
            Outcome::Failed(_) => ("Failed", "failed"),
            Outcome::Canceled(_) => ("Canceled", "canceled"),
            Outcome::Unrecognized(_) => return "Unrecognized".to_owned(),
        };
        assert_eq!(self.status.trim_end_matches('?'), status, "an end that the server does not name");
        end.to_owned()
    }
}

/// An operation of this status. A status that ends in `?` is of review mode, and `-` leaves `updatedAt` out.
fn operation(status: &str, updated_at: &str) -> Operation {
    let (status, mode) = match status.strip_suffix('?') {
        Some(status) => (status, "review"),
        None => (status, "auto"),
    };
    let updated_at = Some(updated_at).filter(|time| *time != "-");
    let operation = json!({
        "object": "operation", "id": "op", "type": "model_generation", "generationMode": mode,
        "status": status, "createdAt": "t", "updatedAt": updated_at,
    });
    serde_json::from_value(operation).expect("an operation")
}

fn timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "")
}
