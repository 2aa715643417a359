//! An operation by its id.

use mint_api::types::Operation;

use super::{OperationId, Wait};
use crate::call::{Answer, answer};
use crate::error::{Error, ErrorKind};
use crate::mint::Mint;

/// An operation that goes on at the server, known by its id.
///
/// It holds no connection; dropping it changes nothing at the server.
#[derive(Clone, Debug)]
pub struct OperationHandle {
    mint: Mint,
    id: OperationId,
}

impl OperationHandle {
    pub(crate) fn new(mint: Mint, id: OperationId) -> Self {
        Self { mint, id }
    }

    /// The id, to attach to the operation again later, from this process or another.
    pub fn id(&self) -> &OperationId {
        &self.id
    }

    /// The operation as it is now, by one request: `GET /v1/operations/{operationId}`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] with the status and the problem document when the server refuses (401, 404, 429) or
    /// fails; [`ErrorKind::Transport`] or [`ErrorKind::Timeout`] when it is not reached in time;
    /// [`ErrorKind::Decode`] when the reply is not what the API documents.
    pub async fn get(&self) -> Result<Operation, Error> {
        Ok(self.poll().await?.value)
    }

    /// Waits until the operation ends or needs a person: await it, or take its [`updates`](Wait::updates).
    pub fn wait(&self) -> Wait {
        Wait::new(self.clone())
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    pub(crate) async fn poll(&self) -> Result<Answer<Operation>, Error> {
        let what = format!("read operation {}", self.id);
        let result = self.mint.api().get_operation().operation_id(self.id.as_str()).send().await;
        let answer = answer(&what, result)?;
        if answer.value.id != self.id.as_str() {
            let why = "the server answered for another operation; check what stands between it and this client";
            return Err(Error::new(ErrorKind::Decode, format!("could not {what}: {why}")));
        }
        Ok(answer)
    }
}
