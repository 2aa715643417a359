//! Requests that start an operation.

use serde_json::Value;

use super::call::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::scripts::{OperationKind, Script};
use crate::simulator::state::{Draft, Environment, Resource, Store, Work, is_over, is_success, price};

/// Generates a world, a model, an asset pack or a sound.
pub(crate) fn generate(environment: &Environment, store: &mut Store, kind: OperationKind, call: &Call) -> HttpReply {
    let preset = call.text("generationPreset").unwrap_or("standard");
    let items = call.body.get("itemCount").and_then(Value::as_f64).unwrap_or(1.0);
    let mode = call.body.get("generationMode").cloned().unwrap_or_else(|| "auto".into());
    let script = Script::new(kind)
        .with("prompt", call.body["prompt"].clone())
        .with("generationPreset", preset.into())
        .with("generationMode", mode);
    let draft = Draft { name: call.text("name").map(str::to_owned), items: items as u64, formats: Vec::new() };
    Work { script, price: price(kind, preset) * items, resource: None, draft }.start(environment, store)
}

/// Optimizes a model.
pub(crate) fn optimize(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let model = finished_model(environment, store, call.parameter(0))?;
    if let Some(operation) = model.optimized_by.as_ref().and_then(|id| store.operations.get(id)) {
        let status = operation.status(environment).0;
        if is_success(status) {
            return Err(already_optimized());
        }
        if !is_over(status) {
            return Err(Problem::conflict("model-optimization-in-progress", "The model is being optimised."));
        }
    }
    if model.assets(environment, store)["optimizedGlbUrl"].is_string() {
        return Err(already_optimized());
    }
    let level = call.body.get("optimizationLevel").cloned().unwrap_or_else(|| "moderate".into());
    let script = Script::new(OperationKind::Optimization).with("optimizationLevel", level);
    let id = model.id.clone();
    let optimized_by = store.next_id();
    let reply = Work::on(&id, script).start(environment, store);
    if let Some(model) = store.resource_mut(&id) {
        model.optimized_by = Some(optimized_by);
    }
    Ok(reply)
}

/// Repeats the failed generation of a model as a new operation.
pub(crate) fn retry(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let model = store.resource("model", call.parameter(0))?;
    let failed = model.made_by.as_ref().and_then(|id| store.operations.get(id));
    let Some(failed) = failed.filter(|operation| operation.status(environment).0 == "failed") else {
        return Err(Problem::conflict("model-not-failed", "The model's generation has not failed."));
    };
    let mut script = failed.script.clone();
    script.changes.retain(|(field, _)| field != "error");
    let price = match &failed.bill {
        Some(bill) => bill.estimated,
        None => price(OperationKind::Model, ""),
    };
    let id = model.id.clone();
    let made_by = store.next_id();
    let reply = Work { price, ..Work::on(&id, script) }.start(environment, store);
    if let Some(model) = store.resource_mut(&id) {
        model.made_by = Some(made_by);
    }
    Ok(reply)
}

/// Converts a model to other formats.
pub(crate) fn convert(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let id = finished_model(environment, store, call.parameter(0))?.id.clone();
    let formats = call.body["targetFormats"].as_array().into_iter().flatten();
    let formats = formats.filter_map(|format| format.as_str().map(str::to_owned)).collect();
    let draft = Draft { name: call.text("name").map(str::to_owned), items: 1, formats };
    let script = Script::new(OperationKind::Conversion);
    Ok(Work { draft, ..Work::on(&id, script) }.start(environment, store))
}

/// Animates a model. The animation is a resource of its own.
pub(crate) fn animate(environment: &Environment, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    finished_model(environment, store, call.parameter(0))?;
    let script = Script::new(OperationKind::Animation).with("prompt", call.body["motionPrompt"].clone());
    let price = price(OperationKind::Animation, "");
    Ok(Work { script, price, resource: None, draft: Draft::default() }.start(environment, store))
}

/// The model with this id, whose generation must have succeeded.
fn finished_model<'a>(environment: &Environment, store: &'a Store, id: &str) -> Result<&'a Resource, Problem> {
    let model = store.resource("model", id)?;
    if is_success(model.status(environment, store)) {
        return Ok(model);
    }
    Err(Problem::conflict("model-not-ready", "The model's generation has not succeeded yet."))
}

fn already_optimized() -> Problem {
    Problem::conflict("model-already-optimized", "The model is optimised already.")
}
