//! The part of `CHANGELOG.md` that is not released yet.

use std::fmt::Write as _;

use mint_openapi::diff::{Bump, Change, Drift, Reading, Wire};

use crate::problem::Problem;

/// The sections that come after `Changed` (Keep a Changelog 1.1.0).
const LATER: [&str; 4] = ["### Deprecated", "### Removed", "### Fixed", "### Security"];

/// What a person who uses the crates wants to know of a new document, as an entry of the changelog.
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(changelog: &str, expected: Expect) {
        let added = add(changelog, "- New.\n  - More.\n").unwrap();
        expected.assert_eq(&added);
        // A second entry comes after the first one.
        let twice = add(&added, "- Newer.\n").unwrap();
        assert_eq!(twice, added.replacen("  - More.\n", "  - More.\n- Newer.\n", 1));
    }

    #[test]
    fn the_entry_is_the_last_of_its_section() {
        check(
            "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- Old.\n\n### Fixed\n\n- Bug.\n\n## [1.0.0]\n\n### Changed\n\n- First.\n",
            expect![[r#"
                # Changelog

                ## [Unreleased]

                ### Changed

                - Old.
                - New.
                  - More.

                ### Fixed

                - Bug.

                ## [1.0.0]

                ### Changed

                - First.
            "#]],
        );
    }

    #[test]
    fn the_section_is_made_in_its_place() {
        check(
            "## [Unreleased]\n\n### Added\n\n- Old.\n\n### Removed\n\n- Gone.\n",
            expect![[r#"
                ## [Unreleased]

                ### Added

                - Old.

                ### Changed

                - New.
                  - More.

                ### Removed

                - Gone.
            "#]],
        );
        check(
            "## [Unreleased]\n\n## [1.0.0]\n\n- First.\n",
            expect![[r#"
                ## [Unreleased]

                ### Changed

                - New.
                  - More.

                ## [1.0.0]

                - First.
            "#]],
        );
        check(
            "## [Unreleased]\n\n### Changed\n\n[Unreleased]: https://example.com\n",
            expect![[r#"
                ## [Unreleased]

                ### Changed

                - New.
                  - More.

                [Unreleased]: https://example.com
            "#]],
        );
        check(
            "## [unreleased]",
            expect![[r#"
                ## [unreleased]

                ### Changed

                - New.
                  - More.
            "#]],
        );
    }

    #[test]
    fn without_the_part_there_is_no_place() {
        assert!(add("# Changelog\n\n## [1.0.0]\n", "- New.\n").is_err());
    }

    #[test]
    fn an_entry_names_what_is_felt_and_counts_the_rest() {
        let old: serde_json::Value = serde_json::from_str(crate::testing::DOCUMENT).unwrap();
        let mut new = old.clone();
        new["info"]["title"] = json!("Large API");
        new["components"]["schemas"]["Thing"]["properties"]["size"] = json!({"type": "integer"});
        new["paths"]["/things"] = json!({"get": {"responses": {"204": {"description": "None."}}}});
        let drift = mint_openapi::diff::diff(&old, &new).unwrap();
        expect![[r#"
            - The document of the API is version 2, taken on 2026-01-02; suggested version bump: minor (0.x: the third number), because function `Client::get_things` is new (4 public items change):
              - `Thing.size`: the optional property is new (D342)
              - GET /things is new (D101)
              - one change that no client feels
        "#]].assert_eq(&entry(&drift, "2", "2026-01-02"));

        let drift = mint_openapi::diff::diff(&new, &old).unwrap();
        expect![[r#"
            - The document of the API is version 3, taken on 2026-01-03; suggested version bump: major (0.x: the second number), because function `Client::get_things` is gone (4 public items change):
              - **Breaking:** GET /things is gone (D102)
              - **Breaking:** `Thing.size`: the optional property is gone (D343)
              - one change that no client feels
        "#]].assert_eq(&entry(&drift, "3", "2026-01-03"));
    }
}
