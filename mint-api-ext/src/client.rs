//! The client: its settings, its clock and idempotency keys, the results of its calls, and the HTTP client of downloads.

mod blocking;
mod call;
mod clock;
mod downloader;
pub(crate) mod idempotency;
mod mint;
mod network;

pub(crate) use blocking::blocking;
pub(crate) use call::{Answer, answer, reply};
pub use clock::Clock;
pub(crate) use downloader::{Downloader, fetch_error, refused};
pub use mint::{Mint, MintBuilder};
pub use mint_api::{BearerToken, Credentials, InvalidCredentials, Server, TokenFuture, TokenSource, Transport};
pub use reqwest::header::HeaderMap;
pub use reqwest::{Proxy, StatusCode};
