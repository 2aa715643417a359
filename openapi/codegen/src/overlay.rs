//! OpenAPI Overlay 1.1: additions to a published document, and relaxations of it.
//!
//! An overlay is a list of actions. Each selects nodes of the document by a JSONPath (RFC 9535) and merges an `update`
//! into them, merges a `copy` of another node, or removes them; each works on the result of the one before
//! ([Overlay 1.1.0](https://spec.openapis.org/overlay/v1.1.0.html)). [`apply_as_specified`] does that and no more. Without
//! the feature `jsonpath`, an action selects one node, or elements of a list by their texts.
//!
//! A document changes after its overlay was written, so [`apply`] also judges each action ([`Verdict`]):
//!
//! - **Applied**: everything it adds was new to the document, or everything it removes was present.
//! - **Superseded**: the document already has a part of what it adds. That part is skipped, the rest is applied.
//!   The document has a path, a method of a path, a component, a property of a schema or a reply of an operation when it
//!   has one of that name: upstream wins, without a comparison. It has an element of a list, or any other value, when it
//!   has an equal one. So a list never gets an element twice, where the specification would append it again.
//!   What an action removes is superseded when it is gone and the node that held it is present.
//! - **Dead**: the node that its target is in, or the node it copies, is gone.
//! - **Conflicting**: the document has another value at that place, or a value of another kind. To replace a value,
//!   remove it in an earlier action. An action that affects more than one route or component conflicts, too, so that
//!   each has its own source.
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
mod affected;
mod document;
mod edit;
mod new_part;
mod plain;
mod provenance;
mod query;
#[cfg(test)]
mod specification_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use crate::error::Error;
use edit::{Edit, Refusal};

pub use action::{Action, Modifier};
pub use document::{Info, Overlay, Version};
pub use provenance::{Confidence, Provenance};
pub use query::Query;

/// A document with an overlay applied, and the outcome of each action.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The document after the last action.
    pub document: Value,
    /// One for each action, in their order.
    pub outcomes: Vec<ActionOutcome>,
}

/// The outcome of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActionOutcome {
    /// The position of the action in `actions`, from 0.
    pub index: usize,
    /// Its target.
    pub target: String,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The reason; empty when it was applied.
    pub why: String,
}

/// The verdict on an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The action changed the document as it says.
    Applied,
    /// The document already had a part of what the action adds, or all; that part was skipped.
    Superseded,
    /// The node that its target is in, or the node it copies, is gone; nothing was changed.
    Dead,
    /// It contradicts the document; nothing was changed.
    Conflicting,
}

/// Applies an overlay that was written for an older document, and judges each action as the [module](self) describes.
pub fn apply(document: &Value, overlay: &Overlay) -> Applied {
    let mut document = document.clone();
    let outcomes = overlay.actions.iter().enumerate().map(|(index, action)| {
        let (verdict, why) = judge(&mut document, action, overlay.version);
        ActionOutcome { index, target: action.target.to_string(), verdict, why }
    });
    let outcomes = outcomes.collect();
    Applied { document, outcomes }
}

/// Applies an overlay exactly as the specification says.
///
/// # Errors
///
/// [`Error::Overlay`] when an action merges values of different kinds, selects nodes of different kinds, copies from
/// no node or from several, or removes the document.
pub fn apply_as_specified(document: &Value, overlay: &Overlay) -> Result<Value, Error> {
    let mut document = document.clone();
    for (index, action) in overlay.actions.iter().enumerate() {
        let changed = Edit::of(action, overlay.version, &document).and_then(|edit| edit.make(&document));
        document = changed.map_err(|refusal| {
            let (Refusal::Dead(why) | Refusal::Incompatible(why)) = refusal;
            Error::Overlay(format!("actions[{index}] (`{}`): {why}", action.target))
        })?;
    }
    Ok(document)
}

/// Actions that were not applied unchanged for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// The verdict on each.
    pub verdict: Verdict,
    /// The reason.
    pub why: String,
    /// The position and the target of each action.
    pub actions: Vec<(usize, String)>,
}

impl Misfit {
    /// Groups the outcomes of actions by verdict and reason, each group at its first action.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a ActionOutcome>) -> Vec<Self> {
        let mut misfits: Vec<Self> = Vec::new();
        for ActionOutcome { index, target, verdict, why } in outcomes {
            let action = (*index, target.clone());
            match misfits.iter_mut().find(|misfit| misfit.verdict == *verdict && misfit.why == *why) {
                Some(misfit) => misfit.actions.push(action),
                None => misfits.push(Self { verdict: *verdict, why: why.clone(), actions: vec![action] }),
            }
        }
        misfits
    }

    /// The actions and the verdict on them, without the reason.
    pub fn headline(&self) -> String {
        match &self.actions[..] {
            [(index, target)] => format!("actions[{index}] (`{target}`) is {}", self.verdict),
            actions => format!("{} actions are {}: {}", actions.len(), self.verdict, self.positions()),
        }
    }

    /// The positions of the actions, such as `0-2, 5`.
    fn positions(&self) -> String {
        let positions: Vec<_> = self.actions.iter().map(|(index, _)| *index).collect();
        let runs = positions.chunk_by(|before, after| before + 1 == *after);
        let texts = runs.map(|run| match run {
            [first, .., last] => format!("{first}-{last}"),
            run => run.iter().map(ToString::to_string).collect(),
        });
        texts.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.headline(), self.why)
    }
}

impl Applied {
    /// The outcomes of actions that a maintainer must look at: all but [`Verdict::Applied`].
    pub fn unsettled(&self) -> impl Iterator<Item = &ActionOutcome> {
        self.outcomes.iter().filter(|outcome| outcome.verdict != Verdict::Applied)
    }
}

/// Applies one action as far as the document allows.
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

/// The changed document, and the parts of the action that it already had.
fn try_to_apply(document: &Value, action: &Action, version: Version) -> Result<(Value, Vec<String>), Refusal> {
    let edit = Edit::of(action, version, document)?;
    if action.modifier == Modifier::Nothing {
        return Err(Refusal::Dead("it has no `update`, `copy` or `remove: true`".into()));
    }
    if edit.is_empty() {
        return match action.target.gap(document) {
            Some(gap) if gap.is_target && action.modifier == Modifier::Remove => {
                Ok((document.clone(), vec![format!("nothing at `{}` to remove", gap.query)]))
            }
            gap => {
                let missing = gap.map_or(action.target.as_str(), |gap| gap.query);
                Err(Refusal::Dead(format!("the document has nothing at `{missing}`")))
            }
        };
    }
    let affected = affected::by(&edit, document);
    if affected.len() > 1 {
        let why = format!("it changes {}; an action is to change one route or component", affected.join(" and "));
        return Err(Refusal::Incompatible(why));
    }
    let (edit, there) = edit.without_known_parts(document)?;
    Ok((edit.make(document)?, there))
}

impl fmt::Display for ActionOutcome {
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
