//! Servers that clients reach in memory, so that the time in a test moves by its script alone.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use mint_api_ext::client::Transport;
use mint_api_ext::simulator::memory::{CAPACITY, Memory, Served};
use mint_api_ext::{Credentials, Mint, MintBuilder, Server};
use mint_loopback::{Loopback, Refusing, Reply, Request};

/// A server in memory. Clients that [`builder`] makes reach it, and those of a simulator.
#[derive(Clone, Debug)]
pub(crate) struct InMemory {
    server: Loopback,
    _served: Arc<[Served; 2]>,
}

/// Starts a server; the function returns the reply to each request.
pub(crate) async fn serve(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> InMemory {
    InMemory::from(Loopback::start(reply).await)
}

impl From<Loopback> for InMemory {
    fn from(server: Loopback) -> Self {
        let of = |host: &str| Served::new(format!("{host}:{}", server.address().port()), server.in_memory(CAPACITY));
        let served = ["127.0.0.1", "localhost"].map(of);
        Self { server, _served: Arc::new(served) }
    }
}

impl Deref for InMemory {
    type Target = Loopback;

    fn deref(&self) -> &Loopback {
        &self.server
    }
}

/// A way to servers in memory.
pub(crate) fn transport() -> Transport {
    Transport::default().network(Memory::default())
}

/// A client of a server in memory.
pub(crate) fn builder(base_url: &str) -> MintBuilder {
    let builder = Mint::builder(Credentials::api_key("key").unwrap()).server(Server::Custom(base_url.to_owned()));
    builder.transport(transport())
}

/// A server that refuses connections until it listens.
#[derive(Debug)]
pub(crate) struct Refused {
    base_url: String,
    served: Served,
    refusing: Refusing,
}

/// Reserves an address that refuses connections.
pub(crate) fn refuse() -> Refused {
    let refusing = Refusing::start();
    let base_url = refusing.base_url();
    let address = format!("127.0.0.1:{}", refusing.port());
    Refused { base_url, served: Served::new(address, || Err(io::ErrorKind::ConnectionRefused.into())), refusing }
}

impl Refused {
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Accepts connections from now on.
    pub(crate) fn listen(self, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> InMemory {
        let Self { refusing, served, .. } = self;
        drop(served);
        InMemory::from(refusing.listen(reply))
    }
}
