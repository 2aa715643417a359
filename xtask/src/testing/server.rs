//! A web server on this machine that answers as it is told.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// What is sent for a path.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The whole body is sent.
    Whole,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Nothing more comes from the middle of the body on; nothing at all when there is no body.
    Stall,
    /// The body is sent again and again.
    Never,
}

impl Reply {
    pub(crate) fn of_status(status: &'static str) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), end: End::Whole }
    }

    pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::of_status("200 OK") }.with("Content-Type", content_type)
    }

    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("application/json", body)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::of_status("302 Found").with("Location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn cut(self) -> Self {
        Self { end: End::Cut, ..self }
    }

    pub(crate) fn stalled(self) -> Self {
        Self { end: End::Stall, ..self }
    }

    pub(crate) fn endless(self) -> Self {
        Self { end: End::Never, ..self }
    }

    fn etag(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| *name == "ETag").map(|(_, value)| value.as_str())
    }

    async fn send(&self, stream: &mut TcpStream, stalled: &Notify) -> io::Result<()> {
        if self.end == End::Stall && self.body.is_empty() {
            stalled.notify_one();
            std::future::pending::<()>().await;
        }
        let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", self.status);
        if self.end != End::Never {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await?;
        match self.end {
            End::Whole => stream.write_all(&self.body).await,
            End::Cut => stream.write_all(&self.body[..self.body.len() / 2]).await,
            End::Stall => {
                stream.write_all(&self.body[..self.body.len() / 2]).await?;
                stalled.notify_one();
                std::future::pending().await
            }
            End::Never => loop {
                stream.write_all(&self.body).await?;
            },
        }
    }
}

/// The server; it stops when this is dropped.
pub(crate) struct Server {
    address: String,
    shared: Arc<Shared>,
    _connections: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    requests: Mutex<Vec<String>>,
    stalled: Notify,
}

impl Server {
    /// Serves these paths; a path that is not among them is not found.
    pub(crate) async fn start<'a>(replies: impl IntoIterator<Item = (&'a str, Reply)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, Arc::clone(&shared)));
        let server = Self { address, shared, _connections: connections };
        for (path, reply) in replies {
            server.set(path, reply);
        }
        server
    }

    /// Serves another reply from now on.
    pub(crate) fn set(&self, path: &str, reply: Reply) {
        self.shared.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The paths that were asked for since this was called last, in their order; `?` marks a conditional request.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.requests.lock().unwrap())
    }

    /// Waits until a reply has stalled.
    pub(crate) async fn stalled(&self) {
        self.shared.stalled.notified().await;
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let shared = Arc::clone(&shared);
        // A client may go whenever it likes.
        connections.spawn(async move { drop(answer(stream, &shared).await) });
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let condition = request
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("if-none-match")))
        .map(|(_, etag)| etag);
    shared.requests.lock().unwrap().push(format!("{path}{}", if condition.is_some() { "?" } else { "" }));
    let (before_query, _) = path.split_once('?').unwrap_or((&path, ""));
    let reply = {
        let replies = shared.replies.lock().unwrap();
        replies.get(&path).or_else(|| replies.get(before_query)).cloned()
    };
    let reply = match reply {
        None => Reply::of_status("404 Not Found"),
        Some(reply) if condition.is_some() && reply.etag() == condition => Reply::of_status("304 Not Modified"),
        Some(reply) => reply,
    };
    reply.send(&mut stream, &shared.stalled).await?;
    stream.shutdown().await?;
    // What the client has sent is read to the end; closing before would reset the connection, and lose the reply.
    let mut rest = [0; 64];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
