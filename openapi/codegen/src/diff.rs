//! What changed between two documents, and what each change breaks.
//!
//! A change has three verdicts: on the wire, for a client written against the old document ([`Wire`]); in Rust, for code
//! that uses the generated client ([`Bump`]); and for a client that was generated from the old document and is running
//! ([`Reading`]). The first and the last are judged by rule ([`Rule`]), the second on the two generated sources.
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
mod document;
mod fields;
mod operation;
mod place;
mod render;
mod rule;
mod rust;
mod schema;
mod security;
mod servers;
mod shape;
mod subject;
mod suggestion;
mod walk;

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

    /// Whether something breaks: a client on the wire, code that uses the crate, or a running client.
    pub fn is_breaking(&self) -> bool {
        let breaks = |change: &Change| change.wire == Wire::Breaking || change.reading == Reading::Fails;
        self.rust.bump == Some(Bump::Major) || self.changes.iter().any(breaks)
    }

    /// Whether there is a change that no rule knows, or one of the generated sources is missing.
    pub fn is_unclear(&self) -> bool {
        let unclear = |change: &Change| change.wire == Wire::Unclassified || change.reading == Reading::CannotTell;
        self.rust.unknown.is_some() || self.changes.iter().any(unclear)
    }
}

/// What of a generated client is compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Source {
    /// [`Generated::rust`].
    pub rust: String,
    /// [`Generated::type_names`].
    pub type_names: BTreeMap<String, String>,
}

impl Source {
    /// What is compared of a client that was generated elsewhere.
    pub fn new(rust: String, type_names: BTreeMap<String, String>) -> Self {
        Self { rust, type_names }
    }
}

impl From<Generated> for Source {
    fn from(generated: Generated) -> Self {
        Self::new(generated.rust, generated.type_names)
    }
}

/// Compares two documents of OpenAPI 3: what they say, and what is generated from them.
///
/// The order of fields, and of what stands in `required`, `enum`, `tags` and `parameters`, makes no change, nor does the
/// way in which null is spelled. Where there is no client for a document, [`RustVerdict::unknown`] says why.
///
/// The generator can overflow the stack on documents that nobody has tried; [`diff_sources`] takes what was generated in
/// another process.
///
/// # Errors
///
/// [`Error::Rejected`] when one is no document of OpenAPI 3, or is too deep or too large.
pub fn diff(old: &Value, new: &Value) -> Result<Drift, Error> {
    let source = |document| match generate(document, &Settings::default()) {
        Ok(generated) => Ok(Source::from(generated)),
        Err(error) => Err(error.to_string()),
    };
    // Two documents take as long as one where there are two processors.
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| source(old));
        let after = source(new);
        (before.join().unwrap_or_else(|_| Err("the generator panicked".into())), after)
    });
    diff_sources(old, new, before, after)
}

/// Compares two documents whose clients were generated elsewhere; where there is none, the text says why.
///
/// # Errors
///
/// As [`diff`].
pub fn diff_sources(
    old: &Value,
    new: &Value,
    before: Result<Source, String>,
    after: Result<Source, String>,
) -> Result<Drift, Error> {
    lower::check(old)?;
    lower::check(new)?;
    let (old, new) = (place::Document { root: old }, place::Document { root: new });
    let mut changes = document::compare(old, new).finish();
    let rust = rust::judge(old, new, before.as_ref(), after.as_ref(), &mut changes);
    let suggestion = Suggestion::of(&changes, &rust);
    Ok(Drift { changes, rust, suggestion })
}
