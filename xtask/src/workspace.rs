//! Where the files are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A checkout of the workspace, or a copy of a part of it.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace this tool was built in.
    pub(crate) fn of_this_build() -> Self {
        let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(manifest_dir.parent().unwrap_or(manifest_dir))
    }

    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The vendored document.
    pub(crate) fn document(&self) -> PathBuf {
        self.root.join("openapi").join("openapi.json")
    }

    /// What is added to the document.
    pub(crate) fn overlay(&self) -> PathBuf {
        self.root.join("openapi").join("overlay.json")
    }

    /// The record of where the document came from.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("openapi").join("openapi.lock")
    }

    /// The report of what became of every construct of the document.
    pub(crate) fn lowering(&self) -> PathBuf {
        self.root.join("openapi").join("lowering.md")
    }

    /// What changed, for those who use the crates.
    pub(crate) fn changelog(&self) -> PathBuf {
        self.root.join("CHANGELOG.md")
    }

    /// Where programs are built, and where what a command makes may go.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |folder| self.root.join(folder))
    }

    /// A cargo command at the root.
    pub(crate) fn cargo(&self) -> Command {
        // The cargo that started this tool, so that `cargo +TOOLCHAIN xtask` works with that toolchain.
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        command.current_dir(&self.root);
        // `cargo run` tells this tool about its own package. Build scripts that watch these variables would run again
        // after every command that was not started from here.
        for (name, _) in env::vars_os() {
            let of_package = name.to_str().is_some_and(|name| {
                ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| name.starts_with(prefix))
            });
            if of_package {
                command.env_remove(name);
            }
        }
        if cfg!(windows) {
            // A program that runs cannot be overwritten there, and the gates build this one too.
            command.env("CARGO_TARGET_DIR", self.target().join("ci"));
        }
        command
    }

    /// A path as a reader of this workspace knows it: from the root, with `/`.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}
