//! What every pass knows of a document: its grammar, its operations, its references, and how things are named.

pub(crate) mod direction;
pub(crate) mod grammar;
pub(crate) mod graph;
pub(crate) mod line_ends;
pub(crate) mod media_types;
pub(crate) mod names;
pub(crate) mod null;
pub(crate) mod operations;
pub(crate) mod pointer;
pub(crate) mod visitor;
