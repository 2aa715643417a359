//! Waits that are made in steps, each in a process of its own.

use std::time::{Duration, SystemTime};

use mint_api_ext::client::Clock as _;
use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::types::GenerationMode;
use mint_api_ext::wait::{SavedOperation, Step};
use mint_api_ext::{ErrorKind, Mint, Outcome};
use serde_json::json;

use crate::support::clock::TokioClock;
use crate::support::leaks::CleanErr as _;

struct Processes {
    simulator: Simulator,
    clock: TokioClock,
}

impl Processes {
    async fn start() -> Self {
        Self { simulator: Simulator::start().await.unwrap(), clock: TokioClock::new() }
    }

    fn mint(&self) -> Mint {
        self.simulator.mint_builder().unwrap().seed(1).clock(self.clock.clone()).build().unwrap()
    }

    fn sent(&self) -> usize {
        self.simulator.api_requests().len()
    }

    /// What an operation with this script is stored as before its first step.
    fn stored(&self, script: Script) -> String {
        serde_json::to_string(&self.mint().attach(self.simulator.add(script)).unwrap()).unwrap()
    }

    /// One step in a process of its own: what it found, and what it stored.
    async fn step(&self, stored: &str) -> Result<(Step, String), mint_api_ext::Error> {
        let handle = self.mint().attach_saved(&serde_json::from_str(stored).unwrap())?;
        let step = handle.step().await?;
        Ok((step, serde_json::to_string(&handle).unwrap()))
    }

    async fn sleep_until(&self, time: SystemTime) {
        tokio::time::sleep(time.duration_since(self.clock.now()).unwrap_or_default()).await;
    }

    /// Steps until the end, each at the time that the one before named.
    async fn finish(&self, mut stored: String) -> Result<Outcome, mint_api_ext::Error> {
        loop {
            match self.step(&stored).await? {
                (Step::Ended(outcome), _) => return Ok(outcome),
                (Step::Pending { next_poll_at, .. }, now_stored) => {
                    stored = now_stored;
                    self.sleep_until(next_poll_at).await;
                }
            }
        }
    }
}

