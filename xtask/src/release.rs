//! `cargo xtask release`: publishes the crates, each after those it needs.

use std::process::Stdio;

use crate::Exit;
use crate::ci::PUBLISHED;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Whether the crates are uploaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Upload {
    Yes,
    /// Everything but the upload: the packages are made and built as they would be from the registry.
    No,
}

/// Checks that the workspace is ready, then runs `cargo publish`, which builds each package before it uploads any.
///
/// # Errors
///
/// When something is not committed, the changelog has no part for the version, or cargo fails; cargo prints why.
pub(crate) fn run(workspace: &Workspace, upload: Upload) -> Result<Exit, Problem> {
    check_committed(workspace)?;
    let changelog = std::fs::read_to_string(workspace.changelog()).map_err(|error| {
        Problem::of_path("read", &workspace.changelog(), error, "restore it: git checkout -- CHANGELOG.md")
    })?;
    check_changelog(&changelog, env!("CARGO_PKG_VERSION"))?;
    let mut cargo = workspace.cargo();
    cargo.args(["publish", "--locked"]).args(PUBLISHED.iter().flat_map(|package| ["--package", package]));
    if upload == Upload::No {
        cargo.arg("--dry-run");
    }
    let failed =
        |why: String| Problem::new("the crates were not published", why, "fix what is printed above, then run again");
    let status = cargo.status().map_err(|error| failed(format!("cargo did not start: {error}")))?;
    match status.success() {
        true => Ok(Exit::Done),
        false => Err(failed(format!("`cargo publish` ended with {status}"))),
    }
}

fn check_committed(workspace: &Workspace) -> Result<(), Problem> {
    let mut git = std::process::Command::new("git");
    let output = git.current_dir(workspace.root()).args(["status", "--porcelain"]).stderr(Stdio::inherit()).output();
    let fix = "run it in a clone of the repository, with git installed";
    let output = output.map_err(|error| Problem::new("cannot ask git for what is not committed", error, fix))?;
    let changed = String::from_utf8_lossy(&output.stdout);
    match (output.status.success(), changed.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => Err(Problem::new("something is not committed", changed, "commit it or remove it")),
        (false, _) => Err(Problem::new("cannot ask git for what is not committed", output.status, fix)),
    }
}

/// Checks that the changelog has a dated part for a version, and that nothing is left in the part for what is not released.
fn check_changelog(changelog: &str, version: &str) -> Result<(), Problem> {
    let fix = format!("move what is unreleased to a part `## [{version}] - YYYY-MM-DD`");
    let wrong = |why: &str| Problem::new(format!("the changelog is not ready for {version}"), why, fix.clone());
    let mut parts = changelog.split("\n## ").skip(1).map(|part| part.split_once('\n').unwrap_or((part, "")));
    match parts.next() {
        Some(("[Unreleased]", text)) if text.trim().is_empty() => {}
        Some(("[Unreleased]", _)) => return Err(wrong("something is left in the part `## [Unreleased]`")),
        _ => return Err(wrong("the first part is not `## [Unreleased]`")),
    }
    let date = parts.next().and_then(|(heading, _)| heading.strip_prefix(&format!("[{version}] - ")));
    match date.map(str::parse::<chrono::NaiveDate>) {
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(wrong("its part has no date")),
        None => Err(wrong("the part after `## [Unreleased]` is not of this version")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changelog_must_be_ready() {
        let why = |text: &str| check_changelog(text, "0.1.0").err().map(|problem| problem.why);
        assert_eq!(why("# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-29\n\nAll.\n"), None);
        for (text, expected) in [
            ("# Changelog\n", "the first part is not `## [Unreleased]`"),
            ("# Changelog\n\n## [0.1.0] - 2026-11-29\n", "the first part is not `## [Unreleased]`"),
            (
                "\n## [Unreleased]\n\n- x\n\n## [0.1.0] - 2026-11-29\n",
                "something is left in the part `## [Unreleased]`",
            ),
            ("\n## [Unreleased]\n", "the part after `## [Unreleased]` is not of this version"),
            (
                "\n## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n",
                "the part after `## [Unreleased]` is not of this version",
            ),
            ("\n## [Unreleased]\n\n## [0.1.0] - soon\n", "its part has no date"),
        ] {
            assert_eq!(why(text).as_deref(), Some(expected), "{text}");
        }
    }
}
