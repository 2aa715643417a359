//! The wait for many operations: its settings and its streams.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::stream::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::batch::{Batch, Key, Repeated, Yielded, Yields};
use super::policy::PollingPolicy;
use super::rules::{DEFAULT_DEADLINE, Rules};
use super::wait::Deadline;
use super::wait_target::{Tag, WaitTarget};
use super::{Outcome, Update};
use crate::client::Mint;
use crate::error::{Error, check_runtime};

/// The default of how many requests are under way at once.
const DEFAULT_CONCURRENCY: usize = 16;

impl Mint {
    /// Waits for many operations at once, given by their ids or handles: a stream of each id and how its wait ended, in
    /// the order they end.
    ///
    /// A pair of a tag and an operation gives the results that tag in place of the id. [`WaitMany::updates`] is a stream of
    /// every change on the way.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let lamp = mint.generate_model("a brass lamp").send().await?;
    /// let harbour = mint.generate_world("a harbour at dawn").send().await?;
    /// let mut ended = mint.wait_many([("lamp", lamp), ("harbour", harbour)]);
    /// while let Some((name, result)) = ended.next().await {
    ///     println!("{name}: {}", result?.operation().status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_many<I, T>(&self, operations: I) -> WaitMany<T>
    where
        I: IntoIterator,
        I::Item: Into<WaitTarget<T>>,
    {
        WaitMany::new(self.clone(), operations.into_iter().map(Into::into).collect())
    }
}

/// A wait for many operations: a stream of each tag with how its wait ended, in the order they end. The tag is the id as it
/// was given, unless the operation was given another; see [`WaitTarget`].
///
/// Each operation is polled as by [`Wait`](super::Wait), within [`MintBuilder::requests_per_second`]; a 429 on one makes
/// all wait. One bad id ends only itself. An id given twice is waited for once, but for operations with tags of their own:
/// each tag gets a result. The stream ends when every wait has and, if it is [`controlled`](Self::controlled), when every
/// [`BatchControl`] is dropped.
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
pub struct WaitMany<T = String> {
    state: State<T>,
}

enum State<T> {
    Waiting(Box<Setup<T>>),
    Running(Box<Running<T>>),
    /// The targets of a batch that was first polled outside a Tokio runtime.
    NoRuntime(Box<std::vec::IntoIter<WaitTarget<T>>>),
    Over,
}

/// What a batch is begun with.
struct Setup<T> {
    targets: Vec<WaitTarget<T>>,
    commands: Option<UnboundedReceiver<Command<T>>>,
    settings: Settings,
}

/// The settings of a batch.
pub(super) struct Settings {
    pub(super) mint: Mint,
    pub(super) rules: Rules,
    pub(super) concurrency: usize,
    pub(super) item_deadline: Deadline,
    pub(super) deadline: Option<Duration>,
    pub(super) cancel: CancellationToken,
    pub(super) yields: Yields,
}

enum Command<T> {
    Add(WaitTarget<T>),
    Remove(String),
}

/// A batch with the tags of its operations.
struct Running<T> {
    batch: Batch,
    commands: Option<UnboundedReceiver<Command<T>>>,
    /// The tags that are not the ids.
    tags: HashMap<Key, T>,
    of_id: Option<fn(String) -> T>,
    next_key: Key,
}

