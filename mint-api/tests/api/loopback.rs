//! Clients of a server on this machine, and its replies.

use mint_api::{Client, ClientBuilder, Credentials, Server};
use mint_loopback::{Loopback, Reply};

pub(crate) const KEY: &str = "mint_key_5f1d2c9e";

/// A server that gives every request the same reply.
pub(crate) async fn serve(reply: Reply) -> Loopback {
    Loopback::start(move |_| reply.clone()).await
}

/// A server whose reply stalls. The clock is paused once it has, so that the timeout ends without a real delay.
pub(crate) async fn serve_stalling(reply: Reply) -> Loopback {
    let server = serve(reply).await;
    let stalling = server.clone();
    tokio::spawn(async move {
        stalling.stalled().await;
        tokio::time::pause();
    });
    server
}

pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(Credentials::api_key(KEY).unwrap()).server(Server::Custom(base_url.to_owned()))
}

pub(crate) fn client(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

pub(crate) fn client_of(server: &Loopback) -> Client {
    client(server.base_url())
}

/// A reply with a `Content-Length`, as most servers write it.
pub(crate) fn reply(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let reply = Reply::bytes(body.as_ref().to_vec()).status(status[..3].parse().unwrap());
    headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
}

/// A reply whose body ends with the connection, or by its own framing (`transfer-encoding`).
pub(crate) fn reply_without_length(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let fields: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{fields}\r\n");
    Reply::raw([head.as_bytes(), body.as_ref()].concat())
}
