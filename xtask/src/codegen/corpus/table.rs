//! The table of a corpus, as Markdown.

use std::fmt;

use openapi_client_codegen::Entry;

use super::document::{Compiled, Document};
use super::sum::Sum;

/// One row per document, a row of totals, and the failures.
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

fn row(sum: &Sum, name: String, compiled: String) -> [String; 11] {
    let codes: Vec<_> = sum.codes.iter().map(|(code, count)| format!("{code}×{count}")).collect();
    let untried = sum.examples - sum.examples_tried;
    let examples = match (sum.examples_tried, untried) {
        (0, 0) => "-".into(),
        (0, untried) => format!("?/{untried}"),
        (tried, 0) => format!("{}/{tried}{}", sum.equal, of_these_unknown(sum.unknown)),
        (tried, untried) => {
            format!("{}/{tried}{}, {untried} not tried", sum.equal, of_these_unknown(sum.unknown))
        }
    };
    [
        name,
        sum.operations.to_string(),
        sum.generated.to_string(),
        sum.operations.saturating_sub(sum.generated).to_string(),
        if codes.is_empty() { "-".into() } else { codes.join(" ") },
        sum.types.to_string(),
        sum.values.to_string(),
        sum.subtype_fields.to_string(),
        sum.empty_enums.to_string(),
        compiled,
        examples,
    ]
}

/// The number that is equal because a part was kept as JSON.
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
            rows.push(row(&Sum::of([document]), document.name.clone(), compiled.into()));
        }
        let sum = Sum::of(self.0);
        let name = format!("{} documents, {} clients", sum.documents, sum.clients);
        rows.push(row(&sum, name, format!("{}/{}", sum.compiled, sum.tried)));
        write_rows(f, &rows)?;
        for document in
            self.0.iter().filter(|document| !document.failures.is_empty() || !document.rejections.is_empty())
        {
            writeln!(f, "\n{}:", document.name)?;
            for (rejection, more) in grouped(&document.rejections) {
                let Entry { code, pointer, reason, .. } = rejection;
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
fn grouped(rejections: &[Entry]) -> Vec<(&Entry, usize)> {
    let mut groups: Vec<(&Entry, usize)> = Vec::new();
    for rejection in rejections {
        let same = |(first, _): &&mut (&Entry, usize)| first.code == rejection.code && first.reason == rejection.reason;
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
