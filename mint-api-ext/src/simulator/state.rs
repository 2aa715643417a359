//! What the simulator remembers, read as a function of time.

pub(crate) mod api_state;
pub(crate) mod bill;
pub(crate) mod operation;
pub(crate) mod result_files;
pub(crate) mod store;
pub(crate) mod time;
