//! One large file over several connections.

pub(super) mod engine;
pub(super) mod ledger;
pub(super) mod pace;
pub(super) mod ranges;
pub(super) mod scattered;
pub(super) mod written;
