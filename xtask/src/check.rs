//! `cargo xtask check`: whether the files of the workspace are in sync, with each other and with upstream.

mod offline;
mod render;
#[cfg(test)]
mod tests;
mod upstream;

use std::io::{self, Write as _};

use crate::Exit;
use crate::diff::Format;
use crate::problem::Problem;
use crate::source::Taken;
use crate::workspace::Workspace;

pub(crate) use offline::Finding;
#[cfg(test)]
pub(crate) use offline::check;

use upstream::Upstream;

/// The result of a check.
#[derive(Debug)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    /// The comparison with upstream; `None` without `--upstream`.
    upstream: Option<Upstream>,
}

/// Prints the result of a check, and returns the exit status.
///
/// `taken` is the document of upstream, or why it could not be taken. Without it, only the workspace is checked.
///
/// # Errors
///
/// When an existing file of the workspace cannot be read, or the report cannot be written.
pub(crate) fn run(
    workspace: &Workspace,
    taken: Option<Result<Taken, Problem>>,
    format: Format,
) -> Result<Exit, Problem> {
    let report = Report::of(workspace, taken)?;
    let (stdout, stderr) = report.render(format);
    eprint!("{stderr}");
    let written = io::stdout().write_all(stdout.as_bytes());
    written
        .map_err(|error| Problem::new("cannot write to stdout", error, "send it to a file or a program that reads"))?;
    Ok(report.end())
}

impl Report {
    fn of(workspace: &Workspace, taken: Option<Result<Taken, Problem>>) -> Result<Self, Problem> {
        let findings = offline::check(workspace)?;
        Ok(Self { findings, upstream: taken.map(|taken| Upstream::compare(workspace, taken)) })
    }

    /// The exit status: a break comes first, then an unknown result, then outdated files.
    fn end(&self) -> Exit {
        let upstream = self.upstream.as_ref().map_or(Exit::Done, Upstream::end);
        if matches!(upstream, Exit::Breaking | Exit::Failed) {
            return upstream;
        }
        // A manual edit may also break the generator; restoring the document comes first.
        if upstream == Exit::OutOfDate || self.findings.iter().any(|finding| matches!(finding, Finding::OutOfDate(_))) {
            return Exit::OutOfDate;
        }
        if self.findings.is_empty() { Exit::Done } else { Exit::Failed }
    }
}
