//! Jobs of several calls.

use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::simulator::Simulator;
use mint_api_ext::types::{GenerationMode, OptimizationLevel};
use mint_api_ext::wait::{Advice, NotSucceeded};
use mint_api_ext::{Error, ErrorKind, Mint, Outcome};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Reply, Scripted, accepted, found, is, problem};

const LEVEL: OptimizationLevel = OptimizationLevel::Moderate;

async fn model_of(mint: &Mint) -> String {
    let outcome = mint.generate_model("a lamp").send_and_wait().await.unwrap();
    outcome.into_operation().resource.and_then(|model| model.id).unwrap()
}

fn model(optimized: bool) -> Reply {
    let url = optimized.then_some("https://cdn.example/m_1.glb?signature=secret");
    is(
        200,
        json!({"object": "model", "id": "m_1", "assets": {"glbUrl": "https://cdn.example/m.glb", "optimizedGlbUrl": url}}),
    )
}

#[tokio::test(start_paused = true)]
async fn an_optimization_ends_with_the_optimized_file_whatever_was_the_case() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = model_of(&mint).await;
    let optimize = || mint.optimize_model(&id, LEVEL).send_and_wait();
    // Started by one of them, found under way by the other, found done by the third.
    let (one, other) = tokio::join!(optimize(), optimize());
    for model in [one, other, optimize().await] {
        assert!(model.unwrap().assets.unwrap().optimized_glb_url.is_some());
    }
    assert_eq!(simulator.operations_started(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_optimization_of_somebody_else_is_watched_as_a_wait_watches() {
    let busy = problem(409, "model-optimization-in-progress");
    let late = model(false).header("retry-after", "30");
    let server = Scripted::start([busy, model(false), model(false), problem(503, "b"), late, model(true)]).await;
    let began = Instant::now();
    let optimized = server.mint().optimize_model("m_1", LEVEL).send_and_wait().await.unwrap();
    assert!(optimized.assets.unwrap().optimized_glb_url.is_some());
    let lines = server.lines();
    assert_eq!((lines[0].as_str(), lines.len()), ("POST /v1/models/m_1:optimize", 6));
    assert!(began.elapsed() >= Duration::from_secs(35), "the server's wish is obeyed: {:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_optimization_that_never_ends_or_fails_is_an_error() {
    let never = Scripted::by(|sent| match sent.line.starts_with("POST") {
        true => problem(409, "model-optimization-in-progress"),
        false => model(false),
    });
    let server = never.await;
    let began = Instant::now();
    let error = server.mint().optimize_model("m_1", LEVEL).send_and_wait().await.clean_err();
    assert!(error.is_timeout() && error.to_string().contains("model m_1 is optimized"), "{error}");
    assert!((1700..=1800).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());

    let failed = json!({"id": "op_1", "status": "failed", "error": {"code": "optimization_failed", "message": "m"}});
    let server = Scripted::start([accepted("op_1", "queued", 1), is(200, failed)]).await;
    let error = server.mint().optimize_model("m_1", LEVEL).send_and_wait().await.clean_err();
    assert_eq!((error.kind(), error.operation().unwrap().id.as_str()), (ErrorKind::NotSucceeded, "op_1"));
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<NotSucceeded>());
    assert!(source.unwrap().outcome().is_failed());
}

#[tokio::test(start_paused = true)]
async fn a_model_is_generated_and_optimized_once_however_often_the_job_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let job = || mint.generate_model("a lamp").with_idempotency_key("prop/lamp/v1").optimize(LEVEL);
    // Killed while the model is generated, and while it is optimized.
    for (seconds, started) in [(3, 1), (7, 2)] {
        assert!(tokio::time::timeout(Duration::from_secs(seconds), job().send_and_wait()).await.is_err());
        assert_eq!(simulator.operations_started(), started);
    }
    let model = job().send_and_wait().await.unwrap();
    assert_eq!(job().send_and_wait().await.unwrap().id, model.id);
    assert_eq!(simulator.operations_started(), 2);
    assert_eq!(job().idempotency_key(), "prop/lamp/v1");

    let reviewed = mint.generate_model("a lamp").generation_mode(GenerationMode::Review).optimize(LEVEL);
    let error = reviewed.send_and_wait().await.clean_err();
    assert_eq!(error.kind(), ErrorKind::NotSucceeded, "{error}");
    let not: Box<NotSucceeded> = match std::error::Error::source(&error).unwrap().downcast_ref::<NotSucceeded>() {
        Some(not) => Box::new(not.clone()),
        None => panic!("{error:?}"),
    };
    let Outcome::AwaitingReview(preview) = not.into_outcome() else { panic!("a preview waits") };
    preview.approve().send_and_wait().await.unwrap().into_succeeded().unwrap();
    assert!(reviewed.send_and_wait().await.is_ok());
}

fn credits(status: &str, reserved: Value, finalized: Value) -> Reply {
    is(200, json!({"id": "op_1", "status": status, "credits": {"reserved": reserved, "finalized": finalized}}))
}

#[tokio::test(start_paused = true)]
async fn the_cost_is_known_once_nothing_is_reserved() {
    let server = Scripted::start([
        credits("running", json!(248), json!(0)),
        credits("succeeded", json!(248), json!(0)),
        problem(503, "b"),
        credits("succeeded", json!(20), json!(228)),
        credits("succeeded", json!(0), json!(240)),
    ])
    .await;
    assert_eq!(server.mint().attach("op_1").unwrap().cost().await.unwrap(), Some(240.0));
    assert_eq!(server.sent().len(), 5);

    // Without credits in the reply there is nothing to wait for.
    let server = Scripted::start([is(200, json!({"id": "op_1", "status": "failed"}))]).await;
    assert_eq!(server.mint().attach("op_1").unwrap().cost().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_person_or_never_settles_has_no_cost_yet() {
    let server = Scripted::start([found("op_1", "preview_ready", 1)]).await;
    let error = server.mint().attach("op_1").unwrap().settled().await.clean_err();
    assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains("preview_ready"), "{error}");
    assert!(error.operation().is_some());
    let server = Scripted::by(|_| credits("succeeded", json!(248), json!(0))).await;
    assert!(server.mint().attach("op_1").unwrap().cost().await.clean_err().is_timeout());
}

async fn failed(code: Option<&str>) -> (Scripted, mint_api_ext::wait::FailedOperation) {
    let operation = json!({
        "id": "op_1", "status": "failed", "resource": {"type": "model", "id": "m_1"},
        "error": code.map(|code| json!({"code": code, "message": "It did not work out."})),
    });
    let server = Scripted::start([is(200, operation), accepted("op_2", "queued", 2)]).await;
    match server.mint().attach("op_1").unwrap().wait().await.unwrap() {
        Outcome::Failed(failed) => (server, failed),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_known_failure_has_its_advice_and_no_request_that_fails_again_is_sent() {
    for (code, advice) in [
        (Some("generation_interrupted"), Advice::Retry),
        (Some("transient_generation_failure"), Advice::Retry),
        (Some("start_failed"), Advice::Retry),
        (Some("optimization_not_started"), Advice::Retry),
        (Some("moderation_blocked"), Advice::ChangeRequest),
        (Some("invalid_generation_input"), Advice::ChangeRequest),
        (Some("quota_blocked"), Advice::AddCredits),
        (Some("optimization_failed"), Advice::ContactSupport),
        (Some("generation_failed"), Advice::Unknown),
        (Some("a_new_one"), Advice::Unknown),
        (None, Advice::Unknown),
    ] {
        let (server, failed) = failed(code).await;
        assert_eq!(failed.advice(), advice, "{code:?}");
        let retried = failed.retry().send().await;
        match advice {
            Advice::ChangeRequest => {
                let error: Error = retried.clean_err();
                assert_eq!((error.kind(), server.sent().len()), (ErrorKind::InvalidArgument, 1), "{error}");
                assert!(error.to_string().contains("retry_anyway"), "{error}");
                failed.retry_anyway().send().await.unwrap();
            }
            _ => drop(retried.unwrap()),
        }
        assert_eq!(server.lines()[1..], ["POST /v1/models/m_1:retry"]);
        let text = Outcome::Failed(failed).into_succeeded().unwrap_err().to_string();
        assert_eq!(
            text.contains("credits"),
            !matches!(advice, Advice::ChangeRequest | Advice::ContactSupport),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_models_of_a_pack_come_in_its_order_and_those_that_failed_come_without() {
    let server = Scripted::by(|sent| match sent.line.as_str() {
        "GET /v1/asset-packs/pack_1" => is(
            200,
            json!({"id": "pack_1", "status": "partially_succeeded", "items": [
                {"displayName": "Rake", "modelId": "m_1", "status": "succeeded"},
                {"displayName": "Hoe", "modelId": null, "status": "failed"},
                {"displayName": "Spade", "modelId": "m_3", "status": "succeeded"},
                {"displayName": "Hose", "modelId": "m_4", "status": "running"},
            ]}),
        ),
        "GET /v1/models/m_4" => problem(404, "not-found"),
        line => is(200, json!({"object": "model", "id": line.trim_start_matches("GET /v1/models/")})),
    })
    .await;
    let mint = server.mint();
    let operation = |resource: Value| {
        serde_json::from_value(json!({"id": "op_1", "status": "partially_succeeded", "resource": resource})).unwrap()
    };
    let items: Vec<_> =
        mint.asset_pack_models(&operation(json!({"type": "asset_pack", "id": "pack_1"}))).collect().await;
    let shown: Vec<_> = items
        .into_iter()
        .map(|item| match item {
            Ok(item) => (item.item.display_name.unwrap(), item.model.map(|model| model.id)),
            Err(error) => (format!("{:?}", error.status().unwrap().as_u16()), None),
        })
        .collect();
    let model = |id: &str| Some(id.to_owned());
    assert_eq!(
        shown,
        [("Rake".into(), model("m_1")), ("Hoe".into(), None), ("Spade".into(), model("m_3")), ("404".into(), None)]
    );
    let none: Vec<_> = mint.asset_pack_models(&operation(json!({"type": "model", "id": "m_1"}))).collect().await;
    let [Err(error)] = &none[..] else { panic!("{none:?}") };
    assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains("op_1"), "{error}");
}
