//! The same scripts through every way of waiting: they must agree.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use mint_api_ext::client::Clock as _;
use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::wait::{PollingPolicy, Step, Update};
use mint_api_ext::{Error, ErrorKind, Mint, Outcome};
use tokio::time::Instant;

use crate::support::clock::TokioClock;

/// How a wait ended, and when each of its requests came, in seconds since it began.
type Played = (String, Vec<f64>);

/// A client whose requests are not held up by each other.
async fn played(script: &Script, wait: impl AsyncFnOnce(Mint, String) -> Result<Outcome, Error>) -> Played {
    played_by_clock(script, async |mint, id, _| wait(mint, id).await).await
}

async fn played_by_clock(
    script: &Script,
    wait: impl AsyncFnOnce(Mint, String, TokioClock) -> Result<Outcome, Error>,
) -> Played {
    let simulator = Simulator::start().await.unwrap();
    let clock = TokioClock::new();
    let mint = simulator.mint_builder().unwrap().seed(1).clock(clock.clone()).build().unwrap();
    let id = simulator.add(script.clone());
    let began = Instant::now();
    let end = match wait(mint, id, clock).await {
        Ok(outcome) => format!("{outcome:?}").split('(').next().unwrap_or_default().to_owned(),
        Err(error) => format!("{:?} {:?}", error.kind(), error.status().map(|status| status.as_u16())),
    };
    let requests = simulator.api_requests();
    let times =
        requests.iter().map(|request| (request.at - began).as_secs_f64()).map(|time| (time * 1e3).round() / 1e3);
    (end, times.collect())
}

const DEADLINE: Duration = Duration::from_secs(120);

async fn by_future(mint: Mint, id: String) -> Result<Outcome, Error> {
    mint.attach(id)?.wait().deadline(DEADLINE).await
}

async fn by_stream(mint: Mint, id: String) -> Result<Outcome, Error> {
    let updates: Vec<_> = mint.attach(id)?.wait().deadline(DEADLINE).updates().try_collect().await?;
    match updates.into_iter().last() {
        Some(Update::Ended(outcome)) => Ok(outcome),
        other => panic!("the stream ended with {other:?}"),
    }
}

async fn by_every_poll(mint: Mint, id: String) -> Result<Outcome, Error> {
    let updates: Vec<_> = mint.attach(id)?.wait().deadline(DEADLINE).every_poll().updates().try_collect().await?;
    match updates.into_iter().last() {
        Some(Update::Ended(outcome)) => Ok(outcome),
        other => panic!("the stream ended with {other:?}"),
    }
}

async fn by_saved(mint: Mint, id: String) -> Result<Outcome, Error> {
    let text = serde_json::to_string(&mint.attach(id)?).unwrap();
    mint.attach_saved(&serde_json::from_str(&text).unwrap())?.wait().deadline(DEADLINE).await
}

/// Each step in a process of its own, which knows what the one before stored.
async fn by_steps(mint: Mint, id: String, clock: TokioClock) -> Result<Outcome, Error> {
    let mut stored = serde_json::to_string(&mint.attach(id)?).unwrap();
    loop {
        let handle = mint.attach_saved(&serde_json::from_str(&stored).unwrap())?;
        match handle.wait().deadline(DEADLINE).step().await? {
            Step::Pending { next_poll_at, .. } => {
                stored = serde_json::to_string(&handle).unwrap();
                tokio::time::sleep(next_poll_at.duration_since(clock.now()).unwrap_or_default()).await;
            }
            Step::Ended(outcome) => return Ok(outcome),
        }
    }
}

async fn by_batch(mint: Mint, id: String) -> Result<Outcome, Error> {
    let mut results: Vec<_> = mint.wait_many([id.clone(), id.clone()]).item_deadline(DEADLINE).collect().await;
    let (ended, result) = results.pop().unwrap();
    assert!(ended == id && results.is_empty());
    result
}

