//! The errors of `mint-api-ext`: their kind, the server's reason, the time to retry, and no secret.

use std::time::Duration;

use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::{Error, ErrorKind};
use mint_loopback::Reply;
use serde_json::{Value, json};

use crate::document::operations;
use crate::server::{self, KEY, Server};

/// The name of a query parameter, which no text may show.
const QUERY: &str = "X-Amz-Signature";

async fn get(reply: Reply) -> Error {
    let server = Server::start().await;
    server.answer([reply]);
    let mint = server.mint_builder().retry_policy(RetryPolicy::never()).build().unwrap();
    let error = mint.attach("op_1").unwrap().get().await.expect_err("an error");
    assert_eq!(server.take_requests().len(), 1);
    let (mut text, mut debug) = (error.to_string(), format!("{error:?}"));
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(&format!("; {cause}"));
        debug.push_str(&format!("; {cause:?}"));
        source = cause.source();
    }
    assert!(!text.contains(KEY) && !debug.contains(KEY), "the key is shown: {text}; {debug}");
    assert!(!text.contains(QUERY), "a query is shown: {text}");
    error
}

fn problem(status: u16) -> Value {
    json!({
        "type": "https://api.mint.gg/problems/some-problem", "title": "Some Problem", "status": status,
        "detail": format!("Seen at https://api.mint.gg/v1/operations/op_1?{QUERY}=0f."),
    })
}

#[tokio::test]
async fn every_documented_error_has_the_servers_reason() {
    let mut statuses: Vec<u16> = operations()
        .iter()
        .flat_map(|operation| &operation.replies)
        .filter_map(|reply| reply.status.parse().ok())
        .collect();
    statuses.retain(|status| *status >= 400);
    statuses.sort_unstable();
    statuses.dedup();
    assert!(statuses.len() > 5, "{statuses:?}");
    // Undocumented errors are read in the same way.
    for status in statuses.into_iter().chain([402, 408, 413, 418, 451, 499, 500, 501, 502, 504, 529, 599]) {
        let reply = server::json(status, "application/problem+json", &problem(status)).header("x-request-id", "req_42");
        let error = get(reply).await;
        assert_eq!(error.kind(), ErrorKind::Server, "{status}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.request_id(), Some("req_42"), "{status}");
        assert_eq!(serde_json::to_value(error.problem().unwrap()).unwrap(), problem(status), "{status}");
        assert_eq!(error.is_unauthorized(), status == 401, "{status}");
        assert_eq!(error.is_not_found(), status == 404, "{status}");
        assert_eq!(error.is_rate_limited(), status == 429, "{status}");
        assert!(!error.is_timeout() && !error.is_transport() && !error.is_idempotency_conflict(), "{status}");
        assert_eq!(error.retry_after(), None, "{status}");
        let text = error.to_string();
        for part in [&status.to_string(), "op_1", "Seen at https://api.mint.gg/v1/operations/op_1", "req_42", ";"] {
            assert!(text.contains(part), "{status}: {part} is not in {text}");
        }
    }
}

#[tokio::test]
async fn the_type_of_the_problem_marks_a_key_that_was_used_before() {
    for (slug, kind) in
        [("idempotency-conflict", ErrorKind::IdempotencyConflict), ("operation-not-awaiting-review", ErrorKind::Server)]
    {
        let mut conflict = problem(409);
        conflict["type"] = format!("https://api.mint.gg/problems/{slug}").into();
        let error = get(server::json(409, "application/problem+json", &conflict)).await;
        assert_eq!(error.kind(), kind, "{slug}");
        assert_eq!(error.is_idempotency_conflict(), kind == ErrorKind::IdempotencyConflict, "{slug}");
    }
}

#[tokio::test]
async fn retry_after_in_each_form() {
    for (date, value, seconds) in [
        (None, "0", Some(0)),
        (None, "17", Some(17)),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), "Wed, 21 Oct 2026 07:28:30 GMT", Some(30)),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), "Wednesday, 21-Oct-26 07:28:30 GMT", Some(30)),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), "Wed Oct 21 07:28:30 2026", Some(30)),
        (Some("Wed, 21 Oct 2026 07:28:00 GMT"), "Tue, 20 Oct 2026 07:28:30 GMT", Some(0)),
        (None, "Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        (None, "soon", None),
        (None, "-1", None),
        (None, "1.5", None),
        (None, "", None),
    ] {
        for status in [429, 503] {
            let mut reply =
                server::json(status, "application/problem+json", &problem(status)).header("retry-after", value);
            if let Some(date) = date {
                reply = reply.header("date", date);
            }
            assert_eq!(get(reply).await.retry_after(), seconds.map(Duration::from_secs), "{status} {value:?}");
        }
    }
    let error = get(server::json(429, "application/problem+json", &problem(429))).await;
    assert_eq!(error.retry_after(), None);
}

