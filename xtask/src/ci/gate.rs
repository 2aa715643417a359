//! One gate: what it runs and how that is shown.

use std::process::Stdio;
use std::{env, io};

use super::crates::{Most, output};
use super::fleet::Backend;
use super::{application, features, fleet, long, minimal_versions, readme};
use crate::Exit;
use crate::check;
use crate::codegen;
use crate::diff::Format;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Real documents; they are not ours to publish, so they are not in the workspace.
const CORPUS: &str = "../shared/corpus";

/// Documents with more bytes are generated from, and not compiled: rustc takes minutes for the largest.
const COMPILED_BYTES: u64 = 200_000;

/// Something that must hold before a change is taken.
#[derive(Debug)]
pub(crate) struct Gate {
    /// How it is selected and reported.
    pub(crate) name: &'static str,
    pub(crate) run: Run,
    /// What to do when it fails; a command where there is one.
    pub(crate) fix: &'static str,
}

/// What a gate runs.
#[derive(Debug)]
pub(crate) enum Run {
    /// A cargo command that must succeed.
    Cargo(Cargo),
    /// `cargo xtask check`, without starting another process.
    Check,
    /// What a package brings into an application: crates that must not be among it, and how many there may be.
    Dependencies { absent: &'static [Absent], most: &'static [Most] },
    /// Each feature alone.
    Features,
    /// The oldest versions of the crates that the published ones need.
    MinimalVersions,
    /// An application built from the packages alone.
    Application,
    /// The crate that the README of openapi-client-codegen shows, built from that package alone.
    Readme,
    /// The workspace of the workers on a queue, with one of its databases.
    Fleet(Backend),
    /// Every fuzz target, for a while.
    Fuzz,
    /// Every mutant of the code that decides something.
    Mutants,
    /// A cargo subcommand that is installed on its own.
    Tool { name: &'static str, arguments: &'static [&'static str] },
    /// `cargo xtask codegen --corpus` on real documents, where there are some beside the workspace.
    Corpus,
}

/// A cargo command.
#[derive(Debug)]
pub(crate) struct Cargo {
    pub(crate) arguments: &'static [&'static str],
    /// Further arguments where changes are not committed yet.
    pub(crate) outside_ci: &'static [&'static str],
    pub(crate) environment: &'static [(&'static str, &'static str)],
}

/// Crates, by their exact names, that a package must not need at run time.
#[derive(Debug)]
pub(crate) struct Absent {
    pub(crate) package: &'static str,
    /// What selects features; nothing where the default ones are meant.
    pub(crate) features: &'static [&'static str],
    pub(crate) crates: &'static [&'static str],
}

/// Where the gates run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// On a machine that checked out a commit to judge it.
    Ci,
    /// On a developer's machine.
    Desk,
}

/// How a gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GateVerdict {
    Pass,
    Fail,
    /// What it needs is not on this machine.
    Skip,
}

impl Gate {
    /// Runs the gate; what its commands print goes where this process prints.
    pub(crate) fn run(&self, workspace: &Workspace, host: Host) -> GateVerdict {
        let result = match &self.run {
            Run::Cargo(cargo) => cargo.run(workspace, host),
            Run::Check => {
                let end = check::run(workspace, None, Format::Text);
                return verdict_of(end.map(|end| GateVerdict::of(end == Exit::Done)));
            }
            Run::Corpus => return verdict_of(run_corpus(workspace)),
            Run::Features => return verdict_of(features::run(workspace)),
            Run::MinimalVersions => return verdict_of(minimal_versions::run(workspace)),
            Run::Fleet(backend) => return verdict_of(fleet::run(workspace, *backend)),
            Run::Fuzz => return verdict_of(long::fuzz(workspace)),
            Run::Mutants => return verdict_of(long::mutants(workspace, host)),
            Run::Tool { name, .. } if !has_subcommand(workspace, name) => {
                println!("SKIPPED: cargo-{name} is not installed; cargo install cargo-{name} --locked");
                return GateVerdict::Skip;
            }
            Run::Tool { name, arguments } => {
                workspace.cargo().arg(name).args(*arguments).status().map(|status| GateVerdict::of(status.success()))
            }
            Run::Application => return verdict_of(application::run(workspace)),
            Run::Readme => return verdict_of(readme::run(workspace)),
            Run::Dependencies { absent, most } => {
                let most = most.iter().map(|most| most.run(workspace));
                let verdicts = most.chain(absent.iter().map(|absent| absent.run(workspace)));
                return verdicts.map(verdict_of).fold(GateVerdict::Pass, GateVerdict::and);
            }
        };
        result.unwrap_or_else(|error| {
            eprintln!("error: cannot start cargo: {error}");
            GateVerdict::Fail
        })
    }

    /// The command that does what this gate does.
    pub(crate) fn command(&self, host: Host) -> String {
        match &self.run {
            Run::Cargo(cargo) => cargo.shown(host),
            Run::Check => "cargo xtask check".into(),
            Run::Corpus => format!("cargo xtask codegen --corpus {CORPUS} --skip-over {COMPILED_BYTES}"),
            Run::Application | Run::Readme => format!("cargo xtask ci package {}", self.name),
            Run::Tool { name, arguments } => format!("cargo {name} {}", arguments.join(" ")),
            Run::Mutants => "cargo xtask mutants".into(),
            Run::Dependencies { .. } | Run::Features | Run::MinimalVersions | Run::Fleet(_) | Run::Fuzz => {
                format!("cargo xtask ci {}", self.name)
            }
        }
    }
}

