//! The account: its owner, its credits, and price estimates.

use serde_json::json;

use super::call::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::scripts::OperationKind;
use crate::simulator::state::{API_KEY, Environment, Store, preview_price, price};

pub(crate) fn me(call: &Call) -> HttpReply {
    let authentication = if call.token == API_KEY { "api_key" } else { "oauth" };
    HttpReply::ok(&json!({
        "authentication": {"type": authentication, "scopes": ["mint:assets:read", "mint:assets:generate"]},
        "owner": {"userId": "0x51a7ed", "email": null},
    }))
}

pub(crate) fn usage(environment: &Environment, store: &Store) -> HttpReply {
    HttpReply::ok(&json!({
        "object": "usage",
        "credits": {"totalAvailable": store.available(environment)},
        "apiUsage": {"creditsUsed": store.used(environment)},
    }))
}

pub(crate) fn estimate(store: &Store, call: &Call) -> Result<HttpReply, Problem> {
    let (start, total) = match call.text("modelId") {
        Some(model) => {
            store.resource("model", model)?;
            let price = price(OperationKind::Optimization, "");
            (price, price)
        }
        None => {
            let price = price(OperationKind::Model, call.text("generationPreset").unwrap_or_default());
            (preview_price(price), price)
        }
    };
    Ok(HttpReply::ok(&json!({
        "object": "pricing_estimate",
        "operation": call.body["operation"],
        "credits": {"requiredToStart": start, "estimatedTotal": total},
    })))
}
