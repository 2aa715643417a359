//! Resources as the API shows them.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::environment::Environment;
use super::operation::mint_url;
use super::resource::Resource;
use super::result_files;
use super::status::is_success;
use super::store::Store;

impl Resource {
    /// The resource as the API shows it now.
    pub(crate) fn body(&self, environment: &Environment, store: &Store) -> Value {
        let status = self.status(environment, store);
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        let mut body = json!({
            "object": self.resource_type,
            "id": self.id,
            "name": self.name,
            "prompt": made_by.map(|operation| operation.body(environment)["prompt"].take()),
            "status": status,
            "mintUrl": mint_url(&self.id),
            "createdAt": environment.time.text(self.created),
            "updatedAt": environment.time.text(self.updated(environment, store)),
        });
        if matches!(self.resource_type, "model" | "world") {
            body["assets"] = self.assets(environment, store);
            body["assetStage"] = match status {
                "preview_ready" => "preview".into(),
                _ if is_success(status) => "final".into(),
                _ => Value::Null,
            };
        }
        if self.resource_type == "asset_pack" {
            body["items"] = self.pack_items(environment, store, status);
        }
        body
    }

    /// The status of the operation that makes the resource.
    pub(crate) fn status<'a>(&self, environment: &Environment, store: &'a Store) -> &'a str {
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        made_by.map_or("succeeded", |operation| operation.status(environment).0)
    }

    /// The current `assets` of a model or a world.
    pub(crate) fn assets(&self, environment: &Environment, store: &Store) -> Value {
        let optimized = self.optimized_by.as_ref().and_then(|id| store.operations.get(id));
        if let Some(operation) = optimized.filter(|operation| is_success(operation.status(environment).0)) {
            return operation.body(environment)["assets"].take();
        }
        let made_by = self.made_by.as_ref().and_then(|id| store.operations.get(id));
        match made_by {
            Some(operation) if operation.script.kind.resource_type() == self.resource_type => {
                operation.body(environment)["assets"].take()
            }
            // A model of an asset pack.
            Some(operation) if !is_success(operation.status(environment).0) => Value::Null,
            _ => environment.files.signed(&result_files::model(environment.files.of(&self.id))),
        }
    }

    fn updated(&self, environment: &Environment, store: &Store) -> Instant {
        let operations = [&self.made_by, &self.optimized_by].into_iter().flatten();
        let updated = operations.filter_map(|id| Some(store.operations.get(id)?.status(environment).1));
        updated.max().unwrap_or(self.created)
    }

    /// The `items` of an asset pack. An item that failed has no model.
    fn pack_items(&self, environment: &Environment, store: &Store, status: &str) -> Value {
        let models = self.items.iter().filter_map(|id| store.resource("model", id).ok());
        let items = models.map(
            |model| json!({"modelId": model.id, "displayName": model.name, "status": model.status(environment, store)}),
        );
        let failed = (status == "partially_succeeded").then(
            || json!({"modelId": null, "displayName": format!("Item {}", self.items.len() + 1), "status": "failed"}),
        );
        items.chain(failed).collect()
    }
}
