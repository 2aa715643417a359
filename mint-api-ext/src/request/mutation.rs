//! Sending a call that changes something: once, however often it must be sent.

use mint_api::types::{IdempotencyKey, Problem};
use mint_api::{Client, ResponseValue};
use serde::de::DeserializeOwned;

use crate::client::{Answer, Mint, answer};
use crate::error::{Error, ErrorKind};

/// Sends a call with its key, again with the same key and body where it may have failed in passing.
///
/// `what` completes "could not ...". Every error tells the key; where the server may have done what it was asked, the
/// text says how to find out.
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
    let sent = mint.retrying(|| {
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
