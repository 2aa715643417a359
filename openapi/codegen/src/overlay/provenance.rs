//! The provenance of an action: its source and confidence.

use serde::Deserialize;

use super::action::Action;

/// The provenance of an action: its field `x-provenance`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Provenance {
    /// The source of the claim.
    pub source: String,
    /// How reliable the source is.
    pub confidence: Confidence,
}

/// How reliable a claim is that the published document does not make.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confidence {
    /// `H`: published documentation, code by the publisher of the API, or a recorded reply.
    #[serde(rename = "H")]
    High,
    /// `H-M`: between the two.
    #[serde(rename = "H-M", alias = "M-H")]
    HighToMedium,
    /// `M`: a third-party client that was run, or several that agree.
    #[serde(rename = "M")]
    Medium,
    /// `M-L`: between the two.
    #[serde(rename = "M-L", alias = "L-M")]
    MediumToLow,
    /// `L`: one third-party client that was not run, or an inference.
    #[serde(rename = "L")]
    Low,
}

impl Provenance {
    /// The provenance of an action, or the reason why it is invalid.
    pub(super) fn of(action: &Action) -> Result<Self, String> {
        let Some(value) = action.extensions.get("x-provenance") else {
            return Err(
                "`x-provenance` is missing: {\"source\": WHO SAYS SO, \"confidence\": H, H-M, M, M-L or L}".into()
            );
        };
        let provenance = Self::deserialize(value).map_err(|error| format!("x-provenance: {error}"))?;
        if provenance.source.trim().is_empty() {
            return Err("x-provenance: `source` is empty; say where this is known from".into());
        }
        Ok(provenance)
    }
}
