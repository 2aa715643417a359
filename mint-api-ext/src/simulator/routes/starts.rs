//! Requests that begin an operation.

use serde_json::{Map, Value};

use crate::simulator::api::Call;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::scripts::{OperationKind, Script};
use crate::simulator::state::api_state::State;
use crate::simulator::state::bill::{Bill, Missing, preview_price, price};
use crate::simulator::state::operation::{Operation, is_over, is_success};
use crate::simulator::state::result_files;
use crate::simulator::state::store::{Resource, Store};

/// What there is to do.
struct Work {
    script: Script,
    price: f64,
    /// The resource it is about, when that is there already.
    resource: Option<String>,
    draft: Draft,
}

/// What the resource of an operation will be, which there is none of while the credits are missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: Option<String>,
    /// How many models a pack has.
    items: u64,
    /// What a model is converted to.
    pub(crate) formats: Vec<String>,
}

pub(crate) fn generate(
    state: &State,
    store: &mut Store,
    subject: OperationKind,
    body: &Map<String, Value>,
) -> Result<HttpReply, Problem> {
    let preset = body.get("generationPreset").and_then(Value::as_str).unwrap_or("standard");
    let items = body.get("itemCount").and_then(Value::as_f64).unwrap_or(1.0);
    let mode = body.get("generationMode").cloned().unwrap_or_else(|| "auto".into());
    let script = Script::new(subject)
        .with("prompt", body["prompt"].clone())
        .with("generationPreset", preset.into())
        .with("generationMode", mode);
    let price = price(subject, preset) * items;
    let draft = Draft { name: text(body, "name"), items: items as u64, formats: Vec::new() };
    Ok(start(state, store, Work { script, price, resource: None, draft }))
}

pub(crate) fn optimize(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let model = finished_model(state, store, call.parameter(0))?;
    if let Some(operation) = model.optimized_by.as_ref().and_then(|id| store.operations.get(id)) {
        let status = operation.status(state).0;
        if is_success(status) {
            return Err(already_optimized());
        }
        if !is_over(status) {
            return Err(Problem::conflict("model-optimization-in-progress", "The model is being optimised."));
        }
    }
    if model.assets(state, store)["optimizedGlbUrl"].is_string() {
        return Err(already_optimized());
    }
    let level = call.body.get("optimizationLevel").cloned().unwrap_or_else(|| "moderate".into());
    let script = Script::new(OperationKind::Optimization).with("optimizationLevel", level);
    let id = model.id.clone();
    let optimized_by = store.next_id();
    let answer = start(state, store, about(script, &id));
    if let Some(model) = store.resource_mut(&id) {
        model.optimized_by = Some(optimized_by);
    }
    Ok(answer)
}

fn already_optimized() -> Problem {
    Problem::conflict("model-already-optimized", "The model is optimised already.")
}

pub(crate) fn convert(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let id = finished_model(state, store, call.parameter(0))?.id.clone();
    let formats = call.body["targetFormats"].as_array().into_iter().flatten();
    let formats = formats.filter_map(|format| format.as_str().map(str::to_owned)).collect();
    let draft = Draft { name: text(&call.body, "name"), items: 1, formats };
    Ok(start(state, store, Work { draft, ..about(Script::new(OperationKind::Conversion), &id) }))
}

pub(crate) fn animate(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    finished_model(state, store, call.parameter(0))?;
    let script = Script::new(OperationKind::Animation).with("prompt", call.body["motionPrompt"].clone());
    let price = price(OperationKind::Animation, "");
    Ok(start(state, store, Work { script, price, resource: None, draft: Draft::default() }))
}

/// Makes a model again whose generation failed, by a new operation.
pub(crate) fn retry(state: &State, store: &mut Store, call: &Call) -> Result<HttpReply, Problem> {
    let model = store.resource("model", call.parameter(0))?;
    let failed = model.made_by.as_ref().and_then(|id| store.operations.get(id));
    let Some(failed) = failed.filter(|operation| operation.status(state).0 == "failed") else {
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
    let answer = start(state, store, Work { price, ..about(script, &id) });
    if let Some(model) = store.resource_mut(&id) {
        model.made_by = Some(made_by);
    }
    Ok(answer)
}

/// A model whose generation is over.
fn finished_model<'a>(state: &State, store: &'a Store, id: &str) -> Result<&'a Resource, Problem> {
    let model = store.resource("model", id)?;
    if is_success(model.status(state, store)) {
        return Ok(model);
    }
    Err(Problem::conflict("model-not-ready", "The model's generation has not succeeded yet."))
}

