//! The routes: a file of handlers for each subject, and the call that each handler receives.

pub(crate) mod account;
pub(crate) mod animations;
pub(crate) mod artifact_manifest;
mod artifacts;
mod call;
mod check;
pub(crate) mod operations;
pub(crate) mod reference_images;
pub(crate) mod resources;
pub(crate) mod starts;

pub(crate) use self::call::Call;
