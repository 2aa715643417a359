use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use mint_loopback::Refusing;
use reqwest::{Method, Url};
use tokio::time::Instant;

use super::*;
use crate::generated::Server;
use crate::testing::Script;
use crate::{BearerToken, ClientBuilder};

fn with_key() -> ClientBuilder {
    Client::builder(Credentials::api_key("key").unwrap())
}

/// A client of a source that gives `token-1`, `token-2` and so on, so many in all.
fn with_tokens(most: usize) -> ClientBuilder {
    let asked = AtomicUsize::new(0);
    Client::builder(Credentials::token_source(move || {
        let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            match number <= most {
                true => Ok(BearerToken::new(format!("token-{number}"))?),
                false => Err("signed out".into()),
            }
        }
    }))
}

/// Makes a call, and returns the status of its reply.
async fn status(client: &Client) -> u16 {
    let status = match client.any_route(Method::GET, "/v1/things").query(&[("cursor", "secret")]).send::<()>().await {
        Ok(reply) => Some(reply.status()),
        Err(error) => error.status(),
    };
    status.unwrap().as_u16()
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_nothing_else_is_sent_again() {
    for (client, replies, end, sent) in [
        (with_tokens(2), &[200][..], 200, &["token-1"][..]),
        (with_tokens(2), &[401, 200], 200, &["token-1", "token-2"]),
        (with_tokens(2), &[401, 401, 200], 401, &["token-1", "token-2"]),
        (with_tokens(2), &[401, 403, 200], 403, &["token-1", "token-2"]),
        (with_tokens(1), &[401, 200], 401, &["token-1"]),
        (with_tokens(2), &[403, 200], 403, &["token-1"]),
        (with_tokens(2), &[400, 200], 400, &["token-1"]),
        (with_tokens(2), &[407, 200], 407, &["token-1"]),
        (with_key(), &[401, 200], 401, &["key"]),
    ] {
        let script = Script::new(replies.iter().map(|status| (*status, "")));
        let client = script.serves(client).build().unwrap();
        assert_eq!(status(&client).await, end, "{replies:?}");
        let sent: Vec<_> = sent.iter().map(|secret| format!("Bearer {secret}")).collect();
        assert_eq!(script.headers("authorization"), sent, "{replies:?}");
    }
}

#[tokio::test]
async fn each_request_has_the_headers_and_the_timeout_of_its_client() {
    let script = Script::new([(401, ""), (200, "")]);
    let client = script.serves(with_tokens(2)).request_timeout(Duration::from_secs(7)).build().unwrap();
    status(&client).await;
    for request in &*script.sent() {
        assert_eq!(request.url().as_str(), "http://localhost/base/v1/things?cursor=secret");
        assert_eq!(request.timeout(), Some(&Duration::from_secs(7)));
        assert_eq!(request.headers()[header::USER_AGENT], *client.user_agent());
        assert_eq!(request.headers()[header::ACCEPT], "application/json, application/problem+json;q=0.9");
        assert!(request.headers()[header::AUTHORIZATION].is_sensitive());
    }
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test]
async fn a_reply_is_bounded() {
    let script = Script::new([(200, "[1, 2]"), (200, "[1, 2]"), (400, "[1, 2]")]);
    for (limit, is_read) in [(6, true), (5, false)] {
        let client = script.serves(with_key()).max_body_bytes(limit).build().unwrap();
        let read = client.any_route(Method::GET, "/v1/things").send::<Vec<u32>>().await;
        assert_eq!(read.is_ok(), is_read, "{limit}: {read:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_wait_for_their_turn() {
    let script = Script::new([(401, ""), (200, "")]);
    let client = script.serves(with_tokens(2)).requests_per_second(NonZeroU32::MIN).build().unwrap();
    let began = Instant::now();
    assert_eq!((status(&client).await, began.elapsed()), (200, Duration::from_secs(1)));
}

#[test]
fn without_a_runtime_nothing_is_sent() {
    let script = Script::new([(200, "")]);
    let client = script.serves(with_key()).build().unwrap();
    let sent = client.any_route(Method::GET, "/v1/things").send::<()>().now_or_never();
    assert!(matches!(sent, Some(Err(crate::Error::InvalidRequest(why))) if why.contains("no Tokio runtime")));
    assert!(script.sent().is_empty());
}

#[tokio::test]
async fn an_error_shows_no_query() {
    let refusing = Refusing::start();
    let base_url = refusing.base_url();
    let client = with_key().server(Server::Custom(base_url.clone()));
    let url = Url::parse(&format!("{base_url}/v1/worlds?cursor=secret")).unwrap();
    let info = OperationInfo { operation_id: "list_worlds" };
    let error = client.build().unwrap().exec(Request::new(Method::GET, url), &info).await.unwrap_err();
    assert!(error.is_connect());
    assert!(error.to_string().contains("/v1/worlds") && !format!("{error:?} {error}").contains("secret"));
}
