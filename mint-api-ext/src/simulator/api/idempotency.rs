//! Idempotency keys.

use serde_json::Value;
use tokio::time::Instant;

use super::dispatch::dispatch;
use crate::simulator::http::{HttpReply, Problem, Route};
use crate::simulator::routes::{Call, operations};
use crate::simulator::state::{Environment, Remembered, Store};

/// Handles a call once per idempotency key. A repeated request gets its first reply again.
pub(crate) fn once(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let content = call.idempotency_key.clone().unwrap_or_else(|| format!("{} {:?}", call.path, call.body));
    store.request = Some((call.route, content));
    let takes_key = call.route.method() == "POST" && call.route != Route::EstimatePricing;
    let Some(key) = call.idempotency_key.as_ref().filter(|_| takes_key) else {
        return dispatch(environment, store, call);
    };
    let request = (call.path.clone(), Value::Object(call.body.clone()));
    let known = store.keys.get(key).filter(|known| known.since.elapsed() < store.key_lifetime);
    let Some(known) = known.cloned() else {
        let reply = dispatch(environment, store, call)?;
        let operation = reply.operation_id();
        store.keys.insert(key.clone(), Remembered { request, reply: reply.clone(), operation, since: Instant::now() });
        return Ok(reply);
    };
    if known.request != request {
        let detail = "The idempotency key was used before, with another request.";
        return Err(Problem::conflict("idempotency-conflict", detail));
    }
    let Some(reply) = operations::restart(environment, store, &known) else {
        return Ok(known.reply);
    };
    store.keys.insert(key.clone(), Remembered { reply: reply.clone(), ..known });
    Ok(reply)
}
