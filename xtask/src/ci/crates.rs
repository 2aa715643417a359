//! How many crates a package brings into an application.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use super::gate::GateVerdict;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What an application builds for a package with its default features, itself among it.
///
/// It is what it was when it was looked at last: a crate more is for a review to see, not for a user.
#[derive(Debug)]
pub(crate) struct Most {
    pub(crate) package: &'static str,
    pub(crate) crates: usize,
    /// The crates that are compiled twice in one version, since build scripts need other features of them.
    pub(crate) twice: &'static [&'static str],
}

impl Most {
    /// Whether there is no more.
    ///
    /// # Errors
    ///
    /// When cargo does not say which crates there are.
    pub(super) fn run(&self, workspace: &Workspace) -> Result<GateVerdict, Problem> {
        let Self { package, crates: most, twice: known } = self;
        let found = crates(workspace.cargo().args(["tree", "-p", package]))?.len();
        if found > *most {
            eprintln!("error: an application that uses {package} would build {found} crates, more than {most}");
            eprintln!("  which ones: cargo tree -p {package} -e normal,build");
            eprintln!("  if they are worth it, raise the number in xtask/src/ci/gates.rs");
        }
        let twice = twice(&tree(workspace.cargo().args(["tree", "-p", package, "-d", "--depth", "0"]))?);
        let more: Vec<_> = twice.iter().filter(|name| !known.contains(&name.as_str())).collect();
        for name in &more {
            eprintln!("error: an application that uses {package} would compile {name} twice");
            eprintln!("  with which features: cargo tree -p {package} -e normal,build,features -i {name}");
            eprintln!(
                "  give it the same ones for build scripts and for the rest, or name it in xtask/src/ci/gates.rs"
            );
        }
        Ok(GateVerdict::of(found <= *most && more.is_empty()))
    }
}

/// The crates that are built for a package, each with its version; the command is `cargo tree` of that package.
///
/// # Errors
///
/// When cargo does not say which crates there are.
pub(super) fn crates(cargo: &mut Command) -> Result<BTreeSet<String>, Problem> {
    Ok(named(&tree(cargo)?).collect())
}

/// What `cargo tree` prints of what is built, without the lines of the tree.
fn tree(cargo: &mut Command) -> Result<String, Problem> {
    output(cargo.args(["-e", "normal,build", "--prefix", "none"]))
}

/// The name and version in each line of a tree.
fn named(tree: &str) -> impl Iterator<Item = String> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

/// The names of the crates that a tree of duplicates has more than once in one version.
fn twice(duplicates: &str) -> BTreeSet<String> {
    let mut times = BTreeMap::new();
    for crate_ in named(duplicates) {
        *times.entry(crate_).or_insert(0) += 1;
    }
    let twice = times.into_iter().filter(|(_, times)| *times > 1);
    twice.filter_map(|(crate_, _)| Some(crate_.split_once(' ')?.0.to_owned())).collect()
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
        assert_eq!(named(tree).collect::<BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn two_versions_of_a_crate_are_not_one_twice() {
        assert_eq!(
            twice("memchr v2.8.3\n\nmemchr v2.8.3\n\nsyn v2.0.119\n\nsyn v3.0.10\n"),
            BTreeSet::from(["memchr".into()])
        );
    }

    #[test]
    fn one_more_is_too_many() {
        let workspace = Workspace::of_this_build();
        let most = |crates| Most { package: "mint-loopback", crates, twice: &[] };
        let crates = crates(workspace.cargo().args(["tree", "-p", "mint-loopback"])).unwrap().len();
        assert!(crates > 1);
        assert_eq!(most(crates).run(&workspace).unwrap(), GateVerdict::Pass);
        assert_eq!(most(crates - 1).run(&workspace).unwrap(), GateVerdict::Fail);
        let twice = |twice| Most { package: "mint-api", crates: usize::MAX, twice };
        assert_eq!(twice(&["indexmap", "memchr", "serde_json"]).run(&workspace).unwrap(), GateVerdict::Pass);
        assert_eq!(twice(&["indexmap", "memchr"]).run(&workspace).unwrap(), GateVerdict::Fail);
    }
}
