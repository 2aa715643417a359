//! Paid calls that no entry wants any longer, and that have not ended: of an earlier prompt, or of a removed entry.

use std::collections::BTreeMap;

use futures::future::join_all;
use mint_api::Timestamp;

use super::super::lock_file::{LockFile, Record};
use super::super::{Change, EntryId, Event, Plan, Step, hash};
use super::context::Context;
use super::lookup::{self, Review};
use super::paid::failure;
use crate::client::resource_of;
use crate::error::Error;
use crate::wait::Outcome;

/// A call that no entry wants.
#[derive(Debug)]
struct Superseded {
    entry: EntryId,
    step: Step,
    record: Record,
}

/// Looks once at each call that is not wanted, so that one that has ended holds no credits of the budget.
pub(super) async fn look(run: &Context, plan: &Plan) -> Result<(), Error> {
    for call in find(run, plan) {
        let Some(operation) = &call.record.operation else { continue };
        // The wait reports what a look cannot find out.
        if let Ok(operation) = run.mint.operation(operation).await
            && let Ok(Some(outcome)) = Outcome::of(&run.mint, operation)
        {
            conclude(run, call, &outcome).await?;
        }
    }
    Ok(())
}

/// Waits until the calls that are not wanted have ended, and records what they cost. What cannot be found out now is left to the
/// next run.
pub(super) async fn settle(run: &Context, plan: &Plan) {
    join_all(find(run, plan).into_iter().map(|call| async { drop(settle_one(run, call).await) })).await;
}

async fn settle_one(run: &Context, mut call: Superseded) -> Result<(), Error> {
    if let Some(operation) = &call.record.operation {
        let handle = match run.journal.read(|_, state| state.waits.get(operation).cloned()) {
            Some(saved) => run.mint.attach_saved(&saved)?,
            None => run.mint.attach(operation)?,
        };
        let outcome = run.waits.wait(handle).await?;
        return conclude(run, call, &outcome).await;
    }
    if call.record.resource.is_none() {
        let name = hash::shown_name(&call.entry, &call.record.key);
        call.record.resource = match call.step {
            Step::Generate => lookup::find(&run.mint, call.entry.section, &name).await?,
            _ => None,
        };
    }
    let Some(resource) = call.record.resource.clone() else { return Ok(()) };
    let (status, _) = lookup::settle(&run.mint, &resource, Review::ByAPerson).await?;
    match status.as_str() {
        "succeeded" | "partially_succeeded" => call.record.finish(Timestamp::from(run.mint.clock().now())),
        "failed" | "canceled" => call.record.fail(format!("the generation of {resource} {status}")),
        _ => {}
    }
    write(run, call).await
}

async fn conclude(run: &Context, mut call: Superseded, outcome: &Outcome) -> Result<(), Error> {
    match outcome {
        Outcome::Succeeded(operation) | Outcome::PartiallySucceeded(operation) => {
            call.record.credits = operation.credits.as_ref().and_then(|credits| credits.finalized);
            call.record.resource = resource_of(operation).map(|(kind, id)| format!("{kind}/{id}"));
            call.record.finish(Timestamp::from(run.mint.clock().now()));
        }
        Outcome::Failed(ended) => call.record.fail(failure(&ended.operation.id, ended)),
        Outcome::Canceled(operation) => call.record.fail(format!("operation {} was canceled", operation.id)),
        // Its credits stay reserved at the server, too.
        Outcome::AwaitingReview(_) | Outcome::BillingRequired(_) | Outcome::Unrecognized(_) => return Ok(()),
    }
    let (entry, step, credits) = (call.entry.clone(), call.step, call.record.credits);
    write(run, call).await?;
    run.say(Event::Made { entry, step, credits });
    Ok(())
}

async fn write(run: &Context, call: Superseded) -> Result<(), Error> {
    run.journal
        .update(|lock, state| {
            call.record.operation.as_ref().and_then(|operation| state.waits.remove(operation));
            let mut records = lock.entry_mut(&call.entry).records_mut();
            if let Some(record) = records.find(|record| record.key == call.record.key) {
                *record = call.record;
            }
        })
        .await
}

/// The calls that may cost credits and that no entry wants.
fn find(run: &Context, plan: &Plan) -> Vec<Superseded> {
    let wanted: BTreeMap<_, _> = plan
        .entries
        .iter()
        .filter(|planned| !matches!(planned.change, Change::Orphaned))
        .flat_map(|planned| {
            // A renamed entry has its earlier name until the run has written the new one.
            let earlier = match &planned.change {
                Change::Renamed { from } => Some(from),
                _ => None,
            };
            [Some(&planned.id), earlier].into_iter().flatten().map(|id| (id, planned.wanted.as_ref()))
        })
        .collect();
    let is_wanted = |id: &EntryId, version: &str, step: Step, hash: &str| match wanted.get(id) {
        None => false,
        // What an entry wants that cannot be read is unknown.
        Some(None) => true,
        Some(Some(wanted)) if wanted.generation != version => false,
        Some(Some(wanted)) => match step {
            Step::Optimize => hash::optimization(&wanted.entry, version).is_some_and(|wanted| wanted == hash),
            Step::Convert => hash::conversion(&wanted.entry, version).is_some_and(|wanted| wanted == hash),
            _ => true,
        },
    };
    run.journal.read(|lock: &LockFile, _| {
        let mut found = Vec::new();
        for (id, entry) in lock.entries() {
            for (generation, version) in &entry.versions {
                let unwanted = version
                    .calls()
                    .filter(|(step, hash, record)| record.is_unsettled() && !is_wanted(id, generation, *step, hash));
                found.extend(unwanted.map(|(step, _, record)| Superseded {
                    entry: id.clone(),
                    step,
                    record: record.clone(),
                }));
            }
        }
        found
    })
}
