//! What the crates cost those who use them: `cargo xtask ci --times`.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Exit;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The packages that applications depend on, and how many crates each may bring, itself among them.
///
/// Somewhat above what it is today: a dependency more is for a review to see, not for a user.
const PACKAGES: &[(&str, usize)] = &[("mint-api", 125), ("mint-api-ext", 155)];

/// How large the stripped quickstart may be, in bytes.
const MOST_BYTES: u64 = 16_000_000;

/// What one package costs.
struct Cost {
    package: &'static str,
    /// How long a build of it takes from nothing, with default features, unoptimised.
    build: Duration,
    /// The crates that an application gets by it.
    crates: usize,
    most_crates: usize,
    /// Further ones that only building it takes.
    building: usize,
}

/// What all of it costs.
struct Costs {
    packages: Vec<Cost>,
    /// The size of the quickstart, optimised and stripped.
    quickstart: u64,
}

/// Measures and prints. Times depend on the machine and are not judged.
///
/// # Errors
///
/// When something does not build, or cannot be measured.
pub(crate) fn run(workspace: &Workspace) -> Result<Exit, Problem> {
    let folder = workspace.target().join("times");
    let mut packages = Vec::new();
    for &(package, most_crates) in PACKAGES {
        let _ = fs::remove_dir_all(&folder);
        // Minutes pass until there is a table.
        eprintln!("building {package} from nothing");
        let start = Instant::now();
        cargo(workspace, &folder, &["build", "--quiet", "--locked", "-p", package])?;
        let build = start.elapsed();
        let crates = crates(workspace, package, "normal")?;
        let building = self::crates(workspace, package, "normal,build")?.difference(&crates).count();
        packages.push(Cost { package, build, crates: crates.len(), most_crates, building });
    }
    eprintln!("building the quickstart, optimised");
    let quickstart = quickstart(workspace, &folder)?;
    let _ = fs::remove_dir_all(&folder);
    let costs = Costs { packages, quickstart };
    print!("{costs}");
    Ok(if costs.are_within_bounds() { Exit::Done } else { Exit::Failed })
}

/// The size of the stripped quickstart.
fn quickstart(workspace: &Workspace, folder: &Path) -> Result<u64, Problem> {
    let strip = "profile.release.strip=true";
    let example = ["-p", "mint-api-ext", "--example", "quickstart"];
    cargo(
        workspace,
        folder,
        &[&["build", "--quiet", "--locked", "--release", "--config", strip], &example[..]].concat(),
    )?;
    let file = folder.join("release/examples").join(format!("quickstart{}", std::env::consts::EXE_SUFFIX));
    let metadata = fs::metadata(&file);
    Ok(metadata
        .map_err(|error| Problem::of_path("measure", &file, error, "cargo build --release --example quickstart"))?
        .len())
}

fn cargo(workspace: &Workspace, folder: &Path, arguments: &[&str]) -> Result<(), Problem> {
    let mut command = workspace.cargo();
    command.args(arguments).env("CARGO_TARGET_DIR", folder);
    output(&mut command).map(drop)
}

/// The crates in the tree of a package, each with its version.
fn crates(workspace: &Workspace, package: &str, edges: &str) -> Result<BTreeSet<String>, Problem> {
    let mut command = workspace.cargo();
    let tree = output(command.args(["tree", "--locked", "-p", package, "-e", edges, "--prefix", "none"]))?;
    Ok(named(&tree))
}

/// The names and versions of a tree without prefix, each once.
fn named(tree: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn output(command: &mut Command) -> Result<String, Problem> {
    let shown = format!("{command:?}");
    let output = command.stderr(Stdio::inherit()).output();
    match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => {
            Err(Problem::new("nothing was measured", format!("{shown}: {}", output.status), "mend what it says"))
        }
        Err(error) => Err(Problem::new("cannot start cargo", error, "install Rust from https://rustup.rs")),
    }
}

impl Costs {
    fn are_within_bounds(&self) -> bool {
        self.quickstart <= MOST_BYTES && self.packages.iter().all(|cost| cost.crates <= cost.most_crates)
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| package | clean build | crates | at most | only for building |")?;
        writeln!(f, "|---|--:|--:|--:|--:|")?;
        for Cost { package, build, crates, most_crates, building } in &self.packages {
            writeln!(f, "| {package} | {:.0} s | {crates} | {most_crates} | {building} |", build.as_secs_f64())?;
        }
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        writeln!(f)?;
        let (size, most) = (megabytes(self.quickstart), megabytes(MOST_BYTES));
        writeln!(f, "stripped release quickstart: {size:.1} MB (at most {most:.1} MB)")?;
        if !self.are_within_bounds() {
            writeln!(f, "FAIL  beyond a bound")?;
            writeln!(
                f,
                "      fix: do without a dependency (cargo tree -p PACKAGE -e normal), or raise the bound with a reason"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn the_table_tells_what_is_beyond_a_bound() {
        let cost =
            |crates| Cost { package: "a", build: Duration::from_millis(61_400), crates, most_crates: 3, building: 9 };
        let mut costs = Costs { packages: vec![cost(3)], quickstart: 4_250_000 };
        assert!(costs.are_within_bounds());
        costs.packages.push(cost(4));
        expect![[r#"
            | package | clean build | crates | at most | only for building |
            |---|--:|--:|--:|--:|
            | a | 61 s | 3 | 3 | 9 |
            | a | 61 s | 4 | 3 | 9 |

            stripped release quickstart: 4.2 MB (at most 16.0 MB)
            FAIL  beyond a bound
                  fix: do without a dependency (cargo tree -p PACKAGE -e normal), or raise the bound with a reason
        "#]]
        .assert_eq(&costs.to_string());
        costs.packages.pop();
        costs.quickstart = MOST_BYTES + 1;
        assert!(!costs.are_within_bounds());
    }

    #[test]
    fn a_crate_counts_once_for_each_version() {
        let tree =
            "mint-api v0.1.0 (/a)\nsyn v2.0.0 (proc-macro)\nsyn v3.0.0\nsyn v3.0.0 (*)\n\nmint-api v0.1.0 (/a) (*)\n";
        assert_eq!(named(tree).len(), 3);
    }
}
