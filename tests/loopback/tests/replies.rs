//! Each kind of reply, as a client sees it.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use mint_loopback::{CERTIFICATE, Loopback, Refusing, Reply, in_turn, install_cryptography};
use reqwest::{Certificate, Client, Method, Version};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

fn client() -> Client {
    install_cryptography();
    let certificate = Certificate::from_pem(CERTIFICATE).unwrap();
    Client::builder().no_proxy().tls_certs_merge([certificate]).build().unwrap()
}

/// A client that begins with the preface of HTTP/2.
fn client_of_http_2() -> Client {
    install_cryptography();
    Client::builder().no_proxy().http2_prior_knowledge().build().unwrap()
}

async fn serve(reply: Reply) -> Loopback {
    Loopback::start(move |_| reply.clone()).await
}

/// All bytes that a plain connection carries until the server closes it.
async fn bytes_of(server: &Loopback, request: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(server.base_url().trim_start_matches("http://")).await?;
    connection.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    connection.read_to_end(&mut reply).await?;
    Ok(String::from_utf8(reply).unwrap())
}

const GET: &str = "GET /a HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

/// The `io::Error` among the sources of an error.
fn io_error(error: &reqwest::Error) -> io::ErrorKind {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind();
        }
        cause = error.source();
    }
    panic!("no error of the connection: {error:?}");
}