#[tokio::test(start_paused = true)]
async fn every_way_of_waiting_agrees() {
    let operation = |status| Reply::operation(status);
    let problem = |status| Reply::problem(status);
    for (replies, end, count) in [
        (vec![operation("queued"), operation("running"), operation("succeeded")], "Succeeded", 3),
        (vec![operation("failed")], "Failed", 1),
        (
            vec![operation("preview_ready"), operation("running"), operation("partially_succeeded")],
            "PartiallySucceeded",
            3,
        ),
        (vec![operation("running").header("retry-after", "30"), operation("canceled")], "Canceled", 2),
        (
            vec![problem(503), problem(429).header("retry-after", "20"), operation("billing_required")],
            "BillingRequired",
            3,
        ),
        (vec![operation("running"), problem(404)], "Server Some(404)", 2),
        (vec![operation("running"), Reply::text(200, "text/html", "<html>")], "Decode Some(200)", 4),
        (vec![operation("running").header("retry-after", "500")], "Timeout None", 1),
        (vec![operation("running")], "Timeout None", 11),
        (vec![problem(500)], "Timeout None", 11),
    ] {
        let script = Script::model().replies(replies);
        let first = played(&script, by_future).await;
        assert_eq!((first.0.as_str(), first.1.len()), (end, count), "{script:?}");
        assert_eq!(played(&script, by_stream).await, first, "{script:?}");
        assert_eq!(played(&script, by_every_poll).await, first, "{script:?}");
        assert_eq!(played(&script, by_saved).await, first, "{script:?}");
        assert_eq!(played(&script, by_batch).await, first, "{script:?}");
        assert_eq!(played_by_clock(&script, by_steps).await, first, "{script:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_sets_the_cadence() {
    let policy = || PollingPolicy::new(|state| Duration::from_secs(10 * u64::from(state.polls)));
    let script = Script::model().timeline([("running", 50), ("succeeded", 0)]);
    let single = played(&script, async |mint, id| mint.attach(id)?.wait().policy(policy()).await).await;
    let many = played(&script, async |mint, id| {
        let mut ended: Vec<_> = mint.wait_many([id]).policy(policy()).collect().await;
        ended.remove(0).1
    });
    assert_eq!(many.await, single);
    assert_eq!(single.1.len(), 4);
    for (at, least) in single.1.iter().zip([0.0, 10.0, 30.0, 60.0]) {
        assert!((least..=least * 1.1 + 0.1).contains(at), "{single:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_poll_is_told_when_asked() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let overridden = Reply::operation("running").header("retry-after", "700");
    let replies = [
        Reply::operation("running"),
        Reply::operation("running"),
        Reply::problem(503),
        overridden,
        Reply::operation("succeeded"),
    ];
    let wait = |id: String| mint.attach(id).unwrap().wait().retry_after_ceiling(Duration::from_secs(60));
    let told = |update: &Update| match update {
        Update::Changed(seen) => format!("changed {:?}", seen.overridden_retry_after.map(|wish| wish.as_secs())),
        Update::Unchanged(_) => "unchanged".into(),
        Update::PollFailed(error) => format!("failed {}", error.status().unwrap().as_u16()),
        Update::Ended(_) => "ended".into(),
        other => format!("{other:?}"),
    };
    let id = simulator.add(Script::model().replies(replies.clone()));
    let updates: Vec<_> = wait(id).every_poll().updates().try_collect().await.unwrap();
    let all: Vec<_> = updates.iter().map(told).collect();
    assert_eq!(all, ["changed None", "unchanged", "failed 503", "changed Some(700)", "ended"]);

    let id = simulator.add(Script::model().replies(replies));
    let updates: Vec<_> = wait(id).updates().try_collect().await.unwrap();
    let changes: Vec<_> = updates.iter().map(told).collect();
    assert_eq!(changes, ["changed None", "changed Some(700)", "ended"]);
}

#[tokio::test(start_paused = true)]
async fn a_fired_token_interrupts_and_nothing_is_sent_after() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let token = tokio_util::sync::CancellationToken::new();
    let running = || simulator.add(Script::model().timeline([("running", 0)]));
    let (single, many) = (running(), running());
    let wait = tokio::spawn(mint.attach(&single).unwrap().wait().cancel_on(token.clone()).into_future());
    let batch = tokio::spawn(mint.wait_many([many]).cancel_on(token.clone()).collect::<Vec<_>>());
    tokio::time::sleep(Duration::from_secs(60)).await;
    token.cancel();
    let error = wait.await.unwrap().unwrap_err();
    let sent = simulator.api_requests().len();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.wait().unwrap().id.as_str(), single);
    assert!(error.wait().unwrap().polls > 3 && error.operation().is_some(), "{error:?}");
    let (_, result) = batch.await.unwrap().pop().unwrap();
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Interrupted);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(simulator.api_requests().len(), sent);

    // A token that fired before: no request at all.
    let error = mint.attach(&single).unwrap().wait().cancel_on(token).await.unwrap_err();
    assert_eq!((error.kind(), error.wait().unwrap().polls), (ErrorKind::Interrupted, 0));
    assert_eq!(simulator.api_requests().len(), sent);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_stops_it() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().timeline([("running", 0)]));
    let wait = mint.attach(id).unwrap().wait().into_future();
    assert!(tokio::time::timeout(Duration::from_secs(30), wait).await.is_err());
    let sent = simulator.api_requests().len();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(simulator.api_requests().len(), sent);
}

#[test]
fn futures_are_small() {
    fn size<T>(_: &T) -> usize {
        size_of::<T>()
    }
    let credentials = mint_api_ext::Credentials::api_key("key").unwrap();
    let mint = Mint::builder(credentials).build().unwrap();
    let handle = mint.attach("op").unwrap();
    // A wait is boxed; a single read is not, and is what others nest.
    assert_eq!(size(&handle.wait().into_future()), 16);
    assert_eq!(size(&handle.wait().updates()), 16);
    assert!(size(&handle.get()) <= 4096, "{}", size(&handle.get()));
}