impl<T> Running<T> {
    fn begin(setup: Setup<T>) -> Self {
        let Setup { targets, commands, settings } = setup;
        let batch = Batch::begin(settings);
        let mut running = Self { batch, commands, tags: HashMap::new(), of_id: None, next_key: 0 };
        targets.into_iter().for_each(|target| running.add(target));
        running
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Yielded>> {
        self.take_commands(context);
        match self.batch.poll_next(context) {
            // More operations may come.
            Poll::Ready(None) if self.commands.is_some() && !self.batch.is_closed() => Poll::Pending,
            next => next,
        }
    }

    fn take_commands(&mut self, context: &mut Context<'_>) {
        while let Some(commands) = &mut self.commands {
            match commands.poll_recv(context) {
                Poll::Ready(Some(Command::Add(target))) => self.add(target),
                Poll::Ready(Some(Command::Remove(id))) => {
                    for key in self.batch.remove(&id) {
                        self.tags.remove(&key);
                    }
                }
                Poll::Ready(None) => self.commands = None,
                Poll::Pending => return,
            }
        }
    }

    fn add(&mut self, WaitTarget { operation, tag }: WaitTarget<T>) {
        let key = self.next_key;
        self.next_key += 1;
        let repeated = match tag {
            Tag::Given(tag) => {
                self.tags.insert(key, tag);
                Repeated::Added
            }
            Tag::Id(of_id) => {
                self.of_id = Some(of_id);
                Repeated::Ignored
            }
        };
        self.batch.add(key, operation, repeated);
    }

    /// The tag of an operation whose wait ended. The batch forgets it.
    fn last_tag(&mut self, yielded: &Yielded) -> Option<T> {
        self.tags.remove(&yielded.key).or_else(|| Some(self.of_id?(yielded.id.clone())))
    }

    fn tag(&mut self, yielded: &Yielded) -> Option<T>
    where
        T: Clone,
    {
        match &yielded.update {
            Ok(Update::Ended(_)) | Err(_) => self.last_tag(yielded),
            Ok(_) => self.tags.get(&yielded.key).cloned().or_else(|| Some(self.of_id?(yielded.id.clone()))),
        }
    }
}

impl<T> WaitMany<T> {
    fn new(mint: Mint, targets: Vec<WaitTarget<T>>) -> Self {
        let settings = Settings {
            rules: Rules { request_timeout: mint.request_timeout(), ..Rules::default() },
            mint,
            concurrency: DEFAULT_CONCURRENCY,
            item_deadline: Deadline::After(DEFAULT_DEADLINE),
            deadline: None,
            cancel: CancellationToken::new(),
            yields: Yields::OnlyEnds,
        };
        Self { state: State::Waiting(Box::new(Setup { targets, commands: None, settings })) }
    }

    /// How many requests may be under way at once; zero counts as one. Default: 16.
    pub fn concurrency(self, requests: usize) -> Self {
        self.with(|settings| settings.concurrency = requests.max(1))
    }

    /// How long the wait for each operation may take, from when it was added. Default: 30 minutes. As by
    /// [`Wait::deadline`](super::Wait::deadline), an operation whose turn comes only later is polled once.
    pub fn item_deadline(self, deadline: Duration) -> Self {
        self.with(|settings| settings.item_deadline = Deadline::After(deadline))
    }

    /// Waits for each operation for as long as it takes.
    pub fn no_item_deadline(self) -> Self {
        self.with(|settings| settings.item_deadline = Deadline::Never)
    }

    /// How long the batch may take, from when it is first polled; every wait that is left then ends with an error. Default:
    /// as long as the single waits.
    ///
    /// An operation that was not polled by then is polled once first, so that a deadline of zero is one round of polls.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|settings| settings.deadline = Some(deadline))
    }

    /// How long to wait between two polls of an operation. Default: the cadence Mint documents.
    pub fn policy(self, policy: impl Into<PollingPolicy>) -> Self {
        self.with(|settings| settings.rules.policy = policy.into())
    }

    /// As [`Wait::failure_tolerance`](super::Wait::failure_tolerance), for each operation.
    pub fn failure_tolerance(self, tolerance: Duration) -> Self {
        self.with(|settings| settings.rules.failure_tolerance = tolerance)
    }

    /// As [`Wait::not_found_tolerance`](super::Wait::not_found_tolerance), for each operation given by its handle.
    pub fn not_found_tolerance(self, tolerance: Duration) -> Self {
        self.with(|settings| settings.rules.not_found_tolerance = tolerance)
    }

    /// As [`Wait::unknown_status_tolerance`](super::Wait::unknown_status_tolerance), for each operation.
    pub fn unknown_status_tolerance(self, tolerance: Duration) -> Self {
        self.with(|settings| settings.rules.unknown_status_tolerance = tolerance)
    }

    /// Ends every wait that is left with [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) when the token fires.
    pub fn cancel_on(self, token: CancellationToken) -> Self {
        self.with(|settings| settings.cancel = token)
    }

    /// A control to add operations and to remove them while the stream runs. The stream then ends once nothing is left
    /// to wait for and the control and its clones are dropped.
    pub fn controlled(mut self) -> (BatchControl<T>, Self) {
        let (sender, commands) = unbounded_channel();
        if let State::Waiting(setup) = &mut self.state {
            setup.commands = Some(commands);
        }
        (BatchControl { commands: sender }, self)
    }

