//! Resources.

use tokio::time::Instant;

use super::operation::Operation;

/// A model, a world, an asset pack, an animation or a sound.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) created: Instant,
    /// The operation that makes the resource; `None` for a resource that was finished from the start.
    pub(crate) made_by: Option<String>,
    /// The operation that optimizes the model.
    pub(crate) optimized_by: Option<String>,
    /// The models of an asset pack.
    pub(crate) items: Vec<String>,
}

impl Resource {
    /// Creates the resource of an operation and stores its id in the operation.
    pub(crate) fn of(operation: &mut Operation, name: Option<String>) -> Self {
        let id = operation.id.replace("op_", "res_");
        operation.resource = Some(id.clone());
        Self {
            resource_type: operation.script.kind.resource_type(),
            id,
            name,
            created: operation.created,
            made_by: Some(operation.id.clone()),
            optimized_by: None,
            items: Vec::new(),
        }
    }
}
