//! Tokio, logging, the network and timeouts.
//!
//! # Tokio
//!
//! Every request needs a [Tokio](https://docs.rs/tokio) runtime with its time and I/O drivers, such as that of
//! `#[tokio::main]`. Without a runtime, a call returns [`ErrorKind::NoRuntime`](crate::ErrorKind::NoRuntime) and sends
//! nothing. Synchronous code makes a runtime and blocks on it:
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
//! Make the runtime once and keep it as long as the client, since a connection belongs to the runtime that opened it. Code
//! on another runtime, such as smol, spawns its calls on a Tokio runtime and awaits the results.
//!
//! # Logging
//!
//! The crate emits [`tracing`](https://docs.rs/tracing) spans and events at level `DEBUG`. To see them, install a subscriber,
//! such as that of `tracing-subscriber`:
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
//! Events report a changed status, the end of a wait, a failed poll, and each retry of a request or a download. No span or
//! event contains a key, a token or the query of a URL.
//!
//! # Proxies and certificates
//!
//! By default the client uses the proxy (`HTTPS_PROXY`, `NO_PROXY`) and the certificates of the system. [`Transport`] sets
//! another proxy and adds certificates, for the API and for downloads:
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
//! Requests over http to this machine ignore the proxy of the system.
//!
//! # Routes that this version does not know
//!
//! [`Mint::request`](crate::Mint::request) calls a route by its method and path, with the credentials, the rate limit, the
//! retries and the errors of every other call:
//!
//! ```
//! use mint_api_ext::client::Method;
//! use serde_json::Value;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let page: Value = mint.request(Method::GET, "/v1/models").query(&[("limit", 5)]).send().await?;
//! println!("{}", page["data"]);
//! # assert!(page["data"].is_array());
//! # Ok(())
//! # }
//! ```
//!
//! It also reads what this version leaves out. When a part of a reply is not what the API documents, the client logs the
//! place of the part and leaves the part out. A `GET` of `/v1/operations/{operationId}` by `request` returns the whole JSON
//! as the server sent it.
//!
//! # Timeouts
//!
//! | Time | Default | Setting |
//! |---|---|---|
//! | one request of the API | 30 s | [`MintBuilder::request_timeout`](crate::MintBuilder::request_timeout) |
//! | all attempts of a request | 5 min | [`RetryPolicy::time_limit`](crate::retry::RetryPolicy::time_limit) |
//! | a wait | 30 min | [`Wait::deadline`](crate::wait::Wait::deadline) |
//! | failed polls in a row | 5 min | [`Wait::failure_tolerance`](crate::wait::Wait::failure_tolerance) |
//! | a download that receives nothing | 30 s | [`Download::stall_timeout`](crate::download::Download::stall_timeout) |
//!
//! # Stopping
//!
//! Dropping a future stops it, so `tokio::time::timeout` and `select!` work. The server may have done a request that was
//! sent; [`restarting`](super::restarting) says how to find out. A cancellation token can end a wait, too:
//! [`Wait::cancel_on`](crate::wait::Wait::cancel_on).
//!
//! [`Transport`]: crate::client::Transport
