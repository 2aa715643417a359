//! A server that does not know yet what it has just accepted.

use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::{Error, Mint, OperationHandle, Outcome};
use tokio::time::{Instant, sleep};

use crate::support::clock::TokioClock;
use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Scripted, accepted, found, problem};

const SECOND: Duration = Duration::from_secs(1);

/// A client of a server that accepts a start, and knows nothing of it for this many polls.
async fn lagging(polls: usize) -> (Mint, Scripted) {
    let unknown = vec![problem(404, "about:blank"); polls];
    let replies = [accepted("op_1", "queued", 0)].into_iter().chain(unknown).chain([found("op_1", "succeeded", 1)]);
    let server = Scripted::start(replies).await;
    (server.builder().clock(TokioClock::new()).build().unwrap(), server)
}

async fn started(mint: &Mint) -> OperationHandle {
    mint.generate_model("a lamp").send().await.unwrap()
}

fn reattached(mint: &Mint, handle: &OperationHandle) -> OperationHandle {
    let text = serde_json::to_string(handle).unwrap();
    mint.attach_saved(&serde_json::from_str(&text).unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_was_started_is_waited_for_until_the_server_knows_it() {
    let (mint, _server) = lagging(3).await;
    assert!(mint.generate_model("a lamp").send_and_wait().await.unwrap().is_success());

    let (mint, _server) = lagging(3).await;
    let handle = reattached(&mint, &started(&mint).await);
    assert!(handle.wait().await.unwrap().is_success());

    let (mint, _server) = lagging(3).await;
    let handle = reattached(&mint, &reattached(&mint, &started(&mint).await));
    assert!(mint.wait_many([handle]).next().await.unwrap().1.unwrap().is_success());

    // A replica that knows it answers before one that does not.
    let unknown = || problem(404, "about:blank");
    let replies =
        [accepted("op_1", "queued", 0), found("op_1", "running", 1), unknown(), found("op_1", "succeeded", 2)];
    let server = Scripted::start(replies).await;
    assert!(server.mint().generate_model("a lamp").send_and_wait().await.unwrap().is_success());

    // It is no failure that uses up the tolerance of those.
    let (mint, _server) = lagging(3).await;
    assert!(started(&mint).await.wait().failure_tolerance(Duration::ZERO).await.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn what_was_started_is_read_once_the_server_knows_it() {
    let (mint, server) = lagging(3).await;
    let handle = started(&mint).await;
    assert_eq!(handle.get().await.unwrap().status.as_str(), "succeeded");
    assert_eq!(server.sent().len(), 5);

    let (mint, server) = lagging(100).await;
    let handle = started(&mint).await;
    assert!(handle.get().await.clean_err().is_not_found());
    assert_eq!(server.sent().len(), 7, "as often as the retry policy allows");
    sleep(60 * SECOND).await;
    assert!(handle.get().await.clean_err().is_not_found());
    assert_eq!(server.sent().len(), 8, "a minute later, the 404 is the answer");
}

#[tokio::test(start_paused = true)]
async fn what_stays_unknown_ends_the_wait() {
    type Waits = fn(&Mint, OperationHandle) -> futures::future::BoxFuture<'static, Result<Outcome, Error>>;
    let one: Waits = |_, handle| handle.wait().into_future();
    let briefly: Waits = |_, handle| handle.wait().not_found_tolerance(10 * SECOND).into_future();
    let never: Waits = |_, handle| handle.wait().not_found_tolerance(Duration::ZERO).into_future();
    let many: Waits = |mint, handle| {
        let mut wait = mint.wait_many([handle]).not_found_tolerance(10 * SECOND);
        Box::pin(async move { wait.next().await.unwrap().1 })
    };
    let late: Waits = |_, handle| {
        Box::pin(async move {
            sleep(50 * SECOND).await;
            handle.wait().await
        })
    };
    for (name, wait, from, to) in [
        ("default", one, 60, 77),
        ("settable", briefly, 10, 20),
        ("zero", never, 0, 3),
        ("many", many, 10, 20),
        ("counted from the start", late, 60, 77),
    ] {
        let (mint, _server) = lagging(100).await;
        let began = Instant::now();
        let handle = reattached(&mint, &started(&mint).await);
        let error = wait(&mint, handle).await.clean_err();
        assert!(error.is_not_found() && error.to_string().contains("check the id"), "{name}: {error}");
        let elapsed = began.elapsed().as_secs();
        assert!((from..to).contains(&elapsed), "{name}: {elapsed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_that_was_not_started_here_is_looked_up_once() {
    let server = Scripted::start([problem(404, "about:blank")]).await;
    let error = server.mint().attach("op_1").unwrap().wait().await.clean_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(server.sent().len(), 1);
}

/// A start that lies a day ahead is bounded by the tolerance.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_does_not_prolong_the_tolerance() {
    let server = Scripted::by(|sent| match sent.line.starts_with("POST") {
        true => accepted("op_1", "queued", 0),
        false => problem(404, "about:blank"),
    })
    .await;
    let clock = TokioClock::new();
    let mint = server.builder().clock(clock.clone()).build().unwrap();
    let handle = reattached(&mint, &started(&mint).await);
    clock.set_back(24 * 3600 * SECOND);
    let began = Instant::now();
    assert!(handle.wait().await.clean_err().is_not_found());
    assert!(began.elapsed() < 77 * SECOND, "{:?}", began.elapsed());
}
