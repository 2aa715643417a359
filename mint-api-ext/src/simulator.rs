//! A Mint server on this machine, for tests and examples.
//!
//! It serves every [`Route`] with a bearer key and remembers what it was asked: what is started, paid, approved and
//! made. Operations can also be scripted. A CDN has real files on a second port. All of it runs as tasks on the caller's
//! runtime, keeps time by tokio's clock, paused or not, and stops when it is dropped.
//!
//! # What it does
//!
//! - A model takes 6 s, a world 20 s, other work in between: queued, running, then for a model and a world a preview,
//!   at which a review stops, and which otherwise is passed by.
//! - A model costs 248, 798 or 1596 credits by preset, a world twice that. A quarter is for the preview and must be
//!   there to start; the whole price is held where the credits last, and a fifth of it is given back in the end. What
//!   fails costs nothing. Without credits for the preview nothing is made and `resource` is null; without those for the
//!   rest the operation stops after its preview and can be resumed.
//! - A reply is given again to the same `Idempotency-Key` with the same request. Refusals are not remembered.
//! - A revision makes another preview, and costs nothing. Only a retry has a new operation.
//! - A model is not optimised until that is asked for; one of a [`Script`] is.
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
//! let outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
//! assert!(matches!(outcome, Outcome::Succeeded(_)));
//! assert_eq!(simulator.operations_started(), 1);
//!
//! let id = simulator.add(Script::model().fails("generation_failed", "The prompt was too vague."));
//! let outcome = mint.attach(id)?.wait().await?;
//! assert!(matches!(outcome, Outcome::Failed(_)));
//! # Ok(())
//! # }
//! ```

mod api;
mod cdn;
mod http;
mod routes;
mod samples;
mod scripts;
mod state;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use mint_api::{Credentials, Server};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::client::{Mint, MintBuilder};
use crate::error::Error;

pub use self::cdn::Fault;
use self::cdn::Files;
pub use self::http::RecordedRequest;
pub use self::http::Route;
pub use self::scripts::{Reply, Script};
pub use self::state::API_KEY;
use self::state::{ApiState, Environment, Gates, Intervention, Time};

/// A Mint server on this machine. It stops when it is dropped.
///
/// Under a paused clock it must run on the same current-thread runtime as its client; tokio then moves time on only
/// while both wait.
#[derive(Debug)]
pub struct Simulator {
    api: SocketAddr,
    cdn: SocketAddr,
    state: Arc<ApiState>,
    _stop: DropGuard,
}

impl Simulator {
    /// Starts a server for the API and one for the files, each on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When the system has no port to give.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A builder, for how much credit there is and how fast time goes.
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder { credits: 5000.0, speed: 1.0, gates: Gates::default() }
    }

    async fn start_with(settings: SimulatorBuilder) -> io::Result<Self> {
        let api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let cdn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addresses = (api.local_addr()?, cdn.local_addr()?);
        let files = Arc::new(Files::new(addresses.1));
        let environment = Environment { time: Time::new(settings.speed), files: files.clone(), gates: settings.gates };
        let state = Arc::new(ApiState::new(environment, settings.credits));
        let stop = CancellationToken::new();
        serve(api, api::router(state.clone()), stop.clone());
        serve(cdn, cdn::router(files), stop.clone());
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
        self.state.operation(id)
    }

    /// How many operations requests have begun; those of scripts do not count.
    pub fn operations_started(&self) -> usize {
        self.state.store().started
    }

    /// The credits that nothing has taken or holds now.
    pub fn credits(&self) -> f64 {
        self.state.store().available(&self.state.environment)
    }

    /// Adds credits, as topping up does; takes some when below 0.
    pub fn add_credits(&self, credits: f64) {
        self.state.store().credits += credits;
    }

    /// Lets the next operation that a request begins fail with this error; after those that were told to before it.
    /// A pack loses one of its models instead, and succeeds partially.
    pub fn fail_next(&self, code: &str, message: &str) {
        self.state.store().failures.push_back((code.to_owned(), message.to_owned()));
    }

    /// Answers the next request for a route with this reply, and does nothing else; after what was told before it for
    /// that route. [`Reply::operation`] gives an operation of only the id in the path and the status.
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

    /// Does what the next request for a route asks, and breaks the connection off instead of answering; after what was
    /// told before it for that route.
    pub fn lose_next_reply(&self, route: Route) {
        self.state.store().intervene(route, Intervention::LoseReply);
    }

    /// Takes a bearer token beside [`API_KEY`].
    pub fn accept_token(&self, token: &str) {
        self.state.store().tokens.insert(token.to_owned());
    }

    /// Takes a bearer token no longer; also [`API_KEY`].
    pub fn revoke_token(&self, token: &str) {
        self.state.store().tokens.remove(token);
    }

    /// Serves a file, and returns its URL.
    pub fn add_file(&self, name: &str, content_type: &'static str, bytes: impl Into<bytes::Bytes>) -> String {
        self.state.environment.files.add(name, content_type, bytes.into())
    }

    /// Lets a fault happen to a file, given by its URL; after the faults that were added before it.
    pub fn add_fault(&self, url: &str, fault: Fault) {
        self.state.environment.files.add_fault(url, fault);
    }

    /// The requests the API has had so far, in their order.
    pub fn api_requests(&self) -> Vec<RecordedRequest> {
        self.state.requests.all()
    }

    /// The requests for files so far, in their order.
    pub fn cdn_requests(&self) -> Vec<RecordedRequest> {
        self.state.environment.files.requests.all()
    }
}

/// How a [`Simulator`] is to be.
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
    gates: Gates,
}

impl SimulatorBuilder {
    /// The credits there are; 5000 unless set.
    pub fn credits(mut self, credits: f64) -> Self {
        self.credits = credits;
        self
    }

    /// How many times faster than the clock operations go; 1 unless set. What is not above 0 counts as 1.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// The first look at an operation that was just approved, revised or resumed still shows it as it was before.
    pub fn lingering_gates(mut self) -> Self {
        self.gates = Gates::Lingering;
        self
    }

    /// Starts a server for the API and one for the files, each on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When the system has no port to give.
    pub async fn start(self) -> io::Result<Simulator> {
        Simulator::start_with(self).await
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
