use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use http::Response;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::connection::{Connection, Link, Stream, Wire};
use crate::delivery::{Delivery, Stalls};
use crate::reply::Head;
use crate::{Reply, Request, tls};

/// A server on a free port. It stops when the last clone is dropped.
#[derive(Clone)]
pub struct Loopback {
    base_url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    running: Arc<DropGuard>,
}

struct Shared {
    reply: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    requests: Mutex<Vec<Request>>,
    links: Mutex<Vec<Arc<Link>>>,
    stalls: Arc<Stalls>,
}

impl Loopback {
    /// Starts a server. The function returns the reply to each request.
    ///
    /// # Panics
    ///
    /// If the system has no free port, or outside a Tokio runtime.
    pub async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::accept(listener().await, None, reply)
    }

    /// Starts a server for which the system holds little of what is sent and not yet read, so that what is sent is about what
    /// the client has read.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub async fn start_unbuffered(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listen = || {
            let socket = TcpSocket::new_v4()?;
            // The system doubles it. Accepted connections have it, too.
            socket.set_send_buffer_size(32 * 1024)?;
            socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
            socket.listen(1024)
        };
        Self::accept(listen().expect("a free port on this machine"), None, reply)
    }

    /// Starts a server with TLS and [`CERTIFICATE`](crate::CERTIFICATE). It uses HTTP/2 if the client supports it.
    ///
    /// # Panics
    ///
    /// If the system has no free port, or outside a Tokio runtime.
    pub async fn start_tls(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::accept(listener().await, Some(tls::acceptor()), reply)
    }

    /// The base URL, such as `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The URL of a path, which begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The address, such as `127.0.0.1:49152`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens connections in memory, for as long as the server runs, and returns the client's ends. The other end holds so many
    /// bytes that are not yet read. Nothing on such a connection depends on the system, so that a test can pause the clock.
    ///
    /// # Errors
    ///
    /// The returned function refuses a connection once the server has stopped.
    pub fn in_memory(&self, capacity: usize) -> impl Fn() -> io::Result<DuplexStream> + Send + Sync + use<> {
        let (address, shared, running) = (self.address, Arc::clone(&self.shared), Arc::downgrade(&self.running));
        move || {
            let running = running.upgrade().ok_or(io::ErrorKind::ConnectionRefused)?;
            let tasks = Tasks(running.token().clone());
            let (client, server) = tokio::io::duplex(capacity);
            let link = shared.link(address, (address.ip(), 0).into());
            tasks.execute(Arc::clone(&shared).serve(link, Box::new(server), tasks.clone()));
            Ok(client)
        }
    }

    /// The requests since the start, or since [`take_requests`](Self::take_requests), in the order of their arrival. The
    /// server records a request before it sends the reply.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Removes and returns the requests.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.requests.lock().unwrap())
    }

    /// The only request.
    ///
    /// # Panics
    ///
    /// If the server received no request, or several.
    pub fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }

    /// The connections since the start, including closed ones and those whose TLS handshake failed, in the order of their
    /// arrival.
    pub fn connections(&self) -> Vec<Connection> {
        self.shared.links.lock().unwrap().iter().map(|link| link.snapshot()).collect()
    }

    /// Waits until a reply stalls and all bytes before the stall are sent. Each reply that stalls ends one such wait.
    pub async fn stalled(&self) {
        self.shared.stalls.stalled.notified().await;
    }

    /// Sends the rest of all replies that are stalled now.
    pub fn resume(&self) {
        self.shared.stalls.resumed.notify_waiters();
    }

    /// Stops reading from and writing to all open connections forever, as a hung process does. The system still
    /// acknowledges received bytes, and later connections work. The server writes nothing more after this returns.
    pub fn freeze(&self) {
        self.shared.links.lock().unwrap().iter().for_each(|link| link.freeze());
    }

    pub(crate) fn accept(
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = listener.local_addr().expect("the address of a listener");
        let base_url = format!("{scheme}://{address}");
        let shared = Arc::new(Shared {
            reply: Box::new(reply),
            requests: Mutex::default(),
            links: Mutex::default(),
            stalls: Arc::default(),
        });
        let tasks = Tasks(CancellationToken::new());
        let serving = Arc::clone(&shared);
        let accepting = tasks.clone();
        tasks.execute(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                // Errors are ignored: a client may close a connection at any time.
                accepting.execute(Arc::clone(&serving).accept(tcp, tls.clone(), accepting.clone()));
            }
        });
        Self { base_url, address, shared, running: Arc::new(tasks.0.drop_guard()) }
    }
}

