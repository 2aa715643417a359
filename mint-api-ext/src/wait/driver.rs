//! Drives one wait: sends the requests and sleeps.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use mint_api::types::Operation;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use super::machine::Action;
use super::poller::{Poller, cut_off, interrupted, summary};
use super::rules::Rules;
use super::wait::{Deadline, Wait, Yields};
use super::{OperationHandle, Update};
use crate::client::Answer;
use crate::error::{Error, check_runtime};
use crate::retry::Jitter;

pub(super) struct Driver {
    handle: OperationHandle,
    rules: Arc<Rules>,
    deadline: Deadline,
    cancel: CancellationToken,
    yields: Yields,
    jitter: Jitter,
    poller: Option<Poller>,
    /// The reply of the call that gave the handle.
    first: Option<Box<Answer<Operation>>>,
    last_operation: Option<Operation>,
    last_error: Option<Error>,
}

impl Driver {
    pub(super) fn new(wait: Wait) -> Self {
        let (handle, rules, deadline, cancel, yields) = wait.into_parts();
        let jitter = handle.mint().jitter();
        let (poller, first, last_operation, last_error) = (None, None, None, None);
        Self { handle, rules, deadline, cancel, yields, jitter, poller, first, last_operation, last_error }
    }

    /// The next update, or the error that ends the wait.
    pub(super) async fn next(&mut self) -> Result<Update, Error> {
        let cancel = self.cancel.clone();
        let result = match cancel.run_until_cancelled(self.advance()).await {
            // A token that fired while the last step was made counts, too.
            Some(result) if !cancel.is_cancelled() => result,
            _ => Err(self.interrupted()),
        };
        result.map_err(|error| error.with_operation(self.last_operation.take()))
    }

    async fn advance(&mut self) -> Result<Update, Error> {
        check_runtime()?;
        let (handle, rules) = (&self.handle, &self.rules);
        let poller = self.poller.get_or_insert_with(|| {
            let (poller, first) = Poller::begin(handle.clone(), rules.clone(), self.deadline);
            self.first = first;
            poller
        });
        loop {
            let reply = match self.first.take() {
                Some(first) => Ok(first),
                None => match poller.action() {
                    Action::Poll { cut_off_after } => {
                        poller.poll_begins();
                        cut_off(cut_off_after, handle.poll()).await
                    }
                    Action::SleepUntil(time) => {
                        match poller.instant(time) {
                            Some(instant) => sleep_until(instant).await,
                            // A time too far for the clock is never reached.
                            None => pending().await,
                        }
                        continue;
                    }
                    Action::GiveUp(reason) => return Err(poller.gave_up(reason, self.last_error.take())),
                },
            };
            match poller.take(reply, self.jitter.next())? {
                Update::Unchanged(seen) if self.yields == Yields::Changes => self.last_operation = Some(seen.operation),
                Update::PollFailed(error) if self.yields == Yields::Changes => self.last_error = Some(error),
                update => {
                    if let Update::Changed(seen) | Update::Unchanged(seen) = &update {
                        self.last_operation = Some(seen.operation.clone());
                    }
                    return Ok(update);
                }
            }
        }
    }

    fn interrupted(&self) -> Error {
        match &self.poller {
            Some(poller) => poller.interrupted(),
            None => interrupted(summary(self.handle.id(), 0, Duration::ZERO)),
        }
    }
}
