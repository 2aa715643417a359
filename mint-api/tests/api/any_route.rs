//! A call of any route goes by the rules of every other call.

use std::num::NonZeroU32;
use std::time::Duration;

use mint_api::types::IdempotencyKey;
use mint_api::{Error, Method};
use mint_loopback::{Loopback, Reply};
use serde_json::{Value, json};

use crate::loopback::{KEY, builder, client, client_of, reply, serve};

#[tokio::test]
async fn a_call_is_sent_as_it_is_described() {
    let server = serve(Reply::json(&json!({"id": "th_1"}))).await;
    let client = client_of(&server);
    let call = client.any_route(Method::PATCH, "/v1/things/th%201:go").query(&[("a b", "c&d=é")]);
    let call = call.query(&[("limit", 20)]).json(&json!({"name": "x"}));
    let call = call.idempotency_key(IdempotencyKey::try_from("key 1").unwrap());
    assert!(!format!("{call:?}").contains("c&d"), "{call:?}");
    let thing = call.send::<Value>().await.unwrap();
    assert_eq!((thing.status().as_u16(), thing.into_inner()), (200, json!({"id": "th_1"})));

    let sent = server.request();
    assert_eq!(sent.line(), "PATCH /v1/things/th%201:go?a+b=c%26d%3D%C3%A9&limit=20 HTTP/1.1");
    assert_eq!((sent.text(), sent.header("content-type")), (r#"{"name":"x"}"#, vec!["application/json"]));
    assert_eq!(sent.header("idempotency-key"), ["key 1"]);
    server.take_requests();
    client.any_route(Method::POST, "/v1/things").body("[1]").send::<Value>().await.unwrap();
    assert_eq!((server.request().text(), server.request().header("content-type")), ("[1]", vec!["application/json"]));
    // The other headers are those of a call of the document.
    server.take_requests();
    client.get_me().send().await.unwrap_err();
    let known = server.request();
    for name in ["authorization", "user-agent", "accept"] {
        assert_eq!(sent.header(name), known.header(name), "{name}");
    }
    assert_eq!(sent.header("authorization"), [format!("Bearer {KEY}")]);
    assert_eq!(sent.header("api-version"), [""; 0]);
}

#[tokio::test]
async fn an_empty_reply_is_null() {
    for body in ["", " \n"] {
        let server = serve(reply("204 No Content", &[], body)).await;
        let client = client_of(&server);
        let call = || client.any_route(Method::DELETE, "/v1/things/th_1");
        call().send::<()>().await.unwrap();
        assert_eq!(call().send::<Option<u32>>().await.unwrap().into_inner(), None);
        assert_eq!(call().send::<Value>().await.unwrap().into_inner(), Value::Null);
        let error = call().send::<u32>().await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponsePayload(..)), "{error:?}");
    }
    let server = serve(reply("200 OK", &[("content-length", "2")], "{}")).await;
    client_of(&server).any_route(Method::HEAD, "/v1/things").send::<()>().await.unwrap();
}

#[tokio::test]
async fn the_base_url_keeps_its_path() {
    let server = serve(Reply::json(&json!(1))).await;
    let client = client(&server.url("/proxy/"));
    client.any_route(Method::GET, "/v1/things").send::<u32>().await.unwrap();
    assert_eq!(server.request().target(), "/proxy/v1/things");
}

#[tokio::test]
async fn errors_are_those_of_every_call() {
    let refused =
        reply("409 Conflict", &[("retry-after", "7")], r#"{"type":"a","title":"b","status":409,"detail":"no"}"#);
    let error = client_of(&serve(refused).await).any_route(Method::GET, "/v1/a").send::<Value>().await.unwrap_err();
    let Error::ErrorResponse(problem) = error else { panic!("{error:?}") };
    assert_eq!((problem.status().as_u16(), problem.detail.as_deref()), (409, Some("no")));
    assert_eq!(problem.headers()["retry-after"], "7");

    let other = Loopback::start(|_| Reply::json(&json!({}))).await;
    let location = other.url("/v1/a?secret");
    let server = serve(reply("307 Temporary Redirect", &[("location", &location)], "")).await;
    let client = client_of(&server);
    let call = client.any_route(Method::GET, "/v1/a").query(&[("token", "secret")]);
    let error = call.send::<Value>().await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedResponse(_)) && !format!("{error:?}").contains("secret"), "{error:?}");
    assert_eq!(other.requests().len(), 0);

    let server = serve(Reply::json(&json!("a".repeat(100)))).await;
    let client = builder(server.base_url()).max_body_bytes(100).build().unwrap();
    let error = client.any_route(Method::GET, "/v1/a").send::<Value>().await.unwrap_err();
    assert!(matches!(error, Error::ResponseBodyError(_)), "{error:?}");
}

#[tokio::test]
async fn a_call_that_names_something_else_is_not_sent() {
    let server = serve(Reply::json(&json!({}))).await;
    let other = serve(Reply::json(&json!({}))).await;
    let client = client_of(&server);
    let authority = other.base_url().strip_prefix("http:").unwrap();
    for path in [other.base_url(), authority, &format!("@{}", &authority[2..]), "/v1/../admin", "/v1?a", ""] {
        let error = client.any_route(Method::GET, path).send::<Value>().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{path}: {error:?}");
    }
    for method in [Method::CONNECT, Method::TRACE] {
        let error = client.any_route(method, "/v1/things").send::<Value>().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
    }
    let no_json = std::collections::HashMap::from([(vec![1], 2)]);
    let error = client.any_route(Method::POST, "/v1/things").json(&no_json).send::<Value>().await.unwrap_err();
    assert!(error.to_string().contains("the body is not JSON"), "{error}");
    assert_eq!((server.requests().len(), other.requests().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_rate_limit_is_that_of_the_client() {
    let server = serve(Reply::json(&json!({}))).await;
    let client = builder(server.base_url()).requests_per_second(NonZeroU32::MIN).build().unwrap();
    client.get_me().send().await.unwrap_err();
    client.any_route(Method::GET, "/v1/things").send::<Value>().await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1), "{requests:?}");
}
