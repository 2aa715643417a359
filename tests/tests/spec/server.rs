//! A server that records every request and answers what it is told to, byte by byte.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use mint_api::{Client, Credentials, Server as Target};
use mint_api_ext::{Mint, MintBuilder};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const KEY: &str = "mint_key_5f1d2c9e";

/// A server on a port of its own.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) base_url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    replies: VecDeque<Reply>,
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A reply as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    head: String,
    body: Vec<u8>,
    /// What is announced of the body's length.
    length: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { head: format!("HTTP/1.1 {status} \r\n"), length: Some(body.len()), body }
    }

    pub(crate) fn json(status: u16, content_type: &str, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", content_type)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn with_body(mut self, body: &[u8]) -> Self {
        self.length = Some(body.len());
        self.body = body.to_vec();
        self
    }

    /// The body breaks off after some bytes, with the connection.
    pub(crate) fn cut_at(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self
    }

    /// The connection closes without a reply.
    pub(crate) fn nothing() -> Self {
        Self { head: String::new(), body: Vec::new(), length: None }
    }

    fn bytes(&self) -> Vec<u8> {
        let Some(length) = self.length else { return Vec::new() };
        let mut bytes = format!("{}content-length: {length}\r\n\r\n", self.head).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn is_whole(&self) -> bool {
        self.length == Some(self.body.len())
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let server = Self { base_url, state };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// What is answered from now on: each reply once, and the last one to all further requests.
    pub(crate) fn answer(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state.lock().unwrap().replies = replies.into_iter().collect();
    }

    /// The requests that came since this was last asked.
    pub(crate) fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    pub(crate) fn forget_first_request(&self) {
        self.state.lock().unwrap().requests.remove(0);
    }

    pub(crate) fn client(&self) -> Client {
        let credentials = Credentials::api_key(KEY).unwrap();
        Client::builder(credentials).server(Target::Custom(self.base_url.clone())).build().unwrap()
    }

    pub(crate) fn mint(&self) -> Mint {
        self.mint_builder().build().unwrap()
    }

    fn mint_builder(&self) -> MintBuilder {
        let credentials = Credentials::api_key(KEY).unwrap();
        let fast = NonZeroU32::new(1_000_000_000).unwrap();
        Mint::builder(credentials).server(Target::Custom(self.base_url.clone())).requests_per_second(fast).seed(1)
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read_request(&mut stream).await {
            let reply = {
                let mut state = self.state.lock().unwrap();
                state.requests.push(request);
                let next = if state.replies.len() > 1 { state.replies.pop_front() } else { None };
                next.or_else(|| state.replies.front().cloned()).unwrap_or_else(|| Reply::new(500, "no reply is set"))
            };
            // A client that has read enough hangs up; that is for the test to judge by what the client returns.
            if stream.write_all(&reply.bytes()).await.is_err() || !reply.is_whole() {
                return;
            }
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end_matches("\r\n") {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines.first()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines[1..].iter().filter_map(|line| line.split_once(": ")).collect();
    let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, length)| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (target, None),
    };
    Some(Request { method, path, query, headers, body })
}

impl Request {
    /// The values of a header, in the order they came.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The names of all headers, in alphabetical order.
    pub(crate) fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names
    }
}
