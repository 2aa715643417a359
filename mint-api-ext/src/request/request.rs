//! A request, from its description to the operation in the reply.

use std::hash::Hash;

use futures::future::BoxFuture;
use mint_api::types::PricingEstimate;

use super::budget::Budget;
use super::call::{Call, Estimated, Start};
use super::credits::{Earlier, Spending};
use super::prepared::{Endpoint, Prepared};
use super::submission::Submission;
use crate::client::{Mint, idempotency};
use crate::error::{Error, ErrorKind};
use crate::wait::{OperationHandle, Outcome};

/// A call that starts or changes something. It does nothing until it is sent.
///
/// It has an `Idempotency-Key` from the moment it is made, unless the caller sets one: a random UUID, or, for a call that
/// acts on a preview, a bill or a failure, one derived from the operation's id, `status` and `updatedAt`. After a retryable
/// failure ([`Error::is_transient`]) the client sends it again with the same key and body, under its
/// [`RetryPolicy`](crate::retry::RetryPolicy). The server does the call with a given key once, so the caller can safely
/// send a request twice, too. [`save`](Self::save) returns what to store before sending. Serialized (serde), a request is
/// that [`SavedRequest`](super::SavedRequest).
///
/// Sending fails if an argument breaks a documented bound. The error names the first such argument.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<T> {
    pub(super) mint: Mint,
    pub(super) call: T,
    pub(super) key: String,
    pub(super) earlier: Earlier,
    pub(super) spending: Spending,
}

impl<T> Request<T> {
    pub(crate) fn new(mint: &Mint, call: T) -> Self {
        Self::keyed(mint, call, mint.next_idempotency_key())
    }

    /// A request with a key that only this crate makes.
    pub(super) fn keyed(mint: &Mint, call: T, key: String) -> Self {
        Self { mint: mint.clone(), call, key, earlier: Earlier::none(), spending: Spending::default() }
    }

    /// Sets the `Idempotency-Key`: 1 to 255 printable ASCII characters.
    ///
    /// The key of an earlier call with the same arguments finds out what became of that call, without doing it twice. A key
    /// that is derived from the thing to make, such as `prop/lamp/v1`, makes that thing once, even if the program runs
    /// again.
    pub fn with_idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self.earlier = Earlier::unknown();
        self
    }

    /// Sets an `Idempotency-Key` that is derived from content, such as a row of a table: the same content in the same
    /// namespace gives the same key, in every process.
    ///
    /// Use one namespace per type of content. The server refuses the key with other arguments, so the content must decide the
    /// arguments.
    ///
    /// # What the key depends on
    ///
    /// The key is a UUID (RFC 9562, version 8) of the SHA-256 of the namespace and of what [`Hash`] feeds to a hasher.
    /// Integers count as little-endian, and `usize` and `isize` as 64 bits wide.
    ///
    /// | Content | The key |
    /// |---|---|
    /// | integers, `bool`, `char`, texts, bytes, and tuples, `Option`, `Vec`, `Box`, `BTreeMap` of them | is the same on every platform, but for the next line |
    /// | a slice, an array or a `Vec` of integers wider than a byte | differs where the byte order differs; of `usize`, also where the width does |
    /// | a struct with `derive(Hash)` | depends on the order and the types of the fields, not on their names |
    /// | an enum with `derive(Hash)` | also depends on the discriminant: the place of the variant, unless the enum sets it |
    /// | a `Path` | differs where the separator differs |
    /// | `f64`, `HashMap`, `HashSet` | cannot be made: they have no `Hash`; take a text, or a `BTreeMap` |
    ///
    /// Another field, order of fields or type of integer changes the key: the request is then a new one, and is paid for
    /// again. The standard library does not promise that its types feed the same in each version of Rust; a test of this crate
    /// fails if one of the table does not. For a key that must never change, hash one text that you write yourself, or use
    /// [`with_idempotency_key`](Self::with_idempotency_key).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// #[derive(Hash)]
    /// struct Prop {
    ///     name: String,
    ///     prompt: String,
    ///     version: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let lamp = Prop { name: "lamp".into(), prompt: "a brass lamp".into(), version: 1 };
    /// let request = || mint.generate_model(&lamp.prompt).name(&lamp.name).idempotency_key_from("props", &lamp);
    /// let (first, after_a_crash) = (request().send().await?, request().send().await?);
    /// assert_eq!(first.id(), after_a_crash.id());
    /// # assert_eq!(simulator.operations_started(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn idempotency_key_from(self, namespace: &str, content: &(impl Hash + ?Sized)) -> Self {
        self.with_idempotency_key(idempotency::of_content(namespace, content))
    }

    /// The `Idempotency-Key` of the request. Store it before you send, so that you can send the same request again after a
    /// crash.
    pub fn idempotency_key(&self) -> &str {
        &self.key
    }

    /// A request of the same job, within the same budget.
    pub(super) fn followed_by<U>(self, call: U, key: String) -> Request<U> {
        let budget = self.spending.budget;
        let spending = Spending { budget, ..Spending::default() };
        Request { mint: self.mint, call, key, earlier: Earlier::unknown(), spending }
    }
}

