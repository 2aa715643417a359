//! Tests of the client over HTTP on loopback: its requests, how it reads replies, and secrets that it never shows.

mod any_route;
mod assets;
#[cfg(feature = "test-builders")]
mod builders;
mod child;
mod enums;
mod environment;
mod errors;
mod examples;
mod loopback;
mod nullable;
mod operations;
mod requests;
#[cfg(feature = "schemars")]
mod schemas;
mod secrets;
mod servers;
mod successes;
mod timeouts;
mod tokens;
mod traces;
mod undecoded;
