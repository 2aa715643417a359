//! Sending a call that changes something, under the retry policy.

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};

use mint_api::types::IdempotencyKey;
use mint_api::{Client, FromReply};
use reqwest::StatusCode;

use crate::client::{Answer, Mint, Sending, answer};
use crate::error::{Error, ErrorKind, Fate};

/// Sends a call, and sends it again with the same key and body after a retryable failure.
///
/// `what` completes "could not ...". Every error holds the key. If the server may have done one of the attempts, the error
/// says how to find out without doing the call twice.
pub(crate) async fn mutate<'a, T: FromReply + Send>(
    mint: &'a Mint,
    what: &str,
    key: &IdempotencyKey,
    send: impl Fn(&'a Client, IdempotencyKey) -> Sending<'a, T> + Send + Sync,
) -> Result<Answer<T>, Error> {
    let attempt = || {
        let reply = send(mint.api(), key.clone());
        async { answer(what, reply.await) }
    };
    mutate_by(mint, Some(key), attempt).await
}

/// As [`mutate`], by a function that makes one attempt. A call without a key is sent once.
pub(super) async fn mutate_by<T, F>(
    mint: &Mint,
    key: Option<&IdempotencyKey>,
    attempt: impl Fn() -> F + Send + Sync,
) -> Result<Answer<T>, Error>
where
    T: Send,
    F: Future<Output = Result<Answer<T>, Error>> + Send,
{
    let may_be_done = AtomicBool::new(false);
    let policy = match key {
        Some(_) => mint.retry_policy(),
        None => mint.retry_policy().attempts(1),
    };
    let sent = policy.send(mint.jitter(), || {
        let sent = attempt();
        async {
            sent.await.inspect_err(|error| {
                may_be_done.fetch_or(fate(error) == Fate::Unknown, Ordering::Relaxed);
            })
        }
    });
    let error = match (sent.await, key) {
        (Ok(answer), _) => return Ok(answer),
        (Err(error), Some(key)) => advised(error, key, may_be_done.into_inner()),
        (Err(error), None) if fate(&error) == Fate::Unknown => error.with_fate(Fate::Unknown).with_advice(
            "it may have been done all the same, and has no idempotency key: find out before you send it again",
        ),
        (Err(error), None) => error,
    };
    Err(error)
}

/// Adds to an error the key, and whether the call may have been done.
fn advised(error: Error, key: &IdempotencyKey, may_be_done: bool) -> Error {
    let again = format!("the same request with the idempotency key `{}`", key.as_str());
    let error = match (fate(&error), may_be_done) {
        (Fate::Unknown, _) => error.with_fate(Fate::Unknown).with_advice(&format!(
            "it may have been done all the same: send {again} to find out, which does nothing twice"
        )),
        (Fate::NotDone, true) => error.with_fate(Fate::Unknown).with_advice(&format!(
            "an earlier attempt may have been done: send {again} to find out, which does nothing twice"
        )),
        (Fate::NotDone, false) if error.status() == Some(StatusCode::PAYMENT_REQUIRED) => {
            error.with_advice(&format!("then send {again}, which does nothing twice"))
        }
        (Fate::NotDone, false) => error,
    };
    error.with_idempotency_key(key.as_str())
}

/// Whether the server did the call of one attempt.
fn fate(error: &Error) -> Fate {
    let done = match (error.status(), error.kind()) {
        // The server did not process it: misdirected (421), too early (425), too many requests (429).
        (Some(status), _) if matches!(status.as_u16(), 421 | 425 | 429) => false,
        (Some(status), ErrorKind::Decode) => !status.is_client_error(),
        (Some(_), _) => error.is_transient(),
        (None, ErrorKind::Decode) => true,
        (None, ErrorKind::Transport | ErrorKind::Timeout) => !is_connect(error),
        (None, _) => false,
    };
    if done { Fate::Unknown } else { Fate::NotDone }
}

/// Whether the client failed to connect, so that nothing was sent.
fn is_connect(error: &Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<reqwest::Error>());
    source.is_some_and(reqwest::Error::is_connect)
}
