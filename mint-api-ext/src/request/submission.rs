//! Sending a request whose arguments are checked.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mint_api::Client;
use mint_api::types::{EstimatePricingRequest, IdempotencyKey, Operation};

use super::call::Starting;
use super::credits::{Earlier, Spending};
use super::found::Found;
use super::mutation::mutate;
use crate::client::{Answer, Mint};
use crate::error::{Error, Fate};
use crate::wait::OperationHandle;

/// A request whose arguments are checked. It is not generic, so that its future is compiled once for all calls.
pub(super) struct Submission {
    pub(super) mint: Mint,
    /// What the request does; it completes "could not ...".
    pub(super) what: String,
    pub(super) key: IdempotencyKey,
    pub(super) earlier: Earlier,
    pub(super) spending: Spending,
    /// The request for an estimate of the price, if the server gives one.
    pub(super) estimate: Option<EstimatePricingRequest>,
    /// The operation that the call acts on.
    pub(super) found: Option<Found>,
}

/// Makes one attempt of a call.
type Attempt<'a> = dyn for<'c> Fn(&'c Client, IdempotencyKey) -> Starting<'c> + Send + Sync + 'a;

impl Submission {
    /// Sends the call and returns the operation in the reply.
    pub(super) fn send<'a>(self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Result<OperationHandle, Error>> {
        async move {
            let Self { mint, what, key, earlier, spending, estimate, found } = self;
            let admitted = spending.admit(&mint, &what, (key.as_str(), &earlier), estimate).await;
            admitted.map_err(|error| error.with_idempotency_key(key.as_str()))?;
            earlier.sending();
            let sent = mutate(&mint, &what, &key, attempt).await;
            let answer: Answer<Operation> = sent.inspect_err(|error| {
                if let Some(budget) = spending.budget.as_ref().filter(|_| !error.may_have_been_done()) {
                    budget.release(key.as_str());
                }
            })?;
            let handle = match found.and_then(|found| found.continued_as(&answer.value)) {
                Some(handle) => handle,
                None => OperationHandle::started(mint, &answer.value.id, key.as_str())
                    .map_err(|error| error.with_fate(Fate::Unknown).with_idempotency_key(key.as_str()))?,
            };
            if let Some(budget) = spending.budget {
                handle.state().observe(move |operation| budget.settle(key.as_str(), operation));
            }
            Ok(handle.with_reply(answer))
        }
        .boxed()
    }
}
