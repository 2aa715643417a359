//! `cargo xtask check`: whether what is in the workspace goes together, and with what upstream publishes.

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

/// All that a check found.
#[derive(Debug)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    /// How upstream compares; `None` when it was not asked.
    upstream: Option<Upstream>,
}

/// Prints what a check finds and says how the command ends.
///
/// `taken` is the document of upstream, or why it could not be taken. Without it, only the workspace is checked.
///
/// # Errors
///
/// When a file of the workspace is there and cannot be read, or when the report cannot be written.
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

    /// How the command ends: what breaks comes first, then what could not be told, then what is out of date.
    fn end(&self) -> Exit {
        let upstream = self.upstream.as_ref().map_or(Exit::Done, Upstream::end);
        if matches!(upstream, Exit::Breaking | Exit::Failed) {
            return upstream;
        }
        // An edit by hand may break the generator too; then putting the document back is what to do first.
        if upstream == Exit::OutOfDate || self.findings.iter().any(|finding| matches!(finding, Finding::OutOfDate(_))) {
            return Exit::OutOfDate;
        }
        if self.findings.is_empty() { Exit::Done } else { Exit::Failed }
    }
}
