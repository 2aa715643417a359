//! A call that starts something or lets it go on, from its description to the operation it gives.

use std::fmt::Debug;

use futures::future::BoxFuture;
use mint_api::types::{EstimatePricingRequest, IdempotencyKey, Operation, Problem};
use mint_api::{Client, ResponseValue};

use super::credits::Limit;
use super::found::Found;
use super::mutation::mutate;
use crate::client::{Answer, Mint, idempotency};
use crate::error::{Error, ErrorKind, id};
use crate::wait::{History, OperationHandle, Outcome};

/// A call that starts something, or lets it go on. It does nothing until it is sent.
///
/// It has an `Idempotency-Key` from the moment it is made, a random UUID unless the caller sets one. A lost reply, 408,
/// 429, and every 5xx but 501 and 505 let it be sent again, with the same key and body, under the client's
/// [`RetryPolicy`](crate::RetryPolicy); so does sending it twice. The server does what it is asked once.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<T> {
    mint: Mint,
    pub(super) call: T,
    key: String,
    limit: Option<Limit>,
}

/// What the reply to a call is.
pub(crate) type Replied = Result<ResponseValue<Operation>, mint_api::Error<Problem>>;

/// A call that changes something and is answered with an operation.
pub trait Call: Clone + Debug + Send + Sync + 'static {
    /// What is sent.
    #[doc(hidden)]
    type Body: Clone + Send + Sync;

    /// What the call does, to complete "could not ...".
    #[doc(hidden)]
    const DOES: &'static str;

    /// What it is done to: its kind and id.
    #[doc(hidden)]
    fn target(&self) -> Option<(&'static str, &str)> {
        None
    }

    /// What is sent, or why it cannot be.
    #[doc(hidden)]
    fn body(&self) -> Result<Self::Body, String>;

    #[doc(hidden)]
    fn send(&self, api: &Client, key: IdempotencyKey, body: Self::Body) -> impl Future<Output = Replied> + Send;

    /// What to ask for the price, where there is a way to; sets what the price depends on, so that what is started is
    /// what was asked for.
    #[doc(hidden)]
    fn price(&mut self) -> Option<EstimatePricingRequest> {
        None
    }

    /// The operation it acts on, as it was found.
    #[doc(hidden)]
    fn found(&self) -> Option<&Found> {
        None
    }
}

/// A call whose reply is followed as it is.
pub trait Start: Call {}

impl<T> Request<T> {
    pub(crate) fn new(mint: &Mint, call: T) -> Self {
        Self { mint: mint.clone(), call, key: mint.next_idempotency_key(), limit: None }
    }

    /// Another `Idempotency-Key`, of 1 to 255 printable characters of ASCII: that of an earlier call with the same
    /// arguments, whose fate is not known, to find out without doing it twice.
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// The `Idempotency-Key` this is sent with, to be kept before it is.
    pub fn idempotency_key(&self) -> &str {
        &self.key
    }

    /// Refuses to send it, with [`ErrorKind::Credits`], when it is estimated to cost more than this many credits, or
    /// more than there are; two requests find that out before it is sent for the first time. The server gives estimates
    /// for [`Mint::generate_model`] and [`Mint::optimize_model`]; everything else is refused.
    ///
    /// A preset that is not set becomes `standard`, the documented default, so that what is started is what the estimate
    /// was for. Estimates are no promise: the server may still ask for more credits later, which is
    /// [`Outcome::BillingRequired`].
    pub fn max_credits(mut self, credits: impl Into<f64>) -> Self {
        self.limit = Some(Limit::new(credits.into()));
        self
    }

    pub(super) fn mint(&self) -> &Mint {
        &self.mint
    }
}

impl<T: Call> Request<T> {
    pub(super) async fn answered(mut self) -> Result<OperationHandle, Error> {
        let what = self.what();
        let invalid = |why| Error::new(ErrorKind::InvalidArgument, format!("could not {what}: {why}"));
        let key = idempotency::check(&self.key)?;
        let body = self.call.body().map_err(invalid)?;
        if let Some((kind, id)) = self.call.target() {
            id::check(kind, id)?;
        }
        let body = match &self.limit {
            None => body,
            Some(limit) => {
                limit.check(&self.mint, &what, &self.key, self.call.price()).await?;
                self.call.body().map_err(invalid)?
            }
        };
        let call = &self.call;
        let answer: Answer<Operation> =
            mutate(&self.mint, &what, &key, |api, key| call.send(api, key, body.clone())).await?;
        let history = match call.found() {
            Some(found) => found.continued_as(&answer.value, &self.key),
            None => History::started_with(&self.key),
        };
        OperationHandle::of_reply(self.mint, answer, history).map_err(|error| error.with_idempotency_key(&self.key))
    }

    fn what(&self) -> String {
        match self.call.target() {
            Some((kind, id)) if id::check(kind, id).is_ok() => format!("{} {kind} {id}", T::DOES),
            Some((kind, _)) => format!("{} a {kind}", T::DOES),
            None => T::DOES.to_owned(),
        }
    }
}

impl<T: Start> Request<T> {
    /// Sends it, and gives the operation to wait for: the one that the reply names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for an argument that breaks a documented bound, which the text names; nothing was
    /// sent. [`ErrorKind::Credits`] under [`max_credits`](Self::max_credits); nothing was sent but what asks for prices.
    /// [`ErrorKind::Server`] when the server refuses, [`ErrorKind::IdempotencyConflict`] when it knows the key from a
    /// call with other arguments; [`ErrorKind::Transport`], [`ErrorKind::Timeout`] and [`ErrorKind::Server`] when it
    /// could not be asked under the retry policy: it may have been done all the same. Send it again with
    /// [`Error::idempotency_key`] to find out.
    ///
    /// # Cancellation
    ///
    /// The future does not borrow from this. When it is dropped it is not known whether the server did what it was
    /// asked; send this again to find out.
    pub fn send(&self) -> BoxFuture<'static, Result<OperationHandle, Error>> {
        Box::pin(self.clone().answered())
    }

    /// Sends it and waits for the operation, as [`OperationHandle::wait`] does, at most 30 minutes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and as [`Wait`](crate::Wait).
    ///
    /// # Cancellation
    ///
    /// As that of both: what was started goes on at the server.
    pub fn send_and_wait(&self) -> BoxFuture<'static, Result<Outcome, Error>> {
        let request = self.clone();
        Box::pin(async move { request.answered().await?.wait().await })
    }
}

/// A text of a request, as its type takes it.
pub(super) fn text<'a, T>(field: &str, value: &'a str) -> Result<T, String>
where
    T: TryFrom<&'a str, Error = mint_api::types::error::ConversionError>,
{
    if value.is_empty() {
        return Err(format!("`{field}` is empty; give it at least one character"));
    }
    T::try_from(value).map_err(|error| format!("`{field}` is {error}; shorten it"))
}

pub(super) fn optional_text<'a, T>(field: &str, value: Option<&'a String>) -> Result<Option<T>, String>
where
    T: TryFrom<&'a str, Error = mint_api::types::error::ConversionError>,
{
    value.map(|value| text(field, value)).transpose()
}

/// A number that is more than zero; what is not finite has no form in JSON.
pub(super) fn positive(field: &str, value: Option<f64>) -> Result<Option<f64>, String> {
    match value {
        Some(number) if !(number.is_finite() && number > 0.0) => {
            Err(format!("`{field}` is {number}; it must be above 0"))
        }
        value => Ok(value),
    }
}
