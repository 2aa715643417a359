//! A request that is stored before it is sent.

use mint_api_ext::request::{
    AnimateModel, Approve, Call, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld,
    OptimizeModel, Reference, Resume, RetryModel, Revise, SavedRequest, Start,
};
use mint_api_ext::simulator::{Route, Simulator};
use mint_api_ext::types::{
    AudioKind, ConversionFormat, GenerationMode, GenerationPreset, OptimizationLevel, RiggingPose,
};
use mint_api_ext::{ErrorKind, Mint, Outcome, Request};
use serde_json::{Value, json};

use crate::support::leaks::{CleanErr as _, assert_clean};
use crate::support::scripted::{Scripted, accepted, found, is};

/// Stores a request as text, and takes it up.
fn restored<T: Call>(mint: &Mint, request: &Request<T>) -> Request<T> {
    let text = serde_json::to_string(request).unwrap();
    mint.restore(&serde_json::from_str(&text).unwrap()).unwrap()
}

async fn check<T: Start>(name: &str, request: impl FnOnce(&Mint) -> Request<T>) {
    let server = Scripted::by(|_| accepted("op_1", "queued", 0)).await;
    let request = request(&server.mint());
    assert_eq!(request.save().unwrap().call, name);
    request.send().await.unwrap();
    restored(&server.mint(), &request).send().await.unwrap();
    let sent = server.sent();
    let [first, again] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((&first.line, &first.key, &first.body), (&again.line, &again.key, &again.body));
    assert_eq!(first.key.as_deref(), Some(request.idempotency_key()));
    let texts = [request.save().unwrap(), restored(&server.mint(), &request).save().unwrap()];
    assert_eq!(texts[0], texts[1], "{name}");
    // What an error says is the same, too.
    let [why, why_again] = [request.clone(), restored(&server.mint(), &request)].map(|request| {
        let request = request.with_idempotency_key("key").max_credits(f64::NAN);
        async move { request.send().await.unwrap_err().to_string() }
    });
    assert_eq!(why.await, why_again.await);
}

