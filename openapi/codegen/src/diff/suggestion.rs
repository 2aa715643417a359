//! The suggested version bump.

use serde::Serialize;

use super::change::{Bump, Change, Reading, Wire};
use super::rust::RustVerdict;

/// The suggested version bump of the crate, and why.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// `None` when nothing changed, or when one of the generated sources is missing.
    pub bump: Option<Bump>,
    /// The reason, as part of a sentence.
    pub why: String,
}

impl Suggestion {
    pub(super) fn of(changes: &[Change], rust: &RustVerdict) -> Self {
        if let Some(why) = &rust.unknown {
            return Self { bump: None, why: format!("the generated sources cannot be compared: {why}") };
        }
        let breaking = changes.iter().find(|change| change.wire == Wire::Breaking || change.reading == Reading::Fails);
        match (rust.bump, breaking) {
            (Some(bump @ (Bump::Major | Bump::Minor)), _) => {
                let why = rust.worst.as_ref().map(|item| item.detail.clone()).unwrap_or_default();
                let more =
                    if rust.count > 1 { format!(" ({} public items change)", rust.count) } else { String::new() };
                Self { bump: Some(bump), why: why + &more }
            }
            (_, Some(change)) => {
                let why = format!(
                    "the Rust surface is the same, but released clients break: {}: {} ({})",
                    change.subject, change.detail, change.rule
                );
                Self { bump: Some(Bump::Minor), why }
            }
            (Some(Bump::Patch), None) => Self { bump: Some(Bump::Patch), why: "the Rust surface is the same".into() },
            (None, None) if changes.is_empty() => Self { bump: None, why: "nothing changed".into() },
            (None, None) => {
                let why = "only the document changes, not what is generated from it";
                Self { bump: Some(Bump::Patch), why: why.into() }
            }
        }
    }
}
