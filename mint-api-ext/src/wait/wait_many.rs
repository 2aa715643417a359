//! The wait for many operations: its settings and its stream.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::stream::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::OperationHandle;
use super::batch::{Batch, Ended};
use super::policy::PollingPolicy;
use super::rules::{DEFAULT_DEADLINE, Rules};
use super::wait::Deadline;
use crate::client::Mint;
use crate::error::{Error, OperationId, check_runtime};

/// The default of how many requests are under way at once.
const DEFAULT_CONCURRENCY: usize = 16;

impl Mint {
    /// Waits for many operations at once, given by their ids or handles: a stream of each id and how its wait ended, in
    /// the order they end.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let ids = [simulator.add(Script::world()), simulator.add(Script::model())];
    /// let mut ended = mint.wait_many(ids);
    /// while let Some((id, result)) = ended.next().await {
    ///     println!("{id}: {}", result?.operation().status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_many<I>(&self, operations: I) -> WaitMany
    where
        I: IntoIterator,
        I::Item: Into<WaitTarget>,
    {
        WaitMany::new(self.clone(), operations.into_iter().map(Into::into).collect())
    }
}

/// A wait for many operations: a stream of each id with how its wait ended, in the order they end.
///
/// Each operation is polled as by [`Wait`](super::Wait), within [`MintBuilder::requests_per_second`]; a 429 on one makes
/// all wait. One bad id ends only itself, and an id given twice is waited for once. The stream ends when every wait has
/// and, if it is [`controlled`](Self::controlled), when every [`BatchControl`] is dropped.
///
/// It keeps the id, status, times and counters of an operation but no reply, so that ten thousand fit. Therefore the error
/// of a wait that ended without an outcome has no [`operation`](crate::Error::operation).
///
/// # Cancellation
///
/// Dropping it stops the polling; the operations go on at the server.
///
/// [`MintBuilder::requests_per_second`]: crate::MintBuilder::requests_per_second
#[must_use = "a stream does nothing until it is polled"]
pub struct WaitMany {
    state: State,
}

enum State {
    Waiting(Box<Setup>, UnboundedReceiver<Command>),
    Running(Box<Batch>),
    /// The targets of a batch that was first polled outside a Tokio runtime.
    NoRuntime(std::vec::IntoIter<WaitTarget>),
    Over,
}

/// What a batch is begun with.
pub(super) struct Setup {
    pub(super) mint: Mint,
    pub(super) targets: Vec<WaitTarget>,
    pub(super) rules: Rules,
    pub(super) concurrency: usize,
    pub(super) item_deadline: Deadline,
    pub(super) deadline: Option<Duration>,
    pub(super) cancel: CancellationToken,
}

pub(super) enum Command {
    Add(WaitTarget),
    Remove(String),
}

/// An operation to wait for: an id, or a handle, which also knows the reply that started the operation and what was
/// approved, revised or resumed. The wait is done by the client of the [`WaitMany`], whatever client the handle has.
#[derive(Clone, Debug)]
pub struct WaitTarget(Target);

#[derive(Clone, Debug)]
enum Target {
    Id(String),
    Handle(OperationHandle),
}

impl WaitTarget {
    fn into_id(self) -> String {
        match self.0 {
            Target::Handle(handle) => handle.id().to_string(),
            Target::Id(id) => id,
        }
    }

    /// The handle to wait with, or the text that is no id and why.
    pub(super) fn into_handle(self, mint: &Mint) -> Result<OperationHandle, (String, Error)> {
        match self.0 {
            Target::Handle(handle) => Ok(handle.with_mint(mint.clone())),
            Target::Id(id) => mint.attach(&id).map_err(|error| (id, error)),
        }
    }
}

impl From<String> for WaitTarget {
    fn from(id: String) -> Self {
        Self(Target::Id(id))
    }
}

impl From<&String> for WaitTarget {
    fn from(id: &String) -> Self {
        id.clone().into()
    }
}

impl From<&str> for WaitTarget {
    fn from(id: &str) -> Self {
        id.to_owned().into()
    }
}

impl From<OperationId> for WaitTarget {
    fn from(id: OperationId) -> Self {
        String::from(id).into()
    }
}

impl From<&OperationId> for WaitTarget {
    fn from(id: &OperationId) -> Self {
        id.as_str().into()
    }
}

impl From<OperationHandle> for WaitTarget {
    fn from(handle: OperationHandle) -> Self {
        Self(Target::Handle(handle))
    }
}

impl WaitMany {
    pub(crate) fn new(mint: Mint, targets: Vec<WaitTarget>) -> Self {
        let setup = Setup {
            rules: Rules { request_timeout: mint.request_timeout(), ..Rules::default() },
            mint,
            targets,
            concurrency: DEFAULT_CONCURRENCY,
            item_deadline: Deadline::After(DEFAULT_DEADLINE),
            deadline: None,
            cancel: CancellationToken::new(),
        };
        // Without a control, no command is ever sent.
        let (_, commands) = unbounded_channel();
        Self { state: State::Waiting(Box::new(setup), commands) }
    }

