//! What comes of a document: the overlay is applied, and a client generated.

use openapi_client_codegen::Report;
use openapi_client_codegen::diff::{Drift, Source, diff_sources};
use openapi_client_codegen::overlay::{ActionOutcome, Overlay, Verdict, apply};
use serde_json::Value;

use crate::generate::{Refusal, generate};
use crate::overlay;
use crate::problem::Problem;

/// What came of a document.
#[derive(Debug)]
pub(crate) struct Trial {
    /// The document with the overlay applied.
    effective: Value,
    /// The actions of the overlay that do not fit it.
    pub(crate) unsettled: Vec<ActionOutcome>,
    /// What became of every construct, if a client could be generated, be it for a part of the operations.
    pub(crate) report: Option<Report>,
    /// Why there is no client for the whole document.
    pub(crate) refusal: Option<Refusal>,
    source: Result<Source, String>,
}

impl Trial {
    /// Tries a document.
    pub(crate) fn of(document: &Value, overlay: &Overlay) -> Self {
        let applied = apply(document, overlay);
        let unsettled = applied.unsettled().cloned().collect();
        let effective = applied.document;
        match generate(&effective) {
            Err(refusal) => {
                let source = Err(refusal.to_string());
                Self { effective, unsettled, report: None, refusal: Some(refusal), source }
            }
            Ok(generated) => {
                let (report, source) = (Some(generated.report.clone()), Ok(Source::from(generated.clone())));
                let refusal = generated.without_rejections().err().map(Refusal::Error);
                Self { effective, unsettled, report, refusal, source }
            }
        }
    }

    /// What keeps `mint-api` from being built: it is generated from the whole document, with the whole overlay.
    ///
    /// What the document overtook of the overlay does not: it is skipped.
    pub(crate) fn obstacles(&self) -> Vec<Problem> {
        let misfits = self.unsettled.iter().filter(|outcome| outcome.verdict != Verdict::Superseded);
        misfits.map(overlay::problem).chain(self.refusal.as_ref().map(no_client)).collect()
    }

    /// The actions of the overlay that say what the document says by now.
    pub(crate) fn superseded(&self) -> impl Iterator<Item = &ActionOutcome> {
        self.unsettled.iter().filter(|outcome| outcome.verdict == Verdict::Superseded)
    }

    /// What a client meets that goes from this document to a newer one.
    ///
    /// # Errors
    ///
    /// Why the two cannot be compared.
    pub(crate) fn drift_to(&self, newer: &Self) -> Result<Drift, openapi_client_codegen::Error> {
        diff_sources(&self.effective, &newer.effective, self.source.clone(), newer.source.clone())
    }
}

fn no_client(refusal: &Refusal) -> Problem {
    Problem::new("no client can be generated", refusal, "add the rule that is missing to `openapi/codegen/src/lower`")
}
