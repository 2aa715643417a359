//! What every pass knows of a document: where a construct stands, what may stand where, and how things are named.

pub(crate) mod grammar;
pub(crate) mod media_types;
pub(crate) mod methods;
pub(crate) mod names;
pub(crate) mod null;
pub(crate) mod pointer;
