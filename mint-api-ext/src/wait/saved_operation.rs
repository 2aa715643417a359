//! An operation as it is stored.

use std::time::SystemTime;

use mint_api::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ActedOn;
use super::machine::Progress;
use super::wait_state::Paused;
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
    /// When this was saved, in UTC. A clock that shows an earlier time later on was set back, and the other times go back with
    /// it. `None` where there are no times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_at: Option<Timestamp>,
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
    /// The wait that is made in steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<SavedWait>,
}

impl SavedOperation {
    /// Merges what another process saved of the same operation: takes the times and the progress that were saved last, and
    /// every state that was acted on in either. What was acted on is never forgotten.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the other is another operation, or holds a time
    /// that cannot be read. This one is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.id != other.id {
            let text = format!("the states of the operations {} and {} do not merge", self.id, other.id);
            return Err(Error::new(ErrorKind::InvalidArgument, text));
        }
        let saved_at = |saved: &Self| saved.instant(saved.saved_at.as_ref());
        let (mut newer, older) = match saved_at(other)? > saved_at(self)? {
            true => (other.clone(), &*self),
            false => (self.clone(), other),
        };
        let acted_on = older.acted_on.iter().filter(|state| !newer.acted_on.contains(state)).cloned();
        newer.acted_on = acted_on.chain(newer.acted_on.clone()).collect();
        newer.idempotency_key = newer.idempotency_key.or_else(|| older.idempotency_key.clone());
        newer.started_at = newer.started_at.or_else(|| older.started_at.clone());
        *self = newer;
        Ok(())
    }

    /// The wait that the last step paused.
    pub(super) fn paused(&self) -> Result<Option<Paused>, Error> {
        let Some(SavedWait { began_at, progress }) = &self.wait else {
            return Ok(None);
        };
        let began_at = self.instant(Some(began_at))?;
        Ok(began_at.map(|began_at| Paused { began_at, progress: progress.clone() }))
    }

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

/// A wait between two steps.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedWait {
    began_at: Timestamp,
    progress: Progress,
}

impl SavedWait {
    pub(super) fn of(paused: &Paused) -> Self {
        Self { began_at: paused.began_at.into(), progress: paused.progress.clone() }
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