    /// The same wait as a stream of every change of every operation, each with its tag: an [`Update::Changed`] for the first
    /// reply and for each new status, and at last an [`Update::Ended`] or the error that ended the wait for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// use mint_api_ext::wait::Update;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let lamp = mint.generate_model("a brass lamp").send().await?;
    /// let harbour = mint.generate_world("a harbour at dawn").send().await?;
    /// let mut updates = mint.wait_many([("lamp", lamp), ("harbour", harbour)]).updates();
    /// while let Some((name, update)) = updates.next().await {
    ///     match update? {
    ///         Update::Changed(seen) => println!("{name} is {}", seen.operation.status),
    ///         Update::Ended(outcome) => println!("{name} ended {}", outcome.operation().status),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(mut self) -> ManyUpdates<T>
    where
        T: Clone,
    {
        match &mut self.state {
            State::Waiting(setup) => setup.settings.yields = Yields::Changes,
            State::Running(running) => running.batch.yield_changes(),
            State::NoRuntime(_) | State::Over => {}
        }
        ManyUpdates { waits: self }
    }

    /// Settings count until the stream is first polled, which begins it.
    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        if let State::Waiting(setup) = &mut self.state {
            change(&mut setup.settings);
        }
        self
    }

    /// The next update, with the tag that `tag` takes of the running batch.
    fn poll_update(
        &mut self,
        context: &mut Context<'_>,
        tag: fn(&mut Running<T>, &Yielded) -> Option<T>,
    ) -> Poll<Option<(T, Result<Update, Error>)>> {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting(setup) if check_runtime().is_err() => State::NoRuntime(Box::new(setup.targets.into_iter())),
            State::Waiting(setup) => State::Running(Box::new(Running::begin(*setup))),
            state => state,
        };
        let next = match &mut self.state {
            State::Running(running) => loop {
                match running.poll_next(context) {
                    Poll::Ready(Some(yielded)) => match tag(running, &yielded) {
                        Some(tag) => break Poll::Ready(Some((tag, yielded.update))),
                        // It was removed meanwhile.
                        None => continue,
                    },
                    Poll::Ready(None) => break Poll::Ready(None),
                    Poll::Pending => break Poll::Pending,
                }
            },
            State::NoRuntime(targets) => {
                let ended = |WaitTarget { operation, tag }: WaitTarget<T>| {
                    let tag = match tag {
                        Tag::Given(tag) => tag,
                        Tag::Id(of_id) => of_id(operation.into_id()),
                    };
                    Some((tag, Err(check_runtime().err()?)))
                };
                Poll::Ready(targets.next().and_then(ended))
            }
            State::Waiting(_) | State::Over => Poll::Ready(None),
        };
        if matches!(next, Poll::Ready(None)) {
            self.state = State::Over;
        }
        next
    }
}

impl<T> Stream for WaitMany<T> {
    type Item = (T, Result<Outcome, Error>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = self.poll_update(context, Running::last_tag);
            return match next {
                Poll::Ready(Some((tag, Ok(Update::Ended(outcome))))) => Poll::Ready(Some((tag, Ok(outcome)))),
                Poll::Ready(Some((tag, Err(error)))) => Poll::Ready(Some((tag, Err(error)))),
                Poll::Ready(Some((_, Ok(_)))) => continue,
                Poll::Ready(None) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            };
        }
    }
}

impl<T> std::fmt::Debug for WaitMany<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitMany").finish_non_exhaustive()
    }
}

/// A stream of every change of many operations, each with its tag; made by [`WaitMany::updates`].
///
/// # Cancellation
///
/// Dropping it stops the polling; the operations go on at the server.
#[must_use = "a stream does nothing until it is polled"]
pub struct ManyUpdates<T = String> {
    waits: WaitMany<T>,
}

impl<T: Clone> Stream for ManyUpdates<T> {
    type Item = (T, Result<Update, Error>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.waits.poll_update(context, Running::tag)
    }
}

impl<T> std::fmt::Debug for ManyUpdates<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ManyUpdates").finish_non_exhaustive()
    }
}

/// Adds operations to a [`WaitMany`] and removes them while it runs; made by [`WaitMany::controlled`].
pub struct BatchControl<T = String> {
    commands: UnboundedSender<Command<T>>,
}

impl<T> BatchControl<T> {
    /// Waits for one more operation. Nothing happens when the stream is over.
    pub fn add(&self, operation: impl Into<WaitTarget<T>>) {
        let _ = self.commands.send(Command::Add(operation.into()));
    }

    /// Stops waiting for an operation, with every tag; the stream yields nothing for it. An operation that is not waited for
    /// is ignored.
    pub fn remove(&self, id: impl Into<String>) {
        let _ = self.commands.send(Command::Remove(id.into()));
    }
}

impl<T> Clone for BatchControl<T> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone() }
    }
}

impl<T> std::fmt::Debug for BatchControl<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchControl").finish_non_exhaustive()
    }
}
