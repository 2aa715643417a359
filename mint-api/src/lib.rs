//! Typed client of the [Mint](https://mint.gg) REST API, generated from its OpenAPI document.
//!
//! One method per route on [`Client`], one type per schema in [`types`]. To wait for operations and download their
//! files, use the crate `mint-api-ext`, which stands on this one.
//!
//! ```no_run
//! use mint_api::{Client, Credentials};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder(Credentials::from_env()?).build()?;
//! let operation = client.get_operation().operation_id("op_123").send().await?;
//! println!("{} is {}", operation.id, operation.status);
//! # Ok(())
//! # }
//! ```
//!
//! # A server that grows
//!
//! Replies are read tolerantly: an unknown value of an enum and an unknown member of a union become `Unknown` and
//! survive being written again, unknown fields are ignored, a nullable field may be absent, and bounds and formats are
//! not checked. Requests are checked before they leave.
//!
//! # Errors
//!
//! Every call returns [`Error<types::Problem>`](Error). An error reply of any status and content type is
//! [`Error::ErrorResponse`] with its real status and headers; a body that is no problem document (RFC 9457) becomes
//! one, with the status text as title and the first 500 bytes as detail. [`Error::Custom`] says why a [`TokenSource`] gave
//! no token.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls, with the certificates of the system.
//! - `native-tls`: TLS by the library of the operating system; goes before `rustls` where both are on.
//! - `schemars`: `schemars::JsonSchema` (schemars 1) for every type.
//!
//! Without a TLS feature only `http` to this machine works.

mod base_url;
mod build_error;
mod client_builder;
mod credentials;
mod pace;
mod reply;
mod seam;
mod shown_text;
mod token_source;
mod transport;

// Generated code: its docs and lints are the generator's affair, and its tests check what it does.
#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mint.rs"));
}

pub use base_url::is_loopback;
pub use build_error::BuildError;
pub use client_builder::ClientBuilder;
pub use credentials::{Credentials, InvalidCredentials};
pub use generated::support::{Timestamp, UnknownValue};
pub use generated::{ByteStream, Client, Error, ResponseValue, Server, builder, types};
pub use reply::BodyTooLarge;
pub use shown_text::shown_text;
pub use token_source::{BearerToken, TokenFuture, TokenSource};
pub use transport::Transport;
