//! A request of a route that this version has no method for.

use std::num::NonZeroU32;
use std::time::Duration;

use mint_api_ext::client::Method;
use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::simulator::{Reply as Scene, Route, Script, Simulator};
use mint_api_ext::types::Operation;
use mint_api_ext::{Error, ErrorKind, Mint};
use mint_loopback::Reply;
use serde_json::{Value, json};

use crate::support::leaks::{CleanErr as _, assert_clean};
use crate::support::memory;
use crate::support::scripted::{Scripted, is, lost, problem};

const PATH: &str = "/v1/things/th_1";

async fn read<T: serde::de::DeserializeOwned + Send>(mint: &Mint) -> Result<T, Error> {
    mint.request(Method::GET, PATH).send().await
}

#[tokio::test(start_paused = true)]
async fn a_request_is_sent_as_it_is_described() {
    let server =
        Scripted::start([is(200, json!({"id": "th_1"})), Reply::bytes("").status(204), is(200, json!([]))]).await;
    let mint = server.mint();
    let request = mint.request(Method::POST, "/v1/things").query(&[("name", "a b&c")]).query(&[("limit", 2)]);
    let request = request.json(&json!({"size": 0.1_f32}));
    let key = request.idempotency_key().unwrap().to_owned();
    assert_eq!(request.send::<Value>().await.unwrap()["id"], "th_1");
    mint.request(Method::DELETE, PATH).with_idempotency_key("k").send::<()>().await.unwrap();
    assert_eq!(read::<Value>(&mint).await.unwrap(), json!([]));

    assert_eq!(
        server.lines(),
        ["POST /v1/things?name=a+b%26c&limit=2", "DELETE /v1/things/th_1", "GET /v1/things/th_1"]
    );
    let sent = server.sent();
    assert!(sent[0].body.starts_with(r#"{"size":0.1"#) && sent[1].body.is_empty(), "{sent:?}");
    assert_eq!(sent.iter().map(|sent| sent.key.as_deref()).collect::<Vec<_>>(), [Some(&*key), Some("k"), None]);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_cannot_be_read_is_as_it_was_sent() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let id = simulator.add(Script::model().with("credits", json!("many")).with("new", json!({"a": [1]})));
    assert!(mint.operation(&id).await.unwrap().credits.is_none());
    let request = mint.request(Method::GET, format!("/v1/operations/{id}"));
    let sent: Value = request.send().await.unwrap();
    assert_eq!((&sent["credits"], &sent["new"]), (&json!("many"), &json!({"a": [1]})));
    // Nothing is left out of a type of the caller.
    let error = request.send::<Operation>().await.clean_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("at `credits`"), "{error}");
    assert!(error.to_string().contains("read it as `serde_json::Value`"), "{error}");
}

/// What is sent, and whether the request may have been done, when a reply is lost or the server is busy.
#[tokio::test(start_paused = true)]
async fn only_a_read_or_a_request_with_a_key_is_sent_again() {
    for (method, key, attempts, may_have_been_done) in [
        (Method::GET, None, 2, false),
        (Method::HEAD, None, 2, false),
        (Method::GET, Some("k"), 2, false),
        (Method::POST, None, 2, true),
        (Method::POST, Some("k"), 2, true),
        (Method::PUT, None, 1, true),
        (Method::PUT, Some("k"), 2, true),
        (Method::DELETE, None, 1, true),
        (Method::DELETE, Some("k"), 2, true),
        (Method::PATCH, None, 1, true),
        (Method::PATCH, Some("k"), 2, true),
    ] {
        for reply in [lost(), problem(503, "about:blank")] {
            let server = Scripted::start([reply.clone(), reply]).await;
            let mut request = server.mint_that_tries_twice().request(method.clone(), PATH);
            if let Some(key) = key {
                request = request.with_idempotency_key(key);
            }
            let error = request.send::<Value>().await.clean_err();
            let sent = server.sent();
            assert_eq!((sent.len(), error.may_have_been_done()), (attempts, may_have_been_done), "{method} {key:?}");
            assert!(sent.iter().all(|sent| sent.key.as_deref() == request.idempotency_key()), "{sent:?}");
            let named = request.idempotency_key().filter(|_| !method.is_safe());
            assert_eq!(error.idempotency_key(), named, "{method}");
            let advice = match (may_have_been_done, named) {
                (true, Some(key)) => format!("the idempotency key `{key}` to find out"),
                (true, None) => "find out before you send it again".to_owned(),
                (false, _) => format!("could not {method} {PATH}"),
            };
            assert!(error.to_string().contains(&advice), "{error}");
        }
    }
    // A refusal after a lost reply does not hide the reply.
    let server = Scripted::start([lost(), problem(422, "validation")]).await;
    let error = server.mint().request(Method::POST, PATH).send::<Value>().await.clean_err();
    assert!(error.may_have_been_done() && error.to_string().contains("an earlier attempt"), "{error}");
    // What was refused was not done.
    for (method, status) in [(Method::PATCH, 422), (Method::PATCH, 429), (Method::POST, 404)] {
        let server = Scripted::start([problem(status, "about:blank")]).await;
        let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
        let error = mint.request(method, PATH).send::<Value>().await.clean_err();
        assert!(!error.may_have_been_done() && !error.to_string().contains("find out"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_reply_is_lost_happens_once() {
    let simulator = Simulator::start().await.unwrap();
    simulator.lose_next_reply(Route::GenerateModel);
    let request = simulator.mint().unwrap().request(Method::POST, "/v1/models:generate");
    let started: Operation = request.json(&json!({"prompt": "a lamp"})).send().await.unwrap();
    assert_eq!((simulator.operations_started(), simulator.api_requests().len()), (1, 2), "{}", started.id);
}

#[tokio::test(start_paused = true)]
async fn errors_are_those_of_every_call() {
    let body = json!({"type": "busy", "title": "Busy", "status": 429, "detail": "Slow down."});
    let server = Scripted::start([is(429, body).header("retry-after", "9").header("x-request-id", "req_1")]).await;
    let mint = server.builder().retry_policy(RetryPolicy::never()).build().unwrap();
    let error = read::<Value>(&mint).await.clean_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Server, 429));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    assert_eq!((error.request_id(), error.problem_type()), (Some("req_1"), Some("busy")));
    assert!(error.to_string().starts_with("could not GET /v1/things/th_1: the server answered 429"), "{error}");

    let server = Scripted::start([is(409, json!({"type": "idempotency-conflict"}))]).await;
    assert!(server.mint().request(Method::PUT, PATH).send::<Value>().await.clean_err().is_idempotency_conflict());

    let server = Scripted::start([is(200, json!("a".repeat(100))), is(200, json!("a".repeat(100)))]).await;
    let mint = server.builder().max_body_bytes(100).build().unwrap();
    let error = read::<Value>(&mint).await.clean_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("too large"), "{error}");
    let error = mint.request(Method::PATCH, PATH).send::<Value>().await.clean_err();
    assert!(error.may_have_been_done(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn no_text_holds_a_value_of_the_query_or_the_body() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    simulator.reply_next(Route::GetMe, Scene::problem(404));
    simulator.reply_next(Route::GetMe, Scene::text(302, "text/html", "").header("location", "/v1/me?signature=1"));
    let request = mint.request(Method::GET, "/v1/me").query(&[("token", "signature")]).json(&json!("signature"));
    assert_clean("a request", &format!("{request:?} {request:#?}"));
    for _ in 0..2 {
        request.send::<Value>().await.clean_err();
    }
    for path in ["/v1/me?signature=1", "/v1/me#signature", "https://api.mint.gg/?signature=1", "//a:signature@b/c"] {
        let request = mint.request(Method::GET, path);
        assert_clean("a request", &format!("{request:?}"));
        let error = request.send::<Value>().await.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{path}: {error}");
    }
    assert_eq!(simulator.api_requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_key_goes_to_no_other_host() {
    let other = memory::serve(|_| Reply::json(&json!({}))).await;
    let redirect = Reply::bytes("").status(307).header("location", &other.url(PATH));
    let server = Scripted::start([redirect]).await;
    let mint = server.mint();
    let authority = other.base_url().strip_prefix("http:").unwrap();
    for path in [
        other.base_url(),
        authority,
        &format!("{authority}{PATH}"),
        &format!("/\\{}", &authority[2..]),
        &format!("@{}", &authority[2..]),
        "/v1/../../etc",
        "/v1/%2e%2e/things",
        "/v1/things\n",
        "/v1/things?a=b",
        "things",
        "",
    ] {
        let error = mint.request(Method::POST, path).send::<Value>().await.clean_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{path:?}: {error}");
        assert!(error.to_string().contains("the path") && !error.may_have_been_done(), "{error}");
    }
    assert_eq!(server.sent().len(), 0);
    let error = read::<Value>(&mint).await.clean_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Decode, 307));
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_an_invalid_argument() {
    let server = Scripted::start([]).await;
    let mint = server.mint();
    let no_json = std::collections::HashMap::from([(vec![1], 2)]);
    for (request, says) in [
        (mint.request(Method::TRACE, PATH), "the method TRACE"),
        (mint.request(Method::POST, PATH).json(&no_json), "the body is not JSON"),
        (mint.request(Method::PUT, PATH).with_idempotency_key("a\nb"), "the idempotency key has"),
    ] {
        let error = request.send::<Value>().await.clean_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.to_string().contains(says), "{error}");
    }
    assert_eq!(server.sent().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_rate_limit_is_that_of_the_client() {
    let server = Scripted::by(|_| is(200, json!({}))).await;
    let mint = server.builder().requests_per_second(NonZeroU32::MIN).build().unwrap();
    mint.usage().await.ok();
    read::<Value>(&mint).await.unwrap();
    read::<Value>(&mint.clone()).await.unwrap();
    let sent = server.sent();
    for pair in sent.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1), "{sent:?}");
    }
    assert_eq!(sent.len(), 3);
}
