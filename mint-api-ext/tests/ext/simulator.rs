//! The simulator by itself.

use mint_api_ext::simulator::{API_KEY, Script, Simulator};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the server at a base URL answers, as text.
async fn ask(base_url: &str, request: &str) -> String {
    let mut connection = TcpStream::connect(base_url.trim_start_matches("http://")).await.unwrap();
    connection.write_all(format!("{request}connection: close\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    connection.read_to_end(&mut reply).await.unwrap();
    String::from_utf8_lossy(&reply).to_lowercase()
}

#[tokio::test]
async fn the_api_wants_its_key_and_its_route() {
    let simulator = Simulator::start().await.unwrap();
    let id = simulator.add(Script::model());
    let key = format!("authorization: Bearer {API_KEY}\r\n");
    for (request, status) in [
        (format!("GET /v1/operations/{id} HTTP/1.1\r\n{key}"), "200 ok"),
        (format!("GET /v1/operations/{id} HTTP/1.1\r\n"), "401 unauthorized"),
        (format!("GET /v1/operations/{id} HTTP/1.1\r\nauthorization: Bearer x\r\n"), "401 unauthorized"),
        (format!("GET /v1/operations/none HTTP/1.1\r\n{key}"), "404 not found"),
        (format!("POST /v1/operations/{id} HTTP/1.1\r\n{key}"), "405 method not allowed"),
        (format!("GET /v2 HTTP/1.1\r\n{key}"), "404 not found"),
    ] {
        let reply = ask(&simulator.base_url(), &request).await;
        assert!(reply.starts_with(&format!("http/1.1 {status}")), "{request}{reply}");
        assert!(reply.contains("x-request-id: req_"), "{reply}");
        let problem = reply.contains("content-type: application/problem+json");
        assert_eq!(problem, status != "200 ok", "{reply}");
        let allow = status.starts_with("405").then_some("allow: get\r\n");
        assert_eq!(reply.contains("allow:"), allow.is_some_and(|allow| reply.contains(allow)), "{reply}");
    }
}

#[tokio::test]
async fn the_cdn_knows_length_etag_and_ranges() {
    let simulator = Simulator::start().await.unwrap();
    let url = simulator.add_file("a.txt", "text/plain", &b"0123456789"[..]);
    let path = url.strip_prefix(&simulator.cdn_url()).unwrap();
    let get = |headers: &str| {
        let request = format!("GET {path} HTTP/1.1\r\n{headers}");
        let cdn = simulator.cdn_url();
        async move { ask(&cdn, &request).await }
    };
    let whole = get("").await;
    assert!(
        whole.contains("200 ok") && whole.contains("content-length: 10") && whole.ends_with("0123456789"),
        "{whole}"
    );
    let etag = whole.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let part = get("range: bytes=4-\r\n").await;
    assert!(
        part.contains("206 partial") && part.contains("content-range: bytes 4-9/10") && part.ends_with("456789"),
        "{part}"
    );
    let same = get(&format!("range: bytes=4-\r\nif-range: {etag}\r\n")).await;
    assert!(same.contains("206 partial"), "{same}");
    let changed = get("range: bytes=4-\r\nif-range: \"other\"\r\n").await;
    assert!(changed.contains("200 ok"), "{changed}");
    let beyond = get("range: bytes=10-\r\n").await;
    assert!(beyond.contains("416 range") && beyond.contains("content-range: bytes */10"), "{beyond}");
    let unchanged = get(&format!("if-none-match: {etag}\r\n")).await;
    assert!(unchanged.contains("304 not modified"), "{unchanged}");
    let missing = ask(&simulator.cdn_url(), "GET /none HTTP/1.1\r\n").await;
    assert!(missing.contains("404 not found"), "{missing}");
}

#[tokio::test]
async fn it_stops_when_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let address = simulator.base_url().trim_start_matches("http://").to_owned();
    drop(simulator);
    // The listener is closed as soon as its task has run.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
