//! The entries of a report.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Code;
use crate::model::pointer::Pointer;

/// What a rule did with a construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Disposition {
    /// Rewritten; the meaning is the same.
    Lowered,
    /// Rewritten less strictly; the loss is stated.
    Widened,
    /// Left out, because it has no effect on a client.
    Omitted,
    /// Refused: no correct client could be generated.
    Rejected,
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lowered => "lowered",
            Self::Widened => "widened",
            Self::Omitted => "omitted",
            Self::Rejected => "rejected",
        })
    }
}

/// A construct that a rule changed, left out or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The rule.
    pub code: Code,
    /// The pointer of the construct in the document that the rule was given.
    pub pointer: Pointer,
    /// The effect of the rule here, in one line.
    pub reason: String,
}

/// The disposition of every construct of a document: kept ones are counted, the others listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// How often each keyword or field was kept unchanged.
    pub kept: BTreeMap<String, usize>,
    /// Every construct that was not kept, in the order of the rules.
    pub entries: Vec<Entry>,
}

impl Report {
    /// The entries that refuse a construct.
    pub fn rejections(&self) -> impl Iterator<Item = &Entry> {
        self.with(Disposition::Rejected)
    }

    /// The entries with a disposition.
    pub fn with(&self, disposition: Disposition) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.code.disposition() == disposition)
    }

    /// The report as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = String::from("# What became of the document on its way to Rust\n");
        for disposition in [Disposition::Rejected, Disposition::Widened, Disposition::Lowered, Disposition::Omitted] {
            let mut entries: Vec<_> = self.with(disposition).collect();
            entries.sort_by_key(|entry| entry.code);
            text.push_str(&format!("\n## {} {disposition}\n", entries.len()));
            let mut code = None;
            for entry in entries {
                if code != Some(entry.code) {
                    code = Some(entry.code);
                    text.push_str(&format!("\n### {} {}\n\n", entry.code, entry.code.summary()));
                }
                text.push_str(&format!("- `{}`: {}\n", entry.pointer, entry.reason));
            }
        }
        text.push_str(&format!("\n## {} kept\n\n", self.kept.values().sum::<usize>()));
        for (field, count) in &self.kept {
            text.push_str(&format!("- `{field}`: {count}\n"));
        }
        text
    }
}