fn next_poll_at(step: &Step) -> SystemTime {
    match step {
        Step::Pending { next_poll_at, .. } => *next_poll_at,
        other => panic!("{other:?}"),
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_model_of_61_seconds_costs_eight_polls_however_often_a_process_looks() {
    let script = Script::model().timeline([("running", 61), ("succeeded", 0)]);
    for (lease, polls, looks) in [(None, 8, 8), (Some(SECOND), 8, 71), (Some(5 * SECOND), 7, 14)] {
        let processes = Processes::start().await;
        let mut stored = processes.stored(script.clone());
        let mut steps = 0;
        loop {
            let (step, now_stored) = processes.step(&stored).await.unwrap();
            stored = now_stored;
            steps += 1;
            match (step, lease) {
                (Step::Ended(outcome), _) => break assert!(outcome.is_success()),
                (_, Some(lease)) => tokio::time::sleep(lease).await,
                (step, None) => processes.sleep_until(next_poll_at(&step)).await,
            }
        }
        // Who looks every 5 s polls a little later than it is due, so one poll less.
        assert_eq!((processes.sent(), steps), (polls, looks), "{lease:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_sends_one_request_and_none_before_its_time() {
    let processes = Processes::start().await;
    let replies = [Reply::operation("running").header("retry-after", "50"), Reply::operation("succeeded")];
    let (first, stored) = processes.step(&processes.stored(Script::model().replies(replies))).await.unwrap();
    let Step::Pending { operation, last_error, next_poll_at, .. } = first else { panic!("{first:?}") };
    assert_eq!((operation.unwrap().status.as_str(), last_error.is_none()), ("running", true));
    let due = next_poll_at.duration_since(processes.clock.now()).unwrap();
    assert!((50 * SECOND..56 * SECOND).contains(&due), "{due:?}");
    let mut stored = stored;
    for _ in 0..3 {
        tokio::time::sleep(10 * SECOND).await;
        let (early, now_stored) = processes.step(&stored).await.unwrap();
        let Step::Pending { operation: None, last_error: None, next_poll_at: at, .. } = early else {
            panic!("{early:?}")
        };
        assert_eq!((at, processes.sent()), (next_poll_at, 1));
        stored = now_stored;
    }
    assert!(processes.finish(stored).await.unwrap().is_success());
    assert_eq!(processes.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_pending_until_the_tolerance_is_used_up() {
    let processes = Processes::start().await;
    let replies = [Reply::problem(503), Reply::operation("running"), Reply::problem(503)];
    let mut stored = processes.stored(Script::model().replies(replies));
    let began = processes.clock.now();
    let mut found = Vec::new();
    let error = loop {
        let handle = processes.mint().attach_saved(&serde_json::from_str(&stored).unwrap()).unwrap();
        match handle.wait().no_deadline().step().await {
            Ok(step) => {
                let Step::Pending { operation, last_error, .. } = &step else { panic!("{step:?}") };
                found.push((operation.is_some(), last_error.as_ref().and_then(|error| error.status())));
                stored = serde_json::to_string(&handle).unwrap();
                processes.sleep_until(next_poll_at(&step)).await;
            }
            Err(error) => break error,
        }
    };
    let busy = Some(mint_api_ext::client::StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(found[..3], [(false, busy), (true, None), (false, busy)]);
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, None), "{error}");
    assert!(error.to_string().contains("every poll failed for too long"), "{error}");
    let elapsed = processes.clock.now().duration_since(began).unwrap();
    assert!((301 * SECOND..350 * SECOND).contains(&elapsed), "{elapsed:?}");
    // The server is back: nothing is lost.
    let handle = processes.mint().attach_saved(&serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(handle.wait().no_deadline().step().await.clean_err().kind(), ErrorKind::Server);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_past_still_polls_once_each_step() {
    let processes = Processes::start().await;
    let script = Script::model().timeline([("running", 4000), ("succeeded", 0)]);
    let (step, stored) = processes.step(&processes.stored(script)).await.unwrap();
    drop(step);
    // Nobody looks for an hour; the default deadline of 30 minutes passes.
    tokio::time::sleep(3600 * SECOND).await;
    let handle = processes.mint().attach_saved(&serde_json::from_str(&stored).unwrap()).unwrap();
    let error = handle.step().await.clean_err();
    assert!(error.is_timeout() && error.operation().is_some(), "{error}");
    assert_eq!((processes.sent(), error.wait().unwrap().polls), (2, 2));
    assert!(error.wait().unwrap().elapsed >= 3600 * SECOND);
    // Still later, it has ended.
    tokio::time::sleep(600 * SECOND).await;
    let (step, _) = processes.step(&serde_json::to_string(&handle).unwrap()).await.unwrap();
    assert!(matches!(step, Step::Ended(outcome) if outcome.is_success()));
    assert_eq!(processes.sent(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_reply_of_the_start_is_the_first_that_a_step_takes_in() {
    let processes = Processes::start().await;
    let handle = processes.mint().generate_model("a lamp").send().await.unwrap();
    let began = processes.clock.now();
    // In another process, and in this one.
    let (step, _) = processes.step(&serde_json::to_string(&handle).unwrap()).await.unwrap();
    assert_eq!(next_poll_at(&step).duration_since(began).unwrap(), 2 * SECOND);
    let step = handle.step().await.unwrap();
    let due = next_poll_at(&step).duration_since(began).unwrap();
    assert!(due >= 2 * SECOND && due <= 2200 * Duration::from_millis(1), "{due:?}");
    assert!(matches!(step, Step::Pending { operation: Some(_), .. }), "{step:?}");
    assert_eq!(processes.sent(), 1, "only the start was sent");
}

#[tokio::test(start_paused = true)]
async fn an_approved_preview_goes_on_in_another_process() {
    let processes = Processes::start().await;
    let request = processes.mint().generate_model("a lamp").generation_mode(GenerationMode::Review);
    let handle = request.send().await.unwrap();
    let Outcome::AwaitingReview(preview) = processes.finish(serde_json::to_string(&handle).unwrap()).await.unwrap()
    else {
        panic!("a preview waits")
    };
    let approved = preview.approve().send().await.unwrap();
    assert!(processes.finish(serde_json::to_string(&approved).unwrap()).await.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn a_stale_preview_is_known_in_another_process() {
    let processes = Processes::start().await;
    let statuses = ["preview_ready", "preview_ready", "running", "succeeded"];
    let script = Script::model().replies(statuses.map(Reply::operation));
    let script = script.with("generationMode", json!("review")).with("updatedAt", json!("1"));
    let id = processes.simulator.add(script);
    let handle = processes.mint().attach(&id).unwrap();
    let Step::Ended(Outcome::AwaitingReview(_)) = handle.step().await.unwrap() else { panic!("a preview waits") };
    let mut saved = handle.save();
    // What another process acted on is merged into what this one knows.
    let acted: SavedOperation =
        serde_json::from_value(json!({"id": id, "actedOn": [{"status": "preview_ready", "updatedAt": "1"}]})).unwrap();
    saved.merge(&acted).unwrap();
    assert!(processes.finish(serde_json::to_string(&saved).unwrap()).await.unwrap().is_success());
    assert_eq!(processes.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_delays_no_step() {
    for back in [SECOND, 3600 * SECOND, 300 * 24 * 3600 * SECOND] {
        let processes = Processes::start().await;
        let replies = [Reply::operation("running").header("retry-after", "50"), Reply::operation("running")];
        let (step, stored) = processes.step(&processes.stored(Script::model().replies(replies))).await.unwrap();
        let before = next_poll_at(&step).duration_since(processes.clock.now()).unwrap();
        processes.clock.set_back(back);
        let (step, stored) = processes.step(&stored).await.unwrap();
        let due = next_poll_at(&step).duration_since(processes.clock.now()).unwrap();
        assert_eq!((due, processes.sent()), (before, 1), "{back:?}");
        // The deadline went along: 30 minutes less the last poll's time.
        tokio::time::sleep(29 * 60 * SECOND + 31 * SECOND).await;
        let handle = processes.mint().attach_saved(&serde_json::from_str(&stored).unwrap()).unwrap();
        assert!(handle.step().await.clean_err().is_timeout(), "{back:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_from_anywhere_has_an_outcome() {
    let processes = Processes::start().await;
    let mint = processes.mint();
    for (status, mode, outcome) in [
        ("running", "auto", None),
        ("preview_ready", "auto", None),
        ("polishing", "auto", None),
        ("preview_ready", "review", Some("AwaitingReview")),
        ("succeeded", "auto", Some("Succeeded")),
        ("billing_required", "auto", Some("BillingRequired")),
    ] {
        let operation = json!({"id": "op", "status": status, "generationMode": mode});
        let of = Outcome::of(&mint, serde_json::from_value(operation).unwrap()).unwrap();
        let name = of.map(|outcome| format!("{outcome:?}").split('(').next().unwrap_or_default().to_owned());
        assert_eq!(name.as_deref(), outcome, "{status} {mode}");
    }
    let retired = json!({"id": "op", "status": "retired", "completedAt": "2026-07-01T10:00:00Z"});
    let of = Outcome::of(&mint, serde_json::from_value(retired).unwrap()).unwrap();
    assert!(of.is_some_and(|outcome| outcome.is_unrecognized()));
    let strange = serde_json::from_value(json!({"id": "a/b", "status": "succeeded"})).unwrap();
    assert_eq!(Outcome::of(&mint, strange).clean_err().kind(), ErrorKind::InvalidArgument);

    // A preview that came by another way is approved as one that a wait found: once.
    let request = mint.generate_model("a lamp").generation_mode(GenerationMode::Review);
    let Outcome::AwaitingReview(preview) = request.send_and_wait().await.unwrap() else { panic!("a preview waits") };
    let Some(Outcome::AwaitingReview(same)) = Outcome::of(&mint, preview.operation.clone()).unwrap() else {
        panic!("a preview waits")
    };
    assert_eq!(same.approve().idempotency_key(), preview.approve().idempotency_key());
    assert!(same.approve().send_and_wait().await.unwrap().is_success());
}

#[test]
fn what_was_saved_merges() {
    let read = |json: serde_json::Value| serde_json::from_value::<SavedOperation>(json).unwrap();
    let state = |status: &str| json!({"status": status, "updatedAt": "t"});
    let older = read(json!({
        "id": "op", "savedAt": "2027-01-15T08:00:00Z", "notBefore": "2027-01-15T08:05:00Z", "idempotencyKey": "key",
        "startedAt": "2027-01-15T07:00:00Z", "actedOn": [state("preview_ready"), state("billing_required")],
    }));
    let newer = read(json!({
        "id": "op", "savedAt": "2027-01-15T08:00:01+00:00", "notBefore": "2027-01-15T08:01:00Z",
        "actedOn": [state("preview_ready"), state("failed")],
    }));
    for (mut one, other) in [(older.clone(), newer.clone()), (newer.clone(), older.clone())] {
        one.merge(&other).unwrap();
        let acted_on: Vec<_> = one.acted_on.iter().map(|state| state.status.as_str()).collect();
        assert_eq!(acted_on, ["billing_required", "preview_ready", "failed"]);
        assert_eq!((&one.not_before, &one.saved_at), (&newer.not_before, &newer.saved_at));
        assert_eq!((&one.idempotency_key, &one.started_at), (&older.idempotency_key, &older.started_at));
    }
    let mut one = older.clone();
    assert!(one.merge(&read(json!({"id": "op_2"}))).clean_err().to_string().contains("op_2"));
    assert!(one.merge(&read(json!({"id": "op", "savedAt": "soon"}))).is_err());
    assert_eq!(one, older);
}
