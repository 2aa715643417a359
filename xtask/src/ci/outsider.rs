//! A crate outside the workspace, which takes the published packages as the registry would give them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::gate::GateVerdict;
use super::gates::AS_IN_THE_WORKSPACE;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// A crate in a folder of the build results, which is a workspace of its own.
#[derive(Debug)]
pub(crate) struct Outsider<'a> {
    workspace: &'a Workspace,
    root: PathBuf,
}

impl<'a> Outsider<'a> {
    pub(crate) fn new(workspace: &'a Workspace, name: &str) -> Self {
        Self { workspace, root: workspace.target().join("outside").join(name) }
    }

    /// Writes a file of the crate.
    ///
    /// # Errors
    ///
    /// Only for I/O errors.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), Problem> {
        let path = self.root.join(name);
        let folder = path.parent().unwrap_or(&self.root);
        let fix = "make room, or let this user write there";
        fs::create_dir_all(folder).map_err(|error| Problem::of_path("make", folder, error, fix))?;
        fs::write(&path, text).map_err(|error| Problem::of_path("write", &path, error, fix))
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.root.join("Cargo.toml")
    }

    /// Cargo in the folder of the crate, with the versions in the lock file of the workspace.
    ///
    /// # Errors
    ///
    /// When the lock file cannot be read or written.
    pub(crate) fn cargo(&self) -> Result<Command, Problem> {
        self.write("Cargo.lock", &read(&self.workspace.root().join("Cargo.lock"))?)?;
        let mut command = self.workspace.cargo();
        command.current_dir(&self.root);
        Ok(command)
    }

    /// Builds and runs the program of the crate, offline; `arguments` are those of `cargo run`.
    ///
    /// # Errors
    ///
    /// When the lock file cannot be read or written.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<GateVerdict, Problem> {
        let mut command = self.cargo()?;
        command.args(["run", "--quiet", "--offline"]).args(arguments);
        let (profile, debug) = AS_IN_THE_WORKSPACE;
        let debug = env::var_os(profile).unwrap_or_else(|| debug.into());
        command.env("CARGO_TARGET_DIR", self.workspace.target()).env(profile, debug);
        Ok(GateVerdict::of(command.status().is_ok_and(|status| status.success())))
    }
}

/// The text of a file that the gates need.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| Problem::of_path("read", path, error, "cargo xtask ci package"))
}
