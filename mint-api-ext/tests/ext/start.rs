//! Starting: one logical call, however often it is sent.

use std::time::Duration;

use futures::StreamExt as _;
use mint_api_ext::request::{Optimization, Reference};
use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::types::{ConversionFormat, GenerationMode, GenerationPreset, OptimizationLevel};
use mint_api_ext::wait::Update;
use mint_api_ext::{Error, ErrorKind, Mint, Outcome};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Reply, Scripted, accepted, found, is, lost, operation, problem};

#[tokio::test(start_paused = true)]
async fn what_may_have_failed_in_passing_is_sent_again_with_the_same_key_and_body() {
    let server = Scripted::start([
        lost(),
        problem(408, "about:blank"),
        problem(429, "about:blank"),
        problem(500, "about:blank"),
        is(502, json!("<html>")),
        accepted("op_1", "queued", 0),
    ])
    .await;
    let request = server.mint().generate_model("a lamp").name("Lamp").generation_preset(GenerationPreset::Fast);
    let handle = request.send().await.unwrap();
    assert_eq!((handle.id().as_str(), handle.idempotency_key()), ("op_1", Some(request.idempotency_key())));
    let sent = server.sent();
    assert_eq!(sent.len(), 6);
    let body = json!({"prompt": "a lamp", "name": "Lamp", "generationPreset": "fast"});
    for sent in &sent {
        assert_eq!(
            (sent.line.as_str(), sent.key.as_deref()),
            ("POST /v1/models:generate", Some(request.idempotency_key()))
        );
        assert_eq!(serde_json::from_str::<Value>(&sent.body).unwrap(), body);
    }
    let gaps: Vec<_> = sent.windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs_f64()).collect();
    for (gap, least) in gaps.iter().zip([0.5, 1.0, 2.0, 4.0, 8.0]) {
        assert!((least..least * 1.5 + 0.1).contains(gap), "{gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_and_told_where_it_is_too_long() {
    let busy = |seconds: &str| problem(503, "about:blank").header("retry-after", seconds);
    let server = Scripted::start([busy("40"), busy("400")]).await;
    let error = server.mint().generate_audio("rain").send().await.clean_err();
    let sent = server.sent();
    assert!(sent.len() == 2 && sent[1].at - sent[0].at >= Duration::from_secs(40), "{sent:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_sent_again() {
    for status in [400, 401, 402, 403, 404, 409, 413, 422, 501, 505] {
        let server = Scripted::start([problem(status, "about:blank")]).await;
        let request = server.mint().generate_world("a lighthouse");
        let error = request.send().await.clean_err();
        assert_eq!((server.sent().len(), error.status().unwrap().as_u16()), (1, status), "{error}");
        assert_eq!(error.idempotency_key(), Some(request.idempotency_key()));
        assert!(error.to_string().starts_with("could not generate a world: the server answered"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_fate_is_unknown_tells_its_key() {
    let server = Scripted::start(vec![lost(); 6]).await;
    let error = server.mint().generate_model("a lamp").send().await.clean_err();
    assert!(error.is_transport(), "{error}");
    assert_eq!(server.sent().len(), 6);
    let key = error.idempotency_key().unwrap().to_owned();
    assert!(error.to_string().contains("6 times") && error.to_string().contains(&format!("`{key}`")), "{error}");

    // What cannot be read was done all the same.
    let server = Scripted::start([is(202, json!({"id": 7}))]).await;
    let error = server.mint().generate_model("a lamp").with_idempotency_key(&key).send().await.clean_err();
    assert_eq!((error.kind(), error.idempotency_key()), (ErrorKind::Decode, Some(key.as_str())));
    assert!(error.to_string().contains("does nothing twice"), "{error}");
    assert_eq!(server.sent()[0].key.as_ref(), Some(&key));

    let mut once = RetryPolicy::default();
    once.attempts = 1;
    let server = Scripted::start([problem(500, "about:blank")]).await;
    let error = server.builder().retry_policy(once).build().unwrap().generate_audio("rain").send().await.clean_err();
    assert_eq!((server.sent().len(), error.status().unwrap().as_u16()), (1, 500));
}

#[tokio::test(start_paused = true)]
async fn a_key_belongs_to_one_request() {
    let server = Scripted::start(vec![accepted("op_1", "queued", 0); 3]).await;
    let mint = server.mint();
    let (one, other) = (mint.generate_model("a lamp"), mint.generate_model("a lamp"));
    assert_ne!(one.idempotency_key(), other.idempotency_key());
    one.send().await.unwrap();
    one.send().await.unwrap();
    other.send().await.unwrap();
    let keys: Vec<_> = server.sent().into_iter().map(|sent| sent.key.unwrap()).collect();
    assert_eq!(keys, [one.idempotency_key(), one.idempotency_key(), other.idempotency_key()]);
    let seeded = || server.builder().seed(7).build().unwrap().generate_audio("rain");
    assert_eq!(seeded().idempotency_key(), seeded().idempotency_key());
}

#[tokio::test(start_paused = true)]
async fn the_reply_of_the_start_is_what_the_wait_sees_first() {
    let queued = accepted("op_1", "queued", 0).header("retry-after", "9");
    let server = Scripted::start([queued, found("op_1", "succeeded", 1)]).await;
    let handle = server.mint().generate_model("a lamp").send().await.unwrap();
    let began = Instant::now();
    let mut updates = handle.wait().updates();
    let first = updates.next().await;
    assert!(
        matches!(&first, Some(Ok(Update::Changed(seen))) if seen.operation.status.as_str() == "queued"),
        "{first:?}"
    );
    assert_eq!((server.sent().len(), began.elapsed()), (1, Duration::ZERO));
    assert!(matches!(updates.next().await, Some(Ok(Update::Ended(Outcome::Succeeded(_))))));
    assert!(server.sent()[1].at - began >= Duration::from_secs(9));

    // One that has ended needs no poll.
    let server = Scripted::start([accepted("op_1", "succeeded", 0)]).await;
    assert!(server.mint().generate_model("a lamp").send_and_wait().await.unwrap().is_success());
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_servers_wish_outlives_the_process() {
    let queued = accepted("op_1", "queued", 0).header("retry-after", "50");
    let server = Scripted::start([queued, found("op_1", "succeeded", 1)]).await;
    let handle = server.mint().generate_model("a lamp").with_idempotency_key("mine").send().await.unwrap();
    let text = serde_json::to_string(&handle).unwrap();
    assert!(text.contains("notBefore") && text.contains(r#""idempotencyKey":"mine""#), "{text}");
    let handle = server.mint().attach_saved(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(handle.idempotency_key(), Some("mine"));
    let (began, wall) = (Instant::now(), std::time::SystemTime::now());
    handle.wait().await.unwrap().into_operation();
    // Wall time goes on while tokio's stands still.
    assert!(began.elapsed() + wall.elapsed().unwrap() >= Duration::from_secs(49), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_breaks_a_documented_bound_is_not_sent() {
    let server = Scripted::start([]).await;
    let mint = server.mint();
    let views = |count| Reference::Views(vec!["https://example.com/a.png".into(); count]);
    let anchored = |count| Reference::AnchoredViews {
        anchor: "https://example.com/a.png".into(),
        views: vec!["https://example.com/b.png".into(); count],
    };
    let long = "x".repeat(121);
    let refused: Vec<(Result<_, Error>, &str)> = vec![
        (mint.generate_model("").send().await, "`prompt` is empty"),
        (mint.generate_world("").send().await, "`prompt` is empty"),
        (mint.generate_model("a").name("").send().await, "`name` is empty"),
        (mint.generate_model("a").name(&long).send().await, "`name` is longer than 120"),
        (mint.generate_model("a").reference(views(0)).send().await, "`sourceImages` has 0 views"),
        (mint.generate_model("a").reference(views(1)).send().await, "`sourceImages` has 1 view, and may have 2 to 8"),
        (mint.generate_world("a").reference(views(9)).send().await, "`sourceImages` has 9 views, and may have 2 to 8"),
        (mint.generate_model("a").reference(Reference::Image("a.png".into())).send().await, "`imageUrl`"),
        (mint.generate_model("a").reference(anchored(2)).send().await, "a model takes an image or views, not both"),
        (mint.generate_world("a").reference(anchored(1)).send().await, "`sourceImages` has 1 view"),
        (mint.generate_asset_pack("a", 1).send().await, "`itemCount` is 1"),
        (mint.generate_asset_pack("a", 26).send().await, "`itemCount` is 26"),
        (mint.generate_audio("a").duration_seconds(f64::NAN).send().await, "`durationSeconds` is NaN"),
        (mint.animate_model("m", "").send().await, "`motionPrompt` is empty"),
        (mint.animate_model("m", "a").height_meters(0.0).send().await, "`heightMeters` is 0"),
        (mint.animate_model("a/b", "a").send().await, "cannot be the id of the model"),
        (mint.convert_model("m", []).send().await, "`targetFormats` is empty"),
        (mint.convert_model("", [ConversionFormat::Obj]).send().await, "the id of the model is empty"),
        (mint.retry_model("..").send().await, "cannot be the id of the model"),
        (mint.generate_model("a").with_idempotency_key("").send().await, "the idempotency key"),
        (mint.generate_model("a").with_idempotency_key("a\nb").send().await, "the idempotency key"),
        (mint.generate_model("a").max_credits(-1).send().await, "`max_credits` is -1"),
    ];
    for (result, says) in refused {
        let error = result.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn the_fields_are_sent_as_documented() {
    let server = Scripted::start(vec![accepted("op_1", "queued", 0); 7]).await;
    let mint = server.mint();
    let views = ["https://example.com/a.png", "https://example.com/b.png"].map(String::from).to_vec();
    mint.generate_model("a")
        .generation_mode(GenerationMode::Review)
        .reference(Reference::Views(views))
        .send()
        .await
        .unwrap();
    let image = Reference::Image("https://example.com/a.png?signature=x".into());
    assert!(!format!("{image:?}").contains("signature"), "{image:?}");
    mint.generate_world("a").reference(image).send().await.unwrap();
    let views = vec!["https://example.com/b.png?signature=x".into(), "https://example.com/c.png".into()];
    let anchored = Reference::AnchoredViews { anchor: "https://example.com/a.png?signature=x".into(), views };
    assert!(!format!("{anchored:?}").contains("signature"), "{anchored:?}");
    mint.generate_world("a").reference(anchored).send().await.unwrap();
    mint.generate_asset_pack("a", 3).style_guide("b").asset_pack_type("c").send().await.unwrap();
    mint.animate_model("m_1", "waves").height_meters(1.75).send().await.unwrap();
    mint.convert_model("m_1", [ConversionFormat::Glb, ConversionFormat::Usdz]).name("n").send().await.unwrap();
    mint.retry_model("m_1").send().await.unwrap();
    let sent: Vec<_> = server.sent().into_iter().map(|sent| format!("{} {}", sent.line, sent.body)).collect();
    assert_eq!(
        sent,
        [
            "POST /v1/models:generate {\"generationMode\":\"review\",\"prompt\":\"a\",\"sourceImages\":\
             [\"https://example.com/a.png\",\"https://example.com/b.png\"]}",
            "POST /v1/worlds:generate {\"imageUrl\":\"https://example.com/a.png?signature=x\",\"prompt\":\"a\"}",
            "POST /v1/worlds:generate {\"imageUrl\":\"https://example.com/a.png?signature=x\",\"prompt\":\"a\",\
             \"sourceImages\":[\"https://example.com/b.png?signature=x\",\"https://example.com/c.png\"]}",
            "POST /v1/asset-packs:generate {\"assetPackType\":\"c\",\"itemCount\":3,\"prompt\":\"a\",\"styleGuide\":\"b\"}",
            "POST /v1/models/m_1:animate {\"heightMeters\":1.75,\"motionPrompt\":\"waves\"}",
            "POST /v1/models/m_1:convert {\"name\":\"n\",\"targetFormats\":[\"glb\",\"usdz\"]}",
            "POST /v1/models/m_1:retry {}",
        ]
    );
}

/// The replies to asking for an estimate and for the balance.
fn prices(estimate: f64, balance: f64) -> [Reply; 2] {
    let credits = json!({"requiredToStart": 20, "estimatedTotal": estimate});
    [is(200, json!({ "credits": credits })), is(200, json!({"credits": {"totalAvailable": balance}}))]
}

#[tokio::test]
async fn max_credits_refuses_before_anything_is_started() {
    let model = |mint: &Mint| mint.generate_model("a lamp").max_credits(250);
    let server = Scripted::start(prices(248.0, 300.0).into_iter().chain([accepted("op_1", "queued", 0)])).await;
    model(&server.mint()).send().await.unwrap();
    assert_eq!(server.lines(), ["POST /v1/pricing:estimate", "GET /v1/usage", "POST /v1/models:generate"]);
    let sent = server.sent();
    assert_eq!((sent[0].key.as_ref(), sent[2].key.is_some()), (None, true));
    // The estimate is for the documented default, and the limit changes nothing of what is sent.
    assert!(sent[0].body.contains("\"generationPreset\":\"standard\""), "{sent:?}");
    assert_eq!(sent[2].body, "{\"prompt\":\"a lamp\"}");

    for (estimate, balance, asked, says) in [
        (250.5, 300.0, 1, "estimated to cost 250.5 credits, and `max_credits` is 250"),
        (248.0, 247.9, 2, "estimated to cost 248 credits, and there are 247.9"),
        // What is needed to start counts where it is more.
        (10.0, 15.0, 2, "estimated to cost 20 credits, and there are 15"),
    ] {
        let server = Scripted::start(prices(estimate, balance)).await;
        let error = model(&server.mint()).send().await.clean_err();
        assert_eq!((error.kind(), server.sent().len()), (ErrorKind::Credits, asked), "{error}");
        assert!(error.to_string().contains(says) && error.to_string().contains("it was not sent"), "{error}");
    }

    // The balance is not asked for anew: the call itself may have reserved it.
    let lost = prices(248.0, 300.0).into_iter().chain([problem(501, "about:blank"), prices(248.0, 0.0)[0].clone()]);
    let lost = lost.chain([accepted("op_1", "queued", 0)]).chain(prices(1596.0, 52.0));
    let server = Scripted::start(lost).await;
    let request = model(&server.mint());
    request.send().await.clean_err();
    request.send().await.unwrap();
    let sent = server.sent();
    assert_eq!((sent.len(), &sent[2].body, &sent[2].key), (5, &sent[4].body, &sent[4].key));
    // Another call made of it is.
    let error = request.generation_preset(GenerationPreset::Production).send().await.clean_err();
    assert_eq!(error.kind(), ErrorKind::Credits);

    // No estimate, no start: neither where there is none for the kind, nor where the server does not give it.
    let server = Scripted::start([problem(422, "validation")]).await;
    let mint = server.mint();
    let error = mint.generate_world("a lighthouse").max_credits(1e9).send().await.clean_err();
    assert_eq!((error.kind(), server.sent().len()), (ErrorKind::Credits, 0), "{error}");
    let error = model(&mint).send().await.clean_err();
    assert_eq!((error.status().unwrap().as_u16(), server.sent().len()), (422, 1), "{error}");
}

#[tokio::test]
async fn an_optimization_that_is_not_needed_is_no_error() {
    let model = || is(200, json!({"id": "m_1", "assets": {"optimizedGlbUrl": "https://cdn.mint.gg/a.glb"}}));
    for (kind, expected) in [
        ("model-already-optimized", "AlreadyOptimized"),
        ("https://api.mint.gg/problems/model-already-optimized", "AlreadyOptimized"),
        ("model-optimization-in-progress", "InProgress"),
        ("https://api.mint.gg/problems/model-optimization-in-progress", "InProgress"),
    ] {
        let server = Scripted::start([problem(409, kind), model()]).await;
        let optimization = server.mint().optimize_model("m_1", OptimizationLevel::Moderate).send().await.unwrap();
        assert_eq!(format!("{optimization:?}"), format!("{expected}(\"m_1\")"));
        let (name, model) = match optimization {
            Optimization::AlreadyOptimized(model) => ("AlreadyOptimized", model),
            Optimization::InProgress(model) => ("InProgress", model),
            other => panic!("{other:?}"),
        };
        assert_eq!((name, model.id.as_str()), (expected, "m_1"));
        assert_eq!(server.lines(), ["POST /v1/models/m_1:optimize", "GET /v1/models/m_1"]);
        assert_eq!(server.sent()[0].body, "{\"optimizationLevel\":\"moderate\"}");
    }
    for (status, kind) in [(409, "idempotency-conflict"), (400, "model-already-optimized")] {
        let server = Scripted::start([problem(status, kind)]).await;
        let error = server.mint().optimize_model("m_1", OptimizationLevel::Light).send().await.clean_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
    let server = Scripted::start(prices(20.0, 20.0).into_iter().chain([accepted("op_1", "queued", 0)])).await;
    let request = server.mint().optimize_model("m_1", OptimizationLevel::Light).max_credits(20);
    assert!(matches!(request.send().await.unwrap(), Optimization::Started(handle) if handle.id().as_str() == "op_1"));
    assert_eq!(server.sent()[0].body, "{\"modelId\":\"m_1\",\"operation\":\"model_optimization\"}");
}

#[tokio::test]
async fn a_validation_error_names_every_field() {
    let errors = json!([
        {"path": "/prompt", "code": "too_long", "message": "Too long."},
        {"path": "/name", "code": "invalid", "message": "Not allowed."},
        {"path": "/seed", "code": "unknown_field", "message": "Unknown."},
    ]);
    let body = json!({"type": "validation", "title": "Invalid", "status": 422, "errors": errors});
    let server = Scripted::start([is(422, body)]).await;
    let error = server.mint().generate_model("a lamp").send().await.clean_err();
    for says in ["`prompt` Too long", "`name` Not allowed", "`seed` Unknown", "correct these fields"] {
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!((error.field_errors().len(), server.sent().len()), (3, 1));
}

#[tokio::test]
async fn a_reply_that_names_no_operation_is_an_error() {
    let server = Scripted::start([is(202, operation("a/b", "queued", 0))]).await;
    let error = server.mint().generate_model("a lamp").send().await.clean_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.idempotency_key().is_some());
}
