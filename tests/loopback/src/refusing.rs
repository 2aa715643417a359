use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

use crate::{Loopback, Reply, Request};

/// An address of this machine that refuses connections until [`Refusing::listen`]. No other program can use the port
/// until this is dropped.
#[derive(Debug)]
pub struct Refusing {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Refusing {
    /// Reserves a free port.
    ///
    /// # Panics
    ///
    /// If the system has no free port.
    pub fn start() -> Self {
        Self::bind().expect("a free port on this machine")
    }

    fn bind() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// The base URL, such as `http://127.0.0.1:49152`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Accepts connections from now on, and replies as [`Loopback::start`] does.
    ///
    /// # Panics
    ///
    /// If the system cannot listen on the port, or outside a Tokio runtime.
    pub fn listen(self, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Loopback {
        let listener = self.socket.listen(1024).expect("a socket that may listen");
        Loopback::accept(listener, None, reply)
    }
}
