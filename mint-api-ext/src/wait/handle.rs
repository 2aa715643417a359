//! An operation by its id.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use mint_api::types::Operation;
use serde::{Serialize, Serializer};

use super::machine::Machine;
use super::rules::NOT_FOUND_TOLERANCE;
use super::{SavedOperation, Wait, WaitState};
use crate::client::{Answer, Mint, answer};
use crate::error::{Error, ErrorKind, OperationId};

impl Mint {
    /// Takes up an operation by its id, wherever it was started. No request is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for what cannot be the id of an operation.
    pub fn attach(&self, id: impl AsRef<str>) -> Result<OperationHandle, Error> {
        let id: OperationId = id.as_ref().parse()?;
        Ok(OperationHandle { mint: self.clone(), id, state: Arc::default() })
    }

    /// Takes up an operation that was saved. Its deadline and the time before which the server wants no poll still hold.
    ///
    /// Where the clock was set back meanwhile, neither is further off than it was when it was saved. A clock that was set
    /// forward looks like time that passed: a wait whose deadline is over then polls once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when it holds a time that cannot be read.
    pub fn attach_saved(&self, saved: &SavedOperation) -> Result<OperationHandle, Error> {
        let state = Arc::new(WaitState::restored(saved)?);
        Ok(OperationHandle { mint: self.clone(), id: saved.id.clone(), state })
    }
}

/// An operation that goes on at the server, known by its id.
///
/// It holds no connection; dropping it changes nothing at the server. Its clones share what a wait knows: the deadline,
/// the time before which the server wants no poll, and the states in which the operation was approved, revised or
/// resumed. Serialized (serde), it is a [`SavedOperation`].
#[derive(Clone, Debug)]
pub struct OperationHandle {
    mint: Mint,
    id: OperationId,
    state: Arc<WaitState>,
}

impl OperationHandle {
    /// The operation that a call with this idempotency key started, by the id in the reply.
    pub(crate) fn started(mint: Mint, id: &str, key: &str) -> Result<Self, Error> {
        let id = id.parse().map_err(|error: Error| {
            let why = "the reply names no operation that can be polled; update this crate";
            Error::new(ErrorKind::Decode, why).with_source(error)
        })?;
        let state = WaitState::started_with(key, mint.clock().now());
        Ok(Self { mint, id, state: Arc::new(state) })
    }

    /// Keeps the reply of a call that started the operation, or let it go on, as the first that a wait takes in.
    pub(crate) fn with_reply(self, reply: Answer<Operation>) -> Self {
        let now = self.mint.clock().now();
        let not_before = after(now, reply.retry_after);
        let progress = Machine::progress_after(&reply, self.state.clone());
        self.state.call_replied(reply, progress, not_before, now);
        self
    }

    /// The same operation, read by another client.
    pub(super) fn with_mint(self, mint: Mint) -> Self {
        Self { mint, ..self }
    }

    /// The id, to attach to the operation again later, from this process or another.
    pub fn id(&self) -> &OperationId {
        &self.id
    }

