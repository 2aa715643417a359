//! `cargo xtask fuzz`: runs a fuzz target with libFuzzer.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Exit;
use crate::ci::has_subcommand;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The packages with fuzz targets, each a workspace of its own.
const PACKAGES: [&str; 2] = ["client", "compiler"];

/// An input that takes longer, or more memory, is a finding.
const BOUNDS: [&str; 2] = ["-timeout=60", "-rss_limit_mb=3000"];

/// A fuzz target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    package: &'static str,
    pub(crate) name: String,
}

/// Runs the target of this name until it is stopped or finds something, or lists all targets.
///
/// # Errors
///
/// When there is no such target, something that it needs is not on this machine, or it cannot be started.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>, limit: Option<Duration>) -> Result<Exit, Problem> {
    let targets = targets(workspace)?;
    let Some(name) = name else {
        targets.iter().for_each(|target| println!("{}", target.name));
        return Ok(Exit::Done);
    };
    let Some(target) = targets.iter().find(|target| target.name == name) else {
        let fix = "cargo xtask fuzz lists the targets";
        return Err(Problem::new("no input was tried", format!("there is no fuzz target `{name}`"), fix));
    };
    if let Some(lacking) = lacking(workspace) {
        return Err(Problem::new("no input was tried", lacking.what, lacking.fix));
    }
    Ok(if target.run(workspace, limit)? { Exit::Done } else { Exit::Failed })
}

/// Every target, in the order of the names of their packages.
///
/// # Errors
///
/// When a folder cannot be read.
pub(crate) fn targets(workspace: &Workspace) -> Result<Vec<Target>, Problem> {
    let mut all = Vec::new();
    for package in PACKAGES {
        let folder = folder(workspace, package).join("targets");
        let files = fs::read_dir(&folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let files = files
            .map_err(|error| Problem::of_path("read", &folder, error, "restore it: git checkout -- tests/fuzz"))?;
        let mut names: Vec<_> =
            files.iter().filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned())).collect();
        names.sort();
        all.extend(names.into_iter().map(|name| Target { package, name }));
    }
    Ok(all)
}

/// What this machine lacks to run targets.
#[derive(Debug)]
pub(crate) struct Lacking {
    pub(crate) what: &'static str,
    pub(crate) fix: &'static str,
}

/// What this machine lacks to run targets; `None` if it can.
pub(crate) fn lacking(workspace: &Workspace) -> Option<Lacking> {
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let found = Command::new(compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if cfg!(windows) {
        Some(Lacking { what: "the targets are not run on Windows", fix: "run them on Linux or macOS" })
    } else if !has_subcommand(workspace, "fuzz") {
        Some(Lacking { what: "cargo-fuzz is not installed", fix: "cargo install cargo-fuzz --locked" })
    } else if !found.is_ok_and(|status| status.success()) {
        Some(Lacking {
            what: "there is no C++ compiler, which libFuzzer is built with",
            fix: "install g++ or clang, or set CXX to your compiler",
        })
    } else {
        None
    }
}

impl Target {
    /// Runs the target from its seeds, its regressions and what earlier runs kept; returns whether it found nothing.
    ///
    /// # Errors
    ///
    /// When a folder cannot be made, or cargo cannot be started.
    pub(crate) fn run(&self, workspace: &Workspace, limit: Option<Duration>) -> Result<bool, Problem> {
        let kept = workspace.target().join("fuzz").join("corpus").join(&self.name);
        let findings = workspace.target().join("fuzz").join("findings").join(&self.name);
        for folder in [&kept, &findings] {
            let failed = |error| Problem::of_path("make", folder, error, "make the folder of build results writable");
            fs::create_dir_all(folder).map_err(failed)?;
        }
        if !self.command(workspace, "build").status().map_err(Problem::of_cargo)?.success() {
            println!("`{}` was not run: it does not build; cargo says why above", self.name);
            return Ok(false);
        }
        let mut command = self.command(workspace, "run");
        command.arg(kept);
        let inputs = ["seeds", "regressions"].map(|kind| self.inputs(workspace, kind));
        command.args(inputs.iter().filter(|folder| folder.is_dir()));
        command.arg("--").args(BOUNDS).arg(format!("-artifact_prefix={}/", findings.display()));
        if let Some(limit) = limit {
            command.arg(format!("-max_total_time={}", limit.as_secs()));
        }
        let kept_findings = || fs::read_dir(&findings).map_or(0, Iterator::count);
        let before = kept_findings();
        let status = command.status().map_err(Problem::of_cargo)?;
        if status.success() {
            return Ok(true);
        }
        if kept_findings() == before {
            println!("`{}` failed, and kept no input: the stack overflowed, or the run was stopped", self.name);
            let package = workspace.shown(&folder(workspace, self.package));
            println!(
                "  fix: a sanitizer keeps it: RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir {package} {}",
                self.name
            );
        } else {
            let (folder, findings) = (self.inputs(workspace, "regressions"), workspace.shown(&findings));
            println!("`{}` failed; an input that it found is in {findings}", self.name);
            println!("  fix: copy it to {}, and mend the kind", workspace.shown(&folder));
        }
        Ok(false)
    }

    /// A command of cargo-fuzz for this target.
    fn command(&self, workspace: &Workspace, name: &str) -> Command {
        let mut command = workspace.cargo();
        // libFuzzer's instrumentation is not stable.
        command.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", name]);
        // All that is run is safe Rust, in which a sanitizer finds nothing; it took eleven twelfths of the time of `generate`.
        command.args(["--sanitizer", "none"]);
        command.arg("--fuzz-dir").arg(folder(workspace, self.package));
        command.arg("--target-dir").arg(workspace.target().join("fuzz").join("build"));
        command.arg(&self.name);
        command
    }

    /// A folder of inputs that are in the repository.
    fn inputs(&self, workspace: &Workspace, kind: &str) -> PathBuf {
        folder(workspace, self.package).join(kind).join(&self.name)
    }
}

fn folder(workspace: &Workspace, package: &str) -> PathBuf {
    workspace.root().join("tests").join("fuzz").join(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_seeds_and_is_built() {
        let workspace = Workspace::of_this_build();
        let targets = targets(&workspace).unwrap();
        assert!(targets.len() > 10, "{targets:?}");
        for target in targets {
            let manifest = fs::read_to_string(folder(&workspace, target.package).join("Cargo.toml")).unwrap();
            assert!(manifest.contains(&format!("path = \"targets/{}.rs\"", target.name)), "{target:?}");
            assert!(target.inputs(&workspace, "seeds").is_dir(), "{target:?} has no seeds");
        }
    }

    #[test]
    fn a_target_that_is_none_is_refused() {
        let problem = run(&Workspace::of_this_build(), Some("nothing"), None).unwrap_err();
        assert_eq!(problem.why, "there is no fuzz target `nothing`");
    }
}
