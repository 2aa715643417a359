//! What failed polls do to a wait.

use super::*;

#[test]
fn failures_are_put_up_with_for_five_minutes() {
    check(rules(), &[Failure(None), Failure(None), DONE], &[0, 2000, 5200], "Succeeded");
    let (polls, end) = play(rules(), &[Failure(None)]);
    assert_eq!((*polls.last().unwrap() / 1000, end.as_str()), (301, "Failures"));
    // A good reply begins the count anew.
    let mut script = vec![Failure(None); 19];
    script.push(RUNNING);
    script.extend([Failure(None); 19]);
    script.push(DONE);
    assert_eq!(play(rules(), &script).1, "Succeeded");
}

#[test]
fn obeying_the_server_is_no_failure() {
    let mut script = vec![Failure(Some(250)); 6];
    script.push(DONE);
    let (polls, end) = play(rules(), &script);
    assert_eq!((polls.last(), end.as_str()), (Some(&1_500_000), "Succeeded"));
}

#[test]
fn holding_moves_the_next_poll_and_is_no_failure() {
    let mut machine = rules().machine();
    machine.failed(Duration::ZERO, None, 0.0);
    // Until the next poll, there is nothing to hold.
    let progress = machine.progress().clone();
    machine.hold_until(Duration::from_secs(1), progress.next_poll);
    assert_eq!(*machine.progress(), progress);
    machine.hold_until(Duration::from_secs(1), Duration::from_secs(400));
    assert_eq!(machine.action(Duration::from_secs(1)), Action::SleepUntil(Duration::from_secs(400)));
    machine.hold_until(Duration::from_secs(1), Duration::from_secs(3));
    assert_eq!(machine.action(Duration::from_secs(1)), Action::SleepUntil(Duration::from_secs(400)));
    machine.failed(Duration::from_secs(400), None, 0.0);
    assert!(matches!(machine.action(Duration::from_secs(400)), Action::SleepUntil(_)));
}

/// After how many polls a wait ends whose polls bring these failures, if it does.
fn failing(failures: &[Option<&str>]) -> Option<usize> {
    let mint = crate::Mint::builder(crate::Credentials::api_key("key").unwrap()).build().unwrap();
    let handle = mint.attach("op").unwrap();
    let mut machine = rules().machine();
    let mut take = |reply| machine.take(Duration::ZERO, reply, 0.0, &handle);
    let failed = |failure: &Option<&str>| match failure {
        Some("") => take(Err(Error::new(ErrorKind::Transport, ""))).is_err(),
        Some(why) => take(Err(Error::new(ErrorKind::Decode, "").with_source(why.to_string()))).is_err(),
        None => take(Ok(Box::new(Answer { value: operation("running", "t"), retry_after: None }))).is_err(),
    };
    failures.iter().position(failed).map(|index| index + 1)
}

#[test]
fn three_replies_in_a_row_that_do_not_decode_for_one_reason_end_the_wait() {
    let (one, same, other) = (Some("a at line 1 column 1"), Some("a at line 1 column 2"), Some("b"));
    for (failures, end) in [
        (&[one, same, one, one][..], Some(3)),
        (&[one, one, other, one, other, one, one], None),
        (&[one, one, None, one, one], None),
        (&[one, one, Some(""), one, one], None),
        (&[one, other, other, other], Some(4)),
    ] {
        assert_eq!(failing(failures), end, "{failures:?}");
    }
}

/// Each failed poll of a row at this many seconds; the poll at which the wait gives up.
fn gives_up(wait: Waits, failures: &[(u64, Option<u64>)]) -> Option<usize> {
    let mut machine = wait.machine();
    failures.iter().position(|(seconds, retry_after)| {
        machine.failed(Duration::from_secs(*seconds), retry_after.map(Duration::from_secs), 0.0);
        machine.failed_too_long
    })
}

