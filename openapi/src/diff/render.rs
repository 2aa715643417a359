//! The report as text, Markdown and JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::change::{Change, Reading, Wire};
use super::rust::PublicItem;
use super::{Bump, Drift};

/// How many operations or items a text names before it counts the rest.
const MOST: usize = 6;

impl Drift {
    /// The report for a terminal.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (wire, changes) in self.by_wire() {
            let _ = writeln!(text, "{}", heading(wire, changes.len()));
            for change in changes {
                let _ = write!(text, "\n  {} {}\n", change.rule, change.detail);
                for (name, value) in rows(change) {
                    let _ = writeln!(text, "    {name:<8} {value}");
                }
            }
            text.push('\n');
        }
        if !self.rust.others.is_empty() {
            let _ = writeln!(text, "Rust items that follow from no single change\n");
            for item in &self.rust.others {
                let _ = writeln!(text, "  {} ({})", item.detail, item.bump);
            }
            text.push('\n');
        }
        text + &self.last_line()
    }

    /// The report for a pull request.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        for (wire, changes) in self.by_wire() {
            let _ = write!(text, "## {}\n\n", heading(wire, changes.len()));
            for change in changes {
                let _ = writeln!(text, "- **{}** {}", change.rule, change.detail);
                for (name, value) in rows(change) {
                    let _ = writeln!(text, "  - {name}: {value}");
                }
            }
            text.push('\n');
        }
        if !self.rust.others.is_empty() {
            text.push_str("## Rust items that follow from no single change\n\n");
            for item in &self.rust.others {
                let _ = writeln!(text, "- {} ({})", item.detail, item.bump);
            }
            text.push('\n');
        }
        text + &self.last_line()
    }

    /// The report for a program: one object with `changes`, `rust` and `suggestion`.
    pub fn to_json(&self) -> String {
        // The structure holds nothing that JSON cannot: names of fields are texts, numbers are whole.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The suggested version bump, and why.
    fn last_line(&self) -> String {
        let before_1_0 = match self.suggestion.bump {
            Some(Bump::Major) => " (before 1.0: the second number)",
            Some(_) => " (before 1.0: the third number)",
            None => "",
        };
        let bump = self.suggestion.bump.map_or("none".to_owned(), |bump| bump.to_string());
        format!("suggested version bump: {bump}{before_1_0}: {}\n", self.suggestion.why)
    }

    fn by_wire(&self) -> impl Iterator<Item = (Wire, Vec<&Change>)> {
        let mut groups: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
        for change in &self.changes {
            groups.entry(std::cmp::Reverse(change.wire)).or_default().push(change);
        }
        groups.into_iter().map(|(wire, changes)| (wire.0, changes))
    }
}

fn heading(wire: Wire, count: usize) -> String {
    let what = match wire {
        Wire::Breaking => "break clients on the wire",
        Wire::Unclassified => "are unclassified: no rule knows them",
        Wire::Risky => "may break clients on the wire",
        Wire::Compatible => "are compatible on the wire",
        Wire::Unaffected => "have no effect on the wire",
    };
    let noun = if count == 1 { "change" } else { "changes" };
    format!("{count} {noun} that {what}")
}

/// What is told of a change beside its detail.
fn rows(change: &Change) -> Vec<(&'static str, String)> {
    let directions: Vec<_> = change.directions.iter().map(ToString::to_string).collect();
    let operations: Vec<_> = change.operations.iter().map(String::as_str).collect();
    let mut rows = vec![("at", format!("`{}`", change.pointer))];
    if !operations.is_empty() {
        rows.push(("reaches", format!("{} ({})", shortened(&operations), directions.join(" and "))));
    }
    rows.push(("wire", change.wire.to_string()));
    rows.push(("rust", rust(change)));
    if change.reading != Reading::Unaffected {
        rows.push(("binary", change.reading.to_string()));
    }
    rows.push(("why", change.rule.reason().to_owned()));
    rows
}

fn rust(change: &Change) -> String {
    let Some(bump) = change.rust else {
        return "no public item follows from it".into();
    };
    let details: Vec<_> = told(&change.items).map(|item| item.detail.as_str()).collect();
    format!("{bump}: {}", shortened(&details))
}

/// The items without those that follow from others: a builder has a method for each field.
fn told(items: &[PublicItem]) -> impl Iterator<Item = &PublicItem> {
    items.iter().filter(|item| {
        let plain = item.path.replace("builder::", "");
        plain == item.path || !items.iter().any(|other| other.path == plain)
    })
}

fn shortened(texts: &[&str]) -> String {
    let shown = texts.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
