//! Drives the waits for many operations at once, with one structure for all timers.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use mint_api::types::Operation;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tracing::Instrument as _;

use super::machine::{Action, GiveUp};
use super::policy::PollState;
use super::poller::{FURTHEST, Poller, cut_off};
use super::rules::Rules;
use super::timers::Timers;
use super::wait::Deadline;
use super::wait_many::Settings;
use super::wait_target::Target;
use super::{OperationHandle, Outcome, Update};
use crate::client::{Answer, Mint};
use crate::error::{Error, OperationId};
use crate::retry::Jitter;

/// An update of one operation, or the error that ended the wait for it.
pub(super) struct Yielded {
    pub(super) key: Key,
    /// The id as it was given.
    pub(super) id: String,
    pub(super) update: Result<Update, Error>,
}

/// Which updates of an operation a batch yields, besides how its wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Yields {
    OnlyEnds,
    Changes,
}

/// Whether an operation that is waited for already is waited for once more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Repeated {
    Ignored,
    Added,
}

type InFlight = BoxFuture<'static, (Key, Result<Box<Answer<Operation>>, Error>)>;

/// Names an operation of a batch; its owner chooses it, and chooses no key twice.
pub(super) type Key = u64;

/// The waits of a running [`WaitMany`](super::WaitMany).
pub(super) struct Batch {
    mint: Mint,
    rules: Arc<Rules>,
    item_deadline: Deadline,
    concurrency: usize,
    yields: Yields,
    jitter: Jitter,
    began: Instant,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether the token fired.
    stopped: bool,
    /// Whether the token fired or the deadline came, so that no operation may be added.
    closed: bool,

    /// Boxed, since the map has room for more items than there are.
    items: HashMap<Key, Box<Poller>>,
    /// The operations of which a repetition is ignored.
    keys: HashMap<OperationId, Key>,
    /// The items that are not due yet.
    timers: Timers,
    /// The items that are due, the longest due first.
    due: VecDeque<Key>,
    in_flight: FuturesUnordered<InFlight>,
    yielded: VecDeque<Yielded>,
    /// Before this instant the server wants no request for any of them.
    hold_until: Option<Instant>,
}

impl Batch {
    pub(super) fn begin(settings: Settings) -> Self {
        let began = Instant::now();
        let deadline = settings.deadline.and_then(|deadline| began.checked_add(deadline));
        Self {
            jitter: settings.mint.jitter(),
            mint: settings.mint,
            rules: Arc::new(settings.rules),
            item_deadline: settings.item_deadline,
            concurrency: settings.concurrency,
            yields: settings.yields,
            began,
            cancelled: Box::pin(settings.cancel.cancelled_owned()),
            deadline: deadline.map(|deadline| Box::pin(tokio::time::sleep_until(deadline))),
            stopped: false,
            closed: false,
            items: HashMap::new(),
            keys: HashMap::new(),
            timers: Timers::default(),
            due: VecDeque::new(),
            in_flight: FuturesUnordered::new(),
            yielded: VecDeque::new(),
            hold_until: None,
        }
    }

