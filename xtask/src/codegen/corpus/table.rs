//! The table of a corpus, as Markdown.

use std::collections::BTreeMap;
use std::fmt;

use super::document::{Compiled, Document, Outcome};
use crate::codegen::worker::Rejection;

/// One row per document, a row of totals, and what went wrong.
#[derive(Debug)]
pub(crate) struct Table<'a>(pub(crate) &'a [Document]);

const COLUMNS: [&str; 11] = [
    "document",
    "operations",
    "generated",
    "rejected",
    "by code",
    "types",
    "`Value`s",
    "`subtype_N`",
    "empty enums",
    "compiled",
    "examples equal",
];

/// What adds up.
#[derive(Debug, Default)]
struct Sum {
    documents: usize,
    clients: usize,
    operations: usize,
    generated: usize,
    codes: BTreeMap<String, usize>,
    types: usize,
    values: usize,
    subtype_fields: usize,
    empty_enums: usize,
    tried: usize,
    compiled: usize,
    examples: usize,
    equal: usize,
    unknown: usize,
}

impl Sum {
    fn of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let mut sum = Self::default();
        for document in documents {
            sum.add(document);
        }
        sum
    }

    fn add(&mut self, document: &Document) {
        self.documents += 1;
        self.operations += document.operations;
        self.generated += document.generated();
        for rejection in &document.rejections {
            *self.codes.entry(rejection.code.clone()).or_default() += 1;
        }
        if let Outcome::Generated { measures, .. } = &document.outcome {
            self.clients += 1;
            self.types += measures.types;
            self.values += measures.values;
            self.subtype_fields += measures.subtype_fields;
            self.empty_enums += measures.empty_enums;
        }
        self.tried += usize::from(document.compiled != Compiled::Skipped);
        self.compiled += usize::from(document.compiled == Compiled::Yes);
        self.examples += document.examples.len();
        self.equal += document.equal;
        self.unknown += document.unknown;
    }

    fn row(&self, name: String, compiled: String) -> [String; 11] {
        let codes: Vec<_> = self.codes.iter().map(|(code, count)| format!("{code}×{count}")).collect();
        let examples = match (self.examples, self.tried) {
            (0, _) => "-".into(),
            (examples, 0) => format!("?/{examples}"),
            (examples, _) => format!("{}/{examples}{}", self.equal, of_these_unknown(self.unknown)),
        };
        [
            name,
            self.operations.to_string(),
            self.generated.to_string(),
            self.operations.saturating_sub(self.generated).to_string(),
            if codes.is_empty() { "-".into() } else { codes.join(" ") },
            self.types.to_string(),
            self.values.to_string(),
            self.subtype_fields.to_string(),
            self.empty_enums.to_string(),
            compiled,
            examples,
        ]
    }
}

/// How many are equal since something in them was kept as it came.
fn of_these_unknown(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" ({count} by `Unknown`)") }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = vec![COLUMNS.map(String::from)];
        for document in self.0 {
            let compiled = match (document.client(), document.compiled) {
                (None, _) => "no client",
                (_, Compiled::Skipped) => "not tried",
                (_, Compiled::Yes) => "yes",
                (_, Compiled::No) => "NO",
            };
            rows.push(Sum::of([document]).row(document.name.clone(), compiled.into()));
        }
        let sum = Sum::of(self.0);
        let name = format!("{} documents, {} clients", sum.documents, sum.clients);
        rows.push(sum.row(name, format!("{}/{}", sum.compiled, sum.tried)));
        write_rows(f, &rows)?;
        for document in
            self.0.iter().filter(|document| !document.failures.is_empty() || !document.rejections.is_empty())
        {
            writeln!(f, "\n{}:", document.name)?;
            for (rejection, more) in grouped(&document.rejections) {
                let Rejection { code, pointer, reason } = rejection;
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                writeln!(f, "- {code} at `{pointer}`{more}: {}", one_line(reason))?;
            }
            for failure in &document.failures {
                writeln!(f, "- {}", one_line(failure))?;
            }
        }
        Ok(())
    }
}

fn write_rows(f: &mut fmt::Formatter<'_>, rows: &[[String; 11]]) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; 11] = std::array::from_fn(width);
    for (index, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            write!(f, "| {cell:width$} ")?;
        }
        writeln!(f, "|")?;
        if index == 0 {
            for width in widths {
                write!(f, "|{}", "-".repeat(width + 2))?;
            }
            writeln!(f, "|")?;
        }
    }
    Ok(())
}

/// The first rejection of each code and reason, and how many more there are.
fn grouped(rejections: &[Rejection]) -> Vec<(&Rejection, usize)> {
    let mut groups: Vec<(&Rejection, usize)> = Vec::new();
    for rejection in rejections {
        let same =
            |(first, _): &&mut (&Rejection, usize)| first.code == rejection.code && first.reason == rejection.reason;
        match groups.iter_mut().find(same) {
            Some((_, more)) => *more += 1,
            None => groups.push((rejection, 0)),
        }
    }
    groups
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
