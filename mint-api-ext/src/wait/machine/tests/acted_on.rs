//! States that were acted on, which stale replies still show.

use super::*;

/// After which reply a wait ends, and how, for an operation in review mode that was acted on in these states.
fn ends(acted_on: &[(&str, Option<&str>)], seen: &[(&str, Option<&str>)]) -> Option<(usize, End)> {
    let state = |(status, updated_at): &(&str, Option<&str>)| {
        let mut state = json!({"id": "op", "generationMode": "review", "status": status});
        if let Some(time) = updated_at {
            state["updatedAt"] = json!(time);
        }
        state
    };
    let acted_on = acted_on.iter().map(|acted_on| serde_json::from_value(state(acted_on)).unwrap()).collect::<Vec<_>>();
    let known = Arc::new(WaitState::default());
    acted_on.iter().for_each(|acted_on| known.act_on(acted_on));
    let mut machine = rules().machine().with_state(known);
    for (index, seen) in seen.iter().enumerate() {
        let operation = serde_json::from_value(state(seen)).unwrap();
        let now = Duration::from_secs(2 * index as u64);
        if let Verdict::Over(end) = machine.replied(now, &operation, None, 0.0) {
            return Some((index, end));
        }
    }
    None
}

#[test]
fn a_state_that_was_acted_on_is_a_passing_one() {
    const PREVIEW: (&str, Option<&str>) = ("preview_ready", Some("1"));
    const UNPAID: (&str, Option<&str>) = ("billing_required", Some("1"));
    const RUNS: (&str, Option<&str>) = ("running", Some("2"));
    const DONE: (&str, Option<&str>) = ("succeeded", Some("3"));
    let review = |index| Some((index, End::AwaitingReview));
    let billing = |index| Some((index, End::BillingRequired));
    let done = |index| Some((index, End::Succeeded));
    for (acted_on, seen, end) in [
        (&[][..], &[PREVIEW][..], review(0)),
        (&[PREVIEW], &[PREVIEW, PREVIEW, RUNS, DONE], done(3)),
        (&[UNPAID], &[UNPAID, RUNS, DONE], done(2)),
        // A stale reply after a fresh one.
        (&[PREVIEW], &[RUNS, PREVIEW, DONE], done(2)),
        // The next preview, the next bill, another gate.
        (&[PREVIEW], &[PREVIEW, ("preview_ready", Some("2"))], review(1)),
        (&[UNPAID], &[UNPAID, RUNS, ("billing_required", Some("2"))], billing(2)),
        (&[PREVIEW], &[("billing_required", Some("1"))], billing(0)),
        // Every preview that was acted on, not only the last.
        (&[PREVIEW, ("preview_ready", Some("2"))], &[PREVIEW, ("preview_ready", Some("3"))], review(1)),
        // Without `updatedAt` a preview is new once something else was seen.
        (&[("preview_ready", None)], &[("preview_ready", None), RUNS, ("preview_ready", None)], review(2)),
        (&[("preview_ready", None)], &[PREVIEW], review(0)),
        // A retry of the same operation.
        (&[("failed", Some("1"))], &[("failed", Some("1")), RUNS, DONE], done(2)),
        (&[PREVIEW], &[("failed", Some("1"))], Some((0, End::Failed))),
    ] {
        assert_eq!(ends(acted_on, seen), end, "{acted_on:?} {seen:?}");
    }
}

#[test]
fn a_state_that_was_acted_on_and_stays_is_unrecognized() {
    let stays = [("preview_ready", Some("1")); 302];
    assert_eq!(ends(&stays[..1], &stays), Some((300, End::Unrecognized)));
}
