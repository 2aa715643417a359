//! The handlers of the routes, a file for each subject.

pub(crate) mod account;
pub(crate) mod artifacts;
pub(crate) mod check;
pub(crate) mod gates;
pub(crate) mod reference_images;
pub(crate) mod resources;
pub(crate) mod starts;
