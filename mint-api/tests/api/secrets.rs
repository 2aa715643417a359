//! The key is sent but never shown. Other secrets are not shown either.

use std::fmt::Debug;

use mint_api::types::Problem;
use mint_api::{Client, Credentials, Error, Server, Transport};
use mint_loopback::{Loopback, Refusing, Reply};

use crate::examples::model;
use crate::loopback::{KEY, builder, client, client_of, reply, serve, serve_stalling};

const SECRET: &str = "s3cr3t";

fn check(text: &str) {
    for secret in [KEY, SECRET] {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }
}

fn check_debug(value: &impl Debug) {
    check(&format!("{value:?}"));
    check(&format!("{value:#?}"));
}

fn check_error(error: &impl std::error::Error) {
    check_debug(error);
    check(&format!("{error}"));
    check(&format!("{error:#}"));
    let mut source = error.source();
    while let Some(cause) = source {
        check(&format!("{cause} {cause:?} {cause:#?}"));
        source = cause.source();
    }
}

#[tokio::test]
async fn debug_and_display_do_not_show_the_key() {
    let credentials = Credentials::api_key(KEY).unwrap();
    check_debug(&credentials);
    check(&credentials.to_string());
    let builder = builder("http://127.0.0.1:9").user_agent_product("my-game/1.2");
    check_debug(&builder);
    let client = builder.build().unwrap();
    check_debug(&client);
    check_debug(&client.get_operation());
    check_debug(&client.get_operation().operation_id("op_1"));
    check_debug(&(client.clone(), Some(client.get_operation().clone())));
}

#[test]
fn a_key_that_is_refused_is_not_shown() {
    for key in [format!("{KEY}\n{KEY}"), format!("{KEY}é"), format!("{KEY}\0")] {
        check_error(&Credentials::api_key(key).unwrap_err());
    }
}

async fn error_of(server: Loopback) -> Error<Problem> {
    let error = client_of(&server).get_operation().operation_id("op_1").send().await.unwrap_err();
    // The test needs a key that was sent: otherwise none can leak.
    assert_eq!(server.request().header("authorization"), [format!("Bearer {KEY}")]);
    error
}

#[tokio::test]
async fn no_error_shows_the_key() {
    for (kind, reply) in [
        ("ErrorResponse", reply("401 Unauthorized", &[], r#"{"type":"a","title":"b","status":401}"#)),
        ("UnexpectedResponse", reply("502 Bad Gateway", &[], "<html></html>")),
        ("UnexpectedResponse", reply("202 Accepted", &[], model().to_string())),
        ("UnexpectedResponse", reply("302 Found", &[("location", "/elsewhere")], "")),
        ("InvalidResponsePayload", reply("200 OK", &[], "<html></html>")),
        ("CommunicationError", Reply::raw("HTTP/1.1 200 OK\r\ncon")),
        ("ResponseBodyError", Reply::bytes("{}").cut(1)),
        ("CommunicationError", Reply::raw("SSH-2.0-OpenSSH_9.9\r\n")),
        ("CommunicationError", Reply::raw("")),
    ] {
        let error = error_of(serve(reply).await).await;
        let found = match &error {
            Error::ErrorResponse(_) => "ErrorResponse",
            Error::UnexpectedResponse(_) => "UnexpectedResponse",
            Error::InvalidResponsePayload(..) => "InvalidResponsePayload",
            Error::ResponseBodyError(_) => "ResponseBodyError",
            Error::CommunicationError(_) => "CommunicationError",
            _ => "another",
        };
        assert_eq!(found, kind, "{error:?}");
        check_error(&error);
    }
    check_error(&error_of(serve_stalling(Reply::never()).await).await);
}

#[tokio::test]
async fn no_error_without_a_reply_shows_the_key() {
    let refusing = Refusing::start();
    let base_url = refusing.base_url();
    check_error(&client(&base_url).get_operation().operation_id("op_1").send().await.unwrap_err());
    check_error(&client(&base_url).get_operation().operation_id("..").send().await.unwrap_err());
}

#[tokio::test]
async fn sensitive_headers_are_not_shown() {
    let signed = format!("https://cdn.mint.gg/a.glb?X-Amz-Signature={SECRET}");
    let cookie = format!("session={SECRET}; Secure");
    for status in ["302 Found", "401 Unauthorized", "201 Created"] {
        let headers = [("location", signed.as_str()), ("content-location", &signed), ("set-cookie", &cookie)];
        let error = error_of(serve(reply(status, &headers, "")).await).await;
        check_error(&error);
        // A caller can still read them.
        let headers = match &error {
            Error::ErrorResponse(response) => response.headers(),
            Error::UnexpectedResponse(response) => response.headers(),
            other => panic!("{other:?}"),
        };
        assert_eq!(headers["location"], signed);
        assert_eq!(headers["set-cookie"], cookie);
    }
    let server = serve(reply("200 OK", &[("set-cookie", &cookie)], model().to_string())).await;
    check_debug(&client_of(&server).get_operation().operation_id("op_1").send().await.unwrap());
}

#[test]
fn a_base_url_with_a_secret_is_refused_and_not_shown() {
    for base_url in [
        format!("https://user:{SECRET}@api.mint.gg"),
        format!("https://{SECRET}@api.mint.gg/"),
        format!("https://{SECRET}:@api.mint.gg"),
        format!("https://:{SECRET}@api.mint.gg"),
        format!("http://user:{SECRET}@127.0.0.1:80"),
        format!("https://user:a?{SECRET}@api.mint.gg"),
        format!("https://user:a#{SECRET}@api.mint.gg"),
        format!("https://user:{SECRET}?b@api.mint.gg"),
        format!("https://user:{SECRET}#b@api.mint.gg"),
        format!("https://user:{SECRET}/b@api.mint.gg"),
        format!("user:{SECRET}@api.mint.gg"),
        format!("https://api.mint.gg?key={SECRET}"),
        format!("https://api.mint.gg?mail=a@b.c&key={SECRET}"),
        format!("https://api.mint.gg#{SECRET}"),
        format!("http://api.mint.gg/?key={SECRET}"),
    ] {
        let builder = Client::builder(Credentials::api_key(KEY).unwrap()).server(Server::Custom(base_url.clone()));
        check_debug(&builder);
        check_error(&builder.build().expect_err(&base_url));
    }
}

#[test]
fn the_password_of_a_proxy_is_not_shown() {
    let proxy = reqwest::Proxy::all(format!("http://user:{SECRET}@127.0.0.1:9")).unwrap();
    let transport = Transport::default().proxy(proxy);
    check_debug(&transport);
    let builder = builder("http://127.0.0.1:9").transport(transport);
    check_debug(&builder);
    check_debug(&builder.build().unwrap());
}
