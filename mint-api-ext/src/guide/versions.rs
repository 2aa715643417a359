//! The crates whose types appear in this crate's API.
//!
//! You can pass a type of one of these crates only if your program uses the same version of the crate, up to
//! semver-compatible updates. Use the re-export, if the table has one: it needs no dependency of your own.
//!
//! | Crate | Version | Where | Re-exported as |
//! |---|---|---|---|
//! | `bytes` | 1 | [`ImageSource`](crate::request::ImageSource) | |
//! | `futures` | 0.3 | streams: [`WaitMany`](crate::wait::WaitMany), [`Updates`](crate::wait::Updates), [`Items`](crate::read::Items) | |
//! | `chrono` | 0.4 | `Timestamp::to_utc` of `mint-api` | |
//! | `http` | 1 | [`Error::status`](crate::Error::status), [`Mint::request`](crate::Mint::request) | [`client::StatusCode`](crate::client::StatusCode), [`client::Method`](crate::client::Method), [`client::HeaderMap`](crate::client::HeaderMap) |
//! | `mint-api` | 0.1 | [`Mint::api`](crate::Mint::api), [`Mint::retrying`](crate::Mint::retrying) | [`client::mint_api`](crate::client::mint_api), [`types`](crate::types) |
//! | `object_store` | 0.13 | `Download::to_store` | `download::object_store` |
//! | `reqwest` | 0.13 | [`Transport::proxy`](crate::client::Transport::proxy) | [`client::Proxy`](crate::client::Proxy) |
//! | `serde_json` | 1 | `Unknown` values of [`types`](crate::types), [`Usage`](crate::types::Usage) | |
//! | `tokio` | 1 | [`Download::to_writer`](crate::download::Download::to_writer) | |
//! | `tokio-util` | 0.7 | [`Wait::cancel_on`](crate::wait::Wait::cancel_on) | [`wait::CancellationToken`](crate::wait::CancellationToken) |
//! | `url` | 2 | [`ImageSource`](crate::request::ImageSource) | |