impl<T: Call> Request<T> {
    /// Limits the credits that the call may cost. Sending first reads the price and the balance, with two requests. It
    /// fails with [`ErrorKind::Credits`] if the price exceeds the limit or the balance.
    ///
    /// The server estimates prices for [`Mint::generate_model`] and [`Mint::optimize_model`]. For every other call, state
    /// the price with [`assume_credits`](Self::assume_credits). If the request has no preset, the estimate is for
    /// `standard`, the documented default. The server may still ask for more credits than it estimated; the wait then
    /// ends as [`Outcome::BillingRequired`].
    ///
    /// Sending does not check the balance if the caller set the idempotency key or the request was sent before: the server
    /// may already hold the credits for this request. To limit several requests together, see [`budget`](Self::budget).
    pub fn max_credits(mut self, credits: impl Into<f64>) -> Self {
        self.spending.limit = Some(credits.into());
        self
    }

    /// Holds the price of the request in a [`Budget`] that several requests share. Sending fails with
    /// [`ErrorKind::Credits`] if too little of the budget is left, or if the price is unknown; see
    /// [`assume_credits`](Self::assume_credits).
    pub fn budget(mut self, budget: &Budget) -> Self {
        self.spending.budget = Some(budget.clone());
        self.spending.lacks_budget = false;
        self
    }

    /// States the price of a request in credits, for [`max_credits`](Self::max_credits) and [`budget`](Self::budget). The
    /// server gives no estimate for worlds, packs, audio and animations, among others. Where it gives one, the estimate is
    /// used instead.
    pub fn assume_credits(mut self, credits: impl Into<f64>) -> Self {
        self.spending.assumed = Some(credits.into());
        self
    }

    pub(super) fn with(self, change: impl FnOnce(&mut T::Body)) -> Self {
        self.set(|body| {
            change(body);
            Ok(())
        })
    }

    pub(super) fn set(mut self, set: impl FnOnce(&mut T::Body) -> Result<(), String>) -> Self {
        self.call.prepared().set(set);
        self
    }

    /// Sends the call and returns the operation in the reply.
    pub(super) async fn answered(mut self) -> Result<OperationHandle, Error> {
        let key = idempotency::check(&self.key)?;
        let what = self.call.prepared().endpoint.to_string();
        let (endpoint, body) = self.checked(&what)?;
        let estimate = T::price(endpoint.id(), &body);
        let found = self.call.prepared().found.take();
        let Self { mint, earlier, spending, .. } = self;
        let submission = Submission { mint, what, key, earlier, spending, estimate, found };
        submission.send(&|api, key| T::send(api, endpoint.id(), key, body.clone())).await
    }

