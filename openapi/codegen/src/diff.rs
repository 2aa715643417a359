//! Compares two documents, and judges what each change breaks.
//!
//! A change has three verdicts: on the wire, for a client written against the old document ([`Wire`]); in Rust, for code
//! that uses the generated client ([`Bump`]); and for a client that was generated from the old document and is running
//! ([`Reading`]). Rules ([`Rule`]) give the first and the last; the second comes from comparing the generated sources.
//!
//! ```
//! use openapi_client_codegen::diff::{Bump, diff};
//!
//! let old = openapi_client_codegen::parse_json(
//!     r##"{
//!         "openapi": "3.1.0",
//!         "info": {"title": "Lamps", "version": "1"},
//!         "paths": {"/lamp": {"get": {"operationId": "get_lamp", "responses": {"200": {
//!             "description": "A lamp",
//!             "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}}}
//!         }}}}},
//!         "components": {"schemas": {"Lamp": {"type": "object", "properties": {"watts": {"type": "integer"}}}}}
//!     }"##,
//! )?;
//! let mut new = old.clone();
//! new["components"]["schemas"]["Lamp"]["properties"]["hint"] = serde_json::json!({"type": "string"});
//!
//! let drift = diff(&old, &new)?;
//! assert_eq!(drift.changes[0].rule.to_string(), "D342");
//! assert_eq!(drift.suggestion.bump, Some(Bump::Minor));
//! assert!(!drift.is_breaking());
//! # Ok::<(), openapi_client_codegen::Error>(())
//! ```

mod change;
mod comparison;
mod document;
mod fields;
mod location_name;
mod operation;
mod render;
mod rule;
mod rust;
mod schema;
mod security;
mod servers;
mod shape;
mod suggestion;
mod top_level;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::emit::{Generated, Settings, generate};
use crate::error::Error;
use crate::lower;

pub use change::{Bump, Change, Direction, Reading, Wire};
pub use rule::{Rule, UnknownRule};
pub use rust::{ItemChange, PublicItem, RustVerdict};
pub use suggestion::Suggestion;

/// What changed between two documents.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// Every change, the worst first.
    pub changes: Vec<Change>,
    /// The verdict on the public items of the two generated clients.
    pub rust: RustVerdict,
    /// What the version of the crate should become.
    pub suggestion: Suggestion,
}

impl Drift {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.rust.bump.is_none() && self.rust.unknown.is_none()
    }

    /// Whether a client on the wire, code that uses the crate, or a running client breaks.
    pub fn is_breaking(&self) -> bool {
        let breaks = |change: &Change| change.wire == Wire::Breaking || change.reading == Reading::Fails;
        self.rust.bump == Some(Bump::Major) || self.changes.iter().any(breaks)
    }

    /// Whether a change is unclassified, or one of the generated sources is missing.
    pub fn is_unclear(&self) -> bool {
        let unclear = |change: &Change| change.wire == Wire::Unclassified || change.reading == Reading::CannotTell;
        self.rust.unknown.is_some() || self.changes.iter().any(unclear)
    }
}

/// The parts of a generated client that are compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClientSource {
    /// [`Generated::rust`].
    pub rust: String,
    /// [`Generated::type_names`].
    pub type_names: BTreeMap<String, String>,
}

impl ClientSource {
    /// The parts of a client that was generated elsewhere.
    pub fn new(rust: String, type_names: BTreeMap<String, String>) -> Self {
        Self { rust, type_names }
    }
}

impl From<Generated> for ClientSource {
    fn from(generated: Generated) -> Self {
        Self::new(generated.rust, generated.type_names)
    }
}

/// Compares two documents of OpenAPI 3: what they say, and what is generated from them.
///
/// The order of fields, and of the lists `required`, `enum`, `tags` and `parameters`, is no change, nor is another
/// spelling of null. Where a document gives no client, [`RustVerdict::unknown`] says why.
///
/// The generator can overflow the stack on some documents; [`diff_sources`] takes clients generated in another process.
///
/// # Errors
///
/// [`Error::Rejected`] when one of them is not an OpenAPI 3 document, or is too deep or too large.
pub fn diff(old: &Value, new: &Value) -> Result<Drift, Error> {
    let source = |document| match generate(document, &Settings::default()) {
        Ok(generated) => Ok(ClientSource::from(generated)),
        Err(error) => Err(error.to_string()),
    };
    // Both clients are generated at the same time.
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| source(old));
        let after = source(new);
        (before.join().unwrap_or_else(|_| Err("the generator panicked".into())), after)
    });
    diff_sources(old, new, before, after)
}

/// Compares two documents whose clients were generated elsewhere; `Err` says why a document has none.
///
/// # Errors
///
/// As [`diff`].
pub fn diff_sources(
    old: &Value,
    new: &Value,
    before: Result<ClientSource, String>,
    after: Result<ClientSource, String>,
) -> Result<Drift, Error> {
    lower::check(old)?;
    lower::check(new)?;
    let (old, new) = (document::Document { root: old }, document::Document { root: new });
    let mut changes = top_level::compare(old, new).finish();
    let rust = rust::judge(old, new, before.as_ref(), after.as_ref(), &mut changes);
    let suggestion = Suggestion::of(&changes, &rust);
    Ok(Drift { changes, rust, suggestion })
}