impl Cargo {
    fn run(&self, workspace: &Workspace, host: Host) -> io::Result<GateVerdict> {
        let mut command = workspace.cargo();
        command.args(self.arguments(host)).envs(self.environment.iter().copied());
        Ok(GateVerdict::of(command.status()?.success()))
    }

    fn shown(&self, host: Host) -> String {
        let environment = self.environment.iter().map(|(name, value)| format!("{name}={value:?} "));
        format!("{}cargo {}", environment.collect::<String>(), self.arguments(host).join(" "))
    }

    fn arguments(&self, host: Host) -> Vec<&'static str> {
        let further = match host {
            Host::Ci => &[],
            Host::Desk => self.outside_ci,
        };
        self.arguments.iter().chain(further).copied().collect()
    }
}

impl Absent {
    fn run(&self, workspace: &Workspace) -> Result<GateVerdict, Problem> {
        let mut cargo = workspace.cargo();
        cargo.args(["tree", "-p", self.package, "-e", "normal", "--prefix", "none"]).args(self.features);
        let found = self.found_in(&output(&mut cargo)?);
        for name in &found {
            let features = self.features.join(" ");
            eprintln!("error: an application that uses {} would build {name}", self.package);
            eprintln!("  how it gets there: cargo tree -p {} -e normal -i {name} {features}", self.package);
        }
        Ok(GateVerdict::of(found.is_empty()))
    }

    /// The crates of a tree without prefix, one `name version` a line, that must not be there.
    fn found_in(&self, tree: &str) -> Vec<&'static str> {
        let is_there = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
        self.crates.iter().copied().filter(|name| is_there(name)).collect()
    }
}

impl Host {
    /// Hosts that run a commit's checks set `CI`.
    pub(crate) fn here() -> Self {
        match env::var_os("CI").filter(|value| !value.is_empty()) {
            Some(_) => Self::Ci,
            None => Self::Desk,
        }
    }
}

impl GateVerdict {
    pub(super) fn of(success: bool) -> Self {
        match success {
            true => Self::Pass,
            false => Self::Fail,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        match self {
            Self::Pass => other,
            Self::Fail | Self::Skip => self,
        }
    }
}

/// Whether cargo has a subcommand that is installed on its own.
pub(crate) fn has_subcommand(workspace: &Workspace, name: &str) -> bool {
    let mut cargo = workspace.cargo();
    let status = cargo.args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn verdict_of(result: Result<GateVerdict, Problem>) -> GateVerdict {
    result.unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        GateVerdict::Fail
    })
}

fn run_corpus(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let folder = workspace.root().join(CORPUS);
    if !folder.is_dir() {
        println!("no real documents were tried: there is no folder {CORPUS} beside the workspace");
        return Ok(GateVerdict::Skip);
    }
    Ok(GateVerdict::of(codegen::measure(workspace, &folder, COMPILED_BYTES)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::gates::GATES;

    fn command(name: &str, host: Host) -> String {
        GATES.iter().find(|gate| gate.name == name).unwrap().command(host)
    }

    #[test]
    fn a_command_can_be_copied() {
        assert_eq!(
            command("doc", Host::Desk),
            "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --all-features --no-deps"
        );
        let package = "cargo package --no-verify -p openapi-client-codegen -p mint-openapi -p mint-api -p mint-api-ext";
        assert_eq!(command("package", Host::Ci), package);
        assert_eq!(command("package", Host::Desk), format!("{package} --allow-dirty"));
        assert_eq!(command("dependencies", Host::Ci), "cargo xtask ci dependencies");
    }

    #[test]
    fn a_crate_is_found_by_its_exact_name() {
        let absent = Absent { package: "mint-api", features: &[], crates: &["progenitor", "axum", "clap"] };
        let tree = "mint-api v0.1.0 (/a/axum)\nprogenitor-client v0.15.1\nclap v4.5.0\nserde v1.0.0 (*)\n";
        assert_eq!(absent.found_in(tree), ["clap"]);
    }

    #[test]
    fn what_must_not_be_there_could_be() {
        let lock = std::fs::read_to_string(Workspace::of_this_build().root().join("Cargo.lock")).unwrap();
        for gate in GATES {
            let Run::Dependencies { absent, .. } = &gate.run else { continue };
            for name in absent.iter().flat_map(|absent| absent.crates) {
                assert!(lock.contains(&format!("name = \"{name}\"\n")), "no crate of the workspace brings {name}");
            }
        }
    }

    #[test]
    fn one_failure_is_enough() {
        assert_eq!(GateVerdict::Pass.and(GateVerdict::Pass), GateVerdict::Pass);
        assert_eq!(GateVerdict::Pass.and(GateVerdict::Fail), GateVerdict::Fail);
        assert_eq!(GateVerdict::Fail.and(GateVerdict::Pass), GateVerdict::Fail);
    }
}
