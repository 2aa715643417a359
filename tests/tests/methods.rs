//! The methods that a generated client sends.

use generated::{Client, Error, types};
use mint_loopback::{self as loopback, Loopback};
use mint_tests::client_of;
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/methods.rs"));
}

/// A client, and a server that sends the same reply to every request.
async fn serve(reply: loopback::Reply) -> (Client, Loopback) {
    let server = Loopback::start(move |_| reply.clone()).await;
    (client_of(server.base_url(), Client::new), server)
}

fn reply(status: u16, body: &str) -> loopback::Reply {
    loopback::Reply::bytes(body.to_owned()).status(status).header("content-type", "application/json")
}

#[tokio::test]
async fn each_method_is_sent_as_the_document_names_it() {
    let (client, server) = serve(reply(204, "").header("allow", "GET, QUERY")).await;
    let options = client.options_of_thing().id("a").send().await.unwrap();
    assert_eq!(options.headers()["allow"], "GET, QUERY");
    assert_eq!(server.request().line(), "OPTIONS /things/a HTTP/1.1");

    let (client, server) = serve(reply(200, "")).await;
    client.trace_thing().id("a").send().await.unwrap();
    assert_eq!(server.request().line(), "TRACE /things/a HTTP/1.1");

    let (client, server) = serve(reply(201, "")).await;
    client.copy_thing().id("a").destination("/b").send().await.unwrap();
    assert_eq!(server.request().line(), "COPY /things/a HTTP/1.1");
    assert_eq!(server.request().header("destination"), ["/b"]);

    let (client, server) = serve(reply(200, "")).await;
    client.m_search_things_by_id().id("a").send().await.unwrap();
    assert_eq!(server.request().line(), "M-SEARCH /things/a HTTP/1.1");

    let (client, server) = serve(reply(204, "")).await;
    client.get_thing().id("a").send().await.unwrap();
    assert_eq!(server.request().line(), "GET /things/a HTTP/1.1");
}

#[tokio::test]
async fn a_query_has_a_body_and_a_typed_reply() {
    let (client, server) = serve(reply(200, r#"["x"]"#)).await;
    let question = types::Question::builder().text("t");
    let parts = client.query_thing().id("a").page(2).client2("c").body(question).send().await.unwrap();
    assert_eq!(*parts, ["x"]);
    let request = server.request();
    assert_eq!(request.line(), "QUERY /things/a?client=c&page=2 HTTP/1.1");
    assert_eq!(request.json(), json!({"text": "t"}));
    assert_eq!(request.header("accept"), ["application/vnd.parts+json, application/json;q=0.9"]);

    let (client, _server) = serve(reply(404, r#"{"why": "gone"}"#)).await;
    let error = client.query_thing().id("a").body_map(|body| body.text("t")).send().await.unwrap_err();
    assert!(matches!(error, Error::ErrorResponse(problem) if problem.why == "gone"));
}

#[tokio::test]
async fn a_reply_to_head_has_headers_and_no_body() {
    let (client, server) = serve(reply(200, "").header("etag", "\"1\"")).await;
    let head = client.head_thing().id("a").send().await.unwrap();
    assert_eq!(head.headers()["etag"], "\"1\"");
    assert_eq!(server.request().line(), "HEAD /things/a HTTP/1.1");

    let (client, _server) = serve(reply(404, "").header("x-reason", "gone")).await;
    let error = client.head_thing().id("a").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().headers()["x-reason"], "gone");
    assert_eq!(error.status().unwrap(), 404);
}

/// The headers of a reply depend on what a request accepts.
#[tokio::test]
async fn a_head_accepts_what_a_get_would() {
    let (client, server) = serve(reply(200, "")).await;
    client.head_thing().id("a").send().await.unwrap();
    client.head_image().id("a").send().await.unwrap();
    client.head_any().send().await.unwrap();
    client.head_default().send().await.unwrap();
    let accepted: Vec<_> = server.requests().iter().map(|request| request.header("accept").join("; ")).collect();
    assert_eq!(accepted, ["application/json", "image/png", "*/*", "application/json"]);
}