fn about(script: Script, resource: &str) -> Work {
    let price = price(script.kind, "");
    Work { script, price, resource: Some(resource.to_owned()), draft: Draft::default() }
}

fn text(body: &Map<String, Value>, field: &str) -> Option<String> {
    body.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn start(state: &State, store: &mut Store, work: Work) -> HttpReply {
    let mut operation = Operation::new(store.next_id(), work.script);
    operation.bill = Some(Bill::new(work.price));
    operation.resource = work.resource;
    operation.draft = work.draft;
    store.started += 1;
    begin(state, store, operation)
}

/// Begins an operation as far as the credits last. One that they do not last for stops before there is a resource.
pub(crate) fn begin(state: &State, store: &mut Store, mut operation: Operation) -> HttpReply {
    let subject = operation.script.kind;
    let available = store.available(state);
    let mut bill = operation.bill.take().unwrap_or_else(|| Bill::new(0.0));
    let whole = bill.estimated;
    let (stage, first) = match subject {
        OperationKind::World | OperationKind::Model => ("preview", preview_price(whole)),
        _ => ("final", whole),
    };
    if available < first {
        bill.missing = Some(Missing { stage, required: first, available });
        operation.play([("billing_required", 0)]);
    } else {
        let end = end(store, &mut operation);
        let times = Times::of(&operation);
        let reviewed = operation.script.changes.contains(&("generationMode".to_owned(), "review".into()));
        let begun = [("queued", times.queued), ("running", times.running)];
        bill.reserved = if reviewed || available < whole { first } else { whole };
        bill.missing = None;
        if end == "failed" || stage == "final" {
            operation.play(begun.into_iter().chain([(end, 0)]));
        } else if reviewed {
            operation.play(begun.into_iter().chain([("preview_ready", 0)]));
        } else if available < whole {
            let required = whole - first;
            bill.missing = Some(Missing { stage: "final", required, available: available - first });
            operation.play(begun.into_iter().chain([("billing_required", 0)]));
        } else {
            // A preview that nobody reviews is passed by.
            let rest = [("preview_ready", times.queued), ("running", times.running), (end, 0)];
            operation.play(begun.into_iter().chain(rest));
        }
        make(state, store, &mut operation);
    }
    bill.left = available - bill.reserved;
    operation.bill = Some(bill);
    let answer = HttpReply::accepted(&operation.body(state), state.time.retry_after());
    store.operations.insert(operation.id.clone(), operation);
    answer
}

/// How an operation ends: as the next failure says, or well. A pack loses one of its models by a failure.
fn end(store: &mut Store, operation: &mut Operation) -> &'static str {
    let Some((code, message)) = store.failures.pop_front() else {
        return "succeeded";
    };
    if operation.script.kind == OperationKind::AssetPack {
        operation.draft.items -= 1;
        return "partially_succeeded";
    }
    operation.script.changes.push(("error".to_owned(), serde_json::json!({"code": code, "message": message})));
    "failed"
}

/// The files of an operation, for when it is over.
pub(crate) fn make_files(state: &State, operation: &mut Operation) {
    if !operation.made.is_empty() {
        return;
    }
    let draft = &operation.draft;
    operation.made = match operation.script.kind {
        OperationKind::Conversion => vec![("conversion", result_files::conversion(state, &operation.id, draft))],
        OperationKind::Model => vec![("assets", result_files::model(state))],
        other => result_files::made_for(state, other),
    };
}

/// The resource of an operation that has begun.
fn make(state: &State, store: &mut Store, operation: &mut Operation) {
    make_files(state, operation);
    if operation.resource.is_some() {
        return;
    }
    let draft = operation.draft.clone();
    let mut resource = Resource::of(operation, draft.name);
    if operation.script.kind == OperationKind::AssetPack {
        for number in 1..=draft.items {
            let id = format!("{}_{number}", resource.id);
            resource.items.push(id.clone());
            let name = Some(format!("Item {number}"));
            store.add_resource(Resource { id, name, resource_type: "model", items: Vec::new(), ..resource.clone() });
        }
    }
    store.add_resource(resource);
}

/// How many seconds the parts of an operation take.
pub(crate) struct Times {
    pub(crate) queued: u64,
    pub(crate) running: u64,
}

impl Times {
    pub(crate) fn of(operation: &Operation) -> Self {
        let (queued, running) = match operation.script.kind {
            OperationKind::World => (2, 8),
            OperationKind::AssetPack => (2, 2 * operation.draft.items),
            OperationKind::Animation => (1, 5),
            OperationKind::Optimization | OperationKind::Conversion => (1, 3),
            OperationKind::Model | OperationKind::Audio => (1, 2),
        };
        Self { queued, running }
    }
}
