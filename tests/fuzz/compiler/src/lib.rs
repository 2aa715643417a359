//! What holds for every input of `openapi-client-codegen`: one function for each fuzz target, which panics where it does not.

pub mod diff;
pub mod generate;
pub mod overlay;
pub mod read;
pub mod words;
