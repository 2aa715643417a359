//! How many crates a package brings into an application.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use super::gate::GateVerdict;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How many crates an application builds for a package with its default features, itself among them.
///
/// It is what it was when it was looked at last: a crate more is for a review to see, not for a user.
#[derive(Debug)]
pub(crate) struct Most {
    pub(crate) package: &'static str,
    pub(crate) crates: usize,
}

impl Most {
    /// Whether there are no more.
    ///
    /// # Errors
    ///
    /// When cargo does not say which crates there are.
    pub(super) fn run(&self, workspace: &Workspace) -> Result<GateVerdict, Problem> {
        let Self { package, crates: most } = self;
        let found = crates(workspace.cargo().args(["tree", "-p", package]))?.len();
        if found > *most {
            eprintln!("error: an application that uses {package} would build {found} crates, more than {most}");
            eprintln!("  which ones: cargo tree -p {package} -e normal,build");
            eprintln!("  if they are worth it, raise the number in xtask/src/ci/gates.rs");
        }
        Ok(GateVerdict::of(found <= *most))
    }
}

/// The crates that are built for a package, each with its version; the command is `cargo tree` of that package.
///
/// # Errors
///
/// When cargo does not say which crates there are.
pub(super) fn crates(cargo: &mut Command) -> Result<BTreeSet<String>, Problem> {
    output(cargo.args(["-e", "normal,build", "--prefix", "none"])).map(|tree| named(&tree))
}

/// The names and versions of a tree without prefix, each once.
fn named(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

/// What a command prints.
///
/// # Errors
///
/// When it fails or cannot be started.
pub(super) fn output(command: &mut Command) -> Result<String, Problem> {
    let shown = format!("{command:?}");
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(Problem::new("cargo failed", format!("{shown}: {}", output.status), "mend what it says")),
        Err(error) => Err(Problem::new("cannot start cargo", error, "install Rust from https://rustup.rs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once_for_each_version() {
        let tree =
            "mint-api v0.1.0 (/a)\nsyn v2.0.0 (proc-macro)\nsyn v3.0.0\nsyn v3.0.0 (*)\n\nmint-api v0.1.0 (/a) (*)\n";
        assert_eq!(named(tree).len(), 3);
    }

    #[test]
    fn one_more_is_too_many() {
        let workspace = Workspace::of_this_build();
        let most = |crates| Most { package: "mint-loopback", crates };
        let crates = crates(workspace.cargo().args(["tree", "-p", "mint-loopback"])).unwrap().len();
        assert!(crates > 1);
        assert_eq!(most(crates).run(&workspace).unwrap(), GateVerdict::Pass);
        assert_eq!(most(crates - 1).run(&workspace).unwrap(), GateVerdict::Fail);
    }
}
