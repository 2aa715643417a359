//! The client: its settings, its clock and keys, the results of its calls, and the HTTP client of downloads.

mod call;
mod clock;
mod downloader;
pub(crate) mod idempotency;
mod mint;
mod network;

pub(crate) use call::{Answer, answer, quoted, reply};
pub use clock::Clock;
pub(crate) use downloader::{Downloader, fetch_error, refused, shown};
pub use mint::{Mint, MintBuilder};
