//! What a wait knows of an operation and saves.

use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use mint_api::types::Operation;
use tokio::time::Instant;

use super::machine::Progress;
use super::saved_operation::SavedWait;
use super::{ActedOn, SavedOperation};
use crate::client::Answer;
use crate::error::{Error, OperationId};

/// What a wait knows of an operation and saves. The clones of a handle share one.
#[derive(Debug, Default)]
pub(crate) struct WaitState {
    start: Option<Box<Start>>,
    known: Mutex<Known>,
}

/// The call that started an operation. An operation that was attached to by its id has none.
#[derive(Debug)]
struct Start {
    idempotency_key: Option<Box<str>>,
    /// When the server accepted it.
    at: Option<SystemTime>,
    observer: OnceLock<Observer>,
}

/// What is called with each reply that a handle reads.
struct Observer(Box<dyn Fn(&Operation) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

#[derive(Default)]
struct Known {
    /// When the wait that began last must end. A wait that ends removes it, one that is dropped leaves it.
    deadline: Option<SystemTime>,
    /// Before this time the server wants no poll.
    not_before: Option<SystemTime>,
    /// The latest time at which these two, and the wait that is paused, were right.
    as_of: Option<SystemTime>,
    /// The states in which the operation was approved, revised or resumed.
    acted_on: Box<[ActedOn]>,
    /// The reply of the call that gave the handle, and when it arrived, until a newer reply arrives.
    reply: Option<Box<(Answer<Operation>, Instant)>>,
    /// The wait that is made in steps.
    paused: Option<Box<Paused>>,
}

/// A wait between two steps.
#[derive(Clone, Debug)]
pub(super) struct Paused {
    pub(super) began_at: SystemTime,
    pub(super) progress: Progress,
}

impl Paused {
    /// A wait that begins now and does not poll for a while.
    pub(super) fn begin(now: SystemTime, not_before: Duration) -> Self {
        Self { began_at: now, progress: Progress::beginning(not_before) }
    }
}

impl Known {
    /// Moves the times along with a clock that was set back, so that none is further off than it was before.
    fn follow(&mut self, now: SystemTime) {
        let set_back = self.as_of.and_then(|as_of| as_of.duration_since(now).ok()).unwrap_or_default();
        for time in [&mut self.deadline, &mut self.not_before] {
            *time = time.and_then(|time| time.checked_sub(set_back));
        }
        if let Some(paused) = &mut self.paused {
            paused.began_at = paused.began_at.checked_sub(set_back).unwrap_or(SystemTime::UNIX_EPOCH);
        }
        self.as_of = Some(now);
    }
}

/// Without the reply, which may hold signed URLs.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known")
            .field("deadline", &self.deadline)
            .field("not_before", &self.not_before)
            .field("acted_on", &self.acted_on)
            .finish_non_exhaustive()
    }
}

impl WaitState {
    /// The state of an operation that a call with this key started, which the server accepted now.
    pub(crate) fn started_with(key: &str, now: SystemTime) -> Self {
        let start = Start { idempotency_key: Some(key.into()), at: Some(now), observer: OnceLock::new() };
        Self { start: Some(Box::new(start)), ..Self::default() }
    }

    /// The state of a saved operation.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a time that cannot be read.
    pub(crate) fn restored(saved: &SavedOperation) -> Result<Self, Error> {
        let known = Known {
            deadline: saved.instant(saved.deadline.as_ref())?,
            not_before: saved.instant(saved.not_before.as_ref())?,
            as_of: saved.instant(saved.saved_at.as_ref())?,
            acted_on: saved.acted_on.clone().into(),
            reply: None,
            paused: saved.paused()?.map(Box::new),
        };
        let idempotency_key = saved.idempotency_key.as_deref().map(Into::into);
        let at = saved.instant(saved.started_at.as_ref())?;
        let start = Start { idempotency_key, at, observer: OnceLock::new() };
        Ok(Self { start: Some(Box::new(start)), known: Mutex::new(known) })
    }

