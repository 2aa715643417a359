//! Waiting for an operation: the future and the stream that drive the state machine.

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::driver::Driver;
use super::policy::PollingPolicy;
use super::rules::Rules;
use super::{OperationHandle, Outcome, Update};
use crate::error::Error;

/// A wait for an operation: await it for the [`Outcome`], or take its [`updates`](Self::updates).
///
/// It polls `GET /v1/operations/{operationId}` at once, or first takes the reply that gave the handle; then after 2 s,
/// growing by 1.6 up to 15 s, each delay with up to a tenth of jitter added. It never polls sooner than the server's
/// `Retry-After` says.
///
/// Transient failures ([`Error::is_transient`]) and replies that are not the API's, such as a page, a 204 or a redirect of
/// what stands between, are tolerated for five minutes in a row ([`failure_tolerance`](Self::failure_tolerance)); three in a
/// row that are not the API's for the same reason end the wait. A certificate that is not trusted is tolerated once a poll
/// has succeeded. A 404 right after the start does not end the wait ([`not_found_tolerance`](Self::not_found_tolerance)),
/// and neither does a stale reply that still shows a preview that was approved or revised, or a bill that was resumed.
///
/// # Errors
///
/// [`ErrorKind::Timeout`] at the deadline, [`ErrorKind::Interrupted`] when a token of [`cancel_on`](Self::cancel_on)
/// fired, [`ErrorKind::NoRuntime`] outside a Tokio runtime, or the error of a poll that is not retryable.
/// [`Error::operation`] holds the operation as it was last seen, [`Error::wait`] how the wait went.
///
/// [`ErrorKind::Timeout`]: crate::ErrorKind::Timeout
/// [`ErrorKind::Interrupted`]: crate::ErrorKind::Interrupted
/// [`ErrorKind::NoRuntime`]: crate::ErrorKind::NoRuntime
///
/// # Cancellation
///
/// Dropping it stops the polling; the operation goes on at the server, which has no way to cancel one. Attach to its id
/// to wait again.
///
/// It is no `Future` itself: `tokio::spawn`, `join_all` and `select!` take [`into_future`](IntoFuture::into_future) of it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// let outcome = mint.attach(id)?.wait().deadline(Duration::from_secs(600)).await?;
/// assert!(outcome.is_success());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a wait does nothing until it is awaited or its updates are taken"]
pub struct Wait {
    pub(crate) handle: OperationHandle,
    pub(super) rules: Rules,
    pub(super) deadline: Deadline,
    pub(crate) cancel: CancellationToken,
    pub(super) yields: Yields,
}

/// The deadline of a wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Deadline {
    /// That of the wait state, else the default.
    Inherited,
    After(Duration),
    Never,
}

/// Which polls are yielded by the stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Yields {
    Changes,
    EveryPoll,
}

impl Wait {
    pub(crate) fn new(handle: OperationHandle) -> Self {
        let rules = Rules { request_timeout: handle.mint().request_timeout(), ..Rules::default() };
        let cancel = CancellationToken::new();
        Self { handle, rules, deadline: Deadline::Inherited, cancel, yields: Yields::Changes }
    }