    /// How many requests may be under way at once; zero counts as one. Default: 16.
    pub fn concurrency(self, requests: usize) -> Self {
        self.with(|setup| setup.concurrency = requests.max(1))
    }

    /// How long the wait for each operation may take, from when it was added. Default: 30 minutes. As by
    /// [`Wait::deadline`](super::Wait::deadline), an operation whose turn comes only later is polled once.
    pub fn item_deadline(self, deadline: Duration) -> Self {
        self.with(|setup| setup.item_deadline = Deadline::After(deadline))
    }

    /// Waits for each operation for as long as it takes.
    pub fn no_item_deadline(self) -> Self {
        self.with(|setup| setup.item_deadline = Deadline::Never)
    }

    /// How long the batch may take, from when it is first polled; every wait that is left then ends with an error. Default:
    /// as long as the single waits.
    ///
    /// An operation that was not polled by then is polled once first, so that a deadline of zero is one round of polls.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|setup| setup.deadline = Some(deadline))
    }

    /// How long to wait between two polls of an operation. Default: the cadence Mint documents.
    pub fn policy(self, policy: impl Into<PollingPolicy>) -> Self {
        self.with(|setup| setup.rules.policy = policy.into())
    }

    /// As [`Wait::failure_tolerance`](super::Wait::failure_tolerance), for each operation.
    pub fn failure_tolerance(self, tolerance: Duration) -> Self {
        self.with(|setup| setup.rules.failure_tolerance = tolerance)
    }

    /// As [`Wait::not_found_tolerance`](super::Wait::not_found_tolerance), for each operation given by its handle.
    pub fn not_found_tolerance(self, tolerance: Duration) -> Self {
        self.with(|setup| setup.rules.not_found_tolerance = tolerance)
    }

    /// As [`Wait::unknown_status_tolerance`](super::Wait::unknown_status_tolerance), for each operation.
    pub fn unknown_status_tolerance(self, tolerance: Duration) -> Self {
        self.with(|setup| setup.rules.unknown_status_tolerance = tolerance)
    }

    /// Ends every wait that is left with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) when the token fires.
    pub fn cancel_on(self, token: CancellationToken) -> Self {
        self.with(|setup| setup.cancel = token)
    }

    /// A control to add operations and to remove them while the stream runs. The stream then ends once nothing is left
    /// to wait for and the control and its clones are dropped.
    pub fn controlled(self) -> (BatchControl, Self) {
        let (sender, commands) = unbounded_channel();
        let state = match self.state {
            State::Waiting(setup, _) => State::Waiting(setup, commands),
            running => running,
        };
        (BatchControl { commands: sender }, Self { state })
    }

    /// Settings count until the stream is first polled, which begins it.
    fn with(mut self, change: impl FnOnce(&mut Setup)) -> Self {
        if let State::Waiting(setup, _) = &mut self.state {
            change(setup);
        }
        self
    }
}

impl Stream for WaitMany {
    type Item = Ended;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting(setup, _) if check_runtime().is_err() => State::NoRuntime(setup.targets.into_iter()),
            State::Waiting(setup, commands) => State::Running(Box::new(Batch::begin(*setup, commands))),
            state => state,
        };
        let next = match &mut self.state {
            State::Running(batch) => batch.poll_next(context),
            State::NoRuntime(targets) => {
                let ended = |target: WaitTarget| Some((target.into_id(), Err(check_runtime().err()?)));
                Poll::Ready(targets.next().and_then(ended))
            }
            _ => Poll::Ready(None),
        };
        if matches!(next, Poll::Ready(None)) {
            self.state = State::Over;
        }
        next
    }
}

impl std::fmt::Debug for WaitMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitMany").finish_non_exhaustive()
    }
}

/// Adds operations to a [`WaitMany`] and removes them while it runs; made by [`WaitMany::controlled`].
#[derive(Clone)]
pub struct BatchControl {
    commands: UnboundedSender<Command>,
}

impl BatchControl {
    /// Waits for one more operation. Nothing happens when the stream is over.
    pub fn add(&self, operation: impl Into<WaitTarget>) {
        let _ = self.commands.send(Command::Add(operation.into()));
    }

    /// Stops waiting for an operation; the stream yields nothing for it. An operation that is not waited for is ignored.
    pub fn remove(&self, id: impl Into<String>) {
        let _ = self.commands.send(Command::Remove(id.into()));
    }
}

impl std::fmt::Debug for BatchControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchControl").finish_non_exhaustive()
    }
}
