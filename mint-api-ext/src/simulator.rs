//! A Mint server on this machine, for tests and examples.
//!
//! It serves `GET /v1/operations/{operationId}` with a bearer key, plays scripted operations, and has a CDN with real
//! files on a second port. It runs as tasks on the caller's runtime, keeps time by tokio's clock, paused or not, and
//! stops when it is dropped.
//!
//! # Examples
//!
//! ```
//! use mint_api_ext::Outcome;
//! use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start().await?;
//! let mint = simulator.mint()?;
//! let id = simulator.add(Script::model().fails("generation_failed", "The prompt was too vague."));
//! let outcome = mint.attach(id)?.wait().await?;
//! assert!(matches!(outcome, Outcome::Failed(_)));
//! # Ok(())
//! # }
//! ```

mod api;
mod cdn;
mod fault;
mod files;
mod record;
mod samples;
mod script;
mod state;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use mint_api::{Credentials, Server};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::Error;
use crate::mint::{Mint, MintBuilder};

pub use fault::Fault;
pub use record::RecordedRequest;
pub use script::{Reply, Script};
use state::State;

/// The key the simulator takes.
pub const API_KEY: &str = "mint_simulated_key";

/// A Mint server on this machine. It stops when it is dropped.
///
/// Under a paused clock it must run on the same current-thread runtime as its client; tokio then moves time on only
/// while both wait.
#[derive(Debug)]
pub struct Simulator {
    api: SocketAddr,
    cdn: SocketAddr,
    state: Arc<State>,
    _stop: DropGuard,
}

impl Simulator {
    /// Starts a server for the API and one for the files, each on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When the system has no port to give.
    pub async fn start() -> io::Result<Self> {
        let api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let cdn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addresses = (api.local_addr()?, cdn.local_addr()?);
        let state = Arc::new(State::new(addresses.1));
        let stop = CancellationToken::new();
        serve(api, api::router(state.clone()), stop.clone());
        serve(cdn, cdn::router(state.clone()), stop.clone());
        Ok(Self { api: addresses.0, cdn: addresses.1, state, _stop: stop.drop_guard() })
    }

    /// A client of this server.
    ///
    /// # Errors
    ///
    /// As [`MintBuilder::build`].
    pub fn mint(&self) -> Result<Mint, Error> {
        self.mint_builder()?.build()
    }

    /// A builder of a client of this server, with its key.
    ///
    /// # Errors
    ///
    /// None that this server causes.
    pub fn mint_builder(&self) -> Result<MintBuilder, Error> {
        Ok(Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(self.base_url())))
    }

    /// The base URL of the API.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// The base URL of the files.
    pub fn cdn_url(&self) -> String {
        format!("http://{}", self.cdn)
    }

    /// Adds an operation that plays a script from now on, and returns its id.
    pub fn add(&self, script: Script) -> String {
        self.state.add(script)
    }

    /// An operation as a request would find it now, which is no request; `None` for an id that was not added, and for
    /// one that plays replies.
    pub fn operation(&self, id: &str) -> Option<serde_json::Value> {
        self.state.now(id)
    }

    /// Serves a file, and returns its URL.
    pub fn add_file(&self, name: &str, content_type: &'static str, bytes: impl Into<bytes::Bytes>) -> String {
        self.state.add_file(name, content_type, bytes.into())
    }

    /// Lets a fault happen to a file, given by its URL; after the faults that were added before it.
    pub fn add_fault(&self, url: &str, fault: Fault) {
        self.state.add_fault(url, fault);
    }

    /// The requests the API has had so far, in their order.
    pub fn api_requests(&self) -> Vec<RecordedRequest> {
        self.state.api_requests.all()
    }

    /// The requests for files so far, in their order.
    pub fn cdn_requests(&self) -> Vec<RecordedRequest> {
        self.state.cdn_requests.all()
    }
}

fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        let server = axum::serve(listener, router).with_graceful_shutdown(stopped);
        // Its only error is that of a listener, which ends it as a stop does.
        let _ = server.await;
    });
}
