//! The routes: a file of handlers for each subject.

pub(crate) mod account;
pub(crate) mod animations;
pub(crate) mod artifact_manifest;
mod artifacts;
pub(crate) mod check;
pub(crate) mod operations;
pub(crate) mod reference_images;
pub(crate) mod resources;
pub(crate) mod starts;
