//! All waits of a run, in one stream.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::StreamExt as _;
use futures::future::{Either, select};
use tokio::sync::oneshot;

use crate::client::Mint;
use crate::error::{Error, ErrorKind};
use crate::wait::{BatchControl, OperationHandle, Outcome, WaitMany};

/// Waits for the operations of all entries.
#[derive(Debug)]
pub(super) struct Waits {
    control: BatchControl,
    waiting: Mutex<HashMap<String, oneshot::Sender<Result<Outcome, Error>>>>,
}

impl Waits {
    pub(super) fn new(mint: &Mint) -> (Self, WaitMany) {
        let waits: WaitMany = mint.wait_many(Vec::<OperationHandle>::new());
        let (control, waits) = waits.controlled();
        (Self { control, waiting: Mutex::default() }, waits)
    }

    /// Waits for an operation. [`drive`](Self::drive) must run meanwhile.
    pub(super) async fn wait(&self, handle: OperationHandle) -> Result<Outcome, Error> {
        let (sender, ended) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(handle.id().to_string(), sender);
        self.control.add(handle);
        ended
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Interrupted, "the wait was dropped; run the catalog again")))
    }

    /// Drives the waits until some work is done.
    pub(super) async fn drive<T: Send>(&self, mut waits: WaitMany, work: impl Future<Output = T> + Send) -> T {
        let drive = async {
            while let Some((id, result)) = waits.next().await {
                let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                if let Some(waiting) = waiting {
                    let _ = waiting.send(result);
                }
            }
        };
        match select(Box::pin(work), Box::pin(drive)).await {
            Either::Left((done, _)) => done,
            Either::Right(((), work)) => work.await,
        }
    }
}
