//! The part of `CHANGELOG.md` that is not released yet.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use openapi_client_codegen::diff::{Bump, Change, Drift, Reading, Wire};

use crate::problem::Problem;

/// The sections that come after `Changed` (Keep a Changelog 1.1.0).
const LATER: [&str; 4] = ["### Deprecated", "### Removed", "### Fixed", "### Security"];

/// The changelog entry of a new document, for people who use the crates.
pub(crate) fn entry(drift: &Drift, version: &str, date: &str) -> String {
    let mut text =
        format!("- The document of the API is version {version}, taken on {date}; {}:\n", drift.suggestion_line());
    let (felt, others): (Vec<_>, Vec<_>) = drift.changes.iter().partition(|change| is_felt(change));
    for change in felt {
        let _ = writeln!(text, "  - {}{} ({})", mark(change), change.headline(), change.rule);
    }
    for item in drift.rust.others.iter().filter(|item| item.bump > Bump::Patch) {
        let _ = writeln!(text, "  - {}", item.detail);
    }
    match others.len() {
        0 => {}
        1 => text.push_str("  - one change that no client feels\n"),
        many => {
            let _ = writeln!(text, "  - {many} changes that no client feels");
        }
    }
    text
}

fn is_felt(change: &Change) -> bool {
    change.wire > Wire::Unaffected || change.reading > Reading::Unaffected || change.rust > Some(Bump::Patch)
}

fn mark(change: &Change) -> &'static str {
    let breaks = change.wire == Wire::Breaking || change.reading == Reading::Fails || change.rust == Some(Bump::Major);
    match (breaks, change.wire) {
        (true, _) => "**Breaking:** ",
        (false, Wire::Unclassified) => "**Unclassified:** ",
        (false, _) => "",
    }
}

/// Adds an entry at the end of `Changed` in the part `Unreleased`.
///
/// # Errors
///
/// When there is no such part.
pub(crate) fn add(changelog: &str, entry: &str) -> Result<String, Problem> {
    let mut lines: Vec<&str> = changelog.lines().collect();
    let Some(start) = lines.iter().position(|line| line.to_ascii_lowercase().starts_with("## [unreleased]")) else {
        return Err(Problem::new(
            "`CHANGELOG.md` has no part for what is not released",
            "there is no heading `## [Unreleased]`, so the entry on the new document has no place",
            "add the heading before the first version",
        ));
    };
    // A definition of a link (`[1.0.0]: https://...`) ends the last part.
    let ends = |line: &&str| line.starts_with("## ") || line.starts_with('[') && line.contains("]: ");
    let part = start + 1..lines[start + 1..].iter().position(ends).map_or(lines.len(), |end| start + 1 + end);
    let section = lines[part.clone()].iter().position(|line| line.trim_end() == "### Changed");
    let (at, heading) = match section.map(|section| part.start + section + 1) {
        Some(section) => {
            let length = lines[section..part.end].iter().position(|line| line.starts_with("### "));
            (length.map_or(part.end, |length| section + length), None)
        }
        None => {
            let later = |line: &&str| LATER.iter().any(|later| line.starts_with(later));
            let before = lines[part.clone()].iter().position(later);
            (before.map_or(part.end, |before| part.start + before), Some("### Changed"))
        }
    };
    // Entries of a section follow each other; between sections there is an empty line.
    let rest = lines.split_off(at);
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let follows_entry = lines.last().is_some_and(|line| !line.starts_with('#'));
    match heading {
        Some(heading) => lines.extend(["", heading, ""]),
        None if follows_entry => {}
        None => lines.push(""),
    }
    lines.extend(entry.lines());
    if !rest.is_empty() {
        lines.push("");
    }
    lines.extend(rest);
    Ok(lines.join("\n") + "\n")
}
