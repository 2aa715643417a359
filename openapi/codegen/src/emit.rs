//! From a prepared document to Rust: runs progenitor, then opens the types it wrote.
//!
//! progenitor's types are closed: a new enum value or a new union member fails the whole reply.

mod aliases;
mod attributes;
mod boxed_types;
mod builders;
mod by_status;
mod client;
mod credentials;
mod docs;
mod expressions;
mod file_part;
mod formats;
mod generate;
mod named_types;
mod names;
mod nullable;
mod objects;
mod open_enum;
mod operations;
mod progenitor;
mod rust_type;
mod server;
mod structs;
#[cfg(test)]
#[allow(
    dead_code,
    missing_debug_implementations,
    unreachable_pub,
    unused_imports,
    unused_macros,
    clippy::enum_variant_names
)]
mod support;
mod support_module;
mod texts;
mod timestamp;
mod tuple;
mod union;
mod wire;

pub use generate::{Generated, Settings, generate};
