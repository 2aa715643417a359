use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

use crate::{Loopback, Reply, Request};

/// An address of this machine that refuses connections, until [`Refusing::listen`]. No other program gets the port while
/// this lives.
#[derive(Debug)]
pub struct Refusing {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Refusing {
    /// Takes a free port.
    ///
    /// # Panics
    ///
    /// If the system has none.
    pub fn start() -> Self {
        Self::bind().expect("a free port on this machine")
    }

    fn bind() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Such as `http://127.0.0.1:49152`.
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
    /// If the system does not let it, or outside of a tokio runtime.
    pub fn listen(self, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Loopback {
        let listener = self.socket.listen(1024).expect("a socket that may listen");
        Loopback::accept(listener, None, reply)
    }
}
