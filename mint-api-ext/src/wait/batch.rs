//! Waiting for many operations at once, with one timer structure and one machine for each.

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

use super::driver::{cut_off, ended, gave_up, summary};
use super::handle::poll;
use super::machine::{GiveUp, Machine, Step, Verdict};
use super::policy::PollState;
use super::rules::Rules;
use super::wait_many::{Command, Setup, WaitTarget};
use super::{OperationHandle, Outcome};
use crate::client::{Answer, Mint};
use crate::error::{Error, ErrorKind, OperationId};
use crate::retry::Jitter;

/// An id as it was given, and how the wait for it ended.
pub(super) type Ended = (String, Result<Outcome, Error>);

type InFlight = BoxFuture<'static, (Key, Result<Answer<Operation>, Error>)>;
type Key = u64;

/// A running [`WaitMany`](super::WaitMany).
pub(super) struct Batch {
    mint: Mint,
    rules: Arc<Rules>,
    item_deadline: Option<Duration>,
    concurrency: usize,
    jitter: Jitter,
    began: Instant,
    commands: Option<UnboundedReceiver<Command>>,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    deadline: Option<Pin<Box<Sleep>>>,
    stopped: bool,

    items: HashMap<Key, Item>,
    keys: HashMap<OperationId, Key>,
    next_key: Key,
    /// The items that are not due yet.
    timers: DelayQueue<Key>,
    /// The items that are, the longest due first.
    due: VecDeque<Key>,
    in_flight: FuturesUnordered<InFlight>,
    ended: VecDeque<Ended>,
    /// Before this time the server wants no request for any of them.
    hold_until: Duration,
}

/// What is kept of an operation: no reply.
struct Item {
    id: OperationId,
    began: Duration,
    machine: Machine,
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
            hold_until: Duration::ZERO,
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
            // Answers and commands may set timers, so the timers are polled last, when all of them are set.
            if let Poll::Ready(Some((key, answer))) = self.in_flight.poll_next_unpin(context) {
                self.take_in(key, answer);
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

    /// Ends every wait at the deadline of the whole, or when the token fired.
    fn check_stop(&mut self, context: &mut Context<'_>) {
        if self.stopped {
            return;
        }
        let kind = if self.cancelled.as_mut().poll(context).is_ready() {
            ErrorKind::Interrupted
        } else if self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(context).is_ready()) {
            ErrorKind::Timeout
        } else {
            return;
        };
        self.stopped = true;
        self.commands = None;
        self.in_flight.clear();
        self.timers.clear();
        self.due.clear();
        let mut left: Vec<_> = self.items.keys().copied().collect();
        left.sort_unstable();
        for key in left {
            self.end_with(key, |item, elapsed| {
                let wait = summary(&item.id, item.machine.polls(), elapsed);
                Err(match kind {
                    ErrorKind::Interrupted => ended(kind, "it was interrupted", &wait).with_wait(wait),
                    _ => gave_up(GiveUp::Deadline, wait, item.machine.status(), None),
                })
            });
        }
    }

    fn add(&mut self, target: WaitTarget) {
        let (id, handle) = match target.into_parts() {
            Ok(parts) => parts,
            Err((id, error)) => return self.ended.push_back((id, Err(error))),
        };
        if self.keys.contains_key(&id) {
            return;
        }
        let key = self.next_key;
        self.next_key += 1;
        let (first, not_before) = handle.as_ref().map(OperationHandle::begin).unwrap_or_default();
        let machine = Machine::new(self.rules.clone(), self.item_deadline, not_before);
        let machine = machine.with_history(handle.map(|handle| handle.history().clone()));
        self.keys.insert(id.clone(), key);
        self.items.insert(key, Item { id, began: self.began.elapsed(), machine });
        match first {
            Some(first) => self.take_in(key, Ok(first)),
            None => self.due.push_back(key),
        }
    }

    /// Forgets an operation; a timer or an answer that comes for it later finds nothing.
    fn remove(&mut self, id: &str) {
        let key = id.parse().ok().and_then(|id: OperationId| self.keys.remove(&id));
        key.and_then(|key| self.items.remove(&key));
    }

    fn start_due(&mut self) {
        while self.in_flight.len() < self.concurrency
            && let Some(key) = self.due.pop_front()
        {
            let Some(item) = self.items.get_mut(&key) else {
                continue;
            };
            let now = self.began.elapsed() - item.began;
            item.machine.hold_until(now, self.hold_until.saturating_sub(item.began));
            if let Some(cut_off_after) = self.advance(key) {
                let (mint, id) = (self.mint.clone(), self.items[&key].id.clone());
                let span = tracing::debug_span!("mint.wait", mint.operation_id = %id);
                let request = async move {
                    let answer = tokio::time::timeout(cut_off_after, poll(&mint, &id)).await;
                    (key, answer.unwrap_or_else(|_| Err(cut_off())))
                };
                self.in_flight.push(Box::pin(request.instrument(span)));
            }
        }
    }

    /// Does what the machine of an item says, but for a poll, which it returns with when to cut it off.
    fn advance(&mut self, key: Key) -> Option<Duration> {
        let item = self.items.get(&key)?;
        match item.machine.step(self.began.elapsed() - item.began) {
            Step::Poll { cut_off_after } => return Some(cut_off_after),
            Step::SleepUntil(time) => {
                // A time too far for the clock is never reached; the deadline of the item was nearer.
                let time = (item.began + time).min(FAR);
                self.timers.insert_at(key, self.began + time);
            }
            Step::GiveUp(reason) => self.end_with(key, |item, elapsed| {
                let wait = summary(&item.id, item.machine.polls(), elapsed);
                Err(gave_up(reason, wait, item.machine.status(), None))
            }),
        }
        None
    }

    fn take_in(&mut self, key: Key, answer: Result<Answer<Operation>, Error>) {
        let jitter = self.jitter.next();
        let now = self.began.elapsed();
        let Some(item) = self.items.get_mut(&key) else {
            return;
        };
        let machine = &mut item.machine;
        let item_now = now - item.began;
        match answer {
            Ok(Answer { value, retry_after }) => {
                if let Verdict::Over(end) = machine.replied(item_now, &value, retry_after, jitter) {
                    let mint = self.mint.clone();
                    return self.end_with(key, |item, _| Ok(end.outcome(value, &mint, item.machine.history())));
                }
            }
            Err(error) if error.is_transient() => {
                machine.failed(item_now, error.retry_after(), jitter);
                if error.is_rate_limited() {
                    let wish = self.rules.obeyed(error.retry_after()).0;
                    let delay = self.rules.policy.delay(&PollState { polls: 1, elapsed: now });
                    self.hold_until = self.hold_until.max(now.saturating_add(wish.max(delay)));
                }
            }
            Err(error) => {
                machine.refused();
                return self.end_with(key, |item, elapsed| {
                    Err(error.with_wait(summary(&item.id, item.machine.polls(), elapsed)))
                });
            }
        }
        if self.advance(key).is_some() {
            self.due.push_back(key);
        }
    }

    fn end_with(&mut self, key: Key, result: impl FnOnce(&Item, Duration) -> Result<Outcome, Error>) {
        if let Some(item) = self.items.remove(&key) {
            self.keys.remove(&item.id);
            let elapsed = self.began.elapsed() - item.began;
            self.ended.push_back((item.id.to_string(), result(&item, elapsed)));
        }
    }
}

/// The furthest a timer is set; the timer wheel takes no more than about two years.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
