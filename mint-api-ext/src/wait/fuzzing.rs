//! What holds for every input of a wait.

pub(crate) mod saved;
pub(crate) mod wait;
