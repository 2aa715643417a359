//! Scripts of replies against the machine: what it does, and when.

mod acted_on;
mod deadline;
mod failures;

use serde_json::json;

use super::*;
use crate::retry::Exponential;
use crate::wait::PollingPolicy;
use crate::wait::rules::DEFAULT_DEADLINE;

/// What one poll brings.
#[derive(Clone, Copy)]
enum Brings {
    /// A status, `updatedAt`, and Retry-After in seconds.
    Status(&'static str, &'static str, Option<u64>),
    /// A retryable failure, with Retry-After in seconds.
    Failure(Option<u64>),
}
use Brings::{Failure, Status};

fn operation(status: &str, updated_at: &str) -> Operation {
    let operation = json!({
        "object": "operation", "id": "op", "type": "model_generation", "generationMode": "auto",
        "status": status, "createdAt": "t", "updatedAt": updated_at,
    });
    serde_json::from_value(operation).unwrap()
}

/// Plays a script, its last entry for ever, each poll taking no time; returns when the polls were, in ms, and the end.
///
/// A wait that is stored and taken up by another process after each poll must do the same.
fn play(wait: Waits, script: &[Brings]) -> (Vec<u128>, String) {
    let played = play_with(&wait, script, |machine, _| machine);
    let resumed = play_with(&wait, script, |machine, now| {
        let stored = serde_json::to_string(machine.progress()).unwrap();
        Machine::resumed(machine.rules, machine.deadline, now, serde_json::from_str(&stored).unwrap())
    });
    assert_eq!(resumed, played, "one wait and many steps differ");
    played
}

fn play_with(wait: &Waits, script: &[Brings], between: impl Fn(Machine, Duration) -> Machine) -> (Vec<u128>, String) {
    let mut machine = wait.machine();
    let mut now = Duration::ZERO;
    let mut polls = Vec::new();
    for _ in 0..10_000 {
        match machine.action(now) {
            Action::SleepUntil(time) => {
                assert!(time > now, "a sleep must end later");
                machine = between(machine, now);
                now = time;
            }
            Action::GiveUp(reason) => return (polls, format!("{reason:?}")),
            Action::Poll { .. } => {
                machine.poll_begins();
                let brings = script[polls.len().min(script.len() - 1)];
                polls.push(now.as_millis());
                let seconds = |after: Option<u64>| after.map(Duration::from_secs);
                match brings {
                    Failure(after) => {
                        machine.failed(now, seconds(after), 0.0);
                    }
                    Status(status, updated_at, after) => {
                        let verdict = machine.replied(now, &operation(status, updated_at), seconds(after), 0.0);
                        if let Verdict::Over(end) = verdict {
                            return (polls, format!("{end:?}"));
                        }
                    }
                }
            }
        }
    }
    panic!("the machine never stops");
}

/// A wait with these rules and this deadline.
struct Waits {
    rules: Rules,
    deadline: Option<Duration>,
}

impl Waits {
    fn machine(&self) -> Machine {
        Machine::new(Arc::new(self.rules.clone()), self.deadline, Duration::ZERO)
    }
}

fn rules() -> Waits {
    Waits { rules: Rules::default(), deadline: Some(DEFAULT_DEADLINE) }
}

fn deadline(seconds: u64) -> Waits {
    Waits { deadline: Some(Duration::from_secs(seconds)), ..rules() }
}

#[track_caller]
fn check(wait: Waits, script: &[Brings], polls: &[u128], end: &str) {
    assert_eq!(play(wait, script), (polls.to_vec(), end.to_owned()));
}

const RUNNING: Brings = Status("running", "t", None);
const DONE: Brings = Status("succeeded", "t", None);

#[test]
fn the_first_poll_is_at_once_and_the_rest_on_cadence() {
    check(rules(), &[DONE], &[0], "Succeeded");
    let cadence = [0, 2000, 5200, 10_320, 18_512, 31_619, 46_619, 61_619];
    let mut script = vec![RUNNING; 7];
    script.push(DONE);
    check(rules(), &script, &cadence, "Succeeded");
}

#[test]
fn every_status_has_its_end() {
    for (status, end) in [
        ("succeeded", "Succeeded"),
        ("partially_succeeded", "PartiallySucceeded"),
        ("failed", "Failed"),
        ("canceled", "Canceled"),
        ("billing_required", "BillingRequired"),
    ] {
        check(rules(), &[Status(status, "t", None)], &[0], end);
    }
    for status in ["queued", "running", "preview_ready", "polishing"] {
        check(rules(), &[Status(status, "t", None), DONE], &[0, 2000], "Succeeded");
    }
}

