//! The client of an account, and its settings.
//!
//! [`Mint`] holds the credentials, the HTTP clients and the retry policy. Make one per account and clone it. Clones share
//! connections and the rate limit.
//!
//! # From the environment
//!
//! ```no_run
//! use mint_api_ext::Mint;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mint = Mint::from_env()?; // MINT_API_KEY, and MINT_API_BASE_URL if it is set
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! # With settings
//!
//! ```
//! use std::time::Duration;
//! use mint_api_ext::client::{Proxy, Transport};
//! use mint_api_ext::{Credentials, Mint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let proxy = Proxy::https("http://proxy.example.com:3128")?;
//! let mint = Mint::builder(Credentials::api_key("mint_live_0123456789")?)
//!     .transport(Transport::default().proxy(proxy))
//!     .request_timeout(Duration::from_secs(10))
//!     .user_agent_product("harbour-game/1.2")
//!     .build()?;
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! # For users who signed in
//!
//! OAuth tokens expire. The client asks a [`TokenSource`] for a new one shortly before the old one expires, and once after
//! the server has refused the old one.
//!
//! ```
//! use std::time::Duration;
//! use mint_api_ext::client::BearerToken;
//! use mint_api_ext::{Credentials, Mint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = Credentials::token_source(async || {
//!     // Ask your authorization server here.
//!     Ok(BearerToken::new("token")?.expires_in(Duration::from_secs(3600)))
//! });
//! let mint = Mint::builder(credentials).build()?;
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! # Two HTTP clients
//!
//! Calls of the API carry the key. They follow no redirects, and go over https, or over http to this machine. Downloads use
//! another HTTP client, which never has the key.

mod blocking;
mod call;
mod clock;
mod connections;
mod downloader;
mod hashes;
pub(crate) mod idempotency;
mod mint;
mod network;
mod problem;
mod repair;
mod stable_hasher;

pub(crate) use blocking::blocking;
pub(crate) use call::{Answer, Sending, answer, answer_as, causes, reply, resource_of};
pub use clock::Clock;
pub(crate) use connections::Connection;
pub(crate) use downloader::{Downloader, fetch_error, refused};
pub(crate) use hashes::{Sha256, Sha512};
pub use mint::{Mint, MintBuilder};
pub use mint_api;
pub use mint_api::{BearerToken, Credentials, InvalidCredentials, Server, TokenFuture, TokenSource, Transport};
pub use reqwest::header::HeaderMap;
pub use reqwest::{Method, Proxy, StatusCode};
