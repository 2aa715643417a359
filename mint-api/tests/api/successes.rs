//! Replies that are not errors: the client reads documented ones, and no body beyond its bound.

use std::error::Error as _;

use mint_api::Error;
use mint_api::types::{Operation, Problem};
use mint_api::{Client, ResponseValue};
use mint_loopback::Reply;

use crate::examples::{conversion, model, world};
use crate::loopback::{builder, client_of, reply, reply_without_length, serve, serve_stalling};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn get(client: &Client) -> Result<ResponseValue<Operation>, Error<Problem>> {
    client.get_operation().operation_id("op_1").send().await
}

/// The texts of an error and all its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

fn chunked(body: &str, headers: &[(&str, &str)]) -> Reply {
    let middle = body.len() / 2;
    let chunks: String = [&body[..middle], &body[middle..], ""]
        .iter()
        .map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()))
        .collect();
    reply_without_length("200 OK", &[headers, &[("transfer-encoding", "chunked")]].concat(), chunks)
}

#[tokio::test]
async fn operations_arrive_with_status_and_headers() {
    for example in [world(), model(), conversion()] {
        let body = example.to_string();
        let headers = [JSON, ("x-request-id", "req_7"), ("etag", "\"a\"")];
        for reply in [
            reply("200 OK", &headers, &body),
            reply_without_length("200 OK", &headers, &body),
            chunked(&body, &headers),
            reply("200 OK", &[("content-type", "text/plain"), headers[1], headers[2]], &body),
        ] {
            let response = get(&client_of(&serve(reply).await)).await.unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["x-request-id"], "req_7");
            assert_eq!(response.headers()["etag"], "\"a\"");
            assert_eq!(serde_json::to_value(response.into_inner()).unwrap(), example);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_operation_is_an_error_that_holds_it() {
    for body in ["", "<html>Sign in to the hotel network</html>", "{}", "[]", "null", "{\"id\":\"op_1\"}", "\u{feff}{}"]
    {
        let server = serve(reply("200 OK", &[JSON], body)).await;
        match get(&client_of(&server)).await.unwrap_err() {
            Error::InvalidResponsePayload(response, error) => {
                assert_eq!(response.body(), body.as_bytes());
                assert_eq!(response.status(), 200);
                assert_eq!(response.headers()["content-type"], JSON.1);
                assert!(error.reason().line() <= 1, "{error}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_body_cut_short_is_an_error() {
    let whole = model().to_string();
    let server = serve(reply("200 OK", &[JSON], &whole).cut(whole.len() - 1)).await;
    let error = get(&client_of(&server)).await.unwrap_err();
    assert!(matches!(error, Error::ResponseBodyError(_)), "{error:?}");
}

#[tokio::test]
async fn statuses_that_no_document_lists_are_handed_over() {
    for status in ["201 Created", "202 Accepted", "204 No Content", "302 Found", "304 Not Modified", "600 Odd"] {
        let server = serve(reply_without_length(status, &[("x-request-id", "req_9")], "")).await;
        match get(&client_of(&server)).await.unwrap_err() {
            Error::UnexpectedResponse(response) => {
                assert_eq!(response.status().as_u16().to_string(), status[..3]);
                assert_eq!(response.headers()["x-request-id"], "req_9");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let second = serve(reply("200 OK", &[JSON], model().to_string())).await;
        let location = format!("{}/v1/operations/op_1", second.base_url());
        let first = serve(reply(status, &[("location", &location)], "")).await;
        let error = get(&client_of(&first)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16().to_string(), status[..3]);
        match error {
            Error::UnexpectedResponse(response) => assert_eq!(response.headers()["location"], location),
            other => panic!("{status}: {other:?}"),
        }
        first.request();
        assert!(second.requests().is_empty(), "{status} was followed");
    }
}

#[tokio::test]
async fn bodies_up_to_the_bound_are_read() {
    let body = model().to_string();
    let limit = body.len();
    for reply in [reply("200 OK", &[], &body), reply_without_length("200 OK", &[], &body), chunked(&body, &[])] {
        let server = serve(reply).await;
        let client = builder(server.base_url()).max_body_bytes(limit).build().unwrap();
        assert_eq!(get(&client).await.unwrap().id, "op_01JZ8R1C2AB");
    }
}

#[tokio::test]
async fn bodies_beyond_the_bound_are_refused_by_name() {
    let body = model().to_string();
    let limit = body.len() - 1;
    for reply in [reply("200 OK", &[], &body), reply_without_length("200 OK", &[], &body), chunked(&body, &[])] {
        let server = serve(reply).await;
        let client = builder(server.base_url()).max_body_bytes(limit).build().unwrap();
        let error = get(&client).await.unwrap_err();
        assert!(matches!(error, Error::ResponseBodyError(_)), "{error:?}");
        assert!(error.source().is_some());
        let chain = chain(&error);
        assert!(chain.contains("max_body_bytes") && chain.contains(&limit.to_string()), "{chain}");
    }
}

#[tokio::test]
async fn a_body_announced_too_large_is_not_waited_for() {
    // The server sends no body: its announced length is enough for the error.
    for length in [1001_u64, 1 << 40, i64::MAX as u64] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        let server = serve_stalling(Reply::raw(head).stall(usize::MAX)).await;
        let client = builder(server.base_url()).max_body_bytes(1000).build().unwrap();
        let error = get(&client).await.unwrap_err();
        let chain = chain(&error);
        assert!(chain.contains("larger than 1000 bytes") && chain.contains("max_body_bytes"), "{length}: {chain}");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn the_default_bound_holds() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 16 * 1024 * 1024 + 1);
    let error = get(&client_of(&serve_stalling(Reply::raw(head).stall(usize::MAX)).await)).await.unwrap_err();
    assert!(chain(&error).contains("larger than 16777216 bytes"), "{error:?}");
}
