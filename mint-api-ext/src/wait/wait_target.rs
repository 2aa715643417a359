//! An operation to wait for, with its tag.

use super::OperationHandle;
use crate::client::Mint;
use crate::error::{Error, OperationId};

/// An operation to wait for: an id, or a handle, which also knows the reply that started the operation and what was
/// approved, revised or resumed. The wait is done by the client of the [`WaitMany`](super::WaitMany), whatever client the
/// handle has.
///
/// A pair `(tag, operation)` gives the operation a tag of any type, with which its results come. Without one, the tag is the
/// id as it was given.
#[derive(Clone, Debug)]
pub struct WaitTarget<T = String> {
    pub(super) operation: Target,
    pub(super) tag: Tag<T>,
}

#[derive(Clone, Debug)]
pub(super) enum Target {
    Id(String),
    Handle(OperationHandle),
}

#[derive(Clone, Debug)]
pub(super) enum Tag<T> {
    Given(T),
    /// The id, turned into the type of the tag.
    Id(fn(String) -> T),
}

impl Target {
    pub(super) fn into_id(self) -> String {
        match self {
            Self::Handle(handle) => handle.id().to_string(),
            Self::Id(id) => id,
        }
    }

    /// The handle to wait with, or the text that is no id and why.
    pub(super) fn into_handle(self, mint: &Mint) -> Result<OperationHandle, (String, Error)> {
        match self {
            Self::Handle(handle) => Ok(handle.with_mint(mint.clone())),
            Self::Id(id) => mint.attach(&id).map_err(|error| (id, error)),
        }
    }
}

impl From<Target> for WaitTarget {
    fn from(operation: Target) -> Self {
        Self { operation, tag: Tag::Id(std::convert::identity) }
    }
}

impl From<String> for WaitTarget {
    fn from(id: String) -> Self {
        Target::Id(id).into()
    }
}

impl From<&String> for WaitTarget {
    fn from(id: &String) -> Self {
        id.clone().into()
    }
}

impl From<&str> for WaitTarget {
    fn from(id: &str) -> Self {
        id.to_owned().into()
    }
}

impl From<OperationId> for WaitTarget {
    fn from(id: OperationId) -> Self {
        String::from(id).into()
    }
}

impl From<&OperationId> for WaitTarget {
    fn from(id: &OperationId) -> Self {
        id.as_str().into()
    }
}

impl From<OperationHandle> for WaitTarget {
    fn from(handle: OperationHandle) -> Self {
        Target::Handle(handle).into()
    }
}

/// The operation with a tag.
impl<T, O: Into<WaitTarget>> From<(T, O)> for WaitTarget<T> {
    fn from((tag, operation): (T, O)) -> Self {
        Self { operation: operation.into().operation, tag: Tag::Given(tag) }
    }
}
