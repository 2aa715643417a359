//! Requests of the client, as the server receives them.

use mint_api::Error;
use mint_api::types::{GenerationPreset, ResourceName};
use mint_loopback::{Loopback, Request};

use crate::examples::model;
use crate::loopback::{KEY, builder, client, client_of, reply, serve};

async fn server() -> Loopback {
    serve(reply("200 OK", &[], model().to_string())).await
}

async fn request_for(id: &str) -> Request {
    let server = server().await;
    client_of(&server).get_operation().operation_id(id).send().await.unwrap();
    server.request()
}

#[tokio::test]
async fn headers() {
    let request = request_for("op_1").await;
    let agent = format!("mint-api/{}", env!("CARGO_PKG_VERSION"));
    for (name, values) in [
        ("authorization", &[format!("Bearer {KEY}").as_str()][..]),
        ("user-agent", &[agent.as_str()]),
        ("accept", &["application/json, application/problem+json;q=0.9"]),
        ("api-version", &[]),
        ("referer", &[]),
        ("cookie", &[]),
        ("content-length", &[]),
        ("content-type", &[]),
        ("transfer-encoding", &[]),
    ] {
        assert_eq!(request.header(name), values, "{name}");
    }
}

#[tokio::test]
async fn products_come_before_the_crate_in_the_user_agent() {
    let server = server().await;
    let client = builder(server.base_url()).user_agent_product("my-game/1.2").user_agent_product("sdk/3").build();
    client.unwrap().get_operation().operation_id("op_1").send().await.unwrap();
    let agent = format!("my-game/1.2 sdk/3 mint-api/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(server.request().header("user-agent"), [agent]);
}

#[tokio::test]
async fn white_space_around_a_key_is_not_sent() {
    let server = server().await;
    let credentials = mint_api::Credentials::api_key(format!("  {KEY}\r\n")).unwrap();
    let client = mint_api::Client::builder(credentials).server(mint_api::Server::Custom(server.base_url().to_owned()));
    client.build().unwrap().get_operation().operation_id("op_1").send().await.unwrap();
    assert_eq!(server.request().header("authorization"), [format!("Bearer {KEY}")]);
}

#[tokio::test]
async fn an_id_is_one_segment_of_the_path() {
    for (id, segment) in [
        ("op_01JZ-8.~", "op_01JZ-8.~"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("../../etc", "..%2F..%2Fetc"),
        ("..\\..\\x", "..%5C..%5Cx"),
        ("..%2f", "..%252f"),
        ("%2e%2e", "%252e%252e"),
        (".%2e", ".%252e"),
        ("%", "%25"),
        ("op:cancel", "op%3Acancel"),
        ("a b", "a%20b"),
        (" ", "%20"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("a;b&c=d+e,f@g!$'()*", "a%3Bb%26c%3Dd%2Be%2Cf%40g%21%24%27%28%29%2A"),
        ("été\u{1f600}", "%C3%A9t%C3%A9%F0%9F%98%80"),
        ("a\r\nx-injected: 1", "a%0D%0Ax-injected%3A%201"),
        ("a\t\0b", "a%09%00b"),
        ("{id}<>\"^`|[]", "%7Bid%7D%3C%3E%22%5E%60%7C%5B%5D"),
        ("...", "..."),
        (". .", ".%20."),
    ] {
        let request = request_for(id).await;
        assert_eq!(request.line(), format!("GET /v1/operations/{segment} HTTP/1.1"), "{id:?}");
    }
}

#[tokio::test]
async fn an_id_that_would_name_another_resource_is_refused() {
    let server = server().await;
    for id in ["", ".", ".."] {
        match client_of(&server).get_operation().operation_id(id).send().await.unwrap_err() {
            Error::InvalidRequest(text) => assert!(text.contains(&format!("`{id}`")), "{text}"),
            other => panic!("{id}: {other:?}"),
        }
    }
    let error = client_of(&server).get_operation().send().await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[tokio::test]
async fn a_body_that_lacks_a_field_or_breaks_a_length_or_an_enum_is_not_sent() {
    let server = server().await;
    let client = client_of(&server);
    let too_long = "a".repeat(256);
    let model = || client.generate_model();
    for (error, complaint) in [
        (model().body_map(|body| body).send().await.unwrap_err(), "prompt"),
        (model().body_map(|body| body.prompt("")).send().await.unwrap_err(), "prompt"),
        (
            model().idempotency_key(too_long.clone()).body_map(|body| body.prompt("a")).send().await.unwrap_err(),
            "idempotency_key",
        ),
    ] {
        assert!(matches!(error, Error::InvalidRequest(_)), "{error:?}");
        assert!(error.to_string().contains(complaint), "{error}");
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());
    // An optional field takes a value of its type, which cannot be made.
    assert!(ResourceName::try_from(too_long).is_err());
    assert!(GenerationPreset::try_from("slow").is_err());
}

#[tokio::test]
async fn bounds_lengths_of_lists_and_formats_are_left_to_the_server() {
    let server = server().await;
    let client = client_of(&server);
    drop(client.list_models().limit(0).send().await);
    assert_eq!(server.request().line(), "GET /v1/models?limit=0 HTTP/1.1");
    let pack = client.generate_asset_pack().body_map(|body| body.prompt("a").item_count(1));
    pack.send().await.unwrap();
    let model = client.generate_model();
    let one_that_is_no_url = vec!["no URL".to_owned()];
    model.body_map(|body| body.prompt("a").source_images(one_that_is_no_url)).send().await.unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn base_urls_may_have_a_path_and_slashes() {
    for (suffix, prefix) in
        [("", ""), ("/", ""), ("//", ""), ("/proxy", "/proxy"), ("/proxy/", "/proxy"), ("/a%20b/c//", "/a%20b/c")]
    {
        let server = server().await;
        let client = client(&format!("{}{suffix}", server.base_url()));
        assert_eq!(client.base_url(), format!("{}{prefix}", server.base_url()));
        assert!(client.is_local());
        client.get_operation().operation_id("op_1").send().await.unwrap();
        assert_eq!(server.request().line(), format!("GET {prefix}/v1/operations/op_1 HTTP/1.1"));
    }
}

#[tokio::test]
async fn localhost_by_name_is_this_machine() {
    let server = server().await;
    let client = client(&server.base_url().replace("127.0.0.1", "localhost"));
    assert!(client.is_local());
    client.get_operation().operation_id("op_1").send().await.unwrap();
    assert_eq!(server.request().header("host").len(), 1);
}
