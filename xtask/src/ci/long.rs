//! The gates that take too long for every change: `cargo xtask ci --long`, which a workflow runs each night.

use std::time::Duration;

use super::fleet::Backend;
use super::gate::{Cargo, Gate, GateVerdict, Host, Run};
use crate::Exit;
use crate::fuzz;
use crate::mutants::{self, Options};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How long each fuzz target runs.
const FUZZED: Duration = Duration::from_secs(60);

/// The gates of a night.
pub(crate) const LONG: &[Gate] = &[
    Gate {
        name: "deny",
        run: Run::Tool { name: "deny", arguments: &["--all-features", "check"] },
        fix: "replace the dependency that it names, or permit it in deny.toml and say why",
    },
    Gate {
        name: "api",
        run: test(
            &[
                "test",
                "--locked",
                "--manifest-path",
                "tests/api/Cargo.toml",
                "--target-dir",
                "target/api",
                "--",
                "--nocapture",
            ],
            &[],
        ),
        fix: "read what changed, run it again with UPDATE_EXPECT=1, and say in CHANGELOG.md what it means for users",
    },
    Gate {
        name: "minimal-versions",
        run: Run::MinimalVersions,
        fix: "raise the bound of the crate that it names, in Cargo.toml, to the version that has what is missing",
    },
    Gate {
        name: "kills",
        run: test(
            &["test", "-p", "mint-api-ext", "--test", "ext", "a_killed_download_is_continued"],
            &[("MINT_KILLS", "100")],
        ),
        fix: "mend what the test names in mint-api-ext/src/download",
    },
    Gate {
        name: "catalogs",
        run: test(
            &["test", "-p", "mint-api-ext", "--all-features", "--test", "cli", "soak::"],
            &[("MINT_SOAK", "100")],
        ),
        fix: "mend what the test names in mint-api-ext/src/catalog",
    },
    Gate {
        name: "soak",
        run: test(
            &["test", "-p", "mint-tests", "--test", "soak", "--", "--nocapture"],
            &[("MINT_SOAK_SECONDS", "600")],
        ),
        fix: "mend what the test names; it prints what leaks",
    },
    Gate {
        name: "fleet-postgresql",
        run: Run::Fleet(Backend::PostgreSql),
        fix: "mend what it names in tests/jobs, or OperationHandle::step, or the download to a store",
    },
    Gate {
        name: "fuzz",
        run: Run::Fuzz,
        fix: "copy what a target found to its regressions in tests/fuzz, and mend the kind",
    },
    Gate {
        name: "mutants",
        run: Run::Mutants,
        fix: "write a unit test for each mutant that was missed, or exclude it in .cargo/mutants.toml and say why",
    },
];

const fn test(arguments: &'static [&'static str], environment: &'static [(&'static str, &'static str)]) -> Run {
    Run::Cargo(Cargo { arguments, outside_ci: &[], environment })
}

/// Runs every fuzz target for a while.
///
/// # Errors
///
/// When the targets cannot be listed, or cargo cannot be started.
pub(super) fn fuzz(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    if let Some(lacking) = fuzz::lacking(workspace) {
        println!("SKIPPED: {}, so no fuzz target was run; {}", lacking.what, lacking.fix);
        return Ok(GateVerdict::Skip);
    }
    let mut failed = Vec::new();
    for target in fuzz::targets(workspace)? {
        println!("-- {} --", target.name);
        if !target.run(workspace, Some(FUZZED))? {
            failed.push(target.name);
        }
    }
    if !failed.is_empty() {
        eprintln!("error: fuzz targets failed: {}", failed.join(", "));
    }
    Ok(GateVerdict::of(failed.is_empty()))
}

/// Tries every mutant.
///
/// # Errors
///
/// When cargo cannot be started.
pub(super) fn mutants(workspace: &Workspace, host: Host) -> Result<GateVerdict, Problem> {
    if !mutants::is_installed(workspace) {
        println!("SKIPPED: cargo-mutants is not installed, so no mutant was tried; {}", mutants::INSTALL);
        return Ok(GateVerdict::Skip);
    }
    Ok(GateVerdict::of(mutants::run(workspace, &Options::default(), host)? == Exit::Done))
}