#[test]
fn a_preview_waits_for_a_person_in_review_mode_only() {
    for (mode, verdict) in [
        ("review", Verdict::Over(End::AwaitingReview)),
        ("auto", Verdict::GoesOn { changed: true, overridden: None }),
        ("new", Verdict::GoesOn { changed: true, overridden: None }),
    ] {
        let mut preview = operation("preview_ready", "t");
        preview.generation_mode = serde_json::from_value(json!(mode)).unwrap();
        assert_eq!(rules().machine().replied(Duration::ZERO, &preview, None, 0.0), verdict, "{mode}");
    }
}

#[test]
fn retry_after_is_never_undercut() {
    check(rules(), &[Status("running", "t", Some(9)), RUNNING, DONE], &[0, 9000, 12_200], "Succeeded");
    check(rules(), &[Status("running", "t", Some(1)), DONE], &[0, 2000], "Succeeded");
    check(rules(), &[Failure(Some(120)), DONE], &[0, 120_000], "Succeeded");
}

#[test]
fn jitter_only_adds() {
    for (jitter, next) in [(0.0, 2000), (0.5, 2100), (1.0, 2200), (7.0, 2200), (-1.0, 2000)] {
        let mut machine = rules().machine();
        let _ = machine.replied(Duration::ZERO, &operation("running", "t"), None, jitter);
        assert_eq!(machine.action(Duration::ZERO), Action::SleepUntil(Duration::from_millis(next)), "{jitter}");
    }
}

#[test]
fn an_unknown_status_that_stands_still_is_unrecognized() {
    let (polls, end) = play(rules(), &[Status("polishing", "t", None)]);
    assert_eq!((*polls.last().unwrap() / 1000, end.as_str()), (601, "Unrecognized"));
    // As long as `updatedAt` moves, it goes on.
    let mut script: Vec<_> = (0..50).map(|_| Status("polishing", "a", None)).collect();
    script[30] = Status("polishing", "b", None);
    script[31..].fill(Status("polishing", "b", None));
    script.push(DONE);
    assert_eq!(play(rules(), &script).1, "Succeeded");
}

#[test]
fn an_unknown_status_with_the_marks_of_an_end_is_unrecognized() {
    for mark in ["completedAt", "canceledAt", "error"] {
        let mut ended = serde_json::to_value(operation("retired", "t")).unwrap();
        ended[mark] = if mark == "error" { json!({"code": "c", "message": "m"}) } else { json!("t") };
        let ended: Operation = serde_json::from_value(ended).unwrap();
        let verdict = rules().machine().replied(Duration::ZERO, &ended, None, 0.0);
        assert_eq!(verdict, Verdict::Over(End::Unrecognized), "{mark}");
    }
}

#[test]
fn a_change_of_status_is_told_once() {
    let mut machine = rules().machine();
    let changes: Vec<_> = ["queued", "queued", "running", "running", "queued"]
        .into_iter()
        .map(|status| machine.replied(Duration::ZERO, &operation(status, "t"), None, 0.0))
        .map(|verdict| verdict == Verdict::GoesOn { changed: true, overridden: None })
        .collect();
    assert_eq!(changes, [true, false, true, false, true]);
}

#[test]
fn an_update_is_a_change_if_the_status_or_the_delay_is_another_than_expected() {
    let mint = crate::Mint::builder(crate::Credentials::api_key("key").unwrap()).build().unwrap();
    let handle = mint.attach("op").unwrap();
    let ceiling = Rules { retry_after_ceiling: Duration::from_secs(60), ..Rules::default() };
    let mut machine = Waits { rules: ceiling, ..rules() }.machine();
    assert_eq!((machine.status(), machine.has_polled(), machine.deadline()), (None, false, Some(DEFAULT_DEADLINE)));
    machine.poll_begins();
    for (seconds, is_changed) in [(None, true), (None, false), (Some(60), false), (Some(61), true)] {
        let reply = Answer { value: operation("running", "t"), retry_after: seconds.map(Duration::from_secs) };
        let update = machine.take(Duration::ZERO, Ok(Box::new(reply)), 0.0, &handle).unwrap();
        assert_eq!(matches!(update, Update::Changed(_)), is_changed, "{seconds:?}");
    }
    assert_eq!((machine.status(), machine.has_polled()), (Some("running"), true));
}

