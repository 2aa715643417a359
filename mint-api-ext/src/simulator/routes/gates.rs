//! Requests that let an operation go on from where it stopped: for a review, or for credits.

use crate::simulator::api::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::routes::starts::{self, Times};
use crate::simulator::state::api_state::{Gates, State};
use crate::simulator::state::bill::Missing;
use crate::simulator::state::operation::Operation;
use crate::simulator::state::result_files;
use crate::simulator::state::store::{Remembered, Store};

pub(crate) fn approve(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    reviewed(state, store, call.parameter(0))?;
    go_on(state, store, call.parameter(0))
}

pub(crate) fn revise(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let operation = reviewed(state, store, call.parameter(0))?;
    operation.revisions += 1;
    result_files::revise(state, &mut operation.made, operation.revisions);
    let times = Times::of(operation);
    operation.play([("running", times.running), ("preview_ready", 0)]);
    Ok(accepted(state, operation))
}

pub(crate) fn resume(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let operation = store.operation_mut(call.parameter(0))?;
    let shown = operation.body(state);
    if shown["status"] != "billing_required" {
        return Err(Problem::conflict("operation-not-awaiting-credits", "The operation does not wait for credits."));
    }
    if shown["resource"].is_null() {
        let detail = "Nothing was made yet. Send the request that started it again, with its idempotency key.";
        return Err(Problem::conflict("nothing-to-resume", detail));
    }
    linger(state, operation, shown);
    operation.script.changes.retain(|(field, _)| field != "billing");
    go_on(state, store, call.parameter(0))
}

/// What is answered to a start that is sent again with its key and for which the credits were missing.
pub(crate) fn restart(state: &State, store: &mut Store, known: &Remembered) -> Option<HttpReply> {
    let id = known.operation.as_ref()?;
    let operation = store.operations.get(id)?;
    if operation.resource.is_some() || operation.status(state).0 != "billing_required" {
        return None;
    }
    let operation = store.operations.remove(id)?;
    Some(starts::begin(state, store, operation))
}

/// An operation that waits for a review.
fn reviewed<'a>(state: &State, store: &'a mut Store, id: &str) -> Result<&'a mut Operation, Problem> {
    let operation = store.operation_mut(id)?;
    let shown = operation.body(state);
    if shown["status"] != "preview_ready" || shown["generationMode"] != "review" {
        return Err(Problem::conflict("operation-not-awaiting-review", "The operation does not wait for a review."));
    }
    linger(state, operation, shown);
    Ok(operation)
}

fn linger(state: &State, operation: &mut Operation, shown: serde_json::Value) {
    if state.gates == Gates::Lingering {
        operation.lingering = Some(shown);
    }
}

/// Makes what is left, or stops until there are credits for it.
fn go_on(state: &State, store: &mut Store, id: &str) -> Result<HttpReply, Problem> {
    if store.operation_mut(id)?.bill.as_ref().is_some_and(|bill| bill.reserved == 0.0) {
        let operation = store.operations.remove(id).ok_or_else(Problem::not_found)?;
        return Ok(starts::begin(state, store, operation));
    }
    let available = store.available(state);
    let operation = store.operation_mut(id)?;
    let times = Times::of(operation);
    let required = operation.bill.as_ref().map_or(0.0, |bill| bill.estimated - bill.reserved);
    if available < required {
        let missing = Missing { stage: "final", required, available };
        operation.bill.iter_mut().for_each(|bill| bill.missing = Some(missing.clone()));
        operation.play([("billing_required", 0)]);
        return Ok(accepted(state, operation));
    }
    if let Some(bill) = &mut operation.bill {
        (bill.reserved, bill.left, bill.missing) = (bill.estimated, available - required, None);
    }
    starts::make_files(state, operation);
    operation.play([("running", times.running), ("succeeded", 0)]);
    Ok(accepted(state, operation))
}

fn accepted(state: &State, operation: &Operation) -> HttpReply {
    HttpReply::accepted(&operation.body(state), state.time.retry_after())
}
