//! Reading something until it is as it is wanted, under the rules of a wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::machine::{Action, GiveUp, Machine};
use super::poller::cut_off;
use super::rules::{DEFAULT_DEADLINE, Rules};
use crate::client::{Answer, Mint};
use crate::error::{Error, ErrorKind, check_runtime};

/// Reads something until it is as it is wanted: at once, then at the cadence of a wait, with its tolerance of failures, for at
/// most 30 minutes. `what` completes "could not wait until".
///
/// # Errors
///
/// As those of a [`Wait`](super::Wait).
pub(crate) async fn watch<T, F>(
    mint: &Mint,
    what: &str,
    mut read: impl FnMut() -> F + Send,
    is_wanted: impl Fn(&T) -> bool + Send,
) -> Result<T, Error>
where
    T: Send,
    F: Future<Output = Result<Answer<T>, Error>> + Send,
{
    check_runtime()?;
    let rules = Rules { request_timeout: mint.request_timeout(), ..Rules::default() };
    let mut machine = Machine::new(Arc::new(rules), Some(DEFAULT_DEADLINE), Duration::ZERO);
    let (began, mut jitter, mut last_error) = (Instant::now(), mint.jitter(), None);
    loop {
        match machine.action(began.elapsed()) {
            Action::SleepUntil(time) => sleep_until(began + time).await,
            Action::GiveUp(reason) => return Err(gave_up(what, reason, last_error)),
            Action::Poll { cut_off_after } => {
                machine.poll_begins();
                let reply = cut_off(cut_off_after, read()).await;
                let read = match reply {
                    Ok(answer) if is_wanted(&answer.value) => return Ok(answer.value),
                    Ok(answer) => Ok(answer.retry_after),
                    Err(error) => Err(error),
                };
                last_error = machine.take_read(began.elapsed(), read, jitter.next())?;
            }
        }
    }
}

fn gave_up(what: &str, reason: GiveUp, last_error: Option<Error>) -> Error {
    let why = match reason {
        GiveUp::Failures => "every read failed for too long",
        GiveUp::Deadline | GiveUp::NotBefore(_) => "the deadline of 30 minutes leaves no time for another read",
    };
    let kind = match (reason, &last_error) {
        (GiveUp::Failures, Some(error)) => error.kind(),
        _ => ErrorKind::Timeout,
    };
    let error = Error::new(kind, format!("could not wait until {what}: {why}; read it again later"));
    match last_error {
        Some(source) => error.with_source(source),
        None => error,
    }
}
