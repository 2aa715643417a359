//! The gates `fleet` and `fleet-postgresql`: the workers on a queue, in a workspace of their own.

use std::process::Command;

use super::gate::GateVerdict;
use crate::problem::Problem;
use crate::workspace::Workspace;

const MANIFEST: &str = "tests/jobs/Cargo.toml";

/// The minor version of Rust that the dependencies of that workspace need.
const MINOR: u32 = 94;

/// The database of the queue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Backend {
    Sqlite,
    PostgreSql,
}

/// Downloads the dependencies.
const FETCH: &[&str] = &["fetch", "--locked", "--manifest-path", MANIFEST];

const FORMATTED: &[&str] = &["fmt", "--check", "--manifest-path", MANIFEST];

/// Runs the tests. Clippy would check all dependencies of that workspace once more.
const TESTS: &[&str] = &["test", "--locked", "--manifest-path", MANIFEST];

/// Runs cargo on that workspace, with the build results of this one, which hold most of the dependencies already.
///
/// # Errors
///
/// When cargo cannot be started.
pub(crate) fn run(workspace: &Workspace, backend: Backend) -> Result<GateVerdict, Problem> {
    let version = workspace.cargo().arg("--version").output().map_err(Problem::of_cargo)?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if minor(&version).is_some_and(|minor| minor < MINOR) {
        println!("the workers were not tried: the backends of their queue need Rust 1.{MINOR}, and this is {version}");
        return Ok(GateVerdict::Skip);
    }
    let fetched = command(workspace, FETCH).output().map_err(Problem::of_cargo)?;
    let said = String::from_utf8_lossy(&fetched.stderr);
    eprint!("{said}");
    if said.contains("--locked was passed") {
        eprintln!(
            "  fix: cargo metadata --format-version 1 --manifest-path {MANIFEST} >/dev/null, and commit its lock file"
        );
        return Ok(GateVerdict::Fail);
    }
    if !fetched.status.success() {
        println!("the workers were not tried: the crates that they need cannot be downloaded");
        return Ok(GateVerdict::Skip);
    }
    let commands = match backend {
        Backend::Sqlite => {
            vec![FORMATTED.to_vec(), [TESTS, &["--", "--nocapture", "--skip", "with_postgresql"]].concat()]
        }
        Backend::PostgreSql => vec![[TESTS, &["--test", "fleet", "with_postgresql", "--", "--nocapture"]].concat()],
    };
    for arguments in &commands {
        let status = command(workspace, arguments).status().map_err(Problem::of_cargo)?;
        if !status.success() {
            return Ok(GateVerdict::Fail);
        }
    }
    Ok(GateVerdict::Pass)
}

fn command(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.cargo();
    if cfg!(not(windows)) {
        command.env("CARGO_TARGET_DIR", workspace.target());
    }
    command.args(arguments);
    command
}

/// The minor version in `cargo 1.94.0 (...)`.
fn minor(version: &str) -> Option<u32> {
    version.split(['.', ' ']).nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minor_version_is_read() {
        for (version, expected) in [
            ("cargo 1.95.0 (f2d3ce0bd 2026-03-21)\n", Some(95)),
            ("cargo 1.100.0-nightly (f2d3ce0bd 2026-03-21)\n", Some(100)),
            ("", None),
        ] {
            assert_eq!(minor(version), expected, "{version}");
        }
    }
}