#[test]
fn only_the_delays_between_failures_use_up_the_tolerance() {
    let tolerating = |seconds| Waits {
        rules: Rules { failure_tolerance: Duration::from_secs(seconds), ..Rules::default() },
        deadline: None,
    };
    let every = |seconds: u64| Waits {
        rules: Rules { policy: PollingPolicy::new(move |_| Duration::from_secs(seconds)), ..Rules::default() },
        deadline: None,
    };
    let rows = |gap: u64| (1..=400).map(|number| (number * gap, None)).collect::<Vec<_>>();
    for (what, wait, failures, end) in [
        ("a first failure, however late", rules(), vec![(1700, None)], None),
        ("no tolerance", tolerating(0), vec![(0, None)], Some(0)),
        ("2 s and 3.2 s", tolerating(5), vec![(0, None), (2, None), (6, None), (7, None)], Some(2)),
        // Each gap of an hour counts as its delay of at most 15 s, as if the polls had been on time.
        ("a machine that slept", tolerating(300), rows(3600), Some(23)),
        ("polls farther apart than the tolerance", every(3600), rows(3600), Some(1)),
        ("no delay between polls", every(0), rows(1), Some(300)),
        ("no delay, and a reader that is slow", every(0), rows(60), Some(300)),
        (
            "a server that asks for delays",
            tolerating(300),
            (0..400).map(|number| (number * 20, Some(20))).collect(),
            None,
        ),
        // 15 s between polls, of which the server asked for 5.
        (
            "a server that asks for less",
            tolerating(300),
            (0..400).map(|number| (number * 15, Some(5))).collect(),
            Some(34),
        ),
    ] {
        assert_eq!(gives_up(wait, &failures), end, "{what}");
    }
}

#[test]
fn a_good_reply_ends_the_row() {
    let mut machine = rules().machine();
    let mut now = Duration::ZERO;
    for _ in 0..100 {
        for _ in 0..10 {
            now += Duration::from_secs(20);
            machine.failed(now, None, 0.0);
            assert!(!machine.failed_too_long);
        }
        let _ = machine.replied(now, &operation("queued", "t"), None, 0.0);
        machine.deadline = None;
    }
}

#[test]
fn a_certificate_that_is_not_trusted_ends_only_a_wait_that_saw_none_that_was() {
    let mint = crate::Mint::builder(crate::Credentials::api_key("key").unwrap()).build().unwrap();
    let handle = mint.attach("op").unwrap();
    let untrusted = || Err(Error::new(ErrorKind::Configuration, ""));
    let mut machine = rules().machine();
    assert!(machine.take(Duration::ZERO, untrusted(), 0.0, &handle).is_err());
    let good = Ok(Box::new(Answer { value: operation("running", "t"), retry_after: None }));
    let _ = machine.take(Duration::ZERO, good, 0.0, &handle);
    for poll in 0..10 {
        let update = machine.take(Duration::from_secs(15 * poll), untrusted(), 0.0, &handle);
        assert!(matches!(update, Ok(Update::PollFailed(_))), "{update:?}");
    }
    let polls = (10..60).position(|poll| {
        let _ = machine.take(Duration::from_secs(15 * poll), untrusted(), 0.0, &handle);
        machine.failed_too_long
    });
    assert!(polls.is_some());
}

#[test]
fn an_error_that_ends_the_wait_says_what_the_polls_before_have_to_do_with_it() {
    let undecoded = || Err(Error::new(ErrorKind::Decode, "").with_source("a"));
    let mut machine = rules().machine();
    let mut errors = (0..3).map(|_| machine.take_read(Duration::ZERO, undecoded(), 0.0));
    for _ in 0..2 {
        assert!(matches!(errors.next(), Some(Ok(Some(_)))), "a failed read is given back");
    }
    let error = errors.next().unwrap().unwrap_err();
    assert!(error.to_string().contains("three polls in a row"), "{error}");
}

#[test]
fn an_operation_may_be_unknown_until_it_is_known_everywhere() {
    let known_by = Duration::from_secs(10);
    let missing = || {
        let reply = crate::error::Reply { status: reqwest::StatusCode::NOT_FOUND, request_id: None, retry_after: None };
        Err(Error::new(ErrorKind::Server, "").with_reply(reply))
    };
    for (seconds, goes_on) in [(0, true), (9, true), (10, false), (11, false)] {
        let mut machine = rules().machine().known_by(known_by);
        let taken = machine.take_read(Duration::from_secs(seconds), missing(), 0.0);
        assert_eq!(taken.is_ok(), goes_on, "{seconds}");
        assert_eq!(machine.progress().polls, 1);
    }
    // Only for this failure.
    let refused = Err(Error::new(ErrorKind::Server, ""));
    assert!(rules().machine().known_by(known_by).take_read(Duration::ZERO, refused, 0.0).is_err());
}
