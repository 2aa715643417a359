//! The log that passes write: the report, and the set of rejected constructs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Disposition, Entry, Report};
use crate::model::pointer::Pointer;

/// What the passes over one document report.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) report: Report,
    /// The constructs rejected since [`take_rejected`](Self::take_rejected) was called last, in the current document.
    rejected: BTreeSet<Pointer>,
    /// The original pointers of components that passes renamed or made, by their names.
    origins: BTreeMap<String, Pointer>,
    /// The original pointers of operations that a pass moved, by their pointers.
    operations: BTreeMap<Pointer, Pointer>,
}

impl Log {
    /// Continues a report; the rejections in it were acted on.
    pub(crate) fn continuing(report: Report) -> Self {
        Self { report, ..Self::default() }
    }

    /// Adds an entry for a construct of the current document, with its pointer in the given document.
    pub(crate) fn add(&mut self, code: Code, at: &Pointer, reason: impl Into<String>) {
        self.add_from(code, at, self.original(at.clone()), reason);
    }

    /// Adds an entry for a construct of the current document whose place in the given one is known.
    pub(crate) fn add_from(&mut self, code: Code, at: &Pointer, pointer: Pointer, reason: impl Into<String>) {
        if code.disposition() == Disposition::Rejected {
            self.rejected.insert(at.clone());
        }
        self.report.entries.push(Entry { code, pointer, reason: reason.into() });
    }

    /// Counts a field that is kept unchanged.
    pub(crate) fn keep(&mut self, field: &str) {
        match self.report.kept.get_mut(field) {
            Some(count) => *count += 1,
            None => drop(self.report.kept.insert(field.to_owned(), 1)),
        }
    }

    /// Notes where the schemas of components were before a pass moved them; the names are the new ones.
    pub(crate) fn moved(&mut self, origins: impl IntoIterator<Item = (String, Pointer)>) {
        let origins: Vec<_> = origins.into_iter().map(|(name, from)| (name, self.original(from))).collect();
        self.origins.extend(origins);
    }

    /// Notes where an operation was before a pass moved it.
    pub(crate) fn moved_operation(&mut self, to: Pointer, from: Pointer) {
        let rejected = std::mem::take(&mut self.rejected).into_iter();
        self.rejected = rejected.map(|at| at.relocated(&from, &to).unwrap_or(at)).collect();
        self.operations.insert(to, from);
    }

    pub(crate) fn take_rejected(&mut self) -> BTreeSet<Pointer> {
        std::mem::take(&mut self.rejected)
    }

    /// The place in the given document of a place in the current one, unless a pass moved it within its component.
    pub(crate) fn original(&self, at: Pointer) -> Pointer {
        let Some((name, inner)) = at.in_component() else {
            let moved = self.operations.iter().find_map(|(to, from)| at.relocated(to, from));
            return moved.unwrap_or(at);
        };
        match self.origins.get(name) {
            Some(origin) => Pointer::parse(&format!("{origin}{inner}")),
            None => at,
        }
    }
}
