//! Running a program: Tokio, logging, the network and timeouts.
//!
//! # Tokio
//!
//! Every request needs a [Tokio](https://docs.rs/tokio) runtime with its time and I/O drivers, as `#[tokio::main]` makes it.
//! Without one, a call returns [`ErrorKind::NoRuntime`](crate::ErrorKind::NoRuntime) and sends nothing. Code without a runtime
//! makes one and blocks on it:
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # let simulator = runtime.block_on(Simulator::start())?;
//! # let mint = simulator.mint()?;
//! let account = runtime.block_on(mint.me())?;
//! println!("{}", account.owner.user_id);
//! # Ok(())
//! # }
//! ```
//!
//! Make the runtime once, and keep it for as long as the client: its connections live on the runtime that opened them. Inside
//! an `async` function of another runtime, such as smol's, spawn on a Tokio runtime of your own and await the result there.
//!
//! # Logging
//!
//! The crate emits [`tracing`](https://docs.rs/tracing) spans and events at level `DEBUG`, and shows nothing by itself. With
//! `tracing-subscriber`:
//!
//! ```text
//! tracing_subscriber::fmt().with_env_filter("mint_api=debug,mint_api_ext=debug").init();
//! ```
//!
//! | Span | Fields |
//! |---|---|
//! | `HTTP`, one per request | `http.request.method`, `server.address`, `server.port`, `url.path`, `mint.operation` (the route), `http.response.status_code`, `mint.request_id`, `error.type` (`timeout` or `transport`), `otel.kind` |
//! | `mint.wait`, one per wait | `mint.operation_id` |
//!
//! Events in them say when a status changed, when a poll failed, when a request is sent again and when a download is. No span
//! or event holds a key, a token or the query of a URL.
//!
//! # Proxies and certificates
//!
//! The client uses the proxy of the system (`HTTPS_PROXY`, `NO_PROXY`) and its certificates. [`Transport`] sets both, for the
//! API and for downloads:
//!
//! ```
//! use mint_api_ext::client::{Proxy, Transport};
//! use mint_api_ext::{Credentials, Mint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut transport = Transport::default().proxy(Proxy::https("http://proxy.example.com:3128")?);
//! if let Ok(path) = std::env::var("COMPANY_CA") {
//!     transport = transport.root_certificates_pem(std::fs::read(path)?);
//! }
//! let mint = Mint::builder(Credentials::api_key("mint_live_0123456789")?).transport(transport).build()?;
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! Requests over http to this machine take no proxy of the system.
//!
//! # Timeouts
//!
//! | What | Default | Setting |
//! |---|---|---|
//! | one request of the API | 30 s | [`MintBuilder::request_timeout`](crate::MintBuilder::request_timeout) |
//! | all attempts of a request | 5 min | [`RetryPolicy::time_limit`](crate::retry::RetryPolicy::time_limit) |
//! | a wait | 30 min | [`Wait::deadline`](crate::wait::Wait::deadline) |
//! | failed polls in a row | 5 min | [`Wait::failure_tolerance`](crate::wait::Wait::failure_tolerance) |
//! | a download without a byte | 30 s | [`Download::stall_timeout`](crate::download::Download::stall_timeout) |
//!
//! # Stopping
//!
//! Every future stops when it is dropped, so `tokio::time::timeout` and `select!` work. A request that was sent may have been
//! done; [`restarting`](super::restarting) says how to find out. A wait can also be ended by a token:
//! [`Wait::cancel_on`](crate::wait::Wait::cancel_on).
//!
//! [`Transport`]: crate::client::Transport
