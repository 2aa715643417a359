//! Connections in memory, between clients and servers of one process.
//!
//! The operating system delivers the bytes of a socket, and a paused clock does not wait for it. Here, tasks of the runtime
//! deliver them, and a paused clock waits for those.

use std::collections::HashMap;
use std::fmt;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::http::{Request, Response, Uri};
use bytes::Bytes;
use futures::{FutureExt as _, stream};
use http_body::{Frame, SizeHint};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use mint_api::{Exchange, Network};
use reqwest::{Body, ResponseBuilderExt as _};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tower_service::Service;

/// What a connection holds of what is sent and not yet read: about as much as a socket of this machine.
pub const CAPACITY: usize = 4 << 20;

/// Opens a connection to a server. Returns the client's end.
type Open = dyn Fn() -> io::Result<DuplexStream> + Send + Sync;

/// The servers of this process, by host and port.
static SERVERS: LazyLock<Mutex<HashMap<String, Arc<Open>>>> = LazyLock::new(Mutex::default);

fn servers() -> MutexGuard<'static, HashMap<String, Arc<Open>>> {
    SERVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server that is reached in memory, for as long as this is not dropped.
#[derive(Debug)]
pub struct Served(String);

impl Served {
    /// Lets the clients of [`Memory`] reach a server at this host and port. `open` opens a connection and returns the client's
    /// end; an error refuses the connection.
    pub fn new(
        address: impl Into<String>,
        open: impl Fn() -> io::Result<DuplexStream> + Send + Sync + 'static,
    ) -> Self {
        let address = address.into();
        servers().insert(address.clone(), Arc::new(open));
        Self(address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        servers().remove(&self.0);
    }
}

/// The server's end of the connections that clients open.
pub(crate) struct Listener {
    address: String,
    opened: UnboundedReceiver<DuplexStream>,
}

impl Listener {
    pub(crate) fn at(address: String) -> (Self, Served) {
        let (sender, opened) = unbounded_channel();
        let served = Served::new(&*address, move || {
            let (client, server) = tokio::io::duplex(CAPACITY);
            sender.send(server).map_err(|_| io::ErrorKind::ConnectionRefused)?;
            Ok(client)
        });
        (Self { address, opened }, served)
    }
}

impl axum::serve::Listener for Listener {
    type Io = DuplexStream;
    type Addr = String;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.opened.recv().await {
            Some(server) => (server, self.address.clone()),
            // No client can reach it any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address.clone())
    }
}

/// A network that reaches the servers of this process in memory, by HTTP/1.1.
#[derive(Clone)]
pub struct Memory(Client<Connector, Body>);

impl Default for Memory {
    fn default() -> Self {
        Self(Client::builder(TokioExecutor::new()).build(Connector))
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl Network for Memory {
    fn execute(&self, request: reqwest::Request) -> Result<Exchange, Box<reqwest::Request>> {
        let url = request.url();
        let is_ours = url.scheme() == "http" && servers().contains_key(url.authority());
        if is_ours { Ok(exchange(self.0.clone(), request).boxed()) } else { Err(request.into()) }
    }
}

async fn exchange(client: Client<Connector, Body>, request: reqwest::Request) -> reqwest::Result<reqwest::Response> {
    let (url, timeout) = (request.url().clone(), request.timeout().copied());
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let sent = client.request(Request::try_from(request)?);
    let sent = match deadline {
        Some(deadline) => timeout_at(deadline, sent).await.map_err(|_| Box::new(timed_out()) as Failure),
        None => Ok(sent.await),
    };
    let response = match sent.and_then(|sent| sent.map_err(Into::into)) {
        Ok(response) => response,
        Err(error) => return failed(error).await.map_err(|error| error.with_url(url)),
    };
    let (parts, body) = response.into_parts();
    let body = match deadline {
        Some(deadline) => Body::wrap(Timed { body, deadline: Box::pin(sleep_until(deadline)) }),
        None => Body::wrap(body),
    };
    let mut response = Response::builder().url(url).body(body).unwrap_or_default();
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    Ok(response.into())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

/// The error of a request. reqwest makes one of what goes wrong in a body, but of nothing else.
async fn failed(error: Failure) -> reqwest::Result<reqwest::Response> {
    let body = Body::wrap_stream(stream::once(ready(Err::<Bytes, _>(error))));
    let mut response = reqwest::Response::from(Response::new(body));
    response.chunk().await.map(|_| response)
}

/// A body that must end before its deadline.
struct Timed<B> {
    body: B,
    deadline: Pin<Box<Sleep>>,
}

impl<B> http_body::Body for Timed<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<Failure>,
{
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(timed_out().into())));
        }
        Pin::new(&mut self.body).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Opens connections in memory.
#[derive(Clone, Copy, Debug)]
struct Connector;

impl Service<Uri> for Connector {
    type Response = TokioIo<End>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let open = uri.authority().and_then(|address| servers().get(address.as_str()).cloned());
        let opened = open.ok_or_else(|| io::ErrorKind::ConnectionRefused.into()).and_then(|open| open());
        ready(opened.map(|stream| TokioIo::new(End(stream))))
    }
}

/// The client's end of a connection.
struct End(DuplexStream);

impl Connection for End {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for End {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for End {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
