//! How a generated client sends the credentials that its operations need.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use generated::{Client, Credentials, Error};
use mint_loopback::{self as loopback, Loopback, Refusing, Request};
use mint_tests::client_of;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/security.rs"));
}

fn client_with(credentials: Credentials, base_url: &str) -> Client {
    client_of(base_url, Client::new).with_credentials(credentials)
}

/// A client, and a server that sends nothing in every reply.
async fn serve(credentials: Credentials) -> (Client, Loopback) {
    let server = Loopback::start(|_| loopback::Reply::bytes("").status(204)).await;
    (client_with(credentials, server.base_url()), server)
}

/// The values of the headers that hold credentials, by name.
fn sent(request: &Request) -> Vec<(&str, &str)> {
    let names = ["authorization", "cookie", "x-tenant"];
    names.into_iter().flat_map(|name| request.header(name).into_iter().map(move |value| (name, value))).collect()
}

fn all() -> Credentials {
    Credentials::new().tenant_key("t").bearer_auth("token").basic("Aladdin", "open sesame").session("s").query_key("q")
}

#[tokio::test]
async fn the_first_alternative_that_the_client_has_is_sent() {
    let both = [("authorization", "Bearer token"), ("x-tenant", "t")];
    let basic = [("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")];
    for (credentials, expected) in [
        (all(), &both[..]),
        (Credentials::new().tenant_key(" t\n").bearer_auth("token".to_owned()), &both),
        (Credentials::new().tenant_key("t").basic("Aladdin", "open sesame"), &basic),
        // A client without credentials leaves them to its HTTP client.
        (Credentials::new(), &[]),
    ] {
        let (client, server) = serve(credentials).await;
        client.shared().send().await.unwrap();
        assert_eq!(sent(&server.request()), expected);
    }
}

#[tokio::test]
async fn an_operation_without_requirements_sends_no_credentials() {
    let (client, server) = serve(all()).await;
    client.open().send().await.unwrap();
    assert_eq!(sent(&server.request()), []);
}

#[tokio::test]
async fn optional_credentials_are_sent_if_there_are_any() {
    for (credentials, expected) in [(all(), &[("cookie", "sid=s")][..]), (Credentials::new().tenant_key("t"), &[])] {
        let (client, server) = serve(credentials).await;
        client.optional().send().await.unwrap();
        assert_eq!(sent(&server.request()), expected);
    }
}

#[tokio::test]
async fn keys_in_the_query_and_in_cookies_stand_beside_parameters() {
    let (client, server) = serve(all().query_key("a&b")).await;
    client.by_query().client2("c").send().await.unwrap();
    assert_eq!(server.request().target(), "/query?client=c&api_key=a%26b");

    let (client, server) = serve(all()).await;
    client.by_session().theme("dark").send().await.unwrap();
    assert_eq!(sent(&server.request()), [("cookie", "theme=dark; sid=s")]);
}

#[tokio::test]
async fn a_parameter_replaces_the_key_of_the_same_place() {
    let (client, server) = serve(all()).await;
    client.by_query().api_key("mine").send().await.unwrap();
    assert_eq!(server.request().target(), "/query?api_key=mine");

    let (client, server) = serve(all()).await;
    client.by_session().sid("mine").send().await.unwrap();
    assert_eq!(sent(&server.request()), [("cookie", "sid=mine")]);
}

#[tokio::test]
async fn a_source_is_asked_before_each_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let source = move || {
        let token = format!("token{}", count.fetch_add(1, Ordering::Relaxed));
        async move { Ok(token) }
    };
    let (client, server) = serve(Credentials::new().flow(source)).await;
    for _ in 0..2 {
        client.by_flow().body(serde_json::Map::new()).send().await.unwrap();
    }
    let requests = server.requests();
    let tokens: Vec<_> = requests.iter().flat_map(sent).collect();
    assert_eq!(tokens, [("authorization", "Bearer token0"), ("authorization", "Bearer token1")]);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn other_schemes_are_named_before_their_credentials() {
    let (client, server) = serve(Credentials::new().other("proof")).await;
    client.by_other().send().await.unwrap();
    assert_eq!(sent(&server.request()), [("authorization", "DPoP proof")]);
}

#[tokio::test]
async fn a_second_method_of_an_operation_sends_credentials_too() {
    let (client, server) = serve(all()).await;
    assert!(client.watch().send_streaming().await.is_err(), "a 204 is no stream");
    assert_eq!(sent(&server.request()), [("x-tenant", "t")]);
}

#[tokio::test]
async fn without_the_credentials_that_it_needs_nothing_is_sent() {
    let client = client_with(Credentials::new().tenant_key("t").session("s"), "http://127.0.0.1:9");
    let error = client.shared().send().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
    assert!(error.to_string().contains("set `tenant_key` and `bearer_auth`, or `basic`"), "{error}");

    let source = async || Err("no network".into());
    let client = client_with(Credentials::new().flow(source), "http://127.0.0.1:9");
    let error = client.by_flow().body(serde_json::Map::new()).send().await.unwrap_err();
    assert_eq!(error.to_string(), "there are no credentials `flow`: no network");
    assert!(matches!(error, Error::Custom(_)), "{error:?}");

    for (credentials, method) in [
        (Credentials::new().tenant_key("secret\nsecret").bearer_auth("a"), "tenant_key"),
        (Credentials::new().tenant_key("a").bearer_auth(" \n"), "bearer_auth"),
        (Credentials::new().basic("secret:", "secret"), "basic"),
    ] {
        let client = client_with(credentials, "http://127.0.0.1:9");
        let error = format!("{:?}", client.shared().send().await.unwrap_err());
        assert!(error.contains(&format!("`{method}`")) && !error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn no_text_shows_a_secret() {
    let refusing = Refusing::start();
    let secrets = Credentials::new().tenant_key("secret").bearer_auth("secret").basic("me", "secret");
    let secrets = secrets.query_key("secret").session("secret").flow("secret").other("secret");
    assert!(format!("{secrets:?}").contains("query_key") && !format!("{secrets:?}").contains("secret"), "{secrets:?}");
    let client = client_with(secrets, &refusing.base_url());
    assert!(!format!("{:?}", client.by_query()).contains("secret"));
    let error = client.by_query().send().await.unwrap_err();
    assert!(matches!(error, Error::CommunicationError(_)) && error.to_string().contains("/query"), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn a_redirect_takes_no_key_to_another_server() {
    let other = Loopback::start(|_| loopback::Reply::bytes("").status(204)).await;
    let elsewhere = format!("{}/elsewhere", other.base_url());
    let server = Loopback::start(move |request| match request.path.as_str() {
        "/shared" => loopback::Reply::bytes("").status(307).header("location", "/here"),
        "/here" => loopback::Reply::bytes("").status(204),
        _ => loopback::Reply::bytes("").status(307).header("location", &elsewhere),
    })
    .await;
    let client = client_with(all(), server.base_url());
    client.shared().send().await.unwrap();
    let error = client.by_query().send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 307);
    assert!(error.raw_response().unwrap().headers().contains_key("location"));
    let requests = server.requests();
    assert_eq!(requests.iter().map(Request::target).collect::<Vec<_>>(), ["/shared", "/here", "/query?api_key=q"]);
    assert!(requests.iter().all(|request| request.header("referer").is_empty()));
    assert!(other.requests().is_empty());
}
