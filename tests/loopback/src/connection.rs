use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;

/// A connection that the server accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The address of the server's end.
    pub server: SocketAddr,
    /// The address of the client's end; without a port for a connection in memory.
    pub client: SocketAddr,
    /// How many bytes the server has handed to the system, including the heads of replies.
    pub sent: u64,
}

/// The server's end of a connection. hyper reads and writes it through a [`Wire`].
pub(crate) struct Link {
    server: SocketAddr,
    client: SocketAddr,
    state: Mutex<State>,
    flushes: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// `None` before the TLS handshake, and after the end.
    stream: Option<Box<dyn Stream>>,
    is_frozen: bool,
    sent: u64,
}

/// A TCP connection, with TLS or without, or one in memory.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    fn tcp(&self) -> Option<&TcpStream>;
}

impl Stream for TcpStream {
    fn tcp(&self) -> Option<&TcpStream> {
        Some(self)
    }
}

impl Stream for TlsStream<TcpStream> {
    fn tcp(&self) -> Option<&TcpStream> {
        Some(self.get_ref().0)
    }
}

impl Stream for DuplexStream {
    fn tcp(&self) -> Option<&TcpStream> {
        None
    }
}

impl Link {
    pub(crate) fn new(server: SocketAddr, client: SocketAddr) -> Self {
        Self { server, client, state: Mutex::default(), flushes: watch::Sender::new(0) }
    }

    pub(crate) fn open(&self, stream: Box<dyn Stream>) {
        self.state.lock().unwrap().stream = Some(stream);
    }

    pub(crate) fn close(&self) {
        self.state.lock().unwrap().stream = None;
    }

    pub(crate) fn reset(&self) {
        if let Some(stream) = self.state.lock().unwrap().stream.take()
            && let Some(tcp) = stream.tcp()
        {
            // If the system cannot reset, it closes the connection, and the test fails.
            let _ = tcp.set_zero_linger();
        }
    }

    pub(crate) fn freeze(&self) {
        self.state.lock().unwrap().is_frozen = true;
    }

    pub(crate) fn snapshot(&self) -> Connection {
        Connection { server: self.server, client: self.client, sent: self.state.lock().unwrap().sent }
    }

    /// Changes whenever the connection has handed all written bytes to the system.
    pub(crate) fn flushed(&self) -> watch::Receiver<u64> {
        self.flushes.subscribe()
    }

    /// Polls the stream, unless it is frozen. The task of a frozen stream is never woken again.
    fn poll<T>(
        &self,
        poll: impl FnOnce(Pin<&mut Box<dyn Stream>>, &mut u64) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let State { stream, is_frozen, sent } = &mut *self.state.lock().unwrap();
        match stream {
            _ if *is_frozen => Poll::Pending,
            Some(stream) => poll(Pin::new(stream), sent),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

/// The input and output of a [`Link`].
pub(crate) struct Wire(pub(crate) Arc<Link>);

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.0.poll(|stream, _| stream.poll_read(context, into))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll(|stream, sent| counted(stream.poll_write(context, bytes), sent))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll(|stream, sent| counted(stream.poll_write_vectored(context, bytes), sent))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.0.poll(|stream, _| stream.poll_flush(context));
        if let Poll::Ready(Ok(())) = flushed {
            self.0.flushes.send_modify(|flushes| *flushes += 1);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll(|stream, _| stream.poll_shutdown(context))
    }
}

fn counted(written: Poll<io::Result<usize>>, sent: &mut u64) -> Poll<io::Result<usize>> {
    if let Poll::Ready(Ok(bytes)) = &written {
        *sent += *bytes as u64;
    }
    written
}
