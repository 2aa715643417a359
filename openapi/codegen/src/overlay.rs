//! OpenAPI Overlay 1.1: what is added to the published document, and what of it is relaxed.
//!
//! An overlay is a list of actions. Each selects nodes of the document by a JSONPath (RFC 9535) and merges an `update`
//! into them, merges a `copy` of another node, or removes them; each works on the result of the one before
//! ([Overlay 1.1.0](https://spec.openapis.org/overlay/v1.1.0.html)). [`apply_as_specified`] does that and no more.
//!
//! The document changes under an overlay that was written for an older one, so [`apply`] also says what became of each
//! action ([`Verdict`]):
//!
//! - **Applied**: everything it says is new to the document, or what it removes was there.
//! - **Superseded**: it adds what the document has. That part is skipped, the rest of the action is applied.
//!   A path, a method of a path, a component, a property of a schema or a reply of an operation is there when its name
//!   is; what upstream says of it wins, without a comparison. An element of a list, or any other value, is there when
//!   an equal one is; a list thereby never gets an element twice, where the specification would append it again.
//! - **Dead**: its target, or what it copies, is gone.
//! - **Conflicting**: the document holds another value where the action has one, or a value of another kind. To replace
//!   a value, an action before removes it. An action that touches more than one route or component conflicts, too:
//!   each is to have a source of its own.
//!
//! ```
//! use openapi_client_codegen::overlay::{Overlay, Verdict, apply};
//! use serde_json::json;
//!
//! let document = json!({"components": {"schemas": {"Thing": {
//!     "required": ["id", "name"],
//!     "properties": {"id": {}, "name": {}},
//! }}}});
//! let overlay = Overlay::parse(r#"{
//!     "overlay": "1.1.0",
//!     "info": {"title": "Names are optional", "version": "1"},
//!     "actions": [
//!         {"target": "$.components.schemas.Thing.required[?@ == 'name']", "remove": true},
//!         {"target": "$.components.schemas.Thing.properties", "update": {"size": {}, "name": {"type": "string"}}}
//!     ]
//! }"#)?;
//!
//! let applied = apply(&document, &overlay);
//! let thing = &applied.document["components"]["schemas"]["Thing"];
//! assert_eq!(thing, &json!({"required": ["id"], "properties": {"id": {}, "name": {}, "size": {}}}));
//! assert_eq!(applied.outcomes[0].verdict, Verdict::Applied);
//! assert_eq!(
//!     applied.outcomes[1].to_string(),
//!     "actions[1] (`$.components.schemas.Thing.properties`) is superseded: \
//!      the document has /components/schemas/Thing/properties/name",
//! );
//! # Ok::<(), openapi_client_codegen::Error>(())
//! ```

mod action;
mod change;
mod document;
mod news;
mod provenance;
mod query;
#[cfg(test)]
mod specification_tests;
#[cfg(test)]
mod tests;
mod touched;

use std::fmt;

use serde_json::Value;

use crate::error::Error;
use change::{Change, Refusal};

pub use action::{Action, Modifier};
pub use document::{Info, Overlay, Version};
pub use provenance::{Confidence, Provenance};
pub use query::Query;

/// A document with an overlay applied, and what became of each action.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The document after the last action.
    pub document: Value,
    /// One for each action, in their order.
    pub outcomes: Vec<Outcome>,
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The position of the action in `actions`, from 0.
    pub index: usize,
    /// Its target.
    pub target: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Why; empty when it was applied.
    pub why: String,
}

/// What can become of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The document is as the action wants it, by the action.
    Applied,
    /// The document had what the action adds, or a part of it; that part was skipped.
    Superseded,
    /// Its target is gone, or what it copies; nothing was changed.
    Dead,
    /// It contradicts the document; nothing was changed.
    Conflicting,
}

/// Applies an overlay that was written for an older document, and says what became of each action.
///
/// The [module](self) says how an action is judged.
pub fn apply(document: &Value, overlay: &Overlay) -> Applied {
    let mut document = document.clone();
    let outcomes = overlay.actions.iter().enumerate().map(|(index, action)| {
        let (verdict, why) = judge(&mut document, action, overlay.version);
        Outcome { index, target: action.target.to_string(), verdict, why }
    });
    let outcomes = outcomes.collect();
    Applied { document, outcomes }
}

/// Applies an overlay by the specification alone.
///
/// # Errors
///
/// [`Error::Overlay`] when an action merges values of different kinds, selects nodes of different kinds, copies from
/// no node or from several, or removes the document.
pub fn apply_as_specified(document: &Value, overlay: &Overlay) -> Result<Value, Error> {
    let mut document = document.clone();
    for (index, action) in overlay.actions.iter().enumerate() {
        let changed = Change::of(action, overlay.version, &document).and_then(|change| change.make(&document));
        document = changed.map_err(|refusal| {
            let (Refusal::Dead(why) | Refusal::Incompatible(why)) = refusal;
            Error::Overlay(format!("actions[{index}] (`{}`): {why}", action.target))
        })?;
    }
    Ok(document)
}

impl Applied {
    /// The outcomes that somebody has to look at.
    pub fn unsettled(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Applied)
    }
}

/// Applies one action as far as the document allows it.
fn judge(document: &mut Value, action: &Action, version: Version) -> (Verdict, String) {
    match try_to_apply(document, action, version) {
        Ok((changed, there)) => {
            *document = changed;
            if there.is_empty() {
                return (Verdict::Applied, String::new());
            }
            (Verdict::Superseded, format!("the document has {}", there.join(", ")))
        }
        Err(Refusal::Dead(why)) => (Verdict::Dead, why),
        Err(Refusal::Incompatible(why)) => (Verdict::Conflicting, why),
    }
}

/// The changed document, and what of the action it had before.
fn try_to_apply(document: &Value, action: &Action, version: Version) -> Result<(Value, Vec<String>), Refusal> {
    let change = Change::of(action, version, document)?;
    if action.modifier == Modifier::Nothing {
        return Err(Refusal::Dead("it has no `update`, `copy` or `remove: true`".into()));
    }
    if change.is_empty() {
        return Err(Refusal::Dead("nothing in the document is where it points".into()));
    }
    let touched = touched::by(&change, document);
    if touched.len() > 1 {
        let why = format!("it changes {}; an action is to change one route or component", touched.join(" and "));
        return Err(Refusal::Incompatible(why));
    }
    let (change, there) = change.without_what_is_there(document)?;
    Ok((change.make(document)?, there))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "actions[{}] (`{}`) is {}", self.index, self.target, self.verdict)?;
        if self.why.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.why)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applied => "applied",
            Self::Superseded => "superseded",
            Self::Dead => "dead",
            Self::Conflicting => "conflicting",
        })
    }
}