    pub(crate) fn save(&self, id: OperationId, now: SystemTime) -> SavedOperation {
        let known = self.known_at(now);
        let has_times = known.deadline.is_some() || known.not_before.is_some() || known.paused.is_some();
        SavedOperation {
            format: Default::default(),
            id,
            deadline: known.deadline.map(Into::into),
            not_before: known.not_before.map(Into::into),
            saved_at: has_times.then(|| now.into()),
            acted_on: known.acted_on.to_vec(),
            idempotency_key: self.idempotency_key().map(Into::into),
            started_at: self.started_at().map(Into::into),
            wait: known.paused.as_deref().map(SavedWait::of),
        }
    }

    pub(crate) fn idempotency_key(&self) -> Option<&str> {
        self.start.as_ref()?.idempotency_key.as_deref()
    }

    pub(crate) fn started_at(&self) -> Option<SystemTime> {
        self.start.as_ref()?.at
    }

    pub(crate) fn deadline(&self, now: SystemTime) -> Option<SystemTime> {
        self.known_at(now).deadline
    }

    /// A wait begins that must end at this time, in the place of one that was made in steps. Without a time, the wait ended.
    pub(crate) fn begin(&self, deadline: Option<SystemTime>, now: SystemTime) {
        let mut known = self.known_at(now);
        known.deadline = deadline;
        known.paused = None;
    }

    /// The wait goes on in a later step.
    pub(super) fn pause(&self, paused: Paused, deadline: Option<SystemTime>, now: SystemTime) {
        let mut known = self.known_at(now);
        known.deadline = deadline;
        known.paused = Some(Box::new(paused));
    }

    /// The wait that the last step paused.
    pub(super) fn paused(&self, now: SystemTime) -> Option<Paused> {
        self.known_at(now).paused.as_deref().cloned()
    }

    pub(crate) fn not_before(&self, now: SystemTime) -> Option<SystemTime> {
        self.known_at(now).not_before
    }

    /// The operation was approved, revised or resumed in this state.
    pub(crate) fn act_on(&self, state: &ActedOn) {
        let acted_on = &mut self.known().acted_on;
        if !acted_on.contains(state) {
            *acted_on = acted_on.iter().chain([state]).cloned().collect();
        }
    }

    /// Whether the operation shows a state that was acted on.
    pub(crate) fn has_acted_on(&self, operation: &Operation) -> bool {
        self.known().acted_on.iter().any(|state| state.is_of(operation))
    }

    /// Calls a function with each reply that is read from now on of an operation that this process started. The first
    /// function that was given stays.
    pub(crate) fn observe(&self, observer: impl Fn(&Operation) + Send + Sync + 'static) {
        if let Some(start) = &self.start {
            let _ = start.observer.set(Observer(Box::new(observer)));
        }
    }

    fn observed(&self, operation: &Operation) {
        if let Some(Observer(observer)) = self.start.as_ref().and_then(|start| start.observer.get()) {
            observer(operation);
        }
    }

    /// A call that started the operation, or let it go on, was answered.
    ///
    /// A wait in another process goes on from this progress, one in this process takes in the reply.
    pub(crate) fn call_replied(
        &self,
        reply: Answer<Operation>,
        progress: Option<Progress>,
        not_before: Option<SystemTime>,
        now: SystemTime,
    ) {
        self.observed(&reply.value);
        let mut known = self.known_at(now);
        known.not_before = not_before;
        known.reply = Some(Box::new((reply, Instant::now())));
        known.paused = progress.map(|progress| Box::new(Paused { began_at: now, progress }));
    }

    /// The operation was polled.
    pub(crate) fn poll_replied(&self, operation: &Operation, not_before: Option<SystemTime>, now: SystemTime) {
        self.observed(operation);
        let mut known = self.known_at(now);
        known.not_before = not_before;
        known.reply = None;
    }

    /// A poll failed.
    pub(crate) fn poll_failed(&self, not_before: Option<SystemTime>, now: SystemTime) {
        self.known_at(now).not_before = not_before;
    }

    /// Takes out the reply of the call that gave the handle, and when it arrived.
    pub(crate) fn take_reply(&self) -> Option<Box<(Answer<Operation>, Instant)>> {
        self.known().reply.take()
    }

    fn known_at(&self, now: SystemTime) -> MutexGuard<'_, Known> {
        let mut known = self.known();
        known.follow(now);
        known
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