#[test]
fn the_progress_after_the_reply_of_a_call_is_that_of_a_wait_that_goes_on() {
    let after = |status| {
        let reply = Answer { value: operation(status, "t"), retry_after: Some(Duration::from_secs(9)) };
        Machine::progress_after(&reply, Arc::default())
    };
    let progress = after("queued").unwrap();
    assert_eq!((progress.polls, progress.next_poll), (1, Duration::from_secs(9)));
    assert!(!serde_json::to_string(&progress).unwrap().contains("failures"), "what is empty is not stored");
    assert_eq!(after("succeeded"), None);
}

#[test]
fn a_floor_and_a_ceiling_bound_what_the_server_asks() {
    let bounded = || Waits {
        rules: Rules {
            retry_after_floor: Duration::from_secs(4),
            retry_after_ceiling: Duration::from_secs(60),
            ..Rules::default()
        },
        ..rules()
    };
    let script = [Status("running", "t", Some(3)), Status("running", "t", Some(90)), RUNNING, DONE];
    check(bounded(), &script, &[0, 4000, 64_000, 69_120], "Succeeded");

    let asks = Some(Duration::from_secs(90));
    let verdict = bounded().machine().replied(Duration::ZERO, &operation("running", "t"), asks, 0.0);
    assert_eq!(verdict, Verdict::GoesOn { changed: true, overridden: asks });
    assert_eq!(bounded().machine().failed(Duration::ZERO, asks, 0.0), asks);
    let verdict = rules().machine().replied(Duration::ZERO, &operation("running", "t"), asks, 0.0);
    assert_eq!(verdict, Verdict::GoesOn { changed: true, overridden: None });
}

#[test]
fn the_reply_of_the_start_is_the_first_input() {
    let mut machine = rules().machine();
    let _ = machine.replied(Duration::ZERO, &operation("queued", "t"), Some(Duration::from_secs(5)), 0.0);
    assert_eq!(machine.action(Duration::ZERO), Action::SleepUntil(Duration::from_secs(5)));
}

/// One poll of a random script: what it brings, and how long that takes, in ms.
type Turn = (u8, Option<u64>, u64);

fn turns() -> impl proptest::strategy::Strategy<Value = Vec<Turn>> {
    use proptest::prelude::*;
    let retry_after = prop::option::weighted(0.3, 0..200_u64);
    prop::collection::vec((0..5_u8, retry_after, 0..45_000_u64), 1..80)
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// No request before the server allows it, no end after the deadline, no more polls than the cadence has.
    #[test]
    fn random_scripts_keep_the_rules(turns in turns(), deadline in 0..3_000_u64, not_before in 0..120_u64, jitter in 0.0..1.0) {
        let (deadline, not_before) = (Duration::from_secs(deadline), Duration::from_secs(not_before));
        let mut machine = Machine::new(Arc::default(), Some(deadline), not_before);
        let (mut now, mut allowed, mut polls) = (Duration::ZERO, not_before, 0);
        loop {
            match machine.action(now) {
                Action::GiveUp(_) => break,
                Action::SleepUntil(time) => {
                    proptest::prop_assert!(time > now && time <= deadline, "slept from {now:?} to {time:?}");
                    now = time;
                }
                Action::Poll { cut_off_after } => {
                    machine.poll_begins();
                    proptest::prop_assert!(now >= allowed, "polled at {now:?}, allowed at {allowed:?}");
                    let (kind, retry_after, latency) = turns[polls % turns.len()];
                    polls += 1;
                    let latency = Duration::from_millis(latency);
                    now += latency.min(cut_off_after);
                    proptest::prop_assert!(now <= deadline || polls == 1);
                    let retry_after = retry_after.map(Duration::from_secs);
                    let cut_off = latency >= cut_off_after;
                    match (kind, cut_off) {
                        (0 | 1, _) | (_, true) => {
                            let retry_after = retry_after.filter(|_| !cut_off);
                            machine.failed(now, retry_after, jitter);
                            allowed = now + retry_after.unwrap_or_default();
                        }
                        (kind, false) => {
                            let status = ["queued", "running", "polishing"][usize::from(kind) - 2];
                            let verdict = machine.replied(now, &operation(status, "t"), retry_after, jitter);
                            allowed = now + retry_after.unwrap_or_default();
                            if matches!(verdict, Verdict::Over(_)) {
                                break;
                            }
                        }
                    }
                }
            }
        }
        proptest::prop_assert!(now <= deadline || polls == 1);
        // The cadence has this many instants before the deadline, and one more is the last poll.
        let (at_most, _) = play_with(&Waits { deadline: Some(deadline), ..rules() }, &[RUNNING], |machine, _| machine);
        proptest::prop_assert!(polls <= at_most.len() + 1, "{polls} polls instead of {at_most:?}");
        proptest::prop_assert_eq!(machine.progress().polls as usize, polls);
    }
}
