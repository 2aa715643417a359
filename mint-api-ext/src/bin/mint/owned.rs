//! The catalog in this folder, as the commands for single things see it.

use std::path::Path;

use mint_api_ext::catalog::{Bought, Catalog, EntryId, PaidCall};

use crate::failure::Failure;

/// The paid calls of the catalog in this folder; none where it holds no catalog.
///
/// # Errors
///
/// Where the catalog cannot be read.
pub(crate) fn calls() -> Result<Vec<(EntryId, PaidCall)>, Failure> {
    if !Path::new("mint.toml").exists() {
        return Ok(Vec::new());
    }
    let calls = |Bought { entry, calls, .. }: Bought| calls.into_iter().map(move |call| (entry.clone(), call));
    Ok(Catalog::open(".")?.bought().into_iter().flat_map(calls).collect())
}

/// Refuses an operation, or what it made, of the catalog in this folder: the catalog would not know what becomes of it, and
/// would buy it again. `way` is how the catalog does it.
pub(crate) fn refuse(id: &str, way: impl Fn(&EntryId) -> String) -> Result<(), Failure> {
    let is_of = |call: &PaidCall| [&call.operation, &call.resource].into_iter().flatten().any(|known| known == id);
    match calls()?.iter().find(|(_, call)| is_of(call)) {
        Some((entry, _)) => Err(Failure::usage(format!("`{id}` belongs to {entry} of mint.toml; {}", way(entry)))),
        None => Ok(()),
    }
}
