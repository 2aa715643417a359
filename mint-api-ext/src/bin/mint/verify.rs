//! `mint verify`.

use mint_api_ext::catalog::{Catalog, FileProblemKind};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;

/// Compares the files with the lock.
pub(crate) fn run(output: &Output) -> Result<Code, Failure> {
    let found = Catalog::open(".")?.verify()?;
    for problem in &found.problems {
        let kind = match problem.kind {
            FileProblemKind::Missing => "missing",
            FileProblemKind::Damaged => "damaged",
            FileProblemKind::Interrupted => "interrupted",
            _ => "other",
        };
        let data = json!({"entry": problem.entry.to_string(), "path": problem.path, "kind": kind});
        output.problem("problem", data, problem);
    }
    let (intact, problems) = (found.intact, found.problems.len());
    let text = format!("{intact} files are as mint.lock says, {problems} are not");
    output.result("verified", json!({"intact": intact, "problems": problems}), text);
    Ok(if found.is_clean() { Code::Done } else { Code::OutOfDate })
}
