//! An operation as it is stored.

use std::time::SystemTime;

use mint_api::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ActedOn;
use crate::error::{Error, ErrorKind, OperationId};

/// An operation as it is stored, for another process to wait for: its id and the wait state.
///
/// [`OperationHandle::save`](super::OperationHandle::save) makes it,
/// [`Mint::attach_saved`](crate::Mint::attach_saved) takes it up.
///
/// # Stored form
///
/// Serialized (serde), it holds the `format` it is written in. This version writes format 1. It reads format 1 and what
/// was stored before the format had a number; it refuses a newer format with an error that says so.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SavedOperation {
    #[serde(default)]
    pub(super) format: Format,
    /// The id.
    pub id: OperationId,
    /// When the wait that began last must end, in UTC; `None` without such a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Before this time the server wants no poll, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When [`deadline`](Self::deadline) and [`not_before`](Self::not_before) were known, in UTC. A clock that shows an earlier
    /// time later on was set back, and these two go back with it. `None` without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// The states that were acted on, which a stale reply may still show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acted_on: Vec<ActedOn>,
    /// The `Idempotency-Key` of the call that started the operation, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// When the server accepted the call that started the operation, in UTC; `None` for an operation that was attached to by
    /// its id. [`Wait::not_found_tolerance`](super::Wait::not_found_tolerance) is counted from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
}

impl SavedOperation {
    /// A stored time.
    pub(super) fn instant(&self, time: Option<&Timestamp>) -> Result<Option<SystemTime>, Error> {
        let instant = time.map(Timestamp::to_utc).transpose().map_err(|error| {
            let text =
                format!("the saved operation {} holds a time that cannot be read; attach to its id instead", self.id);
            Error::new(ErrorKind::InvalidArgument, text).with_source(error)
        })?;
        Ok(instant.map(Into::into))
    }
}

/// The format that this version writes; it reads every older one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Format;

impl Format {
    const NEWEST: u64 = 1;
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Self::NEWEST)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let format = u64::deserialize(deserializer)?;
        if format <= Self::NEWEST {
            return Ok(Self);
        }
        Err(serde::de::Error::custom(format_args!(
            "the operation was saved in format {format}, and this version of mint-api-ext reads up to format {}; update \
             mint-api-ext, or attach to the operation's id instead",
            Self::NEWEST
        )))
    }
}
