//! An HTTP server on this machine for tests: it replies as a test wants, well or badly, and keeps what it received.
//!
//! ```
//! use mint_loopback::{Loopback, Reply};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> reqwest::Result<()> {
//! let server = Loopback::start(|request| match request.path.as_str() {
//!     "/things/1" => Reply::json(&json!({"name": "a thing"})),
//!     _ => Reply::bytes("").status(404),
//! })
//! .await;
//!
//! let reply = reqwest::get(server.url("/things/1?full=true")).await?;
//! assert_eq!(reply.text().await?, r#"{"name":"a thing"}"#);
//! assert_eq!(server.request().line(), "GET /things/1?full=true HTTP/1.1");
//! # Ok(())
//! # }
//! ```
//!
//! | a test needs | it uses |
//! |---|---|
//! | JSON, or any body | [`Reply::json`], [`Reply::bytes`], [`Reply::status`], [`Reply::header`] |
//! | a reply that breaks off, pauses, or trickles | [`Reply::cut`], [`Reply::stall`], [`Reply::drip`] |
//! | a body without an end | [`Reply::endless`] |
//! | no reply, or a reset connection | [`Reply::never`], [`Reply::reset`] |
//! | bytes that are not HTTP | [`Reply::raw`] |
//! | one reply after another | [`in_turn`] |
//! | TLS and HTTP/2 | [`Loopback::start_tls`], [`CERTIFICATE`] |
//! | a peer that hangs while its TCP acknowledges | [`Loopback::freeze`] |
//! | an address that refuses connections | [`Refusing`] |
//!
//! hyper reads the requests. A plain connection speaks HTTP/1.1, or HTTP/2 where the client begins with its preface; a
//! TLS connection speaks what ALPN agrees on. The server is tasks on the caller's runtime and listens on a free port. It
//! stops when its last clone is dropped. All delays are by tokio's clock, so that a test can pause it.

mod connection;
mod delivery;
mod loopback;
mod refusing;
mod reply;
mod request;
mod tls;

pub use connection::Connection;
pub use loopback::{Loopback, in_turn};
pub use refusing::Refusing;
pub use reply::Reply;
pub use request::Request;
pub use tls::CERTIFICATE;
