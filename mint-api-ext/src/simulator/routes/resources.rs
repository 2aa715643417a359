//! Requests that look at operations, models, worlds and packs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::simulator::api::Call;
use crate::simulator::http::{HttpReply, Problem, field_error};
use crate::simulator::scripts::Play;
use crate::simulator::state::api_state::State;
use crate::simulator::state::operation::{is_success, mint_url};
use crate::simulator::state::result_files;
use crate::simulator::state::store::{Resource, Store};

pub(crate) fn operation(state: &State, store: &mut Store, id: &str) -> Result<HttpReply, Problem> {
    let operation = store.operation_mut(id)?;
    let given = operation.replies_given;
    operation.replies_given += 1;
    let Play::Replies(replies) = &operation.script.play else {
        return Ok(HttpReply::ok(&operation.lingering.take().unwrap_or_else(|| operation.body(state))));
    };
    let reply = replies.get(given).or(replies.last()).ok_or_else(Problem::not_found)?;
    let body = operation.body_in(state, reply.operation_status(), operation.created);
    Ok(reply.clone().into_http(&body))
}

/// A page of the resources of a type, the newest first.
pub(crate) fn list(state: &State, store: &Store, resource_type: &str, call: &Call) -> Result<HttpReply, Problem> {
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
    let data: Vec<_> = page.iter().map(|resource| resource.body(state, store)).collect();
    Ok(HttpReply::ok(&json!({"data": data, "pagination": {"nextCursor": next, "hasMore": has_more}})))
}

pub(crate) fn resource(state: &State, store: &Store, resource_type: &str, id: &str) -> Result<HttpReply, Problem> {
    Ok(HttpReply::ok(&store.resource(resource_type, id)?.body(state, store)))
}

pub(crate) fn asset(state: &State, store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let resource_type = match call.parameter(0) {
        "model_animation_clip" => "animation",
        other => other,
    };
    resource(state, store, resource_type, call.parameter(1))
}

impl Resource {
    /// The status of what makes it.
    pub(crate) fn status<'a>(&self, state: &State, store: &'a Store) -> &'a str {
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        made_by.map_or("succeeded", |operation| operation.status(state).0)
    }

    /// Its files, as far as they are made.
    pub(crate) fn assets(&self, state: &State, store: &Store) -> Value {
        let optimized = self.optimized_by.as_ref().and_then(|id| store.operations.get(id));
        if let Some(operation) = optimized.filter(|operation| is_success(operation.status(state).0)) {
            return operation.body(state)["assets"].take();
        }
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        match made_by {
            Some(operation) if operation.script.kind.resource_type() == self.resource_type => {
                operation.body(state)["assets"].take()
            }
            // One of a pack.
            Some(operation) if !is_success(operation.status(state).0) => Value::Null,
            _ => state.files.signed(&result_files::model(state)),
        }
    }

    fn updated(&self, state: &State, store: &Store) -> Instant {
        let operations = [&self.made_by, &self.optimized_by].into_iter().flatten();
        let updated = operations.filter_map(|id| Some(store.operations.get(id)?.status(state).1));
        updated.max().unwrap_or(self.created)
    }

    fn body(&self, state: &State, store: &Store) -> Value {
        let status = self.status(state, store);
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        let mut body = json!({
            "object": self.resource_type,
            "id": self.id,
            "name": self.name,
            "prompt": made_by.map(|operation| operation.body(state)["prompt"].take()),
            "status": status,
            "mintUrl": mint_url(&self.id),
            "createdAt": state.time.text(self.created),
            "updatedAt": state.time.text(self.updated(state, store)),
        });
        if matches!(self.resource_type, "model" | "world") {
            body["assets"] = self.assets(state, store);
            body["assetStage"] = match status {
                "preview_ready" => "preview".into(),
                _ if is_success(status) => "final".into(),
                _ => Value::Null,
            };
        }
        if self.resource_type == "asset_pack" {
            body["items"] = self.items(state, store, status);
        }
        body
    }

    /// The models of a pack; one that failed has none.
    fn items(&self, state: &State, store: &Store, status: &str) -> Value {
        let models = self.items.iter().filter_map(|id| store.resource("model", id).ok());
        let made = models
            .map(|model| json!({"modelId": model.id, "displayName": model.name, "status": model.status(state, store)}));
        let failed = (status == "partially_succeeded").then(
            || json!({"modelId": null, "displayName": format!("Item {}", self.items.len() + 1), "status": "failed"}),
        );
        made.chain(failed).collect()
    }
}
