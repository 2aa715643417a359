//! Waits through real HTTP.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::wait::Update;
use mint_api_ext::{Error, ErrorKind, Outcome};
use serde_json::json;
use tokio::time::Instant;

use crate::support::scripted::Scripted;

/// The name of the outcome a script leads to, by way of the future and of the stream, which must agree.
async fn outcome_of(script: Script) -> Result<(String, Vec<String>), Error> {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint()?;
    let name = |outcome: &Outcome| format!("{outcome:?}").split('(').next().unwrap_or_default().to_owned();

    let id = simulator.add(script.clone());
    let by_future = mint.attach(id)?.wait().await.map(|outcome| name(&outcome));
    let id = simulator.add(script);
    let updates: Result<Vec<_>, _> = mint.attach(id)?.wait().updates().try_collect().await;
    let mut statuses = Vec::new();
    let mut by_stream = None;
    for update in updates? {
        assert!(by_stream.is_none(), "nothing comes after the outcome");
        match update {
            Update::Changed(seen) => statuses.push(seen.operation.status.to_string()),
            Update::Ended(outcome) => by_stream = Some(name(&outcome)),
            other => panic!("{other:?}"),
        }
    }
    let by_future = by_future?;
    assert_eq!(Some(&by_future), by_stream.as_ref());
    Ok((by_future, statuses))
}

