//! Waiting for an operation: the future and the stream that drive the state machine.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream, StreamExt as _};
use mint_api::types::Operation;
use tokio::time::Instant;

use super::machine::{GiveUp, Machine, Rules, Step, Verdict};
use super::policy::PollingPolicy;
use super::{OperationHandle, Outcome};
use crate::error::{Error, ErrorKind};
use crate::jitter::Jitter;

/// A wait for an operation: await it for the [`Outcome`], or take its [`updates`](Self::updates).
///
/// It polls `GET /v1/operations/{operationId}` at once, then after 2 s, growing by 1.6 up to 15 s, each delay with up
/// to a tenth of jitter added. It never asks sooner than the server's `Retry-After` says. Failures that may pass
/// (connection errors, timeouts, 408, 429, most 5xx) are put up with for five minutes.
///
/// # Errors
///
/// When the outcome could not be found out: [`ErrorKind::Timeout`] at the deadline, or the error of a poll that will
/// not pass. [`Error::operation`] holds the operation as it was last seen.
///
/// # Cancellation
///
/// Dropping it stops the polling; the operation goes on at the server. Attach to its id to wait again.
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
#[derive(Debug)]
#[must_use = "a wait does nothing until it is awaited or its updates are taken"]
pub struct Wait {
    handle: OperationHandle,
    rules: Rules,
    jitter: Jitter,
}

impl Wait {
    pub(crate) fn new(handle: OperationHandle) -> Self {
        let rules = Rules { request_timeout: handle.mint().request_timeout(), ..Rules::default() };
        Self { handle, rules, jitter: Jitter::default() }
    }

    /// How long the wait may take, from when it is first awaited. Default: 30 minutes.
    ///
    /// A last poll is made shortly before, and cut off at the deadline.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.rules.deadline = Some(deadline);
        self
    }

    /// Waits for as long as the operation takes.
    pub fn no_deadline(mut self) -> Self {
        self.rules.deadline = None;
        self
    }

    /// How long to wait between two polls. Default: the cadence Mint documents.
    pub fn policy(mut self, policy: impl Into<PollingPolicy>) -> Self {
        self.rules.policy = policy.into();
        self
    }

    /// A stream of each change of status as it is seen, then of the outcome.
    ///
    /// The next poll is made when the next item is asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// use mint_api_ext::Update;
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
    ///         Update::Changed(operation) => println!("{}", operation.status),
    ///         Update::Ended(outcome) => println!("done: {}", outcome.is_success()),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates {
        let driver = Driver::new(self);
        let stream = futures::stream::unfold(Some(driver), |driver| async {
            let mut driver = driver?;
            let update = driver.next().await;
            let goes_on = matches!(update, Ok(Update::Changed(_)));
            Some((update, goes_on.then_some(driver)))
        });
        Updates(stream.boxed())
    }
}

impl IntoFuture for Wait {
    type Output = Result<Outcome, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut driver = Driver::new(self);
            loop {
                if let Update::Ended(outcome) = driver.next().await? {
                    return Ok(outcome);
                }
            }
        })
    }
}

/// What a wait has seen.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Update {
    /// The operation has another status than before, and goes on.
    Changed(Operation),
    /// The wait is over.
    Ended(Outcome),
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

/// Does what the machine says, with requests and a clock.
struct Driver {
    handle: OperationHandle,
    machine: Machine,
    jitter: Jitter,
    began: Option<Instant>,
    last_operation: Option<Operation>,
    last_error: Option<Error>,
}

impl Driver {
    fn new(Wait { handle, rules, jitter }: Wait) -> Self {
        let machine = Machine::new(rules);
        Self { handle, machine, jitter, began: None, last_operation: None, last_error: None }
    }

    /// The next change, or the end.
    async fn next(&mut self) -> Result<Update, Error> {
        let began = *self.began.get_or_insert_with(Instant::now);
        loop {
            match self.machine.step(began.elapsed()) {
                // A time too far for the clock is never reached.
                Step::SleepUntil(time) => match began.checked_add(time) {
                    Some(instant) => tokio::time::sleep_until(instant).await,
                    None => std::future::pending().await,
                },
                Step::Poll(timeout) => {
                    if let Some(update) = self.poll(began, timeout).await? {
                        return Ok(update);
                    }
                }
                Step::GiveUp(reason) => return Err(self.gave_up(reason, began.elapsed())),
            }
        }
    }

    async fn poll(&mut self, began: Instant, timeout: Duration) -> Result<Option<Update>, Error> {
        let result = match tokio::time::timeout(timeout, self.handle.poll()).await {
            Ok(result) => result,
            Err(_) => Err(self.error(ErrorKind::Timeout, "the server took too long to answer")),
        };
        let jitter = self.jitter.next();
        match result {
            Ok(answer) => {
                let operation = answer.value;
                let verdict = self.machine.replied(began.elapsed(), &operation, answer.retry_after, jitter);
                match verdict {
                    Verdict::Over(end) => Ok(Some(Update::Ended(end.outcome(operation)))),
                    Verdict::GoesOn { changed } => {
                        self.last_operation = Some(operation.clone());
                        Ok(changed.then_some(Update::Changed(operation)))
                    }
                }
            }
            Err(error) if is_transient(&error) => {
                self.machine.failed(began.elapsed(), error.retry_after(), jitter);
                self.last_error = Some(error);
                Ok(None)
            }
            Err(error) => Err(error.with_operation(self.last_operation.take())),
        }
    }

    fn gave_up(&mut self, reason: GiveUp, elapsed: Duration) -> Error {
        let seen = match &self.last_operation {
            Some(operation) => format!("it was last seen `{}`", operation.status),
            None => "it was never seen".to_owned(),
        };
        let why = match reason {
            GiveUp::Deadline => "the deadline passed".to_owned(),
            GiveUp::NotBefore(time) => format!("the server wants no request before {time:.0?}, after the deadline"),
            GiveUp::Failures => "the server could not be asked for too long".to_owned(),
        };
        let kind = match (reason, &self.last_error) {
            (GiveUp::Failures, Some(error)) => error.kind(),
            _ => ErrorKind::Timeout,
        };
        let polls = self.machine.polls();
        let mut error = self.error(kind, &format!("{why} ({polls} polls in {elapsed:.0?}); {seen}"));
        error = error.with_operation(self.last_operation.take());
        match self.last_error.take() {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    fn error(&self, kind: ErrorKind, why: &str) -> Error {
        let id = self.handle.id();
        let text = format!("could not wait for operation {id}: {why}; it goes on at the server, attach to {id} again");
        Error::new(kind, text)
    }
}

/// Whether an error may pass by itself.
fn is_transient(error: &Error) -> bool {
    match error.status() {
        Some(status) => match status.as_u16() {
            501 | 505 => false,
            408 | 429 => true,
            code => code >= 500,
        },
        None => matches!(error.kind(), ErrorKind::Transport | ErrorKind::Timeout),
    }
}
