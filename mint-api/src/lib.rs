//! Typed client of the [Mint](https://mint.gg) REST API, generated from its OpenAPI document.
//!
//! [`Client`] has one method per route, and [`types`] has one type per schema. To wait for operations and download their
//! files, use the crate `mint-api-ext`, which is built on this one. [`Client::any_route`] calls a route that has no method.
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
//! # Newer servers
//!
//! Replies are read tolerantly, so that a newer server does not break an older client. An unknown value of an enum and an
//! unknown member of a union become `Unknown`, which keeps the original JSON. Unknown fields are ignored. A nullable
//! field may be absent. Bounds and formats are not checked. A value that is not of its type costs only its own field where
//! that may be absent: the object has it in `undecoded`, as it came.
//!
//! A request is not sent when a required field or parameter is missing, a string is too short or too long, an enum lacks
//! the value, or an id is empty, `.` or `..`. The server checks the rest: the bounds of numbers, such as `limit` and
//! `itemCount`, the lengths of lists, the formats of strings, such as URLs, and fields that exclude each other.
//!
//! # Errors
//!
//! Every call returns [`Error<types::Problem>`](Error). A problem document (RFC 9457) of a status of 400 or more is
//! [`Error::ErrorResponse`]. Any other error reply, such as a page of a proxy, is [`Error::UnexpectedResponse`], as is a
//! status that no operation documents. Both have the status, the headers and the body of the reply, of which at most 1 MiB
//! is kept. [`Error::Custom`] says why a [`TokenSource`] gave no token. A call outside a Tokio runtime is
//! [`Error::InvalidRequest`]; nothing is sent then.
//!
//! # Cancellation
//!
//! Dropping the future of a call abandons its request. The server may have done the call nevertheless.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with the cryptography of ring, and the certificates of the system.
//! - `aws-lc`: TLS by rustls with the cryptography of AWS-LC. It is used if both features are on.
//! - `native-tls`: TLS by the library of the operating system. It is used if it is on with one of the others.
//! - `schemars`: every type implements `schemars::JsonSchema` (schemars 1).
//! - `test-builders`: the types of replies have builders, too, so that tests can make them.
//!
//! Without a TLS feature the client sends only `http` requests to this machine.
//!
//! With rustls, cryptography that the application has installed for its process
//! (`rustls::crypto::CryptoProvider::install_default`) comes first. None has to be installed. This crate builds reqwest with
//! its feature `rustls-no-provider`: a `reqwest::Client` that the application builds itself, with no TLS feature of reqwest
//! of its own, would have no cryptography; turn on the feature of reqwest that you want, or take
//! [`Transport::client`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod any_route;
mod base_url;
mod build_error;
mod client_builder;
mod credentials;
mod network;
mod pace;
mod reply;
mod seam;
mod shown_text;
#[cfg(test)]
mod testing;
mod token_source;
mod transport;

// The lints do not apply to generated code; rustdoc checks the descriptions in it.
#[allow(clippy::all, missing_docs, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mint.rs"));
}

pub use any_route::AnyRoute;
pub use base_url::is_loopback;
pub use build_error::BuildError;
pub use client_builder::ClientBuilder;
pub use credentials::{Credentials, InvalidCredentials};
pub use generated::support::{DecodeError, FromReply, Timestamp, Undecoded, UnknownValue, read_reply};
pub use generated::{ByteStream, Client, Error, ErrorResponse, RawResponse, ResponseValue, Server, builder, types};
#[doc(hidden)]
pub use network::{Exchange, Network};
pub use reply::BodyTooLarge;
pub use reqwest::Method;
pub use shown_text::{shown_text, without_url_secrets};
pub use token_source::{BearerToken, TokenFuture, TokenSource};
pub use transport::Transport;
