//! An operation as it outlives a process.

use std::time::SystemTime;

use mint_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::{ActedOn, History};
use crate::error::{Error, ErrorKind, OperationId};

/// An operation as it outlives a process: its id, and the instants that still bind whoever goes on waiting.
///
/// Made by [`OperationHandle::save`](super::OperationHandle::save), taken up by
/// [`Mint::attach_saved`](crate::Mint::attach_saved).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SavedOperation {
    /// The id.
    pub id: OperationId,
    /// When the wait for it is over at the latest, in UTC; `None` if no wait with a deadline was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Before when the server wants no request for it, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The states that were dealt with, and that a stale reply may still show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acted_on: Vec<ActedOn>,
    /// The `Idempotency-Key` of the call that started the operation, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// The instants that bind the waits for an operation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) deadline: Option<SystemTime>,
    pub(crate) not_before: Option<SystemTime>,
}

impl SavedOperation {
    pub(crate) fn new(id: OperationId, bounds: Bounds, history: History) -> Self {
        Self {
            id,
            deadline: bounds.deadline.map(Timestamp::from),
            not_before: bounds.not_before.map(Timestamp::from),
            acted_on: history.acted_on,
            idempotency_key: history.idempotency_key,
        }
    }

    pub(crate) fn history(&self) -> History {
        History { acted_on: self.acted_on.clone(), idempotency_key: self.idempotency_key.clone() }
    }

    pub(crate) fn bounds(&self) -> Result<Bounds, Error> {
        let instant = |time: &Option<Timestamp>| match time.as_ref().map(Timestamp::to_utc) {
            None => Ok(None),
            Some(Ok(time)) => Ok(Some(time.into())),
            Some(Err(error)) => {
                let text =
                    format!("the saved operation {} holds a time that is none; attach to its id instead", self.id);
                Err(Error::new(ErrorKind::InvalidArgument, text).with_source(error))
            }
        };
        Ok(Bounds { deadline: instant(&self.deadline)?, not_before: instant(&self.not_before)? })
    }
}
