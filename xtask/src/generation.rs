//! A document, and the client that is generated from it.

use std::collections::BTreeSet;

use openapi_client_codegen::diff::{self, Drift, diff_sources};
use openapi_client_codegen::overlay::{ActionOutcome, Misfit, Overlay, Verdict, apply};
use openapi_client_codegen::{Code, Error, Report};
use serde_json::Value;

use crate::overlay;
use crate::problem::Problem;
use crate::worker::{self, Answer, Refusal};

/// A document, and the result of generating from it.
#[derive(Debug)]
pub(crate) struct Generation {
    document: Value,
    /// The actions of the overlay that were not applied unchanged.
    pub(crate) unsettled: Vec<ActionOutcome>,
    answer: Answer,
}

impl Generation {
    /// Generates from a document, in a child process.
    ///
    /// # Errors
    ///
    /// Only for I/O errors; a document without a client is a [`Generation::refusal`].
    pub(crate) fn of(document: Value) -> Result<Self, Problem> {
        let answer = worker::ask(&document.to_string())?;
        Ok(Self { document, unsettled: Vec::new(), answer })
    }

    /// Applies the overlay to a document and generates from the result.
    ///
    /// # Errors
    ///
    /// As [`Generation::of`].
    pub(crate) fn with_overlay(document: &Value, overlay: &Overlay) -> Result<Self, Problem> {
        let applied = apply(document, overlay);
        let unsettled = applied.unsettled().cloned().collect();
        Ok(Self { unsettled, ..Self::of(applied.document)? })
    }

    /// The report, if a client was generated, even for a part of the operations only.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.answer.as_ref().ok().map(|client| &client.report)
    }

    /// Why there is no client for the whole document.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match &self.answer {
            Err(refusal) => Some(refusal.clone()),
            Ok(client) => {
                let rejections: Vec<_> = client.report.rejections().cloned().collect();
                (!rejections.is_empty()).then_some(Refusal::Rejected(rejections))
            }
        }
    }

    /// Why `mint-api` cannot be built: it needs the whole document and the whole overlay.
    ///
    /// A superseded action is skipped, and does not prevent the build.
    pub(crate) fn obstacles(&self) -> Vec<Problem> {
        let misfits = self.unsettled.iter().filter(|outcome| outcome.verdict != Verdict::Superseded);
        let refusal = self.refusal().map(|refusal| Problem::new("no client can be generated", &refusal, refusal.fix()));
        Misfit::of(misfits).iter().map(overlay::problem).chain(refusal).chain(self.undefined_schemes()).collect()
    }

    /// The security schemes that the document requires and does not define.
    pub(crate) fn undefined_schemes(&self) -> Option<Problem> {
        let entries = self.report().map(|report| report.entries.as_slice()).unwrap_or_default();
        let found: Vec<_> = entries.iter().filter(|entry| entry.code == Code::W011).collect();
        if found.is_empty() {
            return None;
        }
        let reasons: BTreeSet<_> = found.iter().map(|entry| entry.reason.as_str()).collect();
        Some(Problem::new(
            format!("{} security requirement(s) name a scheme that the document does not define", found.len()),
            reasons.into_iter().collect::<Vec<_>>().join("\n"),
            "define it by an action of `openapi/overlay.json`, or ask who publishes the document to define it",
        ))
    }

    /// The superseded actions of the overlay.
    pub(crate) fn superseded(&self) -> impl Iterator<Item = &ActionOutcome> {
        self.unsettled.iter().filter(|outcome| outcome.verdict == Verdict::Superseded)
    }

    /// The changes from this document to a newer one.
    ///
    /// # Errors
    ///
    /// Why the two cannot be compared.
    pub(crate) fn drift_to(&self, newer: &Self) -> Result<Drift, Error> {
        diff_sources(&self.document, &newer.document, self.source(), newer.source())
    }

    fn source(&self) -> Result<diff::ClientSource, String> {
        match &self.answer {
            Ok(client) => Ok(diff::ClientSource::new(client.rust.clone(), client.type_names.clone())),
            Err(refusal) => Err(refusal.to_string()),
        }
    }
}