    /// How long the wait may take, from when it is first awaited. Default: what is left of the deadline of an earlier wait
    /// for the operation that was dropped, or that was saved with the operation; else 30 minutes.
    ///
    /// The last poll begins a tenth of that time before the deadline, at most the request timeout (30 s), so that its reply
    /// can arrive; it is cut off at the deadline. If the operation still goes on then, the wait ends. A wait whose deadline passed before its first poll,
    /// such as a saved one or one of zero, polls once, for at most the request timeout, unless the server wants no poll yet.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Deadline::After(deadline);
        self
    }

    /// Waits for as long as the operation takes.
    pub fn no_deadline(mut self) -> Self {
        self.deadline = Deadline::Never;
        self
    }

    /// How long to wait between two polls. Default: the cadence Mint documents.
    pub fn policy(mut self, policy: impl Into<PollingPolicy>) -> Self {
        self.rules.policy = policy.into();
        self
    }

    /// How long every poll may fail before the wait ends. Default: 5 minutes.
    ///
    /// It is counted anew from the first failure after a good reply. Between two failures only the delay that the policy sets
    /// counts: not what the server asks for, and not the time in which this machine slept or the reader of the updates was
    /// busy.
    pub fn failure_tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.failure_tolerance = tolerance;
        self
    }

    /// How long the server may answer 404 after it accepted the start of the operation, as a replica does that lags. Default:
    /// 60 seconds, from the start.
    ///
    /// The start is known to a handle that a [`Request`](crate::Request) gave, and saved with it. An operation that was
    /// attached to by its id is not known to exist: a 404 ends its wait.
    pub fn not_found_tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.not_found_tolerance = tolerance;
        self
    }

    /// How long the operation may stay in a status that this version does not know, with the same `updatedAt`, before the
    /// wait ends as [`Outcome::Unrecognized`]. Default: 10 minutes.
    pub fn unknown_status_tolerance(mut self, tolerance: Duration) -> Self {
        self.rules.unknown_status_tolerance = tolerance;
        self
    }

    /// A `Retry-After` shorter than this counts as this, for a server that asks too little. Default: zero.
    pub fn retry_after_floor(mut self, floor: Duration) -> Self {
        self.rules.retry_after_floor = floor;
        self
    }

    /// A `Retry-After` longer than this counts as this. Default: none, the server is always obeyed.
    ///
    /// Each time it overrides the server, the update says so: [`Observation::overridden_retry_after`].
    ///
    /// [`Observation::overridden_retry_after`]: super::Observation::overridden_retry_after
    pub fn retry_after_ceiling(mut self, ceiling: Duration) -> Self {
        self.rules.retry_after_ceiling = ceiling;
        self
    }

    /// Ends the wait with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) when the token fires.
    ///
    /// A request under way is dropped, and no other is sent. The operation goes on at the server.
    pub fn cancel_on(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// Lets the stream yield every poll, also one that brought nothing new or failed.
    pub fn every_poll(mut self) -> Self {
        self.yields = Yields::EveryPoll;
        self
    }

    /// A stream of each change of status as it is seen, then of the outcome; then it ends, as after an error.
    ///
    /// The stream polls only while its next item is awaited.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// use mint_api_ext::wait::Update;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// let mut updates = mint.attach(id)?.wait().updates();
    /// while let Some(update) = updates.next().await {
    ///     match update? {
    ///         Update::Changed(seen) => println!("{}", seen.operation.status),
    ///         Update::Ended(outcome) => println!("done: {}", outcome.is_success()),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates {
        let span = self.span();
        let stream = futures::stream::unfold(Some(Driver::new(self)), move |driver| {
            let step = async {
                let mut driver = driver?;
                let update = driver.next().await;
                let goes_on = !matches!(update, Ok(Update::Ended(_)) | Err(_));
                Some((update, goes_on.then_some(driver)))
            };
            step.instrument(span.clone())
        });
        Updates(stream.boxed())
    }

    pub(super) fn span(&self) -> tracing::Span {
        tracing::debug_span!("mint.wait", mint.operation_id = %self.handle.id())
    }

    pub(super) fn into_parts(self) -> (OperationHandle, Arc<Rules>, Deadline, CancellationToken, Yields) {
        (self.handle, Arc::new(self.rules), self.deadline, self.cancel, self.yields)
    }
}

impl IntoFuture for Wait {
    type Output = Result<Outcome, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let span = self.span();
        let wait = async move {
            let mut driver = Driver::new(self);
            loop {
                if let Update::Ended(outcome) = driver.next().await? {
                    return Ok(outcome);
                }
            }
        };
        Box::pin(wait.instrument(span))
    }
}

/// The stream of a wait's updates; see [`Wait::updates`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Updates(BoxStream<'static, Result<Update, Error>>);

impl Stream for Updates {
    type Item = Result<Update, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl std::fmt::Debug for Updates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}