#[tokio::test(start_paused = true)]
async fn scripts_lead_to_their_outcomes() {
    let many = |statuses: &[&str]| Script::model().replies(statuses.iter().map(|status| Reply::operation(status)));
    for (script, outcome, statuses) in [
        (Script::model(), "Succeeded", &["queued", "running"][..]),
        (Script::world(), "Succeeded", &["queued", "running"]),
        (Script::conversion(), "Succeeded", &["queued", "running"]),
        (Script::model().fails("generation_failed", "m"), "Failed", &["queued", "running"]),
        (Script::model().reviewed(), "AwaitingReview", &["queued", "running"]),
        (many(&["preview_ready", "running", "succeeded"]), "Succeeded", &["preview_ready", "running"]),
        (many(&["billing_required"]), "BillingRequired", &[]),
        (many(&["partially_succeeded"]), "PartiallySucceeded", &[]),
        (many(&["canceled"]), "Canceled", &[]),
        (many(&["polishing", "succeeded"]), "Succeeded", &["polishing"]),
        (many(&["retired"]).with("completedAt", json!("2026-07-01T10:00:00Z")), "Unrecognized", &[]),
        (many(&["polishing"]), "Unrecognized", &["polishing"]),
    ] {
        let shown = format!("{script:?}");
        let (got, seen) = outcome_of(script).await.unwrap();
        let expected: Vec<_> = statuses.iter().map(ToString::to_string).collect();
        assert_eq!((got.as_str(), seen), (outcome, expected), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_pass_are_waited_out() {
    let html = Reply::text(502, "text/html", "<html>Bad gateway</html>");
    for failure in [
        Reply::problem(408),
        Reply::problem(421),
        Reply::problem(425),
        Reply::problem(429),
        Reply::text(200, "text/html", "<html>"),
        Reply::problem(500),
        Reply::problem(503),
        Reply::problem(504),
        html,
        Reply::text(503, "text/plain", ""),
        Reply::problem(429).header("retry-after", "3"),
    ] {
        let replies = [Reply::operation("queued"), failure.clone(), failure, Reply::operation("succeeded")];
        let (outcome, _) = outcome_of(Script::model().replies(replies)).await.unwrap();
        assert_eq!(outcome, "Succeeded");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_will_not_pass_end_the_wait() {
    for (reply, status, kind) in [
        (Reply::problem(400), Some(400), ErrorKind::Server),
        (Reply::problem(401), Some(401), ErrorKind::Server),
        (Reply::problem(404), Some(404), ErrorKind::Server),
        (Reply::problem(501), Some(501), ErrorKind::Server),
        (Reply::problem(505), Some(505), ErrorKind::Server),
        (Reply::text(302, "text/plain", "").header("location", "/x"), Some(302), ErrorKind::Decode),
        (Reply::text(200, "text/html", "<html>"), Some(200), ErrorKind::Decode),
        (Reply::text(200, "application/json", "{\"id\": 7}"), Some(200), ErrorKind::Decode),
    ] {
        let error = outcome_of(Script::model().replies([Reply::operation("running"), reply])).await.unwrap_err();
        assert_eq!((error.status().map(|status| status.as_u16()), error.kind()), (status, kind), "{error}");
        assert_eq!(error.operation().unwrap().status.as_str(), "running");
        assert!(error.to_string().contains("op_000"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_request_comes_sooner_than_the_server_said() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let date = |seconds| format!("Wed, 21 Oct 2026 07:28:{seconds:02} GMT");
    let by_date = Reply::operation("running").header("date", &date(0)).header("retry-after", &date(40));
    let replies = [
        Reply::operation("running").header("retry-after", "9"),
        Reply::problem(429).header("retry-after", "60"),
        by_date,
        Reply::operation("running").header("retry-after", "soon"),
        Reply::operation("succeeded"),
    ];
    let id = simulator.add(Script::model().replies(replies));
    mint.attach(id).unwrap().wait().await.unwrap().into_operation();
    let times: Vec<_> = simulator.api_requests().iter().map(|request| request.at).collect();
    let gaps: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    for (gap, least) in gaps.iter().zip([9.0, 60.0, 40.0, 8.19]) {
        assert!((least..least * 1.1 + 0.1).contains(gap), "{gaps:?}");
    }
    assert_eq!(gaps.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_binds() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("running", 0)]));
    let began = Instant::now();
    let error = mint.attach(&id).unwrap().wait().deadline(Duration::from_secs(100)).await.unwrap_err();
    assert!(error.is_timeout() && began.elapsed() <= Duration::from_secs(100), "{error} {:?}", began.elapsed());
    assert!(began.elapsed() >= Duration::from_secs(90));
    assert_eq!(error.operation().unwrap().id, id);
    let text = error.to_string();
    assert!(
        text.contains(&id) && text.contains("polls") && text.contains("attach") && text.contains("running"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_cut_off_at_the_deadline() {
    let server = Scripted::by(|_| mint_loopback::Reply::never()).await;
    let mint = server.mint();
    let began = Instant::now();
    let error = mint.attach("op").unwrap().wait().deadline(Duration::from_secs(10)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(began.elapsed() <= Duration::from_millis(10_010), "{:?}", began.elapsed());
    assert!(error.operation().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_zero_is_one_poll() {
    for (status, succeeds) in [("running", false), ("succeeded", true)] {
        let simulator = Simulator::start().await.unwrap();
        let mint = simulator.mint().unwrap();
        let began = Instant::now();
        let id = simulator.add(Script::model().timeline([(status, 0)]));
        let handle = mint.attach(&id).unwrap();
        let (first, zero) = (handle.wait().deadline(Duration::ZERO).await, Duration::ZERO);
        let second = handle.wait().deadline(zero).updates().try_collect::<Vec<_>>().await;
        let many = || mint.wait_many([&id]);
        for (name, result) in [
            ("future", first.map(|outcome| outcome.is_success())),
            ("stream", second.map(|all| matches!(all.last(), Some(Update::Ended(outcome)) if outcome.is_success()))),
            ("item", many().item_deadline(zero).next().await.unwrap().1.map(|outcome| outcome.is_success())),
            ("batch", many().deadline(zero).next().await.unwrap().1.map(|outcome| outcome.is_success())),
        ] {
            match result {
                Ok(success) => assert!(succeeds && success, "{name}"),
                Err(error) => {
                    assert!(!succeeds && error.is_timeout() && error.wait().unwrap().polls == 1, "{name}: {error}")
                }
            }
        }
        assert_eq!((simulator.api_requests().len(), began.elapsed().as_secs()), (4, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_stream_polls_only_when_asked() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model());
    let mut updates = mint.attach(id).unwrap().wait().updates();
    assert!(simulator.api_requests().is_empty());
    let first = updates.next().await;
    assert!(matches!(first, Some(Ok(Update::Changed(_)))), "{first:?}");
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(simulator.api_requests().len(), 1);
    drop(updates);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(simulator.api_requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_slow_does_not_use_up_the_tolerance() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let failure = Reply::problem(503);
    let replies =
        [Reply::operation("running"), failure.clone(), failure.clone(), failure, Reply::operation("succeeded")];
    let id = simulator.add(Script::model().replies(replies));
    let mut updates = mint.attach(id).unwrap().wait().no_deadline().every_poll().updates();
    let mut seen = Vec::new();
    while let Some(update) = updates.try_next().await.unwrap() {
        seen.push(format!("{update:?}").split('(').next().unwrap_or_default().to_owned());
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    assert_eq!(seen, ["Changed", "PollFailed", "PollFailed", "PollFailed", "Ended"]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_for_another_operation_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().with("id", json!("op_other")));
    let error = mint.attach(id).unwrap().wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("another operation"), "{error}");
}

#[test]
fn futures_are_send() {
    fn assert_send<T: Send>(_: &T) {}
    fn check(mint: &mint_api_ext::Mint) -> Result<(), Error> {
        assert_send(&mint.attach("op")?.get());
        assert_send(&mint.attach("op")?.wait().into_future());
        assert_send(&mint.attach("op")?.wait().updates());
        assert_send(&mint.wait_many(["op"]));
        let download = || mint.download(mint_api_ext::asset::Assets::default());
        assert_send(&download().to_dir("a").into_future());
        assert_send(&download());
        Ok(())
    }
    let _ = check;
}
