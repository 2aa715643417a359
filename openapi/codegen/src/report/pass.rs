//! One run of passes over a document.

use serde_json::Value;

use super::{Log, rejection};
#[cfg(test)]
use crate::report::Report;

/// The state that passes share: the document, the log, and the facts `F` they collect.
#[derive(Debug, Default)]
pub(crate) struct Pass<F = ()> {
    pub(crate) document: Value,
    pub(crate) log: Log,
    pub(crate) facts: F,
}

impl<F> Pass<F> {
    /// Runs passes in order.
    pub(crate) fn run(&mut self, passes: &[fn(&mut Self)]) {
        passes.iter().for_each(|pass| pass(self));
    }

    /// Removes the operations that reach a construct rejected since the last call.
    pub(crate) fn remove_rejected(&mut self) {
        rejection::remove_operations(&mut self.document, &self.log.take_rejected());
    }
}

#[cfg(test)]
impl<F: Default> Pass<F> {
    /// Runs one pass on a document, and returns its report and facts.
    pub(crate) fn of(document: &mut Value, pass: impl FnOnce(&mut Self)) -> (Report, F) {
        let mut state = Self { document: document.take(), ..Self::default() };
        pass(&mut state);
        *document = state.document;
        (state.log.report, state.facts)
    }
}
