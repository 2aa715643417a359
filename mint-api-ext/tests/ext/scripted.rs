//! A server that answers each request with the next of a list of replies, or by a function.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use mint_api_ext::{Credentials, Mint, MintBuilder, RetryPolicy, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// What a request is answered with.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status, headers, and a body.
    Is(u16, Vec<(&'static str, String)>, Value),
    /// Nothing: the connection ends once the request was read.
    Lost,
}

impl Reply {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Is(_, headers, _) = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

pub(crate) fn is(status: u16, body: Value) -> Reply {
    Reply::Is(status, Vec::new(), body)
}

pub(crate) fn problem(status: u16, kind: &str) -> Reply {
    is(status, json!({"type": kind, "title": "Refused", "status": status}))
}

pub(crate) fn problem_that_says(status: u16, detail: &str) -> Reply {
    is(status, json!({"type": "about:blank", "title": "Refused", "status": status, "detail": detail}))
}

/// An operation in review mode that makes a model.
pub(crate) fn operation(id: &str, status: &str, updated_at: u32) -> Value {
    json!({
        "id": id, "status": status, "generationMode": "review", "resource": {"type": "model", "id": "m_1"},
        "updatedAt": format!("2026-07-01T10:00:{updated_at:02}Z"),
    })
}

pub(crate) fn accepted(id: &str, status: &str, updated_at: u32) -> Reply {
    is(202, operation(id, status, updated_at))
}

pub(crate) fn found(id: &str, status: &str, updated_at: u32) -> Reply {
    is(200, operation(id, status, updated_at))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Such as `POST /v1/models:generate`.
    pub(crate) line: String,
    pub(crate) key: Option<String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Sent {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Scripted {
    base_url: String,
    reply: Arc<dyn Fn(&Sent) -> Reply + Send + Sync>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Scripted {
    /// What is asked beyond the replies gets a 418, which nobody takes for a failure that may pass.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Mutex<VecDeque<_>> = Mutex::new(replies.into_iter().collect());
        let next = move |_: &Sent| replies.lock().unwrap().pop_front();
        Self::by(move |sent| next(sent).unwrap_or_else(|| problem(418, "no-more-replies"))).await
    }

    pub(crate) async fn by(reply: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { base_url, reply: Arc::new(reply), sent: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    pub(crate) fn builder(&self) -> MintBuilder {
        Mint::builder(Credentials::api_key("key").unwrap()).server(Server::Custom(self.base_url.clone()))
    }

    pub(crate) fn mint(&self) -> Mint {
        self.builder().build().unwrap()
    }

    /// A client that sends a request at most twice.
    pub(crate) fn mint_that_tries_twice(&self) -> Mint {
        let mut twice = RetryPolicy::default();
        twice.attempts = 2;
        self.builder().retry_policy(twice).build().unwrap()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.line).collect()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let read = stream.read_buf(&mut bytes).await.unwrap();
            if read == 0 {
                return;
            }
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
                let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
                break (head, length);
            }
        };
        while bytes.len() < length {
            stream.read_buf(&mut bytes).await.unwrap();
        }
        let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
        let (key, body) = (header(&head, "idempotency-key"), String::from_utf8(bytes).unwrap());
        let sent = Sent { line, key, body, at: Instant::now() };
        let reply = (self.reply)(&sent);
        self.sent.lock().unwrap().push(sent);
        if let Reply::Is(status, headers, body) = reply {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let body = body.to_string();
            let length = body.len();
            let reply = format!(
                "HTTP/1.1 {status} \r\n{headers}content-type: application/json\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            );
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
}
