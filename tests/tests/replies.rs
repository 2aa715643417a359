//! What a generated client makes of every reply: each keeps its status, its headers and its body, and each documented
//! status has its type.

use generated::{Client, Error, types};
use mint_loopback::{Loopback, Reply, Request};
use mint_tests::client_of;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/replies.rs"));
}

async fn client(status: u16, media_type: &str, body: &str) -> (Client, Loopback) {
    let reply = Reply::bytes(body.to_owned()).status(status).header("content-type", media_type);
    let server = Loopback::start(move |_| reply.clone().header("x-request-id", "req_1")).await;
    (client_of(server.base_url(), Client::new), server)
}

fn last(server: &Loopback) -> Request {
    server.requests().pop().expect("a request was sent")
}

async fn item_error(status: u16, media_type: &str, body: &str) -> Error<types::HttpValidationError> {
    let (client, _server) = client(status, media_type, body).await;
    let error = client.get_item().id("i").send().await.unwrap_err();
    let raw = error.raw_response().expect("a reply came");
    assert_eq!((raw.status().as_u16(), raw.body()), (status, body.as_bytes()), "{error:?}");
    assert_eq!(raw.headers()["x-request-id"], "req_1");
    assert_eq!(error.status().unwrap(), status);
    error
}

#[tokio::test]
async fn an_error_of_another_shape_keeps_its_reply() {
    for (status, media_type, body) in [
        (404, "application/json", r#"{"detail": "Item not found"}"#),
        (502, "text/html", "<html>502 Bad Gateway</html>"),
        (401, "text/plain", ""),
        (422, "application/json", r#"{"detail": "not a list"}"#),
        // Neither an error nor documented.
        (302, "application/json", "{}"),
        (204, "application/json", ""),
    ] {
        let error = item_error(status, media_type, body).await;
        assert!(matches!(error, Error::UnexpectedResponse(_)), "{error:?}");
    }
    let body = r#"{"detail": [{"msg": "too long", "loc": ["query", "q"]}]}"#;
    let Error::ErrorResponse(response) = item_error(422, "application/json", body).await else { panic!() };
    assert_eq!(response.detail.as_ref().unwrap()[0].msg.as_deref(), Some("too long"));

    // A success that is not of its type.
    let error = item_error(200, "text/html", "<html>Sign in</html>").await;
    assert!(matches!(error, Error::InvalidResponsePayload(..)), "{error:?}");
}

#[tokio::test]
async fn each_status_has_its_type() {
    use types::CreateOrderError as Problem;

    let body = r#"{"message": "m", "with": "w"}"#;
    let order = async |status: u16, body: &str| {
        let (client, _server) = client(status, "application/json", body).await;
        client.create_order().send().await
    };
    // One body, which fits several of the types.
    for status in [400, 409, 418, 503, 401] {
        let error = order(status, body).await.unwrap_err();
        let raw = error.raw_response().unwrap();
        assert_eq!((raw.status().as_u16(), raw.body()), (status, body.as_bytes()));
        match (status, &error) {
            (400, Error::ErrorResponse(response)) => {
                assert!(matches!(&**response, Problem::Status400(reason) if reason.message.as_deref() == Some("m")));
            }
            (409, Error::ErrorResponse(response)) => {
                assert!(matches!(&**response, Problem::Status409(conflict) if conflict.with.as_deref() == Some("w")));
            }
            (418 | 401, Error::ErrorResponse(response)) => assert!(matches!(&**response, Problem::Default(_))),
            (503, Error::UnexpectedResponse(_)) => {}
            _ => panic!("{error:?}"),
        }
    }
    let error = order(599, r#"["a", "b"]"#).await.unwrap_err();
    let Error::ErrorResponse(response) = error else { panic!("{error:?}") };
    assert!(matches!(response.into_inner(), Problem::Status5XX(texts) if texts == ["a", "b"]));

    let body = r#"{"name": "n"}"#;
    assert!(matches!(order(200, body).await.unwrap().into_inner(), types::CreateOrderReply::Status200(_)));
    assert!(matches!(order(202, body).await.unwrap().into_inner(), types::CreateOrderReply::Status202(_)));
    assert!(matches!(order(201, body).await.unwrap_err(), Error::UnexpectedResponse(_)));
}

#[tokio::test]
async fn texts_of_errors_hold_no_body() {
    let error = item_error(502, "text/html", "<html>secret</html>").await;
    assert!(error.to_string().contains("502") && !format!("{error} {error:?}").contains("secret"), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn what_is_documented_is_accepted() {
    let (client, server) = client(200, "application/hal+json", r#"{"name": "n"}"#).await;
    client.get_hal().send().await.unwrap();
    let request = last(&server);
    assert_eq!(request.line(), "GET /hal%23fragment HTTP/1.1");
    assert_eq!(request.header("accept"), ["application/hal+json, application/problem+json;q=0.9"]);
    assert_eq!(request.header("api-version"), [""; 0]);
    assert_eq!(request.header("user-agent"), ["replies/1.0"]);

    client.get_table().send().await.unwrap();
    let request = last(&server);
    assert_eq!(request.header("accept"), ["text/csv, application/xml"]);
    assert_eq!(request.header("api-version"), [""; 0]);
    client.get_table().api_version("7").send().await.unwrap();
    assert_eq!(last(&server).header("api-version"), ["7"]);
}

#[tokio::test]
async fn objects_and_lists_of_any_media_type_are_json() {
    let (client, server) = client(200, "application/json", r#"[{"name": "n"}]"#).await;
    let sent = client.send_any().body(types::Item::builder().name("n"));
    assert_eq!(sent.send().await.unwrap()[0].name, "n");
    let request = last(&server);
    assert_eq!((request.header("content-type")[0], &request.body[..]), ("application/json", &b"{\"name\":\"n\"}"[..]));
    assert_eq!(request.header("accept"), ["application/json"]);

    let (client, _server) = self::client(400, "application/json", r#"{"message": "m"}"#).await;
    let error = client.send_any().body(types::Item::builder().name("n")).send().await.unwrap_err();
    let Error::ErrorResponse(reason) = error else { panic!("{error:?}") };
    assert_eq!(reason.message.as_deref(), Some("m"));
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_base_url_is_not_doubled() {
    let server = Loopback::start(|_| Reply::bytes(r#"{"name": "n"}"#)).await;
    for base_url in [server.url("/v1"), server.url("/v1/"), server.url("/v1//")] {
        client_of(&base_url, Client::new).get_item().id("i").send().await.unwrap();
        assert_eq!(last(&server).target(), "/v1/items/i");
    }
}
