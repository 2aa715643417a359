//! What a test may tell an operation or a route to do.

pub(crate) mod script;