    /// Returns the route and the body, or the error of an argument that breaks a bound.
    pub(super) fn checked(&mut self, what: &str) -> Result<(Endpoint, T::Body), Error> {
        let Prepared { endpoint, body, .. } = self.call.prepared().clone();
        let body = body.map_err(|why| Error::new(ErrorKind::InvalidArgument, format!("could not {what}: {why}")))?;
        endpoint.check()?;
        Ok((endpoint, body))
    }
}

impl<T: Start> Request<T> {
    /// Sends the request and returns a handle of the operation in the reply.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidArgument`]: an argument breaks a documented bound, which the text names. Nothing was sent.
    /// - [`ErrorKind::Credits`]: the price exceeds [`max_credits`](Self::max_credits), the balance or the
    ///   [`budget`](Self::budget), or is unknown. The call was not sent.
    /// - [`ErrorKind::Credentials`]: the token source gave no token.
    /// - [`ErrorKind::IdempotencyConflict`]: the server knows the key from a call with other arguments.
    /// - [`ErrorKind::Server`]: the server refused, or failed for longer than the retry policy allows.
    /// - [`ErrorKind::Transport`], [`ErrorKind::Timeout`]: no reply came under the retry policy.
    /// - [`ErrorKind::Decode`]: the reply is not what the API documents.
    /// - [`ErrorKind::NoRuntime`]: the future was polled outside a Tokio runtime.
    ///
    /// The server may have done the call in spite of the error if [`Error::may_have_been_done`] is true, such as after a
    /// 5xx or a timeout. To find out, send this request again, or another with [`Error::idempotency_key`] and the same
    /// arguments.
    ///
    /// # Cancellation
    ///
    /// After the future is dropped, the server may or may not have done the call. Send this request again to find out. The
    /// future does not borrow from the request.
    pub fn send(&self) -> BoxFuture<'static, Result<OperationHandle, Error>> {
        Box::pin(self.clone().answered())
    }

    /// Sends the request and waits for the operation as [`OperationHandle::wait`] does, for at most 30 minutes.
    ///
    /// # Retrying it yourself
    ///
    /// The client retries already. To retry for longer, or after a restart, give the request a key that stays the same: every
    /// round of the loop then finds the same operation. Do not make a new request in every round without such a key. Each
    /// would have a random key, and would start, and pay for, a new operation.
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Route, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # for _ in 0..8 { simulator.lose_next_reply(Route::GenerateModel); }
    /// let request = mint.generate_model("a brass lamp").with_idempotency_key("prop/lamp/v1");
    /// let outcome = loop {
    ///     match request.send_and_wait().await {
    ///         Ok(outcome) => break outcome,
    ///         Err(error) if error.is_transport() => eprintln!("{error}"),
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// };
    /// assert!(outcome.is_success());
    /// # assert_eq!(simulator.operations_started(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and those of a [`Wait`](crate::wait::Wait).
    ///
    /// # Cancellation
    ///
    /// Dropping the future does not stop the operation at the server.
    pub fn send_and_wait(&self) -> BoxFuture<'static, Result<Outcome, Error>> {
        let request = self.clone();
        Box::pin(async move { request.answered().await?.wait().await })
    }
}

impl<T: Estimated> Request<T> {
    /// Estimates the price of the request: `POST /v1/pricing:estimate`. It starts nothing and costs nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] when an argument breaks a documented bound; otherwise those of
    /// [`Mint::estimate`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::Simulator;
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let request = mint.generate_model("a brass lamp");
    /// println!("about {} credits", request.estimate().await?.credits.estimated_total);
    /// # assert_eq!(simulator.operations_started(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn estimate(&self) -> Result<PricingEstimate, Error> {
        let (endpoint, body) = self.clone().checked("estimate the price")?;
        self.mint.estimate(T::question(endpoint.id(), &body)).await
    }
}
