//! An error reply of any status, content type and size gives its status, its headers and its body, and a problem document
//! if it is one.

use mint_api::Error;
use mint_api::types::Problem;
use mint_loopback::Reply;
use serde_json::{Value, json};

use crate::loopback::{builder, client_of, reply, reply_without_length, serve, serve_stalling};

const JSON: (&str, &str) = ("content-type", "application/problem+json");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const ID: (&str, &str) = ("x-request-id", "req_42");

struct Received {
    status: u16,
    headers: http::HeaderMap,
    body: Vec<u8>,
    /// The body as a problem document. Null if the body is something else.
    problem: Value,
}

fn received(error: Error<Problem>) -> Received {
    let raw = error.raw_response().expect("a reply came");
    let (status, headers, body) = (raw.status(), raw.headers().clone(), raw.body().to_vec());
    assert_eq!(error.status(), Some(status));
    let problem = match error {
        Error::ErrorResponse(response) => serde_json::to_value(response.into_inner()).unwrap(),
        Error::UnexpectedResponse(_) => Value::Null,
        other => panic!("not an error reply: {other:?}"),
    };
    Received { status: status.as_u16(), headers, body, problem }
}

async fn receive(reply: Reply) -> Received {
    let server = serve(reply).await;
    let error = client_of(&server).get_operation().operation_id("op_1").send().await.expect_err("this is an error");
    received(error)
}

async fn check(status: &str, headers: &[(&str, &str)], body: &str, problem: Value) {
    let headers = [headers, &[ID]].concat();
    for reply in [reply(status, &headers, body), reply_without_length(status, &headers, body)] {
        let received = receive(reply).await;
        assert_eq!(received.status.to_string(), status[..3]);
        for (name, value) in &headers {
            assert_eq!(received.headers[*name], value, "{status}");
        }
        assert_eq!(received.body, body.as_bytes(), "{status}");
        assert_eq!(received.problem, problem, "{status}");
    }
}

#[tokio::test]
async fn documented_problems_arrive_as_they_are() {
    for (status, title, headers) in [
        ("401 Unauthorized", "Unauthorized", &[JSON][..]),
        ("404 Not Found", "Not Found", &[JSON]),
        ("429 Too Many Requests", "Too Many Requests", &[JSON, ("retry-after", "17")]),
        ("429 Too Many Requests", "Too Many Requests", &[JSON, ("Retry-After", "Wed, 01 Jul 2026 10:00:00 GMT")]),
        ("503 Service Unavailable", "Service Unavailable", &[JSON, ("retry-after", "0")]),
    ] {
        let problem = json!({
            "type": format!("https://docs.mint.gg/problems/{}", &status[..3]), "title": title,
            "status": status[..3].parse::<u16>().unwrap(), "detail": "Say \"what\".", "instance": "/v1/operations/op_1",
        });
        check(status, headers, &problem.to_string(), problem.clone()).await;
    }
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let problem = json!({"type": "about:blank", "title": "Gone fishing", "status": 503, "detail": "é"});
    for headers in [&[("content-type", "application/json")][..], &[HTML], &[("content-type", "garbage")], &[]] {
        check("503 Service Unavailable", headers, &problem.to_string(), problem.clone()).await;
    }
}

#[tokio::test]
async fn other_bodies_are_kept() {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    for (status, headers, body) in [
        ("502 Bad Gateway", &[HTML][..], page),
        ("503 Service Unavailable", &[], ""),
        ("500 Internal Server Error", &[], "oops"),
        ("500 Internal Server Error", &[JSON], "null"),
        ("500 Internal Server Error", &[JSON], "{}"),
        ("418 Tea", &[], "short and stout"),
        ("403 Forbidden", &[JSON], "\"no\""),
        ("404 Not Found", &[JSON], "{\"detail\":\"Item not found\"}"),
        ("499 Client Closed", &[], ""),
        ("599 Late", &[], " \n "),
        ("409 Conflict", &[JSON], r#"{"title":["a"],"status":"409","detail":3}"#),
    ] {
        check(status, headers, body, Value::Null).await;
    }
}

#[tokio::test]
async fn the_status_of_the_reply_counts() {
    let problem = json!({"type": "a", "title": "b", "status": 200});
    check("503 Service Unavailable", &[JSON], &problem.to_string(), problem.clone()).await;
}

#[tokio::test]
async fn a_truncated_problem_keeps_its_status() {
    let whole = r#"{"type":"about:blank","title":"Too Many Requests","status":429}"#;
    let reply = reply("429 Too Many Requests", &[JSON, ID, ("retry-after", "3")], whole);
    let received = receive(reply.cut(whole.len() - 20)).await;
    assert_eq!(received.status, 429);
    assert_eq!(received.headers["retry-after"], "3");
    assert_eq!(received.headers["x-request-id"], "req_42");
    assert_eq!(received.body, &whole.as_bytes()[..whole.len() - 20]);
}

#[tokio::test]
async fn a_stalled_problem_keeps_its_status() {
    let whole = "<html>wait for it</html>";
    let reply = reply("503 Service Unavailable", &[HTML, ID], whole);
    let server = serve_stalling(reply.stall(whole.len() - 7)).await;
    let error = client_of(&server).get_operation().operation_id("op_1").send().await.unwrap_err();
    let received = received(error);
    assert_eq!(received.status, 503);
    assert_eq!(received.headers["x-request-id"], "req_42");
    assert_eq!(received.body, b"<html>wait for it");
}

#[tokio::test]
async fn a_large_page_is_cut() {
    let page = "é".repeat(1024 * 1024);
    for reply in [reply("502 Bad Gateway", &[HTML, ID], &page), reply_without_length("502 Bad Gateway", &[ID], &page)] {
        let received = receive(reply).await;
        assert_eq!(received.status, 502);
        assert_eq!(received.headers["x-request-id"], "req_42");
        assert_eq!(received.body, &page.as_bytes()[..1024 * 1024]);
    }
}

#[tokio::test]
async fn an_endless_page_is_not_read_to_its_end() {
    // Reading a reply that never ends would take until the timeout.
    let beginning = reply_without_length("500 Internal Server Error", &[ID], "x".repeat(1100 * 1024));
    let server = serve_stalling(beginning.stall(usize::MAX)).await;
    let before = tokio::time::Instant::now();
    let error = client_of(&server).get_operation().operation_id("op_1").send().await.unwrap_err();
    assert!(before.elapsed() < std::time::Duration::from_secs(30), "the client waited for its timeout");
    assert_eq!(received(error).body.len(), 1024 * 1024);
}

#[tokio::test]
async fn an_error_is_read_even_with_a_small_bound_for_bodies() {
    let problem = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
    for limit in [0, 7, problem.len()] {
        let server = serve(reply("401 Unauthorized", &[JSON, ID], problem)).await;
        let client = builder(server.base_url()).max_body_bytes(limit).build().unwrap();
        let received = received(client.get_operation().operation_id("op_1").send().await.unwrap_err());
        assert_eq!((received.status, &received.headers["x-request-id"]), (401, &"req_42".parse().unwrap()));
        assert_eq!(received.body, &problem.as_bytes()[..limit]);
        assert_eq!(received.problem.is_null(), limit < problem.len(), "{limit}");
    }
}
