//! The start of the simulator.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::cdn::Files;
use super::simulator::Simulator;
use super::state::{ApiState, Environment, Gates, Ids, Store, Time};
use crate::error::check_runtime;

/// Builds a [`Simulator`].
///
/// # Examples
///
/// ```
/// use mint_api_ext::simulator::Simulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let simulator = Simulator::builder().credits(300.0).speed(60.0).start().await?;
/// assert_eq!(simulator.credits(), 300.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `start` is awaited"]
pub struct SimulatorBuilder {
    credits: f64,
    speed: f64,
    port: u16,
    gates: Gates,
    key_lifetime: Duration,
    ids: Ids,
}

impl Simulator {
    /// Starts a simulator with the default settings: an API and a CDN, each on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Returns an error if the system has no free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A builder, which sets the credits and the speed.
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder {
            credits: 5000.0,
            speed: 1.0,
            port: 0,
            gates: Gates::default(),
            key_lifetime: Duration::MAX,
            ids: Ids::default(),
        }
    }
}

impl SimulatorBuilder {
    /// Sets the balance at the start, in credits. Default: 5000.
    pub fn credits(mut self, credits: f64) -> Self {
        self.credits = credits;
        self
    }

    /// Sets how many times faster than the clock operations run. Default: 1. A value that is not above 0 counts as 1.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// Sets the port of the API. Default: 0, which is any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Makes the first poll after an approval, a revision or a resumption show the operation as it was before.
    pub fn lingering_gates(mut self) -> Self {
        self.gates = Gates::Lingering;
        self
    }

    /// Makes the server forget an idempotency key after this time: a request with it is then a new one. Default: it forgets
    /// none. Mint documents no time.
    pub fn forget_keys_after(mut self, lifetime: Duration) -> Self {
        self.key_lifetime = lifetime;
        self
    }

    /// Derives the id of an operation from the idempotency key of the request that starts it, or from its content where it has no
    /// key, so that ids do not depend on the order in which requests arrive. Default: ids are counted, such as `op_0001`.
    pub fn stable_ids(mut self) -> Self {
        self.ids = Ids::OfRequests;
        self
    }

    /// Starts an API and a CDN on 127.0.0.1, each on a free port unless [`port`](Self::port) sets that of the API.
    ///
    /// # Errors
    ///
    /// Returns an error if the system has no free port, or if the port of the API is taken.
    pub async fn start(self) -> io::Result<Simulator> {
        check_runtime().map_err(io::Error::other)?;
        let api = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let cdn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let files = Arc::new(Files::new(cdn.local_addr()?));
        let environment = Environment { time: Time::new(self.speed), files, gates: self.gates };
        let store = Store::new(self.credits, self.ids, self.key_lifetime);
        Simulator::serve(api, cdn, ApiState::new(environment, store))
    }
}
