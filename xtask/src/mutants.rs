//! `cargo xtask mutants`: changes the code that decides something, one thing at a time, and says which changes no test sees.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use crate::Exit;
use crate::ci::{Host, has_subcommand};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Which mutants to try, of those that `.cargo/mutants.toml` names.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Only mutants in lines that were changed since this revision and the current one parted
    #[arg(long, value_name = "REVISION")]
    changed: Option<String>,
    /// Only one part of several of the mutants, such as `0/8`
    #[arg(long, value_name = "PART")]
    shard: Option<String>,
}

/// The packages with files that `.cargo/mutants.toml` names, and the features that their mutants need.
const PACKAGES: &[(&str, &[&str])] = &[("mint-api", &[]), ("mint-api-ext", &[]), ("openapi-client-codegen", &["diff"])];

/// What to do without the tool.
pub(crate) const INSTALL: &str = "cargo install cargo-mutants --locked";

/// Tries the mutants; fails if a test passes in spite of one.
///
/// # Errors
///
/// When cargo-mutants is not installed, or the changes since a revision cannot be read.
pub(crate) fn run(workspace: &Workspace, options: &Options, host: Host) -> Result<Exit, Problem> {
    if !is_installed(workspace) {
        return Err(Problem::new("no mutant was tried", "cargo-mutants is not installed", INSTALL));
    }
    let changes = match &options.changed {
        Some(revision) => match diff(workspace, revision)? {
            Some(changes) => Some(changes),
            None => {
                println!("no line was changed since {revision}");
                return Ok(Exit::Done);
            }
        },
        None => None,
    };
    let mut all_seen = true;
    for (package, features) in PACKAGES {
        let results = workspace.target().join("mutants").join(package);
        fs::create_dir_all(&results)
            .map_err(|error| Problem::of_path("make", &results, error, "make the folder of build results writable"))?;
        let mut command = workspace.cargo();
        command.args(["mutants", "--package", package]).arg("--output").arg(results);
        for feature in *features {
            command.args(["--features", feature]);
        }
        // In a copy, which is built anew, where it would disturb the work of a person.
        if host == Host::Ci {
            command.arg("--in-place");
        }
        if let Some(changes) = &changes {
            command.arg("--in-diff").arg(changes);
        }
        if let Some(shard) = &options.shard {
            command.args(["--shard", shard]);
        }
        command.env("CARGO_PROFILE_DEV_DEBUG", "0");
        let status = command.status().map_err(Problem::of_cargo)?;
        all_seen &= status.success();
    }
    if all_seen {
        return Ok(Exit::Done);
    }
    println!("  fix: write a unit test that fails for each mutant that it lists as missed;");
    println!(
        "       one that changes nothing that matters goes to `exclude_re` in .cargo/mutants.toml, with the reason"
    );
    Ok(Exit::Failed)
}

pub(crate) fn is_installed(workspace: &Workspace) -> bool {
    has_subcommand(workspace, "mutants")
}

/// Writes what was changed since a revision to a file; `None` if nothing was.
fn diff(workspace: &Workspace, revision: &str) -> Result<Option<PathBuf>, Problem> {
    let failed = |why: String| {
        Problem::new(format!("cannot read what was changed since {revision}"), why, "name a revision that git knows")
    };
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace.root()).args(["diff", "--merge-base", revision, "--"]).stderr(Stdio::inherit());
    let output = git.output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("git ended with {}", output.status)));
    }
    if output.stdout.is_empty() {
        return Ok(None);
    }
    let path = workspace.target().join("mutants.diff");
    fs::write(&path, output.stdout)
        .map_err(|error| Problem::of_path("write", &path, error, "make the folder of build results writable"))?;
    Ok(Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_settings_is_there() {
        let workspace = Workspace::of_this_build();
        let settings = fs::read_to_string(workspace.root().join(".cargo/mutants.toml")).unwrap();
        let (_, globs) = settings.split_once("examine_globs = [").unwrap();
        let globs: Vec<_> = globs.split(']').next().unwrap().split('"').skip(1).step_by(2).collect();
        assert!(globs.len() > 10, "{globs:?}");
        for glob in globs {
            assert!(workspace.root().join(glob.trim_end_matches("/*.rs")).exists(), "{glob}");
            let folder = workspace.root().join(glob.split_once("/src/").unwrap().0);
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            let is_of = |(package, _): &(&str, &[&str])| manifest.contains(&format!("name = \"{package}\""));
            assert!(PACKAGES.iter().any(is_of), "{glob}");
        }
    }

    #[test]
    fn a_revision_that_git_does_not_know_is_an_error() {
        let error = diff(&Workspace::of_this_build(), "no-such-revision").unwrap_err();
        assert!(error.what.contains("no-such-revision"), "{error}");
    }
}