    /// The `Idempotency-Key` of the call that started the operation, if this handle comes from it.
    ///
    /// Sent again with this key and the same arguments, the call starts nothing twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.state.idempotency_key()
    }

    /// The operation as it is now: `GET /v1/operations/{operationId}`, sent again under the
    /// [`RetryPolicy`](crate::retry::RetryPolicy) after a transient failure, as by [`Mint::operation`]. A handle of
    /// a started operation also retries a 404 for 60 seconds after the start, since a replica of the server may lag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] with the status and the problem document when the server refuses (401, 404, 429) or
    /// fails; [`ErrorKind::Transport`] or [`ErrorKind::Timeout`] when it is not reached in time;
    /// [`ErrorKind::Decode`] when the reply is not what the API documents.
    pub async fn get(&self) -> Result<Operation, Error> {
        let is_retryable = |error: &Error| {
            error.is_transient() || error.is_not_found() && !self.known_in(NOT_FOUND_TOLERANCE).is_zero()
        };
        let policy = self.mint.retry_policy();
        Ok(policy.send_while(self.mint.jitter(), is_retryable, || self.poll()).await?.value)
    }

    /// Waits until the operation ends or needs a person: await it, or take its [`updates`](Wait::updates).
    ///
    /// # In a loop
    ///
    /// Each call makes a new wait, which polls at once and begins with the shortest delay. Do not call it in each turn of
    /// a loop, such as one around `select!`: every turn would poll. Make one wait before the loop and pin it.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use mint_api_ext::simulator::{Script, Simulator};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let handle = mint.attach(simulator.add(Script::model().timeline([("running", 20), ("succeeded", 0)])))?;
    /// let mut tick = tokio::time::interval(Duration::from_millis(100));
    /// let mut wait = std::pin::pin!(handle.wait().into_future());
    /// let outcome = loop {
    ///     tokio::select! {
    ///         outcome = &mut wait => break outcome?,
    ///         _ = tick.tick() => print!("."),
    ///     }
    /// };
    /// # assert!(outcome.is_success());
    /// # assert!(simulator.api_requests().len() < 10);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The same goes for the stream: take the [`updates`](Wait::updates) before the loop, and ask for the `next` of them
    /// in each turn.
    pub fn wait(&self) -> Wait {
        Wait::new(self.clone())
    }

    /// What another process needs to wait for the operation: the id, the deadline of the wait that began last unless that
    /// wait has ended, the time before which the server wants no poll, the progress of a wait that is made in
    /// [steps](Self::step), the states that were acted on, and when and with which idempotency key the operation was started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model());
    /// let text = serde_json::to_string(&mint.attach(id)?.save())?;
    /// // Later, in another process:
    /// let outcome = mint.attach_saved(&serde_json::from_str(&text)?)?.wait().await?;
    /// # assert!(outcome.is_success());
    /// # Ok(())
    /// # }
    /// ```
    pub fn save(&self) -> SavedOperation {
        self.state.save(self.id.clone(), self.mint.clock().now())
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    pub(crate) fn state(&self) -> &Arc<WaitState> {
        &self.state
    }

    /// What a wait begins with: the reply it takes in first, if there is one, else how long it must not poll.
    pub(super) fn begin(&self) -> (Option<Box<Answer<Operation>>>, Duration) {
        match self.state.take_reply() {
            // The wait applies its ceiling to the `Retry-After` of the reply.
            Some(taken) => {
                let (mut reply, arrived) = *taken;
                reply.retry_after = reply.retry_after.map(|wish| wish.saturating_sub(arrived.elapsed()));
                (Some(Box::new(reply)), Duration::ZERO)
            }
            None => {
                let not_before = self.state.not_before(self.mint.clock().now());
                (None, not_before.map(|time| self.mint.until(time)).unwrap_or_default())
            }
        }
    }

    /// How long the server may still not know the operation, if it may for this long after the start.
    pub(super) fn known_in(&self, tolerance: Duration) -> Duration {
        let known_by = self.state.started_at().and_then(|started| started.checked_add(tolerance));
        // A start in the future comes from a clock that was set back.
        known_by.map_or(Duration::ZERO, |time| self.mint.until(time).min(tolerance))
    }

    /// Reads the operation once.
    pub(crate) async fn poll(&self) -> Result<Box<Answer<Operation>>, Error> {
        let result = self.read().await;
        let now = self.mint.clock().now();
        match &result {
            Ok(reply) => self.state.poll_replied(&reply.value, after(now, reply.retry_after), now),
            Err(error) => self.state.poll_failed(after(now, error.retry_after()), now),
        }
        result
    }

    async fn read(&self) -> Result<Box<Answer<Operation>>, Error> {
        let id = &self.id;
        let result = self.mint.api().get_operation().operation_id(id.as_str()).send().await;
        let reply = Box::new(answer(format_args!("read operation {id}"), result)?);
        if reply.value.id != id.as_str() {
            let why = "the server answered for another operation; check what stands between it and this client";
            return Err(Error::new(ErrorKind::Decode, format!("could not read operation {id}: {why}")));
        }
        Ok(reply)
    }
}

impl Serialize for OperationHandle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.save().serialize(serializer)
    }
}

/// The time after a delay; `None` also for one too far for the clock.
fn after(now: SystemTime, delay: Option<Duration>) -> Option<SystemTime> {
    delay.and_then(|delay| now.checked_add(delay))
}
