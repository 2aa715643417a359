//! Operations that wait for a person, and what happens once one has acted.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use mint_api_ext::request::Decision;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::GenerationMode;
use mint_api_ext::wait::{Preview, Update};
use mint_api_ext::{Error, ErrorKind, Mint, OperationHandle, Outcome};
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Reply, Scripted, accepted, found, is, operation};

/// The outcome of a wait.
async fn waited(handle: &OperationHandle) -> Outcome {
    handle.wait().await.unwrap()
}

async fn preview_at(handle: &OperationHandle) -> Preview {
    match waited(handle).await {
        Outcome::AwaitingReview(preview) => preview,
        other => panic!("{other:?}"),
    }
}

async fn preview_of(mint: &Mint) -> Preview {
    preview_at(&mint.attach("op_1").unwrap()).await
}

async fn by_future(_: Mint, handle: OperationHandle) -> Result<Outcome, Error> {
    handle.wait().await
}

async fn by_stream(_: Mint, handle: OperationHandle) -> Result<Outcome, Error> {
    let updates: Vec<_> = handle.wait().updates().try_collect().await?;
    match updates.into_iter().last() {
        Some(Update::Ended(outcome)) => Ok(outcome),
        other => panic!("{other:?}"),
    }
}

async fn by_saved(mint: Mint, handle: OperationHandle) -> Result<Outcome, Error> {
    let text = serde_json::to_string(&handle).unwrap();
    mint.attach_saved(&serde_json::from_str(&text).unwrap())?.wait().await
}

async fn by_batch(mint: Mint, handle: OperationHandle) -> Result<Outcome, Error> {
    mint.wait_many([handle]).next().await.unwrap().1
}

async fn by_batch_control(mint: Mint, handle: OperationHandle) -> Result<Outcome, Error> {
    let (control, mut ended) = mint.wait_many(Vec::<String>::new()).controlled();
    control.add(handle);
    ended.next().await.unwrap().1
}

/// Approves a preview, then waits in some way; says how that ended, and what was asked for after the approval.
async fn approved<F>(replies: &[Reply], wait: impl FnOnce(Mint, OperationHandle) -> F) -> (String, Vec<String>)
where
    F: Future<Output = Result<Outcome, Error>>,
{
    let replies = [found("op_1", "preview_ready", 1)].into_iter().chain(replies.iter().cloned());
    let server = Scripted::start(replies).await;
    let mint = server.builder().seed(1).build().unwrap();
    let handle = preview_of(&mint).await.approve().send().await.unwrap();
    let outcome = wait(mint, handle).await.unwrap();
    let name = format!("{outcome:?}").split('(').next().unwrap_or_default().to_owned();
    (name, server.lines().split_off(2))
}

