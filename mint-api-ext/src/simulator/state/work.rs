//! The start of operations.

use serde_json::{Value, json};

use super::bill::{Bill, Missing, preview_price, price};
use super::environment::Environment;
use super::operation::{Draft, Operation};
use super::resource::Resource;
use super::result_files;
use super::store::Store;
use crate::simulator::http::HttpReply;
use crate::simulator::scripts::{OperationKind, Script};

/// The work that a request asks for.
pub(crate) struct Work {
    pub(crate) script: Script,
    /// In credits.
    pub(crate) price: f64,
    /// The id of the resource, if the work is on an existing one.
    pub(crate) resource: Option<String>,
    pub(crate) draft: Draft,
}

impl Work {
    /// Work on an existing resource, at the usual price.
    pub(crate) fn on(resource: &str, script: Script) -> Self {
        let price = price(script.kind, "");
        Self { script, price, resource: Some(resource.to_owned()), draft: Draft::default() }
    }

    /// Starts an operation that does the work.
    pub(crate) fn start(self, environment: &Environment, store: &mut Store) -> HttpReply {
        let mut operation = Operation::new(store.next_id(), self.script);
        operation.bill = Some(Bill::new(self.price));
        operation.resource = self.resource;
        operation.draft = self.draft;
        store.count_start();
        begin(environment, store, operation)
    }
}

/// Runs an operation from its start, as far as the credits suffice, and stores it.
///
/// Without credits for the first stage the operation stops before it has a resource.
pub(crate) fn begin(environment: &Environment, store: &mut Store, mut operation: Operation) -> HttpReply {
    let available = store.available(environment);
    let mut bill = operation.bill.take().unwrap_or_else(|| Bill::new(0.0));
    let whole = bill.estimated;
    let (stage, first) = match operation.script.kind {
        OperationKind::World | OperationKind::Model => ("preview", preview_price(whole)),
        _ => ("final", whole),
    };
    if available < first {
        bill.missing = Some(Missing { stage, required: first, available });
        operation.play([("billing_required", 0)]);
    } else {
        let end = end(store, &mut operation);
        let durations = Durations::of(&operation);
        let reviewed = operation.script.changes.contains(&("generationMode".to_owned(), "review".into()));
        let begun = [("queued", durations.queued), ("running", durations.running)];
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
            // Without a review the operation continues after its preview.
            let rest = [("preview_ready", durations.queued), ("running", durations.running), (end, 0)];
            operation.play(begun.into_iter().chain(rest));
        }
        make_files(environment, &mut operation);
        make_resource(store, &mut operation);
    }
    bill.left = available - bill.reserved;
    operation.bill = Some(bill);
    let reply = operation.accepted(environment);
    store.operations.insert(operation.id.clone(), operation);
    reply
}

/// Creates the files of an operation, which the API shows once it has succeeded.
pub(crate) fn make_files(environment: &Environment, operation: &mut Operation) {
    if !operation.results.is_empty() {
        return;
    }
    let files = environment.files.of(&operation.id);
    operation.results = match operation.script.kind {
        OperationKind::Conversion => {
            vec![("conversion", result_files::conversion(files, &operation.id, &operation.draft))]
        }
        OperationKind::Model => vec![("assets", result_files::model(files))],
        other => result_files::results(files, other),
    };
}

/// The durations of an operation's stages, in seconds.
pub(crate) struct Durations {
    pub(crate) queued: u64,
    pub(crate) running: u64,
}

impl Durations {
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

/// The last status of an operation. A failure that a test set costs an asset pack only one of its models.
fn end(store: &mut Store, operation: &mut Operation) -> &'static str {
    let Some((code, message)) = store.failures.pop_front() else {
        return "succeeded";
    };
    if operation.script.kind == OperationKind::AssetPack {
        operation.draft.items -= 1;
        return "partially_succeeded";
    }
    let error: Value = json!({"code": code, "message": message});
    operation.script.changes.push(("error".to_owned(), error));
    "failed"
}

/// Creates the resource of an operation that has none.
fn make_resource(store: &mut Store, operation: &mut Operation) {
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