#[tokio::test(start_paused = true)]
async fn every_call_is_sent_as_it_was_stored() {
    let views = || Reference::Views(vec!["https://a.b/1.png?signature=1".into(), "https://a.b/2.png".into()]);
    check::<GenerateModel>("generate_model", |mint| mint.generate_model("a lamp")).await;
    check("generate_model", |mint| {
        let request = mint.generate_model("a \"lamp\" \u{1f4a1}").name("lamp").generation_mode(GenerationMode::Review);
        request.generation_preset(GenerationPreset::Fast).rigging_pose(RiggingPose::APose).reference(views())
    })
    .await;
    check::<GenerateWorld>("generate_world", |mint| {
        mint.generate_world("a lighthouse").reference(Reference::Image("https://a.b/c.png?signature=1".into()))
    })
    .await;
    check::<GenerateWorld>("generate_world", |mint| {
        let Reference::Views(views) = views() else { unreachable!() };
        mint.generate_world("a lighthouse")
            .reference(Reference::AnchoredViews { anchor: "https://a.b/c.png".into(), views })
    })
    .await;
    check::<GenerateAssetPack>("generate_asset_pack", |mint| {
        mint.generate_asset_pack("tools", 5).style_guide("low poly").asset_pack_type("general_asset_pack")
    })
    .await;
    check::<GenerateAudio>("generate_audio", |mint| {
        mint.generate_audio("a door").duration_seconds(2.0).audio_kind(AudioKind::SoundEffect)
    })
    .await;
    check::<AnimateModel>("animate_model", |mint| mint.animate_model("m_1", "waves").height_meters(0.1)).await;
    check::<ConvertModel>("convert_model", |mint| {
        mint.convert_model("m_1", [ConversionFormat::Usdz, ConversionFormat::Obj]).name("lamp")
    })
    .await;
    check::<RetryModel>("retry_model", |mint| mint.retry_model("m_1").with_idempotency_key("k")).await;

    let server = Scripted::by(|_| accepted("op_1", "queued", 0)).await;
    let request = server.mint().optimize_model("m_1", OptimizationLevel::Light);
    assert_eq!(request.save().unwrap().call, "optimize_model");
    let _ = request.send().await.unwrap();
    let _ = restored::<OptimizeModel>(&server.mint(), &request).send().await.unwrap();
    let sent = server.sent();
    assert_eq!((&sent[0].line, &sent[0].key, &sent[0].body), (&sent[1].line, &sent[1].key, &sent[1].body));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_sent_before_the_crash_is_done_once() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    for sent_before in [false, true] {
        let request = mint.generate_model("a lamp");
        let stored = serde_json::to_string(&request.save().unwrap()).unwrap();
        if sent_before {
            simulator.lose_next_reply(Route::GenerateModel);
            drop(request.send().await);
        }
        let before = simulator.operations_started();
        let again = simulator.mint().unwrap().restore::<GenerateModel>(&serde_json::from_str(&stored).unwrap());
        assert!(again.unwrap().send_and_wait().await.unwrap().is_success());
        assert_eq!(simulator.operations_started() - before, usize::from(!sent_before));
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_is_sent_as_it_was_stored() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let request = mint.generate_model("a lamp").generation_mode(GenerationMode::Review).with_idempotency_key("start");
    let Outcome::AwaitingReview(preview) = request.send_and_wait().await.unwrap() else { panic!() };
    let revise = preview.revise("in green");
    let stored = restored::<Revise>(&mint, &revise);
    let revised = stored.send().await.unwrap();
    // Both are one decision.
    assert_eq!(revise.send().await.unwrap().id(), revised.id());
    let Outcome::AwaitingReview(preview) = revised.wait().await.unwrap() else { panic!() };
    let approved = restored::<Approve>(&simulator.mint().unwrap(), &preview.approve()).send().await.unwrap();
    // The handle knows what was acted on before the request was stored, and how the operation was started.
    let saved = approved.save();
    assert_eq!(saved.acted_on.iter().map(|state| state.status.as_str()).collect::<Vec<_>>(), ["preview_ready"; 2]);
    assert_eq!(saved.idempotency_key.as_deref(), Some("start"));
    assert!(approved.wait().await.unwrap().is_success());
    assert_eq!(simulator.operations_started(), 1);

    let operation = |status| found("op_1", status, 1);
    let server = Scripted::start([
        operation("billing_required"),
        accepted("op_1", "running", 2),
        operation("failed"),
        accepted("op_2", "queued", 3),
    ])
    .await;
    let mint = server.mint();
    let Outcome::BillingRequired(unpaid) = mint.attach("op_1").unwrap().wait().await.unwrap() else { panic!() };
    let resumed = restored::<Resume>(&mint, &unpaid.resume()).send().await.unwrap();
    let Outcome::Failed(failed) = mint.attach(resumed.id()).unwrap().wait().await.unwrap() else { panic!() };
    let retry = failed.retry();
    let retried = restored::<RetryModel>(&mint, &retry).send().await.unwrap();
    assert_eq!(retried.id().as_str(), "op_2");
    let lines = server.lines();
    assert_eq!((&*lines[1], &*lines[3]), ("POST /v1/operations/op_1:resume", "POST /v1/models/m_1:retry"));
    assert_eq!(server.sent()[3].key.as_deref(), Some(retry.idempotency_key()));
}

#[tokio::test(start_paused = true)]
async fn a_restored_request_keeps_its_limits_and_does_not_ask_for_the_balance() {
    let estimate = json!({"credits": {"requiredToStart": 20, "estimatedTotal": 248}});
    let server = Scripted::start([is(200, estimate.clone()), accepted("op_1", "queued", 0), is(200, estimate)]).await;
    let mint = server.mint();
    restored(&mint, &mint.generate_model("a lamp").max_credits(250)).send().await.unwrap();
    assert_eq!(server.lines(), ["POST /v1/pricing:estimate", "POST /v1/models:generate"]);
    let error = restored(&mint, &mint.generate_model("a lamp").max_credits(240)).send().await.clean_err();
    assert_eq!((error.kind(), server.sent().len()), (ErrorKind::Credits, 3), "{error}");
    let error = restored(&mint, &mint.generate_world("a").max_credits(1).assume_credits(2)).send().await.clean_err();
    assert!(error.kind() == ErrorKind::Credits && error.to_string().contains("cost 2 credits"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_budget_must_be_given_again() {
    let server = Scripted::start([accepted("op_1", "queued", 0)]).await;
    let mint = server.mint();
    let stored = restored(&mint, &mint.generate_world("a").assume_credits(30).budget(&mint.budget(50)));
    for stored in [stored.clone(), restored(&mint, &stored)] {
        let error = stored.send().await.clean_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains("`budget`"), "{error}");
    }
    let budget = mint.budget(20);
    assert_eq!(stored.clone().budget(&budget).send().await.clean_err().kind(), ErrorKind::Credits);
    assert_eq!(server.sent().len(), 0);
    let budget = mint.budget(40);
    stored.budget(&budget).send().await.unwrap();
    assert_eq!(budget.held(), 30.0);
}

#[tokio::test]
async fn what_cannot_be_sent_cannot_be_stored() {
    let server = Scripted::start([]).await;
    let mint = server.mint();
    for (request, says) in [
        (mint.generate_model(""), "`prompt` is empty"),
        (mint.generate_model("a").name("a".repeat(121)), "`name` is"),
        (mint.generate_model("a").with_idempotency_key("a\nb"), "the idempotency key has"),
        (mint.generate_model("a").max_credits(f64::NAN), "`max_credits` is NaN"),
        (mint.generate_model("a").assume_credits(-1), "`assume_credits` is -1"),
    ] {
        let error = request.save().clean_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains(says), "{error}");
        assert_eq!(serde_json::to_string(&request).unwrap_err().to_string(), error.to_string());
        assert_eq!(request.send().await.clean_err().to_string(), error.to_string());
    }
    let error = mint.animate_model("a/b", "waves").save().clean_err();
    assert!(error.to_string().contains("cannot be the id of the model"), "{error}");
}

#[tokio::test]
async fn the_stored_form_does_not_change() {
    let mint = Scripted::start([]).await.mint();
    let request = mint.animate_model("m_1", "waves").height_meters(2.0).with_idempotency_key("key");
    let text = serde_json::to_string(&request.max_credits(300).assume_credits(20).budget(&mint.budget(1))).unwrap();
    let expected = r#"{"format":1,"call":"animate_model","idempotencyKey":"key","id":"m_1",
        "body":{"heightMeters":2.0,"motionPrompt":"waves"},"maxCredits":300.0,"assumeCredits":20.0,"budget":true}"#;
    let (text, expected): (Value, Value) =
        (serde_json::from_str(&text).unwrap(), serde_json::from_str(expected).unwrap());
    assert_eq!(text, expected);
    let least = r#"{"format":1,"call":"generate_model","idempotencyKey":"key","body":{"prompt":"a"}}"#;
    let saved: SavedRequest = serde_json::from_str(least).unwrap();
    assert_eq!(serde_json::to_string(&saved).unwrap(), least);
    assert_eq!(serde_json::to_string(&mint.restore::<GenerateModel>(&saved).unwrap()).unwrap(), least);
}

#[tokio::test]
async fn what_is_no_saved_request_of_this_call() {
    let mint = Scripted::start([]).await.mint();
    let of = |change: Value| {
        let mut row = json!({"format": 1, "call": "animate_model", "idempotencyKey": "k", "id": "m_1",
                             "body": {"motionPrompt": "waves"}});
        row.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        row
    };
    let read = |change| serde_json::from_value::<SavedRequest>(of(change));
    for format in [json!(0), json!(2), json!(u64::MAX)] {
        let text = read(json!({"format": format, "body": 7})).clean_err().to_string();
        assert!(text.contains(&format!("in format {format}")) && text.contains("mint-api-ext"), "{text}");
    }
    assert!(read(json!({"format": null})).is_err());

    for (change, says) in [
        (json!({"call": "generate_world"}), "it is the call `generate_world`, and `animate_model` was asked for"),
        (json!({"idempotencyKey": ""}), "the idempotency key"),
        (json!({"id": "../m"}), "cannot be the id of the model"),
        (json!({"id": ""}), "the id of the model is empty"),
        (json!({"body": {"motionPrompt": ""}}), "cannot read its arguments"),
        (json!({"body": {"motionPrompt": "waves", "newField": "signature"}}), "newField"),
        (
            json!({"body": {"motionPrompt": "https://a.b?signature=1", "heightMeters": "https://a.b?signature=1"}}),
            "version",
        ),
        (json!({"body": null}), "cannot read its arguments"),
    ] {
        let error = mint.restore::<AnimateModel>(&read(change).unwrap()).clean_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains(says), "{error}");
    }
    let saved = read(json!({"body": {"motionPrompt": "https://a.b?signature=1"}})).unwrap();
    assert_clean("a saved request", &format!("{saved:?} {saved:#?}"));
    assert!(mint.restore::<AnimateModel>(&saved).is_ok());
}