#[tokio::test]
async fn a_reply_has_the_headers_it_is_given_and_its_length() {
    let server = serve(Reply::json(&json!({"a": 1})).status(201).header("x", "1").header("x", "2")).await;
    let expected = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nx: 1\r\nx: 2\r\n\
                    connection: close\r\ncontent-length: 7\r\n\r\n{\"a\":1}";
    assert_eq!(bytes_of(&server, GET).await.unwrap(), expected);
}

#[tokio::test]
async fn a_request_is_kept_as_it_came() {
    for client in [client(), client_of_http_2()] {
        let server = serve(Reply::bytes("")).await;
        let request = client.post(server.url("/a%2Fb?c=%20&d")).header("x", "1").header("x", "é");
        assert_eq!(request.body("{\"e\":1}").send().await.unwrap().status(), 200);
        let request = server.request();
        assert_eq!((&request.method, request.path.as_str()), (&Method::POST, "/a%2Fb"));
        assert_eq!((request.query.as_deref(), request.target().as_str()), (Some("c=%20&d"), "/a%2Fb?c=%20&d"));
        assert_eq!(request.line(), format!("POST /a%2Fb?c=%20&d {:?}", request.version));
        assert_eq!((request.header("X"), request.header("y")), (vec!["1", "é"], vec![]));
        assert_eq!((request.text(), request.json()), ("{\"e\":1}", json!({"e": 1})));
        assert_eq!(server.take_requests().len(), 1);
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn the_last_reply_in_turn_stays() {
    let server = Loopback::start(in_turn([Reply::bytes("1"), Reply::bytes("2"), Reply::bytes("3")])).await;
    let client = client();
    for expected in ["1", "2", "3", "3"] {
        assert_eq!(client.get(server.url("/")).send().await.unwrap().text().await.unwrap(), expected);
    }
    assert_eq!(server.connections().len(), 1, "one that is kept alive");
}

#[tokio::test]
async fn raw_bytes_are_the_whole_reply() {
    let server = serve(Reply::raw("220 smtp.example.com ESMTP\r\n")).await;
    assert_eq!(bytes_of(&server, GET).await.unwrap(), "220 smtp.example.com ESMTP\r\n");
    assert_eq!(server.request().line(), "GET /a HTTP/1.1");
    let server = serve(Reply::raw("abcdef").cut(4)).await;
    assert_eq!(bytes_of(&server, GET).await.unwrap(), "abcd");
    let server = serve(Reply::raw("HTTP/1.1 200 OK\r\n\r\nto the end")).await;
    assert_eq!(client().get(server.url("/")).send().await.unwrap().text().await.unwrap(), "to the end");
}

/// One of the bodies is larger than the buffers of a connection.
#[tokio::test]
async fn the_bytes_before_a_cut_are_sent() {
    for size in [10, 20_000_000] {
        let server = serve(Reply::bytes("x".repeat(size)).cut(size - 1)).await;
        let text = bytes_of(&server, GET).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {size}")), "{head}");
        assert_eq!(body.len(), size - 1);
        assert_eq!(server.connections()[0].sent, text.len() as u64);
    }
}

#[tokio::test]
async fn a_cut_is_an_error() {
    for client in [client(), client_of_http_2()] {
        let server = serve(Reply::bytes("abcdef").cut(3)).await;
        let mut reply = client.get(server.url("/")).send().await.unwrap();
        assert_eq!(reply.content_length(), Some(6));
        assert_eq!(reply.chunk().await.unwrap().unwrap(), "abc");
        assert!(reply.chunk().await.is_err());
    }
}

#[tokio::test]
async fn a_stalled_reply_continues_when_it_is_resumed() {
    for client in [client(), client_of_http_2()] {
        let server = serve(Reply::bytes("abcdef").stall(3)).await;
        let mut reply = client.get(server.url("/")).send().await.unwrap();
        server.stalled().await;
        assert_eq!(reply.chunk().await.unwrap().unwrap(), "abc");
        server.resume();
        assert_eq!(reply.text().await.unwrap(), "def");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_reply_and_no_reply_send_nothing() {
    for reply in [Reply::bytes("abcdef").stall(5), Reply::bytes("a").stall(0), Reply::never()] {
        let server = serve(reply).await;
        let began = Instant::now();
        let call = async { client().get(server.url("/")).send().await?.text().await };
        assert!(tokio::time::timeout(Duration::from_secs(3600), call).await.is_err());
        assert_eq!(began.elapsed(), Duration::from_secs(3600));
        server.stalled().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_drips_by_tokio_s_clock() {
    for client in [client(), client_of_http_2()] {
        let server = serve(Reply::bytes("abcde").drip(2, Duration::from_secs(60))).await;
        let began = Instant::now();
        let mut reply = client.get(server.url("/")).send().await.unwrap();
        let mut pieces = Vec::new();
        while let Some(piece) = reply.chunk().await.unwrap() {
            pieces.push((began.elapsed().as_secs(), piece));
        }
        // HTTP/2 ends a stream with a frame of its own.
        pieces.retain(|(_, piece)| !piece.is_empty());
        assert_eq!(pieces, [(60, "ab".into()), (120, "cd".into()), (180, "e".into())]);
    }
}

#[tokio::test]
async fn an_endless_reply_has_no_length() {
    let server = serve(Reply::bytes("abc".repeat(10_000)).endless()).await;
    let mut reply = client().get(server.url("/")).send().await.unwrap();
    assert_eq!(reply.content_length(), None);
    let mut read = 0;
    while read < 1_000_000 {
        read += reply.chunk().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn a_reset_is_a_tcp_reset() {
    let server = serve(Reply::reset()).await;
    assert_eq!(bytes_of(&server, GET).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    let error = client_of_http_2().get(server.url("/")).send().await.unwrap_err();
    assert_eq!(io_error(&error), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn tls_and_its_version_of_http() {
    let server = Loopback::start_tls(|_| Reply::bytes("abc")).await;
    let reply = client().get(server.url("/")).send().await.unwrap();
    assert_eq!((reply.version(), reply.text().await.unwrap().as_str()), (Version::HTTP_2, "abc"));
    let certificate = Certificate::from_pem(CERTIFICATE).unwrap();
    let old = Client::builder().no_proxy().http1_only().tls_certs_merge([certificate]).build().unwrap();
    let reply = old.get(server.url("/").replace("127.0.0.1", "localhost")).send().await.unwrap();
    assert_eq!((reply.version(), reply.text().await.unwrap().as_str()), (Version::HTTP_11, "abc"));

    let other = Client::builder().no_proxy().build().unwrap();
    assert!(other.get(server.url("/")).send().await.unwrap_err().is_connect());
    assert_eq!((server.connections().len(), server.requests().len()), (3, 2));
}

/// A request on a frozen connection is neither read nor answered. Another connection works.
#[tokio::test(start_paused = true)]
async fn a_frozen_connection_is_silent_and_another_works() {
    for server in [Loopback::start(|_| Reply::bytes("abc")).await, Loopback::start_tls(|_| Reply::bytes("abc")).await] {
        let connect = || if server.base_url().starts_with("https") { client() } else { client_of_http_2() };
        let frozen = connect();
        assert_eq!(frozen.get(server.url("/")).send().await.unwrap().version(), Version::HTTP_2);
        server.freeze();
        let sent = server.connections()[0].sent;
        let call = frozen.get(server.url("/frozen")).send();
        assert!(tokio::time::timeout(Duration::from_secs(3600), call).await.is_err());
        assert_eq!((server.requests().len(), server.connections()[0].sent), (1, sent));

        assert_eq!(connect().get(server.url("/")).send().await.unwrap().status(), 200);
        assert_eq!((server.requests().len(), server.connections().len()), (2, 2));
        server.freeze();
        assert_eq!(server.connections()[0].sent, sent);
    }
}

/// The system acknowledges what a client writes to a frozen connection: the client's send queue becomes empty.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn tcp_acknowledges_for_a_frozen_connection() {
    let server = serve(Reply::bytes("abc")).await;
    let mut connection = TcpStream::connect(server.base_url().trim_start_matches("http://")).await.unwrap();
    connection.write_all(GET.replace("close", "keep-alive").as_bytes()).await.unwrap();
    assert!(connection.read(&mut [0; 1024]).await.unwrap() > 0);
    server.freeze();
    connection.write_all(GET.as_bytes()).await.unwrap();
    let end = |ports: [u16; 2]| format!("0100007F:{:04X} 0100007F:{:04X}", ports[0], ports[1]);
    let (from, to) = (connection.local_addr().unwrap().port(), connection.peer_addr().unwrap().port());
    // Hexadecimal: the bytes that are not acknowledged, and the bytes that are not read.
    let queues = |ports| {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let line = table.lines().find(|line| line.contains(&end(ports))).unwrap();
        line.split_whitespace().nth(4).unwrap().to_owned()
    };
    while queues([from, to]) != "00000000:00000000" {
        tokio::task::yield_now().await;
    }
    assert_eq!(queues([to, from]), format!("00000000:{:08X}", GET.len()));
}

#[tokio::test]
async fn a_server_stops_with_its_last_clone() {
    let server = serve(Reply::never()).await;
    let (url, address) = (server.url("/"), server.base_url().trim_start_matches("http://").to_owned());
    let call = tokio::spawn(client().get(url).send());
    server.stalled().await;
    drop(server.clone());
    TcpStream::connect(&address).await.unwrap();
    drop(server);
    assert!(call.await.unwrap().is_err());
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_address_refuses_until_it_listens() {
    let refusing = Refusing::start();
    let url = refusing.base_url();
    assert!(url.ends_with(&format!(":{}", refusing.port())));
    let error = client().get(&url).send().await.unwrap_err();
    assert_eq!(io_error(&error), io::ErrorKind::ConnectionRefused);
    let server = refusing.listen(|_| Reply::bytes("abc"));
    assert_eq!(server.base_url(), url);
    assert_eq!(client().get(&url).send().await.unwrap().text().await.unwrap(), "abc");
}

#[tokio::test]
async fn in_memory_it_sends_the_same_bytes_and_refuses_once_it_has_stopped() {
    let server = serve(Reply::bytes("abc").header("x", "y")).await;
    let (over_sockets, open) = (bytes_of(&server, GET).await.unwrap(), server.in_memory(16));
    let mut connection = open().unwrap();
    let mut reply = Vec::new();
    connection.write_all(GET.as_bytes()).await.unwrap();
    connection.read_to_end(&mut reply).await.unwrap();
    assert_eq!(String::from_utf8(reply).unwrap(), over_sockets);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(server.connections()[1].client.port(), 0);
    drop(server);
    assert_eq!(open().unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}
