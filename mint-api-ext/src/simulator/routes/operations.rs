//! Polls of an operation, and its gates: a review, or missing credits.

use serde_json::Value;

use super::call::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::scripts::Play;
use crate::simulator::state::{
    Durations, Environment, Gates, Missing, Operation, Remembered, Store, begin, make_files, revise_preview,
};

pub(crate) fn poll(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let operation = store.operation_mut(call.parameter(0))?;
    let poll = operation.polls;
    operation.polls += 1;
    let Play::Replies(replies) = &operation.script.play else {
        return Ok(HttpReply::ok(&operation.lingering.take().unwrap_or_else(|| operation.body(environment))));
    };
    let reply = replies.get(poll).or(replies.last()).ok_or_else(Problem::not_found)?;
    let body = operation.body_in(environment, reply.operation_status(), operation.created);
    Ok(reply.clone().into_http(&body))
}

pub(crate) fn approve(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    awaiting_review(environment, store, call.parameter(0))?;
    proceed(environment, store, call.parameter(0))
}

pub(crate) fn revise(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let operation = awaiting_review(environment, store, call.parameter(0))?;
    operation.revisions += 1;
    revise_preview(environment.files.of(&operation.id), &mut operation.results, operation.revisions);
    let durations = Durations::of(operation);
    operation.play([("running", durations.running), ("preview_ready", 0)]);
    Ok(operation.accepted(environment))
}

pub(crate) fn resume(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let operation = store.operation_mut(call.parameter(0))?;
    let shown = operation.body(environment);
    if shown["status"] != "billing_required" {
        return Err(Problem::conflict("operation-not-awaiting-credits", "The operation does not wait for credits."));
    }
    if shown["resource"].is_null() {
        let detail = "Nothing was made yet. Send the request that started it again, with its idempotency key.";
        return Err(Problem::conflict("nothing-to-resume", detail));
    }
    linger(environment, operation, shown);
    operation.script.changes.retain(|(field, _)| field != "billing");
    proceed(environment, store, call.parameter(0))
}

/// Starts an operation again that lacked credits to start, when its request is sent again with the same key.
///
/// `None` if the operation did not lack credits to start; the request then gets its first reply again.
pub(crate) fn restart(environment: &Environment, store: &mut Store, known: &Remembered) -> Option<HttpReply> {
    let id = known.operation.as_ref()?;
    let operation = store.operations.get(id)?;
    if operation.resource.is_some() || operation.status(environment).0 != "billing_required" {
        return None;
    }
    let operation = store.operations.remove(id)?;
    Some(begin(environment, store, operation))
}

/// The operation with this id, which must wait for a review.
fn awaiting_review<'a>(
    environment: &Environment,
    store: &'a mut Store,
    id: &str,
) -> Result<&'a mut Operation, Problem> {
    let operation = store.operation_mut(id)?;
    let shown = operation.body(environment);
    if shown["status"] != "preview_ready" || shown["generationMode"] != "review" {
        return Err(Problem::conflict("operation-not-awaiting-review", "The operation does not wait for a review."));
    }
    linger(environment, operation, shown);
    Ok(operation)
}

fn linger(environment: &Environment, operation: &mut Operation, shown: Value) {
    if environment.gates == Gates::Lingering {
        operation.lingering = Some(shown);
    }
}

/// Continues an operation behind its gate, or stops it until the credits suffice.
fn proceed(environment: &Environment, store: &mut Store, id: &str) -> Result<HttpReply, Problem> {
    if store.operation_mut(id)?.bill.as_ref().is_some_and(|bill| bill.reserved == 0.0) {
        let operation = store.operations.remove(id).ok_or_else(Problem::not_found)?;
        return Ok(begin(environment, store, operation));
    }
    let available = store.available(environment);
    let operation = store.operation_mut(id)?;
    let durations = Durations::of(operation);
    let required = operation.bill.as_ref().map_or(0.0, |bill| bill.estimated - bill.reserved);
    if available < required {
        let missing = Missing { stage: "final", required, available };
        operation.bill.iter_mut().for_each(|bill| bill.missing = Some(missing.clone()));
        operation.play([("billing_required", 0)]);
        return Ok(operation.accepted(environment));
    }
    if let Some(bill) = &mut operation.bill {
        (bill.reserved, bill.left, bill.missing) = (bill.estimated, available - required, None);
    }
    make_files(environment, operation);
    operation.play([("running", durations.running), ("succeeded", 0)]);
    Ok(operation.accepted(environment))
}
