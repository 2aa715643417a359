//! Totals over documents, and the bars they must meet.

use std::collections::BTreeMap;

use openapi_client_codegen::Code;

use super::document::{Compiled, Document, Measured};

/// The percentage of operations that must have a method.
const OPERATIONS: f64 = 97.0;

/// The percentage of examples that must be equal.
const EXAMPLES: f64 = 99.0;

/// The totals.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) documents: usize,
    pub(crate) clients: usize,
    pub(crate) operations: usize,
    pub(crate) generated: usize,
    pub(crate) codes: BTreeMap<Code, usize>,
    pub(crate) types: usize,
    pub(crate) values: usize,
    pub(crate) subtype_fields: usize,
    pub(crate) empty_enums: usize,
    pub(crate) tried: usize,
    pub(crate) compiled: usize,
    /// Examples of all documents.
    pub(crate) examples: usize,
    /// Examples of documents whose client compiles or should; the others could not be tried.
    pub(crate) examples_tried: usize,
    pub(crate) equal: usize,
    pub(crate) unknown: usize,
}

impl Sum {
    pub(crate) fn of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let mut sum = Self::default();
        for document in documents {
            sum.add(document);
        }
        sum
    }

    fn add(&mut self, document: &Document) {
        self.documents += 1;
        self.operations += document.operations;
        self.generated += document.methods();
        for rejection in &document.rejections {
            *self.codes.entry(rejection.code).or_default() += 1;
        }
        if let Ok(Measured { measures, .. }) = &document.generated {
            self.clients += 1;
            self.types += measures.types;
            self.values += measures.values;
            self.subtype_fields += measures.subtype_fields;
            self.empty_enums += measures.empty_enums;
        }
        self.tried += usize::from(document.compiled != Compiled::Skipped);
        self.compiled += usize::from(document.compiled == Compiled::Yes);
        self.examples += document.examples.len();
        if document.compiled != Compiled::Skipped {
            self.examples_tried += document.examples.len();
        }
        self.equal += document.equal;
        self.unknown += document.unknown;
    }

    /// The bars that are missed, in words.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let mut unmet = Vec::new();
        if self.compiled < self.tried {
            unmet.push(format!("{} of {} clients do not compile", self.tried - self.compiled, self.tried));
        }
        if percent(self.generated, self.operations) < OPERATIONS {
            unmet.push(format!("fewer than {OPERATIONS} % of the operations have a method"));
        }
        if percent(self.equal, self.examples_tried) < EXAMPLES {
            unmet.push(format!("fewer than {EXAMPLES} % of the examples come back equal"));
        }
        if self.subtype_fields > 0 {
            unmet.push(format!("there are {} `subtype_N` fields", self.subtype_fields));
        }
        unmet
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    match whole {
        0 => 100.0,
        whole => 100.0 * part as f64 / whole as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_can_be_missed() {
        let good = Sum {
            operations: 100,
            generated: 97,
            tried: 2,
            compiled: 2,
            examples_tried: 100,
            equal: 99,
            ..Sum::default()
        };
        assert_eq!(good.unmet(), Vec::<String>::new());
        let bad = Sum { generated: 96, compiled: 1, equal: 98, subtype_fields: 1, ..good };
        assert_eq!(bad.unmet().len(), 4);
        assert_eq!(Sum::default().unmet(), Vec::<String>::new());
    }
}
