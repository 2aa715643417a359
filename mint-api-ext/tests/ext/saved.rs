//! An operation that outlives its process.

use std::time::Duration;

use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::{ErrorKind, SavedOperation};
use tokio::time::Instant;

use crate::support::clock::TokioClock;
use crate::support::leaks::CleanErr as _;

#[tokio::test(start_paused = true)]
async fn the_deadline_and_the_servers_wish_still_hold() {
    let simulator = Simulator::start().await.unwrap();
    let clock = TokioClock::new();
    let mint = || simulator.mint_builder().unwrap().clock(clock.clone()).build().unwrap();
    let replies = [Reply::operation("running").header("retry-after", "50"), Reply::operation("running")];
    let id = simulator.add(Script::model().replies(replies));

    let handle = mint().attach(&id).unwrap();
    let began = Instant::now();
    let wait = handle.wait().deadline(Duration::from_secs(100)).into_future();
    assert!(tokio::time::timeout(Duration::from_secs(10), wait).await.is_err());
    let text = serde_json::to_string(&handle).unwrap();
    assert!(text.contains("2027-01-15T08:01:40"), "the deadline is an instant of UTC: {text}");

    // Another process, 20 s later.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let saved: SavedOperation = serde_json::from_str(&text).unwrap();
    let error = mint().attach_saved(&saved).unwrap().wait().await.clean_err();
    assert!(error.is_timeout(), "{error}");
    let elapsed = began.elapsed();
    assert!(elapsed <= Duration::from_secs(100) && elapsed >= Duration::from_secs(80), "{elapsed:?}");
    let requests = simulator.api_requests();
    assert!(requests[1].at - began >= Duration::from_secs(50), "{:?}", requests[1].at - began);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passed_meanwhile_leaves_one_poll() {
    let simulator = Simulator::start().await.unwrap();
    let clock = TokioClock::new();
    let mint = simulator.mint_builder().unwrap().clock(clock).build().unwrap();
    for (status, succeeds) in [("running", false), ("succeeded", true)] {
        let id = simulator.add(Script::model().timeline([("running", 30), (status, 0)]));
        let handle = mint.attach(id).unwrap();
        let wait = handle.wait().deadline(Duration::from_secs(20)).into_future();
        assert!(tokio::time::timeout(Duration::from_secs(1), wait).await.is_err());
        let saved = handle.save();
        tokio::time::sleep(Duration::from_secs(90)).await;
        // Also a second time, as a row in a database keeps its deadline.
        for _ in 0..2 {
            let sent = simulator.api_requests().len();
            let result = mint.attach_saved(&saved).unwrap().wait().await;
            assert_eq!(simulator.api_requests().len(), sent + 1);
            match result {
                Ok(outcome) => assert!(succeeds && outcome.is_success()),
                Err(error) => assert!(!succeeds && error.is_timeout() && error.wait().unwrap().polls == 1, "{error}"),
            }
        }
        // A deadline of its own counts from now.
        let wait = mint.attach_saved(&saved).unwrap().wait().deadline(Duration::from_secs(5));
        assert_eq!(wait.await.is_ok(), succeeds);
    }
}

/// A wait of 100 s whose server wants no poll for 50 s is saved after 10 s; then the clock is set.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_moves_no_wait_further_off() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    type Sets = fn(&TokioClock);
    // When the next poll is, and when a wait without an outcome ends, in seconds after the save.
    for (set, polls, ends) in [
        ((|_| ()) as Sets, 40..45, 80..92),
        (|clock| clock.set_back(Duration::from_secs(5)), 40..45, 80..92),
        (|clock| clock.set_back(DAY), 40..45, 80..92),
        (|clock| clock.set_back(300 * DAY), 40..45, 80..92),
        // It looks as if the time had passed: one poll.
        (|clock| clock.set_forward(DAY), 0..1, 0..1),
    ] {
        let simulator = Simulator::start().await.unwrap();
        let clock = TokioClock::new();
        let mint = || simulator.mint_builder().unwrap().clock(clock.clone()).build().unwrap();
        let replies = [Reply::operation("running").header("retry-after", "50"), Reply::operation("running")];
        let handle = mint().attach(simulator.add(Script::model().replies(replies))).unwrap();
        let wait = handle.wait().deadline(Duration::from_secs(100)).into_future();
        assert!(tokio::time::timeout(Duration::from_secs(10), wait).await.is_err());
        let text = serde_json::to_string(&handle).unwrap();

        set(&clock);
        let began = Instant::now();
        let mut handle = mint().attach_saved(&serde_json::from_str(&text).unwrap()).unwrap();
        if polls.start > 0 {
            // Another process dies at once, and saves it before.
            let wait = handle.wait().into_future();
            assert!(tokio::time::timeout(Duration::from_millis(1), wait).await.is_err());
            handle = mint().attach_saved(&handle.save()).unwrap();
        }
        let error = handle.wait().await.clean_err();
        assert!(error.is_timeout(), "{error}");
        let polled = (simulator.api_requests()[1].at - began).as_secs();
        let ended = began.elapsed().as_secs();
        assert!(polls.contains(&polled) && ends.contains(&ended), "polled after {polled} s, ended after {ended} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ceiling_holds_for_what_was_saved() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint_builder().unwrap().clock(TokioClock::new()).build().unwrap();
    let replies = [Reply::operation("running").header("retry-after", "500"), Reply::operation("succeeded")];
    let handle = mint.attach(simulator.add(Script::model().replies(replies))).unwrap();
    assert!(handle.wait().deadline(Duration::from_secs(60)).await.clean_err().is_timeout());
    let began = Instant::now();
    let wait = mint.attach_saved(&handle.save()).unwrap().wait().retry_after_ceiling(Duration::from_secs(20));
    assert!(wait.await.unwrap().is_success());
    assert_eq!(began.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_may_be_further_away_than_a_date_can_be_written() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint_builder().unwrap().clock(TokioClock::new()).build().unwrap();
    // Some 8,000 and some 32 billion years, and one that no clock has.
    for seconds in [1 << 38, 1_000_000_000_000_000_000, u64::MAX] {
        let handle = mint.attach(simulator.add(Script::model().replies([Reply::operation("running")]))).unwrap();
        let wait = handle.wait().deadline(Duration::from_secs(seconds)).into_future();
        assert!(tokio::time::timeout(Duration::from_secs(10), wait).await.is_err());
        let saved = handle.save();
        let text = serde_json::to_string(&saved).unwrap();
        assert_eq!(serde_json::from_str::<SavedOperation>(&text).unwrap(), saved);
        assert_eq!(mint.attach_saved(&saved).unwrap().save().deadline, saved.deadline, "{text}");
    }
}

#[tokio::test]
async fn what_is_no_saved_operation() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for text in [r#"{"id": "a/b"}"#, r#"{"id": ""}"#, "{}"] {
        assert!(serde_json::from_str::<SavedOperation>(text).is_err(), "{text}");
    }
    let saved: SavedOperation = serde_json::from_str(r#"{"id": "op", "deadline": "tomorrow"}"#).unwrap();
    assert_eq!(mint.attach_saved(&saved).clean_err().kind(), ErrorKind::InvalidArgument);
    let saved: SavedOperation = serde_json::from_str(r#"{"id": "op"}"#).unwrap();
    assert_eq!(serde_json::to_string(&mint.attach_saved(&saved).unwrap()).unwrap(), r#"{"format":1,"id":"op"}"#);
}

#[tokio::test(start_paused = true)]
async fn older_formats_are_read_and_newer_ones_refused() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint_builder().unwrap().clock(TokioClock::new()).build().unwrap();
    let fields = r#""id": "op", "deadline": "2027-01-15T08:01:40Z", "notBefore": "2027-01-15T08:00:00Z",
        "savedAt": "2027-01-15T08:00:00Z", "actedOn": [{"status": "preview_ready", "updatedAt": "t"}], "idempotencyKey": "key""#;
    let read = |format: &str| serde_json::from_str::<SavedOperation>(&format!("{{{format} {fields}}}"));
    let saved = read("").unwrap();
    assert_eq!(saved, read("\"format\": 1,").unwrap(), "what was saved before formats had numbers is the same");
    assert_eq!(mint.attach_saved(&saved).unwrap().save(), saved);
    for format in ["\"format\": 2,", "\"format\": 4294967296, \"actedOn\": 7,"] {
        let text = read(format).clean_err().to_string();
        assert!(text.contains("saved in format") && text.contains("update mint-api-ext"), "{text}");
    }
    assert!(read("\"format\": \"1\",").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_wait_goes_on_with_the_deadline_of_one_that_was_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint_builder().unwrap().clock(TokioClock::new()).build().unwrap();
    let handle = mint.attach(simulator.add(Script::model().timeline([("running", 0)]))).unwrap();
    let began = Instant::now();
    let wait = handle.clone().wait().deadline(Duration::from_secs(60)).into_future();
    assert!(tokio::time::timeout(Duration::from_secs(20), wait).await.is_err());
    assert!(handle.wait().await.clean_err().is_timeout());
    assert!(began.elapsed() <= Duration::from_secs(60), "{:?}", began.elapsed());
    // A wait that ended takes its deadline with it.
    assert_eq!(handle.save().deadline, None);
    assert!(handle.wait().await.clean_err().is_timeout());
    assert!(began.elapsed() >= Duration::from_secs(29 * 60), "{:?}", began.elapsed());
}
