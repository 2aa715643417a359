//! `cargo xtask man`: the man pages of the command `mint`.

use crate::Exit;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Writes the man pages to `man` in the target folder. The command line is defined in the binary, which prints them.
///
/// # Errors
///
/// When the binary cannot be built, or the pages cannot be written; Cargo and the binary print why.
pub(crate) fn run(workspace: &Workspace) -> Result<Exit, Problem> {
    let folder = workspace.target().join("man");
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "mint-api-ext", "--features", "cli", "--bin", "mint", "--", "man"]).arg(&folder);
    let failed = |why: String| {
        let fix = "fix what is printed above, then run again: cargo xtask man";
        Problem::new("the man pages could not be written", why, fix)
    };
    let status = cargo.status().map_err(|error| failed(format!("cargo did not start: {error}")))?;
    match status.success() {
        true => Ok(Exit::Done),
        false => Err(failed(format!("`mint man` ended with {status}"))),
    }
}
