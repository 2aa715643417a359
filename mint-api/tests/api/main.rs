//! What the client sends, what it makes of any reply, and what it never shows; over real HTTP on loopback.

mod assets;
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
