//! Drives the waits for many operations at once, with one structure for all timers.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use mint_api::types::Operation;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tokio_util::time::DelayQueue;
use tracing::Instrument as _;

use super::machine::{Action, GiveUp};
use super::policy::PollState;
use super::poller::{FURTHEST, Poller, cut_off};
use super::rules::Rules;
use super::wait::Deadline;
use super::wait_many::{Command, Setup, WaitTarget};
use super::{Outcome, Update};
use crate::client::{Answer, Mint};
use crate::error::{Error, OperationId};
use crate::retry::Jitter;

/// An id as it was given, and how the wait for it ended.
pub(super) type Ended = (String, Result<Outcome, Error>);

type InFlight = BoxFuture<'static, (Key, Result<Answer<Operation>, Error>)>;
type Key = u64;

/// A running [`WaitMany`](super::WaitMany).
pub(super) struct Batch {
    mint: Mint,
    rules: Arc<Rules>,
    item_deadline: Deadline,
    concurrency: usize,
    jitter: Jitter,
    began: Instant,
    commands: Option<UnboundedReceiver<Command>>,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether the token fired.
    stopped: bool,

    /// Boxed, since the map has room for more items than there are.
    items: HashMap<Key, Box<Poller>>,
    keys: HashMap<OperationId, Key>,
    next_key: Key,
    /// The items that are not due yet.
    timers: DelayQueue<Key>,
    /// The items that are due, the longest due first.
    due: VecDeque<Key>,
    in_flight: FuturesUnordered<InFlight>,
    ended: VecDeque<Ended>,
    /// Before this instant the server wants no request for any of them.
    hold_until: Instant,
}

impl Batch {
    pub(super) fn begin(setup: Setup, commands: UnboundedReceiver<Command>) -> Self {
        let began = Instant::now();
        let deadline = setup.deadline.and_then(|deadline| began.checked_add(deadline));
        let mut batch = Self {
            jitter: setup.mint.jitter(),
            mint: setup.mint,
            rules: Arc::new(setup.rules),
            item_deadline: setup.item_deadline,
            concurrency: setup.concurrency,
            began,
            commands: Some(commands),
            cancelled: Box::pin(setup.cancel.cancelled_owned()),
            deadline: deadline.map(|deadline| Box::pin(tokio::time::sleep_until(deadline))),
            stopped: false,
            items: HashMap::new(),
            keys: HashMap::new(),
            next_key: 0,
            timers: DelayQueue::new(),
            due: VecDeque::new(),
            in_flight: FuturesUnordered::new(),
            ended: VecDeque::new(),
            hold_until: began,
        };
        for target in setup.targets {
            batch.add(target);
        }
        batch
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        loop {
            self.take_commands(context);
            self.check_stop(context);
            self.start_due();
            // Replies and commands set timers, so the timers are polled last.
            if let Poll::Ready(Some((key, reply))) = self.in_flight.poll_next_unpin(context) {
                self.take(key, reply);
                continue;
            }
            if let Some(ended) = self.ended.pop_front() {
                return Poll::Ready(Some(ended));
            }
            if let Poll::Ready(Some(expired)) = self.timers.poll_expired(context) {
                self.due.push_back(expired.into_inner());
                continue;
            }
            if self.items.is_empty() && self.commands.is_none() {
                return Poll::Ready(None);
            }
            return Poll::Pending;
        }
    }

    fn take_commands(&mut self, context: &mut Context<'_>) {
        while let Some(commands) = &mut self.commands {
            match commands.poll_recv(context) {
                Poll::Ready(Some(Command::Add(target))) => self.add(target),
                Poll::Ready(Some(Command::Remove(id))) => self.remove(&id),
                Poll::Ready(None) => self.commands = None,
                Poll::Pending => return,
            }
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
        self.commands = None;
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
            _ => self.end_with(key, |poller| Err(poller.gave_up(GiveUp::Deadline, None))),
        }
    }

    fn add(&mut self, target: WaitTarget) {
        let handle = match target.into_handle(&self.mint) {
            Ok(handle) => handle,
            Err((id, error)) => return self.ended.push_back((id, Err(error))),
        };
        if self.keys.contains_key(handle.id()) {
            return;
        }
        let key = self.next_key;
        self.next_key += 1;
        self.keys.insert(handle.id().clone(), key);
        let (poller, first) = Poller::begin(handle, self.rules.clone(), self.item_deadline);
        self.items.insert(key, Box::new(poller));
        match first {
            Some(first) => self.take(key, Ok(*first)),
            None => self.due.push_back(key),
        }
    }

    /// Forgets an operation. A timer that fires or a reply that arrives for it later is ignored.
    fn remove(&mut self, id: &str) {
        let key = id.parse().ok().and_then(|id: OperationId| self.keys.remove(&id));
        key.and_then(|key| self.items.remove(&key));
    }

    fn start_due(&mut self) {
        while self.in_flight.len() < self.concurrency
            && let Some(key) = self.due.pop_front()
        {
            let Some(poller) = self.items.get_mut(&key) else {
                continue;
            };
            poller.hold_until(self.hold_until);
            let handle = poller.handle().clone();
            if let Some(cut_off_after) = self.advance(key) {
                if let Some(poller) = self.items.get_mut(&key) {
                    poller.poll_begins();
                }
                let span = tracing::debug_span!("mint.wait", mint.operation_id = %handle.id());
                let request = async move {
                    let reply = tokio::time::timeout(cut_off_after, handle.poll()).await;
                    (key, reply.unwrap_or_else(|_| Err(cut_off())))
                };
                self.in_flight.push(Box::pin(request.instrument(span)));
            }
        }
    }

    /// Does the next step of a wait. A poll is left to the caller: returns when to cut it off.
    fn advance(&mut self, key: Key) -> Option<Duration> {
        let poller = self.items.get(&key)?;
        match poller.action() {
            Action::Poll { cut_off_after } => return Some(cut_off_after),
            Action::SleepUntil(time) => {
                let furthest = Instant::now() + FURTHEST;
                self.timers.insert_at(key, poller.instant(time).unwrap_or(furthest).min(furthest));
            }
            Action::GiveUp(reason) => self.end_with(key, |poller| Err(poller.gave_up(reason, None))),
        }
        None
    }

    fn take(&mut self, key: Key, reply: Result<Answer<Operation>, Error>) {
        let jitter = self.jitter.next();
        let Some(poller) = self.items.get_mut(&key) else {
            return;
        };
        match poller.take(reply, jitter) {
            Ok(Update::Ended(outcome)) => return self.end_with(key, |_| Ok(outcome)),
            Err(error) => return self.end_with(key, |_| Err(error)),
            Ok(Update::PollFailed(error)) if error.is_rate_limited() => self.hold(error.retry_after()),
            Ok(_) => {}
        }
        if self.advance(key).is_some() {
            self.due.push_back(key);
        }
    }

    /// Holds all polls back, since the server said that there are too many.
    fn hold(&mut self, retry_after: Option<Duration>) {
        let wish = self.rules.obeyed(retry_after).0;
        let delay = self.rules.policy.delay(&PollState { polls: 1, elapsed: self.began.elapsed() });
        let now = Instant::now();
        let until = now.checked_add(wish.max(delay)).unwrap_or(now + FURTHEST);
        self.hold_until = self.hold_until.max(until);
    }

    fn end_with(&mut self, key: Key, result: impl FnOnce(&Poller) -> Result<Outcome, Error>) {
        if let Some(poller) = self.items.remove(&key) {
            let id = poller.handle().id();
            self.keys.remove(id);
            self.ended.push_back((id.to_string(), result(&poller)));
        }
    }
}
