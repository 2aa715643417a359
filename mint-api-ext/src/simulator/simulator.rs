//! The running simulator.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use mint_api::{Credentials, Server, Transport};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::api;
use super::cdn::{self, Fault};
use super::http::{RecordedRequest, Route};
use super::memory::{Listener, Memory, Served};
use super::scripts::{Reply, Script};
use super::state::{API_KEY, ApiState, Intervention};
use crate::asset::AssetKind;
use crate::client::{Mint, MintBuilder};
use crate::error::Error;

/// A Mint server on this machine. It stops when it is dropped.
///
/// Under a paused clock it must run on the same current-thread runtime as its client. Tokio then advances the time only
/// while both wait. A client that [`mint_builder`](Self::mint_builder) does not build reaches it over sockets, whose bytes
/// such a clock may overtake.
#[derive(Debug)]
pub struct Simulator {
    api: SocketAddr,
    cdn: SocketAddr,
    state: Arc<ApiState>,
    _served: [Served; 2],
    _stop: DropGuard,
}

impl Simulator {
    /// Builds a client of this server.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`MintBuilder::build`].
    pub fn mint(&self) -> Result<Mint, Error> {
        self.mint_builder()?.build()
    }

    /// A builder for a client of this server, with [`API_KEY`]. The client reaches the server in memory, unless
    /// [`MintBuilder::transport`] sets another way.
    ///
    /// # Errors
    ///
    /// Never fails; the result is that of [`Credentials::api_key`].
    pub fn mint_builder(&self) -> Result<MintBuilder, Error> {
        let builder = Mint::builder(Credentials::api_key(API_KEY)?).server(Server::Custom(self.base_url()));
        Ok(builder.transport(Transport::default().network(Memory::default())))
    }

    /// The base URL of the API.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// The base URL of the CDN.
    pub fn cdn_url(&self) -> String {
        format!("http://{}", self.cdn)
    }

    /// Adds an operation that plays a script from now on. Returns its id.
    pub fn add(&self, script: Script) -> String {
        self.state.add(script)
    }

    /// The current body of an operation, without a request. `None` for an unknown id and for an operation that plays
    /// replies.
    pub fn operation(&self, id: &str) -> Option<Value> {
        self.state.operation(id)
    }

    /// The number of operations that requests have started. Operations of scripts do not count.
    pub fn operations_started(&self) -> usize {
        self.state.store().started
    }

    /// The credits that no operation holds or has taken.
    pub fn credits(&self) -> f64 {
        self.state.store().available(&self.state.environment)
    }

    /// Adds credits, like a top-up. A negative number removes credits.
    pub fn add_credits(&self, credits: f64) {
        self.state.store().credits += credits;
    }

    /// Makes the next operation that a request starts fail with this error. Several calls apply to one operation each,
    /// in order. An asset pack does not fail: it loses one of its models and succeeds partially.
    pub fn fail_next(&self, code: &str, message: &str) {
        self.state.store().failures.push_back((code.to_owned(), message.to_owned()));
    }

