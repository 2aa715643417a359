//! What a deadline does to the polls.

use super::*;

#[test]
fn a_last_poll_starts_shortly_before_the_deadline() {
    // A tenth of 20 s before its end.
    check(deadline(20), &[RUNNING], &[0, 2000, 5200, 10_320, 18_000], "Deadline");
    // At most the request timeout before its end.
    let (polls, end) = play(deadline(3600), &[RUNNING]);
    assert_eq!((polls.last(), end.as_str()), (Some(&3_570_000), "Deadline"));
    // Obeying the server may leave less.
    check(deadline(20), &[Status("running", "t", Some(19)), RUNNING], &[0, 19_000], "Deadline");
    check(deadline(0), &[RUNNING], &[0], "Deadline");
}

#[test]
fn a_poll_is_cut_off_at_the_deadline() {
    let mut machine = deadline(20).machine();
    assert_eq!(machine.action(Duration::ZERO), Action::Poll { cut_off_after: Duration::from_secs(20) });
    assert_eq!(machine.action(Duration::from_secs(18)), Action::Poll { cut_off_after: Duration::from_secs(2) });
    let endless = Waits { deadline: None, ..rules() }.machine();
    assert_eq!(endless.action(Duration::ZERO), Action::Poll { cut_off_after: Duration::MAX });
    machine.poll_begins();
    assert_eq!(machine.action(Duration::from_secs(20)), Action::GiveUp(GiveUp::Deadline));
}

#[test]
fn a_server_that_forbids_polling_past_the_deadline_ends_the_wait_at_once() {
    check(deadline(20), &[RUNNING, Status("running", "t", Some(18))], &[0, 2000], "NotBefore(18s)");
}

#[test]
fn a_policy_that_never_waits_still_ends() {
    let policy = PollingPolicy::from(Exponential::new(Duration::ZERO, 1.6, Duration::from_secs(15)));
    let rules = Rules { policy, ..Rules::default() };
    let mut machine = Waits { rules, ..deadline(20) }.machine();
    let _ = machine.replied(Duration::from_secs(1), &operation("running", "t"), None, 1.0);
    assert_eq!(machine.action(Duration::from_secs(1)), Action::Poll { cut_off_after: Duration::from_secs(19) });
}

#[test]
fn a_wait_that_is_told_not_to_begin_yet_does_not() {
    let begun =
        |not_before| Machine::new(Arc::default(), Some(Duration::from_secs(20)), Duration::from_secs(not_before));
    assert_eq!(begun(7).action(Duration::ZERO), Action::SleepUntil(Duration::from_secs(7)));
    assert_eq!(begun(30).action(Duration::ZERO), Action::GiveUp(GiveUp::NotBefore(Duration::from_secs(30))));
}

#[test]
fn a_wait_polls_once_even_after_its_deadline() {
    let late = Action::Poll { cut_off_after: Rules::default().request_timeout };
    for (seconds, now) in [(0, 0), (0, 7), (20, 20), (20, 3600)] {
        let now = Duration::from_secs(now);
        let mut machine = deadline(seconds).machine();
        assert_eq!(machine.action(now), late, "{seconds} {now:?}");
        machine.poll_begins();
        machine.failed(now, None, 0.0);
        assert_eq!(machine.action(now), Action::GiveUp(GiveUp::Deadline), "{seconds} {now:?}");

        // The reply of the call that gave the handle is no poll.
        let mut machine = deadline(seconds).machine();
        let _ = machine.replied(now, &operation("queued", "t"), None, 0.0);
        assert_eq!(machine.action(now), late, "{seconds} {now:?}");
        let mut machine = deadline(seconds).machine();
        let _ = machine.replied(now, &operation("queued", "t"), Some(Duration::from_secs(60)), 0.0);
        assert_eq!(
            machine.action(now),
            Action::GiveUp(GiveUp::NotBefore(Duration::from_secs(60))),
            "{seconds} {now:?}"
        );
    }
}

#[test]
fn a_wait_that_must_end_now_polls_once() {
    let now = Duration::from_secs(1);
    let mut begun = rules().machine();
    begun.end_at(now);
    assert!(matches!(begun.action(now), Action::Poll { .. }));
    let mut polled = rules().machine();
    polled.poll_begins();
    polled.end_at(now);
    assert_eq!(polled.action(now), Action::GiveUp(GiveUp::Deadline));
    // It does not wait for its turn on the cadence, only for the server.
    for (retry_after, step) in [
        (None, Action::Poll { cut_off_after: Rules::default().request_timeout }),
        (Some(9), Action::GiveUp(GiveUp::NotBefore(Duration::from_secs(8)))),
    ] {
        let mut given = rules().machine();
        let _ = given.replied(Duration::ZERO, &operation("queued", "t"), retry_after.map(Duration::from_secs), 0.0);
        given.end_at(now);
        assert_eq!(given.action(now), step);
    }
}
