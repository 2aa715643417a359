//! An HTTP server for tests, on this machine. It sends the replies that a test sets, valid or broken, and records requests.
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
//! # mint_loopback::install_cryptography();
//! let reply = reqwest::get(server.url("/things/1?full=true")).await?;
//! assert_eq!(reply.text().await?, r#"{"name":"a thing"}"#);
//! assert_eq!(server.request().line(), "GET /things/1?full=true HTTP/1.1");
//! # Ok(())
//! # }
//! ```
//!
//! | A test needs | It uses |
//! |---|---|
//! | JSON, or any body | [`Reply::json`], [`Reply::bytes`], [`Reply::status`], [`Reply::header`] |
//! | a reply that breaks off, pauses, or trickles | [`Reply::cut`], [`Reply::stall`], [`Reply::drip`] |
//! | a body without an end | [`Reply::endless`] |
//! | no reply at all, or a reset connection | [`Reply::never`], [`Reply::reset`] |
//! | bytes that are not HTTP | [`Reply::raw`] |
//! | one reply after another | [`in_turn`] |
//! | TLS and HTTP/2 | [`Loopback::start_tls`], [`CERTIFICATE`], [`install_cryptography`] |
//! | bytes that no system carries, under a paused clock | [`Loopback::in_memory`] |
//! | a count of what a client has read | [`Loopback::start_unbuffered`], [`Loopback::connections`] |
//! | a peer that hangs while its TCP acknowledges | [`Loopback::freeze`] |
//! | an address that refuses connections | [`Refusing`] |
//!
//! hyper reads the requests. A plain connection uses HTTP/1.1, or HTTP/2 if the client begins with its preface. A TLS
//! connection uses the version that ALPN selects. The server runs as tasks on the caller's runtime and listens on a free
//! port. It stops when its last clone is dropped. All delays follow tokio's clock, so that a test can pause them; over sockets,
//! a paused clock may overtake the bytes.

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
pub use tls::{CERTIFICATE, install_cryptography};
