//! Requests about the account: who one is, what is left, what something costs.

use serde_json::json;

use super::API_KEY;
use super::answer::{Answer, Problem};
use super::api::Call;
use super::credits::{preview_price, price};
use super::script::ScriptSubject;
use super::state::State;
use super::store::Store;

pub(super) fn me(call: &Call) -> Answer {
    let authentication = if call.token == API_KEY { "api_key" } else { "oauth" };
    Answer::ok(&json!({
        "authentication": {"type": authentication, "scopes": ["mint:assets:read", "mint:assets:generate"]},
        "owner": {"userId": "0x51a7ed", "email": null},
    }))
}

pub(super) fn usage(state: &State, store: &Store) -> Answer {
    Answer::ok(&json!({
        "object": "usage",
        "credits": {"totalAvailable": store.available(state)},
        "apiUsage": {"creditsUsed": store.used(state)},
    }))
}

pub(super) fn estimate(store: &Store, call: &Call) -> Result<Answer, Problem> {
    let (start, total) = match call.text("modelId") {
        Some(model) => {
            store.resource("model", model)?;
            let price = price(ScriptSubject::Optimization, "");
            (price, price)
        }
        None => {
            let price = price(ScriptSubject::Model, call.text("generationPreset").unwrap_or_default());
            (preview_price(price), price)
        }
    };
    Ok(Answer::ok(&json!({
        "object": "pricing_estimate",
        "operation": call.body["operation"],
        "credits": {"requiredToStart": start, "estimatedTotal": total},
    })))
}