    /// Whether no operation may be added any more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn yield_changes(&mut self) {
        self.yields = Yields::Changes;
    }

    /// The next update; `None` when there is no operation to wait for.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Yielded>> {
        self.check_stop(context);
        loop {
            self.start_due();
            // Replies set timers, so the timers are polled last.
            if let Poll::Ready(Some((key, reply))) = self.in_flight.poll_next_unpin(context) {
                self.take(key, reply);
                continue;
            }
            if let Some(yielded) = self.yielded.pop_front() {
                return Poll::Ready(Some(yielded));
            }
            // While no request may begin, no operation that is due needs to wake the task.
            if self.in_flight.len() < self.concurrency
                && let Poll::Ready(key) = self.timers.poll_expired(context)
            {
                self.due.push_back(key);
                continue;
            }
            return match self.items.is_empty() {
                true => Poll::Ready(None),
                false => Poll::Pending,
            };
        }
    }

    /// Ends every wait at the deadline of the batch, or when the token fired.
    fn check_stop(&mut self, context: &mut Context<'_>) {
        if self.stopped {
            return;
        }
        let end: fn(&mut Self, Key) = if self.cancelled.as_mut().poll(context).is_ready() {
            self.stopped = true;
            Self::interrupt
        } else if self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(context).is_ready()) {
            self.deadline = None;
            Self::end_at_deadline
        } else {
            return;
        };
        self.closed = true;
        self.in_flight.clear();
        self.timers.clear();
        self.due.clear();
        let mut left: Vec<_> = self.items.keys().copied().collect();
        left.sort_unstable();
        left.into_iter().for_each(|key| end(self, key));
    }

    fn interrupt(&mut self, key: Key) {
        self.end_with(key, |poller| Err(poller.interrupted()));
    }

    /// Ends a wait at the deadline of the batch; one that has not polled yet polls once.
    fn end_at_deadline(&mut self, key: Key) {
        match self.items.get_mut(&key) {
            Some(poller) if !poller.has_polled() => {
                poller.end_now();
                self.due.push_back(key);
            }
            _ => self.give_up(key, GiveUp::Deadline),
        }
    }

    /// Waits for one more operation. A batch that is closed does not.
    pub(super) fn add(&mut self, key: Key, target: Target, repeated: Repeated) {
        if self.closed {
            return;
        }
        let handle = match target.into_handle(&self.mint) {
            Ok(handle) => handle,
            Err((id, error)) => return self.yielded.push_back(Yielded { key, id, update: Err(error) }),
        };
        if repeated == Repeated::Ignored {
            if self.keys.contains_key(handle.id()) {
                return;
            }
            self.keys.insert(handle.id().clone(), key);
        }
        let (poller, first) = Poller::begin(handle, self.rules.clone(), self.item_deadline);
        self.items.insert(key, Box::new(poller));
        match first {
            Some(first) => self.take(key, Ok(first)),
            None => self.due.push_back(key),
        }
    }

    /// Forgets an operation; returns its keys. A timer that fires or a reply that arrives for it later is ignored.
    pub(super) fn remove(&mut self, id: &str) -> Vec<Key> {
        let is_it = |poller: &Poller| poller.handle().id().as_str() == id;
        let keys: Vec<_> = self.items.iter().filter(|(_, poller)| is_it(poller)).map(|(key, _)| *key).collect();
        for key in &keys {
            self.take_out(*key);
        }
        self.yielded.retain(|yielded| !keys.contains(&yielded.key));
        keys
    }

    fn start_due(&mut self) {
        while self.in_flight.len() < self.concurrency
            && let Some(key) = self.due.pop_front()
        {
            let Some(poller) = self.items.get_mut(&key) else {
                continue;
            };
            if let Some(instant) = self.hold_until {
                poller.hold_until(instant);
            }
            match poller.action() {
                Action::Poll { cut_off_after } => {
                    poller.poll_begins();
                    self.in_flight.push(request(key, poller.handle().clone(), cut_off_after));
                }
                Action::SleepUntil(time) => self.timers.insert_at(key, timer_at(poller, time)),
                Action::GiveUp(reason) => self.give_up(key, reason),
            }
        }
    }

    fn take(&mut self, key: Key, reply: Result<Box<Answer<Operation>>, Error>) {
        let jitter = self.jitter.next();
        let Some(poller) = self.items.get_mut(&key) else {
            return;
        };
        let update = match poller.take(reply, jitter) {
            Ok(Update::Ended(outcome)) => return self.end_with(key, |_| Ok(outcome)),
            Err(error) => return self.end_with(key, |_| Err(error)),
            Ok(update) => update,
        };
        let next = match poller.action() {
            // After those whose timers fired before.
            Action::Poll { .. } => Ok(Instant::now()),
            Action::SleepUntil(time) => Ok(timer_at(poller, time)),
            Action::GiveUp(reason) => Err(reason),
        };
        match update {
            Update::PollFailed(error) if error.is_rate_limited() => self.hold(error.retry_after()),
            Update::Changed(_) if self.yields == Yields::Changes => {
                let id = poller.handle().id().to_string();
                self.yielded.push_back(Yielded { key, id, update: Ok(update) });
            }
            _ => {}
        }
        match next {
            Ok(instant) => self.timers.insert_at(key, instant),
            Err(reason) => self.give_up(key, reason),
        }
    }

    /// Holds all polls back, since the server said that there are too many.
    fn hold(&mut self, retry_after: Option<Duration>) {
        let wish = self.rules.obeyed(retry_after).0;
        let delay = self.rules.policy.delay(&PollState { polls: 1, elapsed: self.began.elapsed() });
        let now = Instant::now();
        let until = now.checked_add(wish.max(delay)).unwrap_or(now + FURTHEST);
        self.hold_until = self.hold_until.max(Some(until));
    }

    fn give_up(&mut self, key: Key, reason: GiveUp) {
        self.end_with(key, |poller| Err(poller.gave_up(reason, None)));
    }

    fn end_with(&mut self, key: Key, result: impl FnOnce(&Poller) -> Result<Outcome, Error>) {
        if let Some(poller) = self.take_out(key) {
            let update = result(&poller).map(Update::Ended);
            self.yielded.push_back(Yielded { key, id: poller.handle().id().to_string(), update });
        }
    }

    fn take_out(&mut self, key: Key) -> Option<Box<Poller>> {
        let poller = self.items.remove(&key)?;
        let id = poller.handle().id();
        if self.keys.get(id) == Some(&key) {
            self.keys.remove(id);
        }
        Some(poller)
    }
}

/// The instant of a time of a poller, as far off as a timer can be.
fn timer_at(poller: &Poller, time: Duration) -> Instant {
    match poller.instant(time) {
        Some(instant) if time <= FURTHEST => instant,
        _ => Instant::now() + FURTHEST,
    }
}

/// A poll of one operation.
fn request(key: Key, handle: OperationHandle, cut_off_after: Duration) -> InFlight {
    let span = tracing::debug_span!("mint.wait", mint.operation_id = %handle.id());
    let request = async move { (key, cut_off(cut_off_after, handle.poll()).await) };
    Box::pin(request.instrument(span))
}