impl fmt::Debug for Loopback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Loopback").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Sends each of these replies once, and the last one to all further requests.
///
/// # Panics
///
/// The returned function panics if `replies` is empty.
pub fn in_turn(replies: impl IntoIterator<Item = Reply>) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    let replies: Mutex<VecDeque<Reply>> = Mutex::new(replies.into_iter().collect());
    move |_| {
        let mut replies = replies.lock().unwrap();
        let next = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
        next.expect("a reply")
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port on this machine")
}

/// The tasks of a server. They end when the server does.
#[derive(Clone)]
struct Tasks(CancellationToken);

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, task: F) {
        tokio::spawn(self.0.clone().run_until_cancelled_owned(task));
    }
}

impl Shared {
    async fn accept(self: Arc<Self>, tcp: TcpStream, tls: Option<TlsAcceptor>, tasks: Tasks) -> io::Result<()> {
        // Without this, the system would join the pieces of a reply.
        tcp.set_nodelay(true)?;
        let link = self.link(tcp.local_addr()?, tcp.peer_addr()?);
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(tcp),
            Some(tls) => Box::new(tls.accept(tcp).await?),
        };
        self.serve(link, stream, tasks).await
    }

    /// Records a connection.
    fn link(&self, server: SocketAddr, client: SocketAddr) -> Arc<Link> {
        let link = Arc::new(Link::new(server, client));
        self.links.lock().unwrap().push(Arc::clone(&link));
        link
    }

    async fn serve(self: Arc<Self>, link: Arc<Link>, stream: Box<dyn Stream>, tasks: Tasks) -> io::Result<()> {
        link.open(stream);
        let served = self.converse(&link, tasks).await;
        link.close();
        served
    }

    /// Replies to requests until the client or a reply ends the connection.
    async fn converse(self: Arc<Self>, link: &Arc<Link>, tasks: Tasks) -> io::Result<()> {
        let (ends, mut end) = mpsc::channel(1);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let (server, link, ends) = (Arc::clone(&self), Arc::clone(link), ends.clone());
            async move {
                let request = Request::read(request).await?;
                let Reply { head, body, delivery } = (server.reply)(&request);
                server.requests.lock().unwrap().push(request);
                let Head::Http(status, headers) = head else {
                    // `converse` takes the connection from hyper and ends it with this reply.
                    let _ = ends.send(Reply { head, body, delivery }).await;
                    return std::future::pending().await;
                };
                let mut response = Response::new(UnsyncBoxBody::default());
                *response.status_mut() = status;
                *response.headers_mut() = Reply::announced(headers, &body, &delivery);
                *response.body_mut() = match delivery {
                    Delivery::Whole => Full::new(body).map_err(|never: Infallible| match never {}).boxed_unsync(),
                    _ => {
                        let pieces = delivery.pieces(body, link.flushed(), Arc::clone(&server.stalls));
                        StreamBody::new(pieces.map(|piece| piece.map(Frame::data))).boxed_unsync()
                    }
                };
                hyper::Result::Ok(response)
            }
        });
        let mut builder = auto::Builder::new(tasks);
        builder.http1().auto_date_header(false).http2().auto_date_header(false);
        let connection = builder.serve_connection(TokioIo::new(Wire(Arc::clone(link))), service);
        let reply = tokio::select! {
            biased;
            Some(reply) = end.recv() => reply,
            ended = connection => return ended.map_err(io::Error::other),
        };
        match reply.head {
            Head::Raw => self.write(link, reply).await,
            _ => {
                link.reset();
                Ok(())
            }
        }
    }

    /// Sends a raw reply, and closes the connection.
    async fn write(&self, link: &Arc<Link>, reply: Reply) -> io::Result<()> {
        let mut wire = Wire(Arc::clone(link));
        let mut pieces = pin!(reply.delivery.pieces(reply.body, link.flushed(), Arc::clone(&self.stalls)));
        while let Some(piece) = pieces.next().await {
            wire.write_all(&piece?).await?;
            wire.flush().await?;
        }
        wire.shutdown().await?;
        // Waits for the client to close: closing with unread bytes resets the connection, and the client may lose the
        // reply.
        let mut rest = [0; 1024];
        while wire.read(&mut rest).await? > 0 {}
        Ok(())
    }
}
