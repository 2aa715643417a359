//! A paid step: written down, sent, waited for.

use std::time::SystemTime;

use mint_api::Timestamp;
use mint_api::types::{Model, Operation};

use super::super::lock_file::{LockFile, Progress, Record};
use super::super::{Entry, Event, Step, Waiting, hash};
use super::lookup::{self, Review};
use super::sending::{self, Sent};
use super::worker::{Stop, Worker};
use crate::client::resource_of;
use crate::error::{Error, ErrorKind, quoted};
use crate::request::SavedRequest;
use crate::wait::{FailedOperation, OperationHandle, Outcome};

/// A paid step of an entry.
pub(super) struct Call<'a> {
    pub(super) entry: &'a Entry,
    /// The hash of the generation, which names the version.
    pub(super) version: &'a str,
    pub(super) step: Step,
    /// The hash of the step.
    pub(super) hash: String,
    /// Its price, if the plan knows it.
    pub(super) price: Option<f64>,
}

impl Call<'_> {
    pub(super) fn record<'l>(&self, lock: &'l LockFile) -> Option<&'l Record> {
        let version = lock.entry(&self.entry.id)?.versions.get(self.version)?;
        match self.step {
            Step::Optimize => version.optimize.get(&self.hash),
            Step::Convert => version.convert.get(&self.hash),
            _ => version.generate.as_ref(),
        }
    }

    fn set(&self, lock: &mut LockFile, record: Record) {
        let version = lock.entry_mut(&self.entry.id).versions.entry(self.version.to_owned()).or_default();
        match self.step {
            Step::Optimize => drop(version.optimize.insert(self.hash.clone(), record)),
            Step::Convert => drop(version.convert.insert(self.hash.clone(), record)),
            _ => version.generate = Some(record),
        }
    }

    fn unset(&self, lock: &mut LockFile) {
        let entry = lock.entry_mut(&self.entry.id);
        if let Some(version) = entry.versions.get_mut(self.version) {
            match self.step {
                Step::Optimize => drop(version.optimize.remove(&self.hash)),
                Step::Convert => drop(version.convert.remove(&self.hash)),
                _ => version.generate = None,
            }
            if version.records().next().is_none() {
                entry.versions.remove(self.version);
            }
        }
        if *entry == Default::default() {
            lock.remove(&self.entry.id);
        }
    }
}

