//! Sending a call that changes something, under the retry policy.

use mint_api::types::{IdempotencyKey, Problem};
use mint_api::{Client, ResponseValue};
use serde::de::DeserializeOwned;

use crate::client::{Answer, Mint, answer};
use crate::error::{Error, ErrorKind};

/// Sends a call, and sends it again with the same key and body after a retryable failure.
///
/// `what` completes "could not ...". Every error holds the key. If the server may have done the call all the same, the
/// text says how to find out without doing it twice.
pub(crate) async fn mutate<'a, T, F>(
    mint: &'a Mint,
    what: &str,
    key: &IdempotencyKey,
    send: impl Fn(&'a Client, IdempotencyKey) -> F + Send + Sync,
) -> Result<Answer<T>, Error>
where
    T: DeserializeOwned + Send,
    F: Future<Output = Result<ResponseValue<T>, mint_api::Error<Problem>>> + Send,
{
    let sent = mint.with_retries(|| {
        let reply = send(mint.api(), key.clone());
        async { answer(what, reply.await) }
    });
    sent.await.map_err(|error| {
        let advice = format!(
            "it may have been done all the same: send it again with the idempotency key `{}`, which does nothing twice",
            key.as_str()
        );
        let may_be_done = error.is_transient() && !error.is_rate_limited() || error.kind() == ErrorKind::Decode;
        let error = if may_be_done { error.with_advice(&advice) } else { error };
        error.with_idempotency_key(key.as_str())
    })
}
