//! The report of a check as text, JSON and Markdown.

use std::fmt::Write as _;

use serde::Serialize;

use super::Report;
use super::offline::Finding;
use super::upstream::{Drifted, Published, Upstream};
use crate::Exit;
use crate::diff::Format;
use crate::problem::Problem;

const TAKE_IT: &str = "cargo xtask regen";

impl Report {
    /// What goes to stdout, and what goes to stderr: in a text, that which is wrong.
    pub(super) fn render(&self, format: Format) -> (String, String) {
        match format {
            Format::Text => self.to_text(),
            Format::Json => (self.to_json(), String::new()),
            Format::Markdown => (self.to_markdown(), String::new()),
        }
    }

    fn to_text(&self) -> (String, String) {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        for finding in &self.findings {
            let _ = writeln!(stderr, "error: {}", finding.problem());
        }
        if self.findings.is_empty() {
            stdout.push_str("openapi/openapi.json and what is made from it are in sync\n");
        }
        match &self.upstream {
            None => {}
            Some(Upstream::Unknown(problem)) => {
                let _ = writeln!(stderr, "error: {problem}");
            }
            Some(Upstream::Same(published)) => {
                let _ = writeln!(stdout, "upstream publishes the same document: `{}`", published.origin.location);
            }
            Some(Upstream::Drifted(drifted)) => {
                let Published { origin, version, notes, .. } = &drifted.published;
                let _ = writeln!(stderr, "error: {}", drifted.problem());
                for note in notes {
                    let _ = writeln!(stderr, "note: {note}");
                }
                let _ = write!(stdout, "\nversion {version} at `{}`\n\n{}", origin.location, drifted.drift.to_text());
            }
        }
        (stdout, stderr)
    }

    fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Json<'a> {
            state: &'static str,
            findings: &'a [Finding],
            upstream: Option<&'a Upstream>,
        }
        let json = Json { state: state(self.end()), findings: &self.findings, upstream: self.upstream.as_ref() };
        // The structure holds nothing that JSON cannot: names of fields are texts, numbers are whole.
        serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
    }

    fn to_markdown(&self) -> String {
        let mut text = format!("# The document of the API: {}\n", headline(self.end()));
        for finding in &self.findings {
            text.push_str(&section(finding.problem()));
        }
        match &self.upstream {
            None => {}
            Some(Upstream::Unknown(problem)) => text.push_str(&section(problem)),
            Some(Upstream::Same(published)) => {
                let _ = writeln!(text, "\nUpstream publishes what is vendored: <{}>.", published.origin.location);
            }
            Some(Upstream::Drifted(drifted)) => text.push_str(&drifted.to_markdown()),
        }
        text
    }
}

impl Finding {
    fn problem(&self) -> &Problem {
        let (Self::OutOfDate(problem) | Self::Broken(problem)) = self;
        problem
    }
}

impl Drifted {
    fn problem(&self) -> Problem {
        let obstacles = self.obstacles.iter().map(|obstacle| format!("\nit cannot be taken as it is: {obstacle}"));
        let superseded = self.superseded.iter().map(|outcome| format!("\noverlay: {outcome}"));
        let why = match self.drift.is_empty() {
            true => "it says the same, laid out in another way",
            false => "what changed stands in the report",
        };
        let why = std::iter::once(why.to_owned()).chain(obstacles).chain(superseded).collect::<String>();
        Problem::new("upstream publishes another document", why, TAKE_IT)
    }

    fn to_markdown(&self) -> String {
        let Published { origin, version, sha256, notes } = &self.published;
        let mut text =
            format!("\nUpstream publishes version {version} at <{}> (SHA-256 `{sha256}`).\n", origin.location);
        for note in notes {
            let _ = write!(text, "\n> {}\n", note.replace('\n', "\n> "));
        }
        for obstacle in &self.obstacles {
            text.push_str(&section(obstacle));
        }
        if !self.superseded.is_empty() {
            text.push_str("\n## The overlay says what upstream says by now\n\n");
            for outcome in &self.superseded {
                let _ = writeln!(text, "- {outcome}");
            }
        }
        let _ = write!(text, "\n{}\nTake it by `{TAKE_IT}`.\n", self.drift.to_markdown());
        text
    }
}

fn section(problem: &Problem) -> String {
    format!("\n## {}\n\n```text\n{}\n```\n\nFix: {}\n", problem.what, problem.why, problem.fix)
}

fn state(end: Exit) -> &'static str {
    match end {
        Exit::Done => "in_sync",
        Exit::OutOfDate => "out_of_date",
        Exit::Breaking => "breaking",
        Exit::Failed => "unknown",
    }
}

fn headline(end: Exit) -> &'static str {
    match end {
        Exit::Done => "in sync",
        Exit::OutOfDate => "out of date",
        Exit::Breaking => "upstream breaks clients",
        Exit::Failed => "it could not be told whether it is in sync",
    }
}
