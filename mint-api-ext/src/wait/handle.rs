//! An operation by its id.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use mint_api::types::Operation;
use serde::{Serialize, Serializer};
use tokio::time::Instant;

use super::history::History;
use super::saved::Bounds;
use super::{SavedOperation, Wait};
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
        Ok(OperationHandle::new(self.clone(), id, Bounds::default(), History::default()))
    }

    /// Takes up an operation that was saved; its deadline and the server's not-before instant still hold.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when it holds a time that is none.
    pub fn attach_saved(&self, saved: &SavedOperation) -> Result<OperationHandle, Error> {
        Ok(OperationHandle::new(self.clone(), saved.id.clone(), saved.bounds()?, saved.history()))
    }
}

/// An operation that goes on at the server, known by its id.
///
/// It holds no connection; dropping it changes nothing at the server. Serialised (serde), it is a [`SavedOperation`].
#[derive(Clone, Debug)]
pub struct OperationHandle {
    mint: Mint,
    id: OperationId,
    /// The deadline that was saved, for waits that set none of their own.
    inherited_deadline: Option<SystemTime>,
    history: Arc<History>,
    now: Arc<Mutex<Now>>,
}

/// What holds now of an operation; shared by the clones of its handle.
#[derive(Default)]
pub(super) struct Now {
    pub(super) bounds: Bounds,
    /// The reply to the call that gave the handle, and when it came, until something newer is seen.
    pub(super) reply: Option<(Answer<Operation>, Instant)>,
}

/// Without the reply, which may hold signed URLs.
impl fmt::Debug for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bounds.fmt(f)
    }
}

impl OperationHandle {
    pub(crate) fn new(mint: Mint, id: OperationId, bounds: Bounds, history: History) -> Self {
        let now = Arc::new(Mutex::new(Now { bounds, reply: None }));
        Self { mint, id, inherited_deadline: bounds.deadline, history: Arc::new(history), now }
    }

    /// The operation of a reply to a call that started it, or let it go on.
    pub(crate) fn of_reply(mint: Mint, answer: Answer<Operation>, history: History) -> Result<Self, Error> {
        let id = answer.value.id.parse().map_err(|error: Error| {
            let why = "the reply names no operation that can be polled; update this crate";
            Error::new(ErrorKind::Decode, why).with_source(error)
        })?;
        let not_before = after(mint.clock().now(), answer.retry_after);
        let handle = Self::new(mint, id, Bounds { deadline: None, not_before }, history);
        handle.now().reply = Some((answer, Instant::now()));
        Ok(handle)
    }

    /// The id, to attach to the operation again later, from this process or another.
    pub fn id(&self) -> &OperationId {
        &self.id
    }

    /// The `Idempotency-Key` of the call that started the operation, if this handle comes from it.
    ///
    /// Sent again with this key and the same arguments, the call starts nothing twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.history.idempotency_key.as_deref()
    }

    /// The operation as it is now, by one request: `GET /v1/operations/{operationId}`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Server`] with the status and the problem document when the server refuses (401, 404, 429) or
    /// fails; [`ErrorKind::Transport`] or [`ErrorKind::Timeout`] when it is not reached in time;
    /// [`ErrorKind::Decode`] when the reply is not what the API documents.
    pub async fn get(&self) -> Result<Operation, Error> {
        Ok(self.poll().await?.value)
    }

    /// Waits until the operation ends or needs a person: await it, or take its [`updates`](Wait::updates).
    pub fn wait(&self) -> Wait {
        Wait::new(self.clone())
    }

    /// The operation as another process can take it up: with the deadline of the wait that was begun last, and the
    /// instant before which the server wants no request, and what was approved, revised or resumed.
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
        let bounds = self.now().bounds;
        SavedOperation::new(self.id.clone(), bounds, (*self.history).clone())
    }

    pub(crate) fn mint(&self) -> &Mint {
        &self.mint
    }

    pub(super) fn inherited_deadline(&self) -> Option<SystemTime> {
        self.inherited_deadline
    }

    /// What a wait begins with: the reply it sees first, if there is one, else how long not to ask.
    pub(super) fn begin(&self) -> (Option<Answer<Operation>>, Duration) {
        let mut now = self.now();
        match now.reply.take() {
            // It brings the server's wish with it, to which the ceiling applies.
            Some((Answer { value, retry_after }, came)) => {
                let retry_after = retry_after.map(|wish| wish.saturating_sub(came.elapsed()));
                (Some(Answer { value, retry_after }), Duration::ZERO)
            }
            None => (None, now.bounds.not_before.map(|time| self.mint.until(time)).unwrap_or_default()),
        }
    }

    pub(super) fn history(&self) -> &Arc<History> {
        &self.history
    }

    pub(super) fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn poll(&self) -> Result<Answer<Operation>, Error> {
        let result = poll(&self.mint, &self.id).await;
        let retry_after = match &result {
            Ok(answer) => answer.retry_after,
            Err(error) => error.retry_after(),
        };
        let mut now = self.now();
        now.bounds.not_before = after(self.mint.clock().now(), retry_after);
        if result.is_ok() {
            now.reply = None;
        }
        drop(now);
        result
    }
}

impl Serialize for OperationHandle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.save().serialize(serializer)
    }
}

/// A time that is too far for the clock is as good as none.
fn after(now: SystemTime, delay: Option<Duration>) -> Option<SystemTime> {
    delay.and_then(|delay| now.checked_add(delay))
}

/// Reads an operation once.
pub(super) async fn poll(mint: &Mint, id: &OperationId) -> Result<Answer<Operation>, Error> {
    let result = mint.api().get_operation().operation_id(id.as_str()).send().await;
    let answer = answer(format_args!("read operation {id}"), result)?;
    if answer.value.id != id.as_str() {
        let why = "the server answered for another operation; check what stands between it and this client";
        return Err(Error::new(ErrorKind::Decode, format!("could not read operation {id}: {why}")));
    }
    Ok(answer)
}