impl Worker<'_> {
    /// Makes a paid step, or goes on with it where an earlier run was. `request` describes it for a key and a name.
    pub(super) async fn make(
        &self,
        call: &Call<'_>,
        request: impl AsyncFnOnce(&str, &str) -> Result<SavedRequest, Stop> + Send,
    ) -> Result<Record, Stop> {
        let record = self.run.journal.read(|lock, _| call.record(lock).cloned()).unwrap_or_default();
        let (record, handle) = match record.progress() {
            Progress::Done => return Ok(record),
            Progress::Failed => return Err(failed(record.failed.as_deref().unwrap_or_default())),
            Progress::Conflict => {
                return Err(Stop::Waits(Waiting::Conflict { why: record.conflict.unwrap_or_default() }));
            }
            Progress::Started => (record, None),
            Progress::Sent => self.send_again(call, record).await?,
            Progress::Planned => {
                let attempt = record.attempt.max(1);
                let key = hash::key(&self.run.project, &call.entry.id, call.step, &call.hash, attempt);
                let saved = request(&key, &hash::shown_name(&call.entry.id, &key)).await?;
                self.send_first(call, attempt, saved).await?
            }
        };
        if record.progress() == Progress::Done {
            return Ok(record);
        }
        self.settle(call, record, handle).await
    }

    /// Writes a request down, then sends it.
    async fn send_first(&self, call: &Call<'_>, attempt: u32, saved: SavedRequest) -> Result<Sending, Stop> {
        let run = self.run;
        let _turn = run.turns.acquire().await;
        let price = self.price(call, &saved).await?;
        let request = serde_json::to_string(&saved).map_err(|error| {
            let text = format!("could not write the request of {} down: {error}", call.entry.id);
            Error::new(ErrorKind::InvalidArgument, text)
        })?;
        let record = Record {
            attempt,
            key: saved.idempotency_key.clone(),
            sent_at: Some(Timestamp::from(run.mint.clock().now())),
            request: Some(request),
            price,
            ..Record::default()
        };
        run.journal.update(|lock, _| call.set(lock, record.clone())).await?;
        let allowance = run.budget.as_ref().zip(price);
        match sending::send(&run.mint, &saved, allowance).await {
            Err(error) if !error.may_have_been_done() && error.kind() != ErrorKind::IdempotencyConflict => {
                let planned = Record { attempt, ..Record::default() };
                run.journal
                    .update(|lock, _| match attempt {
                        1 => call.unset(lock),
                        _ => call.set(lock, planned),
                    })
                    .await?;
                let is_credits =
                    error.kind() == ErrorKind::Credits || error.status().is_some_and(|status| status == 402);
                Err(match is_credits {
                    true => Stop::Waits(Waiting::Credits { operation: None, why: error.to_string() }),
                    false => Stop::Failed(error),
                })
            }
            sent => self.take(call, record, sent).await,
        }
    }

    /// Sends a request again whose fate is unknown, if that is safe; otherwise looks for what it made.
    async fn send_again(&self, call: &Call<'_>, mut record: Record) -> Result<Sending, Stop> {
        let run = self.run;
        let _turn = run.turns.acquire().await;
        let is_safe = self.is_remembered(&record) || call.step == Step::Optimize;
        if !is_safe && !run.settings.resend.contains(&call.entry.id) {
            let name = hash::shown_name(&call.entry.id, &record.key);
            let found = match call.step {
                Step::Generate => lookup::find(&run.mint, call.entry.id.section, &name).await?,
                _ => None,
            };
            let Some(resource) = found else {
                return Err(Stop::Waits(Waiting::UnknownFate { step: call.step, sent_at: record.sent_at, name }));
            };
            record.resource = Some(resource);
            record.request = None;
            run.journal.update(|lock, _| call.set(lock, record.clone())).await?;
            return Ok((record, None));
        }
        self.send_stored(call, record).await
    }

    /// Sends the stored request. Its price is held since it was sent first.
    async fn send_stored(&self, call: &Call<'_>, record: Record) -> Result<Sending, Stop> {
        let saved = record.request.as_deref().unwrap_or_default();
        let saved: SavedRequest = serde_json::from_str(saved).map_err(|error| {
            let text =
                format!("the request of {} in the lock cannot be read: {error}; restore the lock", call.entry.id);
            Error::new(ErrorKind::InvalidArgument, text)
        })?;
        let sent = sending::send(&self.run.mint, &saved, None).await;
        self.take(call, record, sent).await
    }

    /// Whether the server surely still knows the key.
    fn is_remembered(&self, record: &Record) -> bool {
        let sent_at = record.sent_at.as_ref().and_then(|sent_at| sent_at.to_utc().ok()).map(SystemTime::from);
        let age = sent_at.and_then(|sent_at| self.run.mint.clock().now().duration_since(sent_at).ok());
        age.is_some_and(|age| age <= self.run.settings.key_lifetime)
    }

    /// Writes down what became of a request.
    async fn take(&self, call: &Call<'_>, mut record: Record, sent: Result<Sent, Error>) -> Result<Sending, Stop> {
        let run = self.run;
        match sent {
            Ok(Sent::Started(handle)) => {
                record.operation = Some(handle.id().to_string());
                let saved = handle.save();
                run.journal
                    .update(|lock, state| {
                        state.waits.insert(saved.id.to_string(), saved);
                        call.set(lock, record.clone());
                    })
                    .await?;
                Ok((record, Some(handle)))
            }
            Ok(Sent::Optimized(model)) => {
                self.done(call, record, Made::Model(&model)).await.map(|record| (record, None))
            }
            Err(error) if error.kind() == ErrorKind::IdempotencyConflict => {
                let why = error.to_string();
                record.conflict = Some(why.clone());
                run.journal.update(|lock, _| call.set(lock, record)).await?;
                Err(Stop::Waits(Waiting::Conflict { why }))
            }
            Err(error) => Err(Stop::Failed(error)),
        }
    }

    /// Waits for an operation, or for what it makes.
    async fn settle(&self, call: &Call<'_>, record: Record, handle: Option<OperationHandle>) -> Result<Record, Stop> {
        let run = self.run;
        let Some(operation) = record.operation.clone() else {
            return self.settle_resource(call, record).await;
        };
        let is_new = handle.is_some();
        let handle = match handle {
            Some(handle) => handle,
            None => match run.journal.read(|_, state| state.waits.get(&operation).cloned()) {
                Some(saved) => run.mint.attach_saved(&saved)?,
                None => run.mint.attach(&operation)?,
            },
        };
        self.say(Event::Started { entry: call.entry.id.clone(), step: call.step, operation: operation.clone() });
        match run.waits.wait(handle).await? {
            // Credits were missing for the start itself. The same request starts it when there are some.
            Outcome::BillingRequired(unpaid)
                if !is_new && resource_of(&unpaid.operation).is_none() && record.request.is_some() =>
            {
                let (record, handle) = self.send_stored(call, record).await?;
                self.conclude(call, record, operation, run.waits.wait(handle.ok_or_else(unknown)?).await?).await
            }
            outcome => self.conclude(call, record, operation, outcome).await,
        }
    }

    /// Writes down how an operation ended, or says what it waits for.
    async fn conclude(
        &self,
        call: &Call<'_>,
        record: Record,
        operation: String,
        outcome: Outcome,
    ) -> Result<Record, Stop> {
        match outcome {
            Outcome::Succeeded(operation) | Outcome::PartiallySucceeded(operation) => {
                self.done(call, record, Made::Operation(&operation)).await
            }
            Outcome::AwaitingReview(preview) => Err(Stop::Waits(Waiting::Review {
                page: preview.operation.mint_url.clone(),
                operation: Some(operation),
            })),
            Outcome::BillingRequired(unpaid) => {
                let url = unpaid.action_url().unwrap_or("https://platform.mint.gg");
                let then = match resource_of(&unpaid.operation) {
                    Some(_) => "resume it and run again",
                    None => "run again",
                };
                let why = format!("operation {operation} needs credits; add some at {url}, then {then}");
                Err(Stop::Waits(Waiting::Credits { operation: Some(operation), why }))
            }
            Outcome::Failed(ended) => {
                let why = failure(&operation, &ended);
                self.failed(call, record, why).await
            }
            Outcome::Canceled(_) => self.failed(call, record, format!("operation {operation} was canceled")).await,
            Outcome::Unrecognized(ended) => {
                let text = format!(
                    "operation {operation} is {}, which this version does not know; update mint-api-ext",
                    ended.status
                );
                Err(Error::new(ErrorKind::Decode, text).into())
            }
        }
    }

    async fn settle_resource(&self, call: &Call<'_>, record: Record) -> Result<Record, Stop> {
        let resource = record.resource.clone().unwrap_or_default();
        let review = if self.is_reviewed(call.entry) { Review::ByAPerson } else { Review::Skipped };
        let (status, page) = lookup::settle(&self.run.mint, &resource, review).await?;
        match status.as_str() {
            "preview_ready" => Err(Stop::Waits(Waiting::Review { operation: None, page })),
            "billing_required" => {
                let why =
                    format!("{resource} needs credits; add some at https://platform.mint.gg, then resume it there");
                Err(Stop::Waits(Waiting::Credits { operation: None, why }))
            }
            "failed" | "canceled" => self.failed(call, record, format!("the generation of {resource} {status}")).await,
            _ => self.done(call, record, Made::Resource).await,
        }
    }

    async fn failed(&self, call: &Call<'_>, mut record: Record, why: String) -> Result<Record, Stop> {
        record.fail(why.clone());
        let operation = record.operation.clone();
        self.run
            .journal
            .update(|lock, state| {
                operation.and_then(|operation| state.waits.remove(&operation));
                call.set(lock, record);
            })
            .await?;
        Err(failed(&why))
    }

    async fn done(&self, call: &Call<'_>, mut record: Record, made: Made<'_>) -> Result<Record, Stop> {
        match made {
            Made::Operation(operation) => {
                record.credits = operation.credits.as_ref().and_then(|credits| credits.finalized);
                if let Some((kind, id)) = resource_of(operation) {
                    record.resource = Some(format!("{kind}/{id}"));
                }
            }
            Made::Model(model) => record.resource = Some(format!("model/{}", model.id)),
            Made::Resource => {}
        }
        record.finish(Timestamp::from(self.run.mint.clock().now()));
        let operation = record.operation.clone();
        self.run
            .journal
            .update(|lock, state| {
                operation.and_then(|operation| state.waits.remove(&operation));
                call.set(lock, record.clone());
            })
            .await?;
        self.say(Event::Made { entry: call.entry.id.clone(), step: call.step, credits: record.credits });
        Ok(record)
    }

    /// The price to hold in the budget.
    async fn price(&self, call: &Call<'_>, saved: &SavedRequest) -> Result<Option<f64>, Stop> {
        if self.run.budget.is_none() || call.price.is_some() {
            return Ok(call.price);
        }
        if let Some(price) = sending::estimate(&self.run.mint, saved).await? {
            return Ok(Some(price));
        }
        let field = if call.step == Step::Convert { "convert_price" } else { "price" };
        let why = format!(
            "the catalog has a budget, and the price of the step `{}` is unknown; write `{field} = ...` in [{}]",
            call.step.as_str(),
            call.entry.id
        );
        Err(Stop::Waits(Waiting::Credits { operation: None, why }))
    }
}

/// A call that was sent, with the handle of its operation if this run has it.
type Sending = (Record, Option<OperationHandle>);

/// What shows that a step is done.
enum Made<'a> {
    Operation(&'a Operation),
    Model(&'a Model),
    Resource,
}

/// Why an operation failed, and what to do.
pub(super) fn failure(operation: &str, ended: &FailedOperation) -> String {
    let text = match &ended.operation.error {
        Some(error) => format!(
            "{} ({})",
            quoted(error.message.as_deref().unwrap_or("it failed")),
            quoted(error.code.as_deref().unwrap_or("no code"))
        ),
        None => "it failed".to_owned(),
    };
    format!("operation {operation} failed: {text}; the advice is: {:?}", ended.advice())
}

fn unknown() -> Stop {
    Stop::Failed(Error::new(ErrorKind::Decode, "a start that was sent again named no operation; run again"))
}

fn failed(why: &str) -> Stop {
    let text = format!(
        "{why}; correct what is wrong, or run with `again` for the entry to make another attempt, which costs credits again"
    );
    Stop::Failed(Error::new(ErrorKind::NotSucceeded, text))
}
