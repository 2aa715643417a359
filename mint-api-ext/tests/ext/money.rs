//! What a start may cost: nothing is paid for twice, and the fate of every attempt is known or said to be unknown.

use mint_api_ext::request::Budget;
use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::simulator::{Route, Simulator};
use mint_api_ext::types::GenerationPreset;
use mint_api_ext::{Error, ErrorKind, Mint, Outcome};
use serde_json::{Value, json};

use crate::support::leaks::CleanErr as _;
use crate::support::memory;
use crate::support::scripted::{Reply, Scripted, accepted, is, lost, operation, problem};

/// What no text may propose where an attempt may have been done.
fn offers_another_start(text: &str) -> bool {
    ["new key", "another key", "try again", "start it again", "send it again;"].iter().any(|offer| text.contains(offer))
}

/// A start whose replies are all lost.
async fn lose(simulator: &Simulator, mint: &Mint) -> Error {
    for _ in 0..6 {
        simulator.lose_next_reply(Route::GenerateModel);
    }
    mint.generate_model("a lamp").max_credits(1000).send().await.clean_err()
}

#[tokio::test(start_paused = true)]
async fn a_lost_start_is_recovered_under_its_cap_and_without_one() {
    for cap in [Some(1000), None] {
        let simulator = Simulator::builder().credits(1000.0).start().await.unwrap();
        let error = lose(&simulator, &simulator.mint().unwrap()).await;
        let key = error.idempotency_key().unwrap();
        assert!(error.may_have_been_done() && error.to_string().contains(key), "{error}");
        assert!(!offers_another_start(&error.to_string()), "{error}");
        let credits = simulator.credits();
        assert!(credits < 798.0, "the first start holds the credits: {credits}");

        // Another process sends the same, with the key that it wrote down.
        let mint = simulator.mint().unwrap();
        let again = mint.generate_model("a lamp").with_idempotency_key(key);
        let again = cap.iter().fold(again, |request, cap| request.max_credits(*cap));
        let outcome = again.send_and_wait().await.unwrap();
        assert!(outcome.is_success());
        assert_eq!(simulator.operations_started(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cap_below_the_estimate_says_how_to_find_out_what_became_of_an_earlier_attempt() {
    let simulator = Simulator::builder().credits(1000.0).start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let error = lose(&simulator, &mint).await;
    let key = error.idempotency_key().unwrap();
    let error = mint.generate_model("a lamp").with_idempotency_key(key).max_credits(500).send().await.clean_err();
    let text = error.to_string();
    assert!(text.contains("estimated to cost 798 credits, and `max_credits` is 500"), "{text}");
    assert!(text.contains("higher `max_credits` finds out") && text.contains(key), "{text}");
    assert_eq!((error.kind(), error.idempotency_key()), (ErrorKind::Credits, Some(key)));
    // A request that was never sent has no earlier attempt.
    let error = mint.generate_model("a chair").max_credits(500).send().await.clean_err();
    assert!(!error.to_string().contains("earlier"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_estimate_is_held_against_the_cap_before_every_send() {
    let estimate = |credits: f64| {
        let credits = json!({"estimatedTotal": credits, "requiredToStart": credits});
        is(200, json!({ "credits": credits }))
    };
    let balance = |credits: f64| is(200, json!({"credits": {"totalAvailable": credits}}));
    let server = Scripted::start([
        estimate(248.0),
        balance(300.0),
        problem(500, "about:blank"),
        // The server holds the credits for the first attempt, so that the balance says nothing.
        estimate(248.0),
        problem(500, "about:blank"),
        // The price went up.
        estimate(300.0),
    ])
    .await;
    let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
    let request = mint.generate_model("a lamp").max_credits(250);
    for _ in 0..2 {
        assert!(request.send().await.clean_err().may_have_been_done());
    }
    let error = request.send().await.clean_err();
    assert!(error.kind() == ErrorKind::Credits && error.to_string().contains("finds out"), "{error}");
    let (estimate, balance, start) = ("POST /v1/pricing:estimate", "GET /v1/usage", "POST /v1/models:generate");
    assert_eq!(server.lines(), [estimate, balance, start, estimate, start, estimate]);
    // The cap changes nothing of what is sent.
    assert_eq!(server.sent()[2].json(), json!({"prompt": "a lamp"}));
    assert_eq!(server.sent()[0].json()["generationPreset"], "standard");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_an_attempt_of_unknown_fate_says_so() {
    let busy = || problem(409, "idempotency-key-in-progress");
    let unknown: [fn() -> Reply; 4] =
        [lost, || problem(500, "about:blank"), || problem(408, "about:blank"), || is(502, json!("<html>"))];
    for attempt in unknown {
        for (status, kind) in [
            (429, "about:blank"),
            (409, "idempotency-conflict"),
            (409, "about:blank"),
            (401, "about:blank"),
            (402, "about:blank"),
            (400, "about:blank"),
            (403, "about:blank"),
            (404, "about:blank"),
            (422, "validation"),
            (421, "about:blank"),
            (425, "about:blank"),
        ] {
            let server = Scripted::start([attempt(), problem(status, kind)]).await;
            let request = server.mint_that_tries_twice().generate_model("a lamp");
            let error = request.send().await.clean_err();
            let text = error.to_string();
            assert_eq!((error.status().unwrap().as_u16(), server.sent().len()), (status, 2), "{text}");
            assert!(error.may_have_been_done() && text.contains("an earlier attempt may have been done"), "{text}");
            assert!(text.contains(request.idempotency_key()) && !offers_another_start(&text), "{text}");

            let server = Scripted::start([problem(status, kind)]).await;
            let error = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
            let error = error.generate_model("a lamp").send().await.clean_err();
            assert!(!error.may_have_been_done() && !error.to_string().contains("may have been done"), "{error}");
            assert!(!offers_another_start(&error.to_string()), "{error}");
        }
    }
    // An attempt that is being done is waited for.
    let server = Scripted::start([lost(), busy(), busy(), accepted("op_1", "queued", 0)]).await;
    assert_eq!(server.mint().generate_model("a lamp").send().await.unwrap().id().as_str(), "op_1");
    let server = Scripted::start([busy()]).await;
    let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
    assert!(mint.generate_model("a lamp").send().await.clean_err().may_have_been_done());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_was_never_connected_was_not_done() {
    let refusing = memory::refuse();
    for server in [refusing.base_url(), "https://does-not-exist.invalid"] {
        let mint = memory::builder(server).retry_policy(RetryPolicy::new().attempts(2)).build().unwrap();
        let error = mint.generate_model("a lamp").send().await.clean_err();
        assert!(error.is_transport() && !error.may_have_been_done(), "{error}");
        assert!(!error.to_string().contains("may have been done"), "{error}");
        assert!(error.idempotency_key().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn starts_that_share_a_budget_stay_within_it() {
    let simulator = Simulator::builder().credits(1000.0).start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let budget = mint.budget(1000);
    let fast = |name: &str| {
        mint.generate_model(name).generation_preset(GenerationPreset::Fast).budget(&budget).max_credits(300)
    };
    let starts = ["a", "b", "c", "d", "e", "f"].map(|name| fast(name).send());
    let results = futures::future::join_all(starts).await;
    let (started, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((started.len(), refused.len(), simulator.operations_started()), (4, 2, 4));
    for refused in refused {
        let error = refused.clean_err();
        assert!(error.kind() == ErrorKind::Credits && error.to_string().contains("8 of the budget of 1000"), "{error}");
    }
    assert_eq!((budget.held(), budget.spent()), (992.0, 0.0));
    for started in started {
        assert!(matches!(started.unwrap().wait().await.unwrap(), Outcome::Succeeded(_)));
    }
    // Each cost less than it was estimated to.
    assert_eq!((budget.held(), budget.spent()), (0.0, 4.0 * 198.0));
    fast("g").send().await.clean_err();
    assert_eq!(simulator.credits(), 1000.0 - budget.spent());
}

/// A start under a budget of 100 whose price is stated as 60, with these replies.
async fn world(replies: impl IntoIterator<Item = Reply>) -> (Budget, Result<Outcome, Error>, Scripted) {
    let server = Scripted::start(replies).await;
    let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
    let budget = mint.budget(100);
    let result = mint.generate_world("a harbour").budget(&budget).assume_credits(60).send_and_wait().await;
    (budget, result, server)
}

fn credits(status: &str, reserved: f64, finalized: f64) -> Value {
    let mut operation = operation("op_1", status, 1);
    operation["credits"] = json!({"reserved": reserved, "finalized": finalized});
    operation
}

#[tokio::test(start_paused = true)]
async fn a_budget_releases_only_what_was_surely_not_started() {
    for (status, held) in [(402, 0.0), (422, 0.0), (429, 0.0), (401, 0.0), (500, 60.0), (408, 60.0)] {
        let (budget, result, _server) = world([problem(status, "about:blank")]).await;
        result.clean_err();
        assert_eq!((budget.held(), budget.spent()), (held, 0.0), "{status}");
    }
    let (budget, result, _server) = world([lost()]).await;
    result.clean_err();
    assert_eq!(budget.held(), 60.0);
    // Accepted, and then the wait fails.
    let (budget, result, _server) = world([accepted("op_1", "queued", 0), problem(401, "about:blank")]).await;
    result.clean_err();
    assert_eq!(budget.held(), 60.0);
}

#[tokio::test(start_paused = true)]
async fn a_budget_takes_what_an_operation_really_cost() {
    for (last, held, spent) in [
        (credits("succeeded", 0.0, 45.0), 0.0, 45.0),
        // Not settled yet.
        (credits("succeeded", 60.0, 0.0), 60.0, 0.0),
        // A failure can cost credits.
        (credits("failed", 0.0, 12.0), 0.0, 12.0),
        (credits("canceled", 0.0, 0.0), 0.0, 0.0),
        // It can go on, and cost more.
        (credits("billing_required", 0.0, 0.0), 60.0, 0.0),
        (credits("preview_ready", 0.0, 15.0), 60.0, 0.0),
        (operation("op_1", "succeeded", 1), 60.0, 0.0),
    ] {
        let (budget, result, _server) = world([is(202, credits("queued", 0.0, 0.0)), is(200, last.clone())]).await;
        let _ = result.unwrap();
        assert_eq!((budget.held(), budget.spent()), (held, spent), "{last}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_sent_again_is_held_once() {
    let server = Scripted::start([lost(), problem(402, "about:blank"), accepted("op_1", "queued", 0)]).await;
    let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
    let budget = mint.budget(100);
    let request = mint.generate_world("a harbour").budget(&budget).assume_credits(60);
    for _ in 0..2 {
        request.send().await.clean_err();
        assert_eq!(budget.held(), 60.0, "the first attempt may have been done");
    }
    request.send().await.unwrap();
    assert_eq!(budget.held(), 60.0);
    let error = mint.generate_world("a pier").budget(&budget).assume_credits(60).send().await.clean_err();
    assert!(error.to_string().contains("40 of the budget of 100 are left"), "{error}");
    assert_eq!(server.sent().len(), 3);
}

#[tokio::test]
async fn a_price_that_nobody_knows_is_no_price() {
    let server = Scripted::start([]).await;
    let mint = server.mint();
    let budget = mint.budget(100);
    let refused: [(Result<_, Error>, ErrorKind, &str); 4] = [
        (
            mint.generate_audio("rain").budget(&budget).send().await,
            ErrorKind::Credits,
            "state one with `assume_credits`",
        ),
        (
            mint.generate_audio("rain").max_credits(5).assume_credits(6).send().await,
            ErrorKind::Credits,
            "cost 6 credits",
        ),
        (
            mint.generate_audio("rain").budget(&budget).assume_credits(f64::NAN).send().await,
            ErrorKind::InvalidArgument,
            "`assume_credits` is NaN",
        ),
        (
            mint.generate_audio("rain").budget(&mint.budget(-1)).assume_credits(1).send().await,
            ErrorKind::InvalidArgument,
            "the budget is -1",
        ),
    ];
    for (result, kind, says) in refused {
        let error = result.clean_err();
        assert!(error.kind() == kind && error.to_string().contains(says), "{error}");
    }
    assert_eq!((server.sent().len(), budget.held()), (0, 0.0));
}

#[tokio::test(start_paused = true)]
async fn a_request_asks_what_it_would_cost() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let fast = mint.generate_model("a lamp").generation_preset(GenerationPreset::Fast);
    assert_eq!(fast.estimate().await.unwrap().credits.estimated_total, 248.0);
    assert_eq!(mint.generate_model("a lamp").estimate().await.unwrap().credits.estimated_total, 798.0);
    assert_eq!(mint.generate_model("").estimate().await.clean_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(simulator.operations_started(), 0);
}
