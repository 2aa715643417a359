//! The report as text, Markdown and JSON.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::change::{Change, Direction, Reading, Wire};
use super::rule::Rule;
use super::rust::PublicItem;
use super::{Bump, Drift};

/// A text names this many operations or items, and counts the rest.
const MOST: usize = 6;

const NO_CHANGE: &str = "## Rust items that follow from no single change";

impl Drift {
    /// The report for a terminal.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (wire, changes) in self.by_wire() {
            let _ = writeln!(text, "{}\n", heading(wire, changes.len()));
            for change in changes {
                let _ = writeln!(text, "  {} {}", change.rule, change.headline());
                for (name, value) in rows(change) {
                    let _ = writeln!(text, "       {name:<9} {value}");
                }
                text.push('\n');
            }
        }
        if !self.rust.others.is_empty() {
            let _ = writeln!(text, "{}\n", NO_CHANGE.trim_start_matches("## "));
            for item in told(&self.rust.others) {
                let _ = writeln!(text, "  {} ({})", item.detail, item.bump);
            }
            text.push('\n');
        }
        text + &self.suggestion_line() + "\n"
    }

    /// The report for a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        for (wire, changes) in self.by_wire() {
            let _ = writeln!(text, "## {}\n", heading(wire, changes.len()));
            for change in changes {
                let _ = writeln!(text, "- **{}** {}", change.rule, change.headline());
                for (name, value) in rows(change) {
                    let _ = writeln!(text, "  - {name}: {value}");
                }
            }
            text.push('\n');
        }
        if !self.rust.others.is_empty() {
            let _ = writeln!(text, "{NO_CHANGE}\n");
            for item in told(&self.rust.others) {
                let _ = writeln!(text, "- {} ({})", item.detail, item.bump);
            }
            text.push('\n');
        }
        text + &self.suggestion_line() + "\n"
    }

    /// The report for a program: one object with `changes`, `rust` and `suggestion`.
    pub fn to_json(&self) -> String {
        // Serialization cannot fail: every key is a string.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The suggested version bump and why, in one line.
    pub fn suggestion_line(&self) -> String {
        let bump = match self.suggestion.bump {
            None if self.rust.unknown.is_some() => "cannot tell".into(),
            None => "none".into(),
            // Before 1.0, Cargo treats the second number as the major one, and the third as the others.
            Some(Bump::Major) => "major (0.x: the second number)".to_owned(),
            Some(bump) => format!("{bump} (0.x: the third number)"),
        };
        format!("suggested version bump: {bump}, because {}", self.suggestion.why)
    }

    fn by_wire(&self) -> impl Iterator<Item = (Wire, Vec<&Change>)> {
        let mut groups: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
        for change in &self.changes {
            groups.entry(Reverse(change.wire)).or_default().push(change);
        }
        groups.into_iter().map(|(wire, changes)| (wire.0, changes))
    }
}

fn heading(wire: Wire, count: usize) -> String {
    let what = match wire {
        Wire::Breaking => "breaking on the wire",
        Wire::Unclassified => "unclassified: no rule knows it",
        Wire::Risky => "risky on the wire",
        Wire::Compatible => "compatible on the wire",
        Wire::Unaffected => "without effect on the wire",
    };
    format!("{count} {} {what}", if count == 1 { "change" } else { "changes" })
}

impl Change {
    /// What changed and where, in one line.
    pub fn headline(&self) -> String {
        let goes_on = ["is ", "may ", "must "].iter().any(|start| self.detail.starts_with(start));
        format!("{}{} {}", self.subject, if goes_on { "" } else { ":" }, self.detail)
    }
}

/// The lines under the headline of a change.
fn rows(change: &Change) -> Vec<(&'static str, String)> {
    let mut rows = vec![("at", format!("`{}`", change.pointer))];
    let operations: Vec<_> = change.operations.iter().map(String::as_str).collect();
    let directions: Vec<_> = change.directions.iter().copied().collect();
    let is_operation = matches!(change.rule, Rule::D101 | Rule::D102);
    if !operations.is_empty() && !is_operation {
        let what = match directions.as_slice() {
            [Direction::Request] => "requests of",
            [Direction::Reply] => "replies of",
            _ => "requests and replies of",
        };
        rows.push(("reaches", format!("{what} {}", shortened(&operations))));
    }
    rows.push(("wire", change.wire.to_string()));
    if let Some(bump) = change.rust {
        let details: Vec<_> = told(&change.items).map(|item| item.detail.as_str()).collect();
        rows.push(("Rust", format!("{bump}: {}", shortened(&details))));
    }
    let reading = match change.reading {
        Reading::Unaffected => return rows,
        Reading::Same => "read it as before",
        Reading::AsUnknown => "read it as unknown, and keep it",
        Reading::Undecoded => "read the rest, and keep it as `undecoded`",
        Reading::CannotTell => "may fail: no rule tells",
        Reading::Fails => "fail to decode it",
    };
    rows.push(("released", format!("clients {reading}")));
    rows
}

/// Leaves out items that follow from others, such as a builder's method for a field, or the traits of a type.
fn told(items: &[PublicItem]) -> impl Iterator<Item = &PublicItem> {
    items.iter().filter(|item| {
        let plain = item.path.replace("builder::", "");
        let of = item.path.split_once(": ").map(|(of, _)| of);
        let follows =
            |other: &PublicItem| (other.path == plain && plain != item.path) || Some(other.path.as_str()) == of;
        !items.iter().any(follows)
    })
}

fn shortened(texts: &[&str]) -> String {
    let shown = texts.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
