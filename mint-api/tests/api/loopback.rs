//! A server whose replies are written byte by byte, so that a test decides what no well-behaved server would send.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mint_api::{Client, ClientBuilder, Credentials, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

pub(crate) const KEY: &str = "mint_key_5f1d2c9e";

/// A server on a port of its own that gives every request the same reply.
pub(crate) struct Loopback {
    pub(crate) base_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    head: String,
    pub(crate) body: String,
}

/// What happens once the reply is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// The connection is closed.
    Close,
    /// Nothing more comes for an hour. The clock is paused, so that the next timeout strikes without waiting.
    Hang,
}

pub(crate) async fn serve(reply: impl Into<Vec<u8>>) -> Loopback {
    serve_then(reply, Then::Close).await
}

pub(crate) async fn serve_then(reply: impl Into<Vec<u8>>, then: Then) -> Loopback {
    let reply = reply.into();
    serve_each(move |_| reply.clone(), then).await
}

/// A server whose reply depends on the request.
pub(crate) async fn serve_each(reply: impl Fn(&Request) -> Vec<u8> + Send + 'static, then: Then) -> Loopback {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let captured = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read(&mut stream).await;
            let reply = reply(&request);
            captured.lock().unwrap().push(request);
            // A client that has read enough hangs up; that is for the test to judge by what the client returns.
            let _ = stream.write_all(&reply).await;
            match then {
                Then::Close => drop(stream.shutdown().await),
                Then::Hang => {
                    tokio::time::pause();
                    tokio::time::sleep(Duration::from_secs(3600)).await;
                }
            }
        }
    });
    Loopback { base_url, requests }
}

/// A base URL that refuses connections. The port stays taken, so that no other server gets it.
pub(crate) fn refusing() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let base_url = format!("http://{}", socket.local_addr().unwrap());
    (socket, base_url)
}

async fn read(stream: &mut TcpStream) -> Request {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let mut request = Request { head: String::from_utf8(head).unwrap(), body: String::new() };
    let length = request.header("content-length").first().map_or(0, |length| length.parse().unwrap());
    stream.take(length).read_to_string(&mut request.body).await.unwrap();
    request
}

impl Loopback {
    pub(crate) fn client(&self) -> Client {
        client(&self.base_url)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The one request that came.
    pub(crate) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

impl Request {
    /// The first line, such as `GET /v1/operations/op_1 HTTP/1.1`.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// The values of a header, in the order they came.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(Credentials::api_key(KEY).unwrap()).server(Server::Custom(base_url.to_owned()))
}

pub(crate) fn client(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

/// A reply with a `Content-Length`, as most servers write it.
pub(crate) fn reply(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = head(status, headers);
    let length = format!("content-length: {}\r\n\r\n", body.len());
    bytes.extend_from_slice(length.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A reply whose body ends with the connection.
pub(crate) fn reply_without_length(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = head(status, headers);
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.as_ref());
    bytes
}

fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let fields: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{fields}").into_bytes()
}