/// A gzip stream of `{}`. The client does not ask for compression.
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];

/// A proxy between the client and the server may reply, too.
#[tokio::test]
async fn replies_that_the_api_does_not_send() {
    use ErrorKind::{Decode, Server as ByServer, Transport};

    let page = format!("<html><a href=\"https://edge.example/?{QUERY}=0f\">502 Bad Gateway</a></html>");
    let operation = json!({"id": "op_1", "status": "queued"}).to_string();
    let json = |status, body: &str| server::reply(status, body).header("content-type", "application/json");
    let html = |status, body: &str| server::reply(status, body).header("content-type", "text/html");
    let gzip = |status| {
        let reply = server::reply(status, GZIP).header("content-type", "application/json");
        reply.header("content-encoding", "gzip")
    };
    for (name, reply, kind, status, detail) in [
        ("an HTML page", html(502, &page), ByServer, Some(502), Some("<html>")),
        ("nothing", server::reply(503, ""), ByServer, Some(503), None),
        ("JSON that is no problem", json(500, "[1]"), ByServer, Some(500), Some("[1]")),
        (
            "a problem cut in the middle",
            json(429, &problem(429).to_string()).cut(30),
            ByServer,
            Some(429),
            Some("{\"type\""),
        ),
        ("a problem as text", server::reply(404, problem(404).to_string()), ByServer, Some(404), Some("Seen at")),
        ("a compressed problem", gzip(503), ByServer, Some(503), Some("\u{1f}")),
        ("a captive portal", html(200, &page), Decode, Some(200), None),
        ("an empty reply", json(200, ""), Decode, Some(200), None),
        ("a compressed reply", gzip(200), Decode, Some(200), None),
        ("another operation", json(200, &operation.replace("op_1", "op_2")), Decode, None, None),
        (
            "a redirect",
            server::reply(307, "").header("location", &format!("https://a.b/?{QUERY}=0f")),
            Decode,
            Some(307),
            None,
        ),
        ("no content", server::reply(204, ""), Decode, Some(204), None),
        ("a reply cut in the middle", json(200, &operation).cut(12), Transport, None, None),
        ("a connection that closes", Reply::raw(""), Transport, None, None),
    ] {
        let error = get(reply).await;
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert_eq!(error.status().map(|status| status.as_u16()), status, "{name}: {error}");
        let said = error.problem().and_then(|problem| problem.detail.as_deref());
        match detail {
            Some(detail) => assert!(said.is_some_and(|said| said.contains(detail)), "{name}: {said:?}"),
            None => assert_eq!(said, None, "{name}"),
        }
        let in_problem = error.problem().map(|problem| problem.status);
        assert_eq!(in_problem, status.filter(|_| kind == ByServer).map(i64::from), "{name}");
        assert_eq!(error.is_transport(), kind == Transport, "{name}");
        let text = error.to_string();
        assert!(text.len() < 1500 && text.contains("operation op_1"), "{name}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_a_timeout() {
    let server = Server::start().await;
    server.answer([Reply::never()]);
    let mint = server.mint();
    let error = mint.attach("op_1").unwrap().get().await.unwrap_err();
    assert!(error.is_timeout() && error.kind() == ErrorKind::Timeout && error.status().is_none(), "{error:?}");
}
