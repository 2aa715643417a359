//! Reads of models, worlds, asset packs and assets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::call::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::state::{Environment, Store};

/// A page of the resources of a type, the newest first.
pub(crate) fn list(
    environment: &Environment,
    store: &Store,
    resource_type: &str,
    call: &Call,
) -> Result<HttpReply, Problem> {
    let limit = match call.query("limit").map(|text| text.parse()) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => return Err(Problem::invalid(vec![field_error("/limit", "out_of_range", "Must be 1 to 100.")])),
    };
    let mut left = store.resources(resource_type).rev();
    if let Some(cursor) = call.query("cursor") {
        let last = URL_SAFE_NO_PAD.decode(cursor).ok();
        if !left.any(|resource| last.as_deref() == Some(resource.id.as_bytes())) {
            return Err(Problem::invalid(vec![field_error("/cursor", "invalid_value", "Not a cursor of this list.")]));
        }
    }
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let has_more = left.next().is_some();
    let next = page.last().filter(|_| has_more).map(|last| URL_SAFE_NO_PAD.encode(&last.id));
    let data: Vec<_> = page.iter().map(|resource| resource.body(environment, store)).collect();
    Ok(HttpReply::ok(&json!({"data": data, "pagination": {"nextCursor": next, "hasMore": has_more}})))
}

/// The resource of a type whose id is the first path parameter.
pub(crate) fn get(
    environment: &Environment,
    store: &Store,
    resource_type: &str,
    call: &Call,
) -> Result<HttpReply, Problem> {
    Ok(HttpReply::ok(&store.resource(resource_type, call.parameter(0))?.body(environment, store)))
}

/// The resource whose type and id are the path parameters.
pub(crate) fn asset(environment: &Environment, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    Ok(HttpReply::ok(&store.resource(call.resource_type(), call.parameter(1))?.body(environment, store)))
}