    /// Sends this reply to the next request of a route. That request has no other effect. Several calls for a route apply
    /// to one request each, in order. The body of [`Reply::operation`] has only the id in the path and the status.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::simulator::{Reply, Route, Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let simulator = Simulator::start().await?;
    /// let mint = simulator.mint()?;
    /// simulator.reply_next(Route::GetOperation, Reply::problem(503).header("retry-after", "2"));
    /// let id = simulator.add(Script::model());
    /// mint.attach(id)?.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reply_next(&self, route: Route, reply: Reply) {
        self.state.store().intervene(route, Intervention::Reply(reply));
    }

    /// Handles the next request of a route, but breaks the connection instead of sending the reply. Several calls for a
    /// route apply to one request each, in order.
    pub fn lose_next_reply(&self, route: Route) {
        self.state.store().intervene(route, Intervention::LoseReply);
    }

    /// Accepts a bearer token in addition to [`API_KEY`].
    pub fn accept_token(&self, token: &str) {
        self.state.store().tokens.insert(token.to_owned());
    }

    /// Stops accepting a bearer token, which may be [`API_KEY`].
    pub fn revoke_token(&self, token: &str) {
        self.state.store().tokens.remove(token);
    }

    /// Adds a file to the CDN and returns its URL.
    pub fn add_file(&self, name: &str, content_type: &'static str, bytes: impl Into<Bytes>) -> String {
        let bytes: Bytes = bytes.into();
        self.state.environment.files.add(name, content_type, bytes)
    }

    /// Lets the next request for a file of this kind meet a fault, whichever operation the file belongs to. Faults of one
    /// kind are met in the order in which they were added, after the faults of the file's own URL.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::AssetKind;
    /// use mint_api_ext::simulator::{Fault, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let simulator = Simulator::start().await?;
    /// simulator.fault_next(AssetKind::Glb, Fault::cut_at(1_000));
    /// simulator.fault_next(AssetKind::Glb, Fault::status(503));
    ///
    /// let mint = simulator.mint()?;
    /// let operation = mint.generate_model("a brass lamp").send_and_wait().await?.into_succeeded()?.operation;
    /// let directory = tempfile::tempdir()?;
    /// let download = mint.download(&operation).only([AssetKind::Glb]);
    /// let files = download.to_dir(directory.path()).await?.complete()?;
    /// assert_eq!((files.len(), simulator.cdn_requests().len()), (1, 3));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fault_next(&self, kind: AssetKind, fault: Fault) {
        self.state.environment.files.add_fault_of(kind, fault);
    }

    /// Adds a fault to the file at a URL, after its earlier faults.
    pub fn add_fault(&self, url: &str, fault: Fault) {
        self.state.environment.files.add_fault(url, fault);
    }

    /// Lets the next request for a file of an operation meet a fault, whichever file it is, after the faults of the file's own
    /// URL.
    pub fn fault_operation(&self, id: &str, fault: Fault) {
        self.state.environment.files.add_fault_of_owner(id, fault);
    }

    /// Makes the current URLs of all files invalid: they get 403 from now on. The API returns fresh ones.
    pub fn expire_urls(&self) {
        self.state.environment.files.expire_all(None);
    }

    /// Forgets all idempotency keys: a request with one of them is then a new one.
    pub fn forget_keys(&self) {
        self.state.store().keys.clear();
    }

    /// Forgets an idempotency key after this time, as
    /// [`SimulatorBuilder::forget_keys_after`](super::SimulatorBuilder::forget_keys_after) does from the start.
    pub fn forget_keys_after(&self, lifetime: Duration) {
        self.state.store().key_lifetime = lifetime;
    }

    /// The requests to the API so far, in the order they arrived.
    pub fn api_requests(&self) -> Vec<RecordedRequest> {
        self.state.requests.all()
    }

    /// The requests to the CDN so far, in the order they arrived.
    pub fn cdn_requests(&self) -> Vec<RecordedRequest> {
        self.state.environment.files.requests.all()
    }

    /// Serves the API and the CDN on these listeners.
    pub(crate) fn serve(api: TcpListener, cdn: TcpListener, state: ApiState) -> io::Result<Self> {
        let (api_address, cdn_address) = (api.local_addr()?, cdn.local_addr()?);
        let state = Arc::new(state);
        let stop = CancellationToken::new();
        let served = [
            serve(api, api_address, &api::router(state.clone()), &stop),
            serve(cdn, cdn_address, &cdn::router(state.environment.files.clone()), &stop),
        ];
        Ok(Self { api: api_address, cdn: cdn_address, state, _served: served, _stop: stop.drop_guard() })
    }
}

/// Serves over sockets and in memory.
fn serve(sockets: TcpListener, address: SocketAddr, router: &Router, stop: &CancellationToken) -> Served {
    let (memory, served) = Listener::at(address.to_string());
    let stopped = || stop.clone().cancelled_owned();
    let over_sockets = axum::serve(sockets, router.clone()).with_graceful_shutdown(stopped());
    let in_memory = axum::serve(memory, router.clone()).with_graceful_shutdown(stopped());
    // An error of a listener ends its server, just as a stop does.
    tokio::spawn(over_sockets.into_future());
    tokio::spawn(in_memory.into_future());
    served
}
