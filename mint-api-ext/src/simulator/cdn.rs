//! The server of files, and its faults.

pub(crate) mod fault;
pub(crate) mod server;