#[tokio::test(start_paused = true)]
async fn a_stale_gate_is_passed_by_in_every_way_of_waiting() {
    let (stale, runs) = (found("op_1", "preview_ready", 1), found("op_1", "running", 2));
    let done = found("op_1", "succeeded", 3);
    for (replies, end, polls) in [
        (vec![accepted("op_1", "running", 2), done.clone()], "Succeeded", 1),
        // The reply to the approval, and the polls after it, may all show the state from before.
        (
            vec![accepted("op_1", "preview_ready", 1), stale.clone(), stale.clone(), runs.clone(), stale, done.clone()],
            "Succeeded",
            5,
        ),
        (vec![accepted("op_1", "running", 2), found("op_1", "preview_ready", 3)], "AwaitingReview", 1),
        (vec![accepted("op_1", "running", 2), runs, found("op_1", "billing_required", 1)], "BillingRequired", 2),
    ] {
        let expected = (end.to_owned(), vec!["GET /v1/operations/op_1".to_owned(); polls]);
        assert_eq!(approved(&replies, by_future).await, expected, "{replies:?}");
        assert_eq!(approved(&replies, by_stream).await, expected, "{replies:?}");
        assert_eq!(approved(&replies, by_saved).await, expected, "{replies:?}");
        assert_eq!(approved(&replies, by_batch).await, expected, "{replies:?}");
        assert_eq!(approved(&replies, by_batch_control).await, expected, "{replies:?}");
    }
    // Another id is another operation: its preview is not the one that was approved.
    let replies = [accepted("op_2", "running", 1), found("op_2", "preview_ready", 1)];
    let expected = ("AwaitingReview".to_owned(), vec!["GET /v1/operations/op_2".to_owned()]);
    assert_eq!(approved(&replies, by_future).await, expected);
    assert_eq!(approved(&replies, by_batch).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_batch_offers_the_same_to_do() {
    let server = Scripted::start([
        found("op_1", "preview_ready", 1),
        accepted("op_1", "preview_ready", 1),
        found("op_1", "preview_ready", 1),
        found("op_1", "succeeded", 2),
    ])
    .await;
    let (control, mut ended) = server.mint().wait_many(["op_1"]).controlled();
    let Some((_, Ok(Outcome::AwaitingReview(preview)))) = ended.next().await else {
        panic!("no preview");
    };
    control.add(preview.approve().send().await.unwrap());
    assert!(matches!(ended.next().await, Some((_, Ok(Outcome::Succeeded(_))))));
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_clones_of_a_handle_know_what_was_approved() {
    let server = Scripted::start([
        found("op_1", "preview_ready", 1),
        accepted("op_1", "preview_ready", 1),
        found("op_1", "preview_ready", 1),
        found("op_1", "succeeded", 2),
    ])
    .await;
    let handle = server.mint().attach("op_1").unwrap();
    let other = handle.clone();
    let Outcome::AwaitingReview(preview) = waited(&handle).await else {
        panic!("no preview");
    };
    preview.approve().send().await.unwrap();
    assert_eq!(other.save().acted_on.len(), 1);
    assert!(matches!(waited(&other).await, Outcome::Succeeded(_)));
}

#[tokio::test(start_paused = true)]
async fn a_revision_says_what_to_change() {
    let server = Scripted::start([found("op_1", "preview_ready", 1), accepted("op_1", "running", 2)]).await;
    let preview = preview_of(&server.mint()).await;
    for (feedback, says) in [(String::new(), "`feedback` is empty"), ("x".repeat(2001), "longer than 2000")] {
        let error = preview.revise(feedback).send().await.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(says) && error.to_string().contains("op_1"), "{error}");
    }
    preview.revise("x".repeat(2000)).send().await.unwrap();
    let sent = server.sent();
    assert_eq!((sent.len(), sent[1].line.as_str()), (2, "POST /v1/operations/op_1:revise"));
    assert_eq!(serde_json::from_str::<Value>(&sent[1].body).unwrap(), json!({"feedback": "x".repeat(2000)}));
}

/// Each process knows what it was told before: the saved handle of the start.
#[tokio::test(start_paused = true)]
async fn two_processes_that_act_on_one_gate_act_once() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let started = mint.generate_model("a lamp").generation_mode(GenerationMode::Review).send().await.unwrap().save();
    let preview = async || preview_at(&simulator.mint().unwrap().attach_saved(&started).unwrap()).await;
    let (one, other) = (preview().await, preview().await);
    assert_eq!(one.approve().idempotency_key(), other.approve().idempotency_key());
    assert_ne!(one.approve().idempotency_key(), one.revise("green").idempotency_key());
    let (one, other) = (one.approve().send_and_wait().await.unwrap(), other.approve().send_and_wait().await.unwrap());
    assert!(one.is_success() && other.is_success(), "{one:?} {other:?}");
    // With other feedback, the second is refused, and not done.
    let started = mint.generate_model("a chair").generation_mode(GenerationMode::Review).send().await.unwrap().save();
    let preview = async || preview_at(&simulator.mint().unwrap().attach_saved(&started).unwrap()).await;
    let (one, other) = (preview().await, preview().await);
    one.revise("green").send().await.unwrap();
    assert!(other.revise("blue").send().await.clean_err().is_idempotency_conflict());
}

/// The saved handle is from before the revision, which the program does not know of.
#[tokio::test(start_paused = true)]
async fn a_revision_survives_a_kill_before_it_was_stored() {
    for lingering in [false, true] {
        for key in [None, Some("revision-1")] {
            let builder = Simulator::builder();
            let builder = if lingering { builder.lingering_gates() } else { builder };
            let simulator = builder.start().await.unwrap();
            let mint = simulator.mint().unwrap();
            let request = mint.generate_model("a lamp").generation_mode(GenerationMode::Review);
            let handle = request.send().await.unwrap();
            let saved = handle.save();
            let revise = |preview: &Preview| match key {
                Some(key) => preview.revise("green").with_idempotency_key(key),
                None => preview.revise("green"),
            };
            revise(&preview_at(&handle).await).send().await.unwrap();
            // Killed here, and run again.
            let again = simulator.mint().unwrap().attach_saved(&saved).unwrap();
            let next = revise(&preview_at(&again).await).send().await.unwrap();
            let next = preview_at(&next).await;
            assert!(next.approve().send_and_wait().await.unwrap().is_success(), "{lingering} {key:?}");
        }
    }
}

/// An operation that needs credits.
fn unpaid(changes: Value) -> Value {
    let mut body = operation("op_1", "billing_required", 1);
    body["billing"] = json!({
        "reason": "insufficient_credits", "requiredCredits": 248, "availableCredits": 20.5,
        "actionUrl": "https://platform.mint.gg/billing?session=secret",
    });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

#[tokio::test(start_paused = true)]
async fn what_needs_credits_tells_how_many_and_goes_on_once_resumed() {
    let stale = is(200, unpaid(json!({})));
    let replies = [stale.clone(), accepted("op_1", "running", 2), stale, found("op_1", "succeeded", 3)];
    let server = Scripted::start(replies).await;
    let Outcome::BillingRequired(unpaid) = waited(&server.mint().attach("op_1").unwrap()).await else {
        panic!("not unpaid");
    };
    assert_eq!((unpaid.required_credits(), unpaid.available_credits()), (Some(248.0), Some(20.5)));
    assert_eq!(unpaid.action_url(), Some("https://platform.mint.gg/billing?session=secret"));
    let text = Outcome::BillingRequired(unpaid.clone()).into_succeeded().clean_err().to_string();
    assert!(
        text.contains("needs 248 credits, and there are 20.5; add some at https://platform.mint.gg/billing"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    assert!(unpaid.resume().send_and_wait().await.unwrap().is_success());
    assert_eq!(server.lines()[1], "POST /v1/operations/op_1:resume");
}

#[tokio::test(start_paused = true)]
async fn what_has_nothing_to_resume_tells_the_key_of_its_start() {
    let nothing = || unpaid(json!({"resource": null, "billing": null}));
    let server = Scripted::start([is(202, nothing()), is(200, nothing())]).await;
    let mint = server.mint();
    let request = mint.generate_model("a lamp");
    let attached = mint.attach("op_1").unwrap();
    for (outcome, says) in [
        (request.send_and_wait().await.unwrap(), format!("idempotency key `{}`", request.idempotency_key())),
        (waited(&attached).await, "with its idempotency key".to_owned()),
    ] {
        let Outcome::BillingRequired(unpaid) = outcome else { panic!("not unpaid") };
        assert_eq!((unpaid.required_credits(), unpaid.action_url()), (None, None));
        let error = unpaid.resume().send().await.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(&says), "{error}");
    }
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_failed_is_retried_as_another_operation() {
    let server = Scripted::start([
        found("op_1", "failed", 1),
        accepted("op_2", "queued", 2),
        found("op_2", "succeeded", 3),
        is(200, json!({"id": "op_1", "status": "failed", "resource": {"type": "world", "id": "w"}})),
    ])
    .await;
    let attached = server.mint().attach("op_1").unwrap();
    let Outcome::Failed(failed) = waited(&attached).await else { panic!("not failed") };
    let handle = failed.retry().send().await.unwrap();
    assert_eq!(handle.id().as_str(), "op_2");
    assert!(waited(&handle).await.is_success());
    assert_eq!(server.lines()[1..3], ["POST /v1/models/m_1:retry", "GET /v1/operations/op_2"]);

    let Outcome::Failed(failed) = waited(&attached).await else { panic!("not failed") };
    let error = failed.retry().send().await.clean_err();
    assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains("only models"), "{error}");
}

/// Reviews with these decisions, the last one for ever; says how it ended, and what was posted.
async fn reviewed(replies: Vec<Reply>, rounds: Option<u32>, decisions: Vec<Decision>) -> (Outcome, Vec<String>) {
    let server = Scripted::start(replies).await;
    let mut round = 0;
    let review = server.mint().attach("op_1").unwrap().wait().review_with(move |preview| {
        assert!(preview.operation.status.as_str() == "preview_ready");
        let decision = decisions[round.min(decisions.len() - 1)].clone();
        round += 1;
        async move { decision }
    });
    let outcome = match rounds {
        Some(rounds) => review.max_rounds(rounds).await,
        None => review.await,
    };
    let posts =
        server.lines().into_iter().filter_map(|line| line.strip_prefix("POST /v1/operations/").map(str::to_owned));
    (outcome.unwrap(), posts.collect())
}

#[tokio::test(start_paused = true)]
async fn a_reviewer_decides_about_each_preview() {
    let preview = |updated_at| found("op_1", "preview_ready", updated_at);
    let taken = |updated_at| accepted("op_1", "running", updated_at);
    let revise = || Decision::Revise("greener".into());

    // The preview that was dealt with is shown once, however often a reply shows it.
    let replies = vec![
        preview(1),
        taken(2),
        preview(1),
        preview(3),
        taken(4),
        preview(3),
        preview(1),
        found("op_1", "succeeded", 5),
    ];
    let (outcome, posts) = reviewed(replies, None, vec![revise(), Decision::Approve]).await;
    assert!(outcome.is_success());
    assert_eq!(posts, ["op_1:revise", "op_1:approve"]);

    let (outcome, posts) = reviewed(vec![preview(1)], None, vec![Decision::Stop]).await;
    assert!(outcome.is_awaiting_review() && posts.is_empty());

    // One who is never content is shown three previews, or as many as said.
    let endless = || (0..9).flat_map(|round| [preview(2 * round), taken(2 * round + 1)]).collect::<Vec<_>>();
    let (outcome, posts) = reviewed(endless(), None, vec![revise()]).await;
    assert!(outcome.is_awaiting_review() && posts.len() == 3, "{posts:?}");
    let (outcome, posts) = reviewed(endless(), Some(0), vec![revise()]).await;
    assert!(outcome.is_awaiting_review() && posts.is_empty(), "{posts:?}");

    // The operation of the reply is the one that is followed.
    let replies = vec![preview(1), accepted("op_2", "running", 2), found("op_2", "succeeded", 3)];
    let (outcome, _) = reviewed(replies, None, vec![Decision::Approve]).await;
    assert_eq!(outcome.operation().id, "op_2");
}

#[tokio::test(start_paused = true)]
async fn the_time_of_the_reviewer_does_not_count() {
    let server = Scripted::start([
        found("op_1", "preview_ready", 1),
        accepted("op_1", "running", 2),
        found("op_1", "running", 2),
        found("op_1", "succeeded", 3),
    ])
    .await;
    let began = Instant::now();
    let wait = server.mint().attach("op_1").unwrap().wait().deadline(Duration::from_secs(60));
    let review = wait.review_with(async |_| {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        Decision::Approve
    });
    assert!(review.await.unwrap().is_success());
    assert!(began.elapsed() >= Duration::from_secs(3600));
}

#[tokio::test(start_paused = true)]
async fn a_review_ends_with_its_token_and_with_a_refusal() {
    let server = Scripted::start([found("op_1", "preview_ready", 1)]).await;
    let token = CancellationToken::new();
    let fired = token.clone();
    let wait = server.mint().attach("op_1").unwrap().wait().cancel_on(token);
    let review = wait.review_with(move |_| {
        fired.cancel();
        std::future::pending()
    });
    let error = review.await.clean_err();
    assert_eq!((error.kind(), server.sent().len()), (ErrorKind::Interrupted, 1));
    assert_eq!(error.operation().unwrap().id, "op_1");

    let server = Scripted::start([found("op_1", "preview_ready", 1)]).await;
    let review = server.mint().attach("op_1").unwrap().wait().review_with(async |_| Decision::Revise(String::new()));
    let error = review.await.clean_err();
    assert_eq!((error.kind(), server.sent().len()), (ErrorKind::InvalidArgument, 1));
    assert!(error.operation().is_some());
}
