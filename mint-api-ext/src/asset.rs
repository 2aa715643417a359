//! The files of an operation: which they are, and where the API names them.

mod artifacts;
mod asset;
mod collect;
mod kind;
mod source;

pub use asset::{Asset, Assets, Subject};
pub use kind::AssetKind;
pub(crate) use source::Source;
