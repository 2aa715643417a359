//! Starting the program, on a copy of the vendored files or elsewhere.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What the program said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program with this on stdin.
pub(crate) fn xtask(arguments: &[&str], stdin: &str) -> Said {
    run(Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments), stdin)
}

/// A copy of the vendored document, of what is written from it, and of the changelog.
pub(crate) struct Copy {
    pub(crate) folder: TempDir,
}

impl Copy {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        fs::create_dir(folder.path().join("openapi")).unwrap();
        for name in ["openapi.json", "overlay.json", "openapi.lock", "lowering.md"] {
            let name = Path::new("openapi").join(name);
            fs::copy(root.join(&name), folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n").unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("openapi").join(name)
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.path("openapi.json")).unwrap()
    }

    pub(crate) fn changelog(&self) -> String {
        fs::read_to_string(self.folder.path().join("CHANGELOG.md")).unwrap()
    }

    /// Runs the program in the copy and on it.
    pub(crate) fn xtask(&self, arguments: &[&str], stdin: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        run(command.arg("--root").arg(self.folder.path()).args(arguments).current_dir(&self.folder), stdin)
    }
}

fn run(command: &mut Command, stdin: &str) -> Said {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read may have gone already.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
