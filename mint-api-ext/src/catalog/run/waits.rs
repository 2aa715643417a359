//! All waits of a run, in one stream.

use futures::StreamExt as _;
use futures::future::{Either, select};
use tokio::sync::oneshot;

use crate::client::Mint;
use crate::error::{Error, ErrorKind};
use crate::wait::{BatchControl, OperationHandle, Outcome, WaitMany};

/// Waits for the operations of all entries.
#[derive(Debug)]
pub(super) struct Waits {
    control: BatchControl<Waiter>,
}

/// The worker that waits for an operation.
pub(super) type Waiter = oneshot::Sender<Result<Outcome, Error>>;

impl Waits {
    pub(super) fn new(mint: &Mint) -> (Self, WaitMany<Waiter>) {
        let (control, waits) = mint.wait_many(Vec::<(Waiter, OperationHandle)>::new()).controlled();
        (Self { control }, waits)
    }

    /// Waits for an operation. [`drive`](Self::drive) must run meanwhile.
    pub(super) async fn wait(&self, handle: OperationHandle) -> Result<Outcome, Error> {
        let (waiter, ended) = oneshot::channel();
        self.control.add((waiter, handle));
        ended
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Interrupted, "the wait was dropped; run the catalog again")))
    }

    /// Drives the waits until some work is done.
    pub(super) async fn drive<T: Send>(&self, mut waits: WaitMany<Waiter>, work: impl Future<Output = T> + Send) -> T {
        let drive = async {
            while let Some((waiter, result)) = waits.next().await {
                let _ = waiter.send(result);
            }
        };
        match select(Box::pin(work), Box::pin(drive)).await {
            Either::Left((done, _)) => done,
            Either::Right(((), work)) => work.await,
        }
    }
}
