//! The maintainer's commands, run as `cargo xtask COMMAND` from anywhere in the workspace.
//!
//! `.cargo/config.toml` defines the alias. Each command is a module. No other crate depends on this one. Every failure
//! says what happened, why, and which command fixes it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on both")]

mod changelog;
mod check;
mod ci;
mod codegen;
mod diff;
mod explain;
mod fuzz;
mod generation;
mod input;
mod man;
mod mutants;
mod overlay;
mod problem;
mod regen;
mod release;
mod reliance;
mod replace;
mod source;
#[cfg(test)]
mod testing;
mod worker;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use ci::{Chosen, Host};
use problem::Problem;
use regen::Obstacles;
use release::Upload;
use source::{Fetcher, Source, Taken, Upstream, Vendored};
use workspace::Workspace;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or in sync
  1  failed, or could not tell
  2  the command line is wrong
  4  the documents differ, or something is out of date; the command that refreshes it is printed
  5  the documents differ in a way that breaks clients";

/// The maintainer's commands of the Mint SDK.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", after_help = EXIT_CODES)]
struct Arguments {
    /// The folder of the workspace, when it is not the one this was built in
    #[arg(long, global = true, hide = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// A server in the place of those of upstream
    #[arg(long, global = true, hide = true, value_name = "URL")]
    upstream_base: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Refresh the vendored document and what is generated from it, from upstream or from elsewhere
    ///
    /// Writes openapi/openapi.json, openapi/openapi.lock, openapi/lowering.md and, when the document has changed, an
    /// entry in CHANGELOG.md: all of them, or none when the document cannot be had, the overlay does not fit it, or no
    /// client can be generated from it. Prints what changed. Doing it twice changes nothing.
    #[command(after_help = EXIT_CODES)]
    Regen {
        /// Where to take the document from, instead of upstream: a URL, a file, a folder of docs pages, or `-` for stdin
        ///
        /// It may be JSON, YAML, a docs page in Markdown that holds one of these, or an index of such pages (llms.txt).
        #[arg(long, value_name = "SOURCE")]
        from: Option<PathBuf>,
        /// Write what can be read, even if the overlay does not fit it or no client can be generated from it
        #[arg(long)]
        force: bool,
    },
    /// Check that the vendored document is what regen wrote, and that all made from it is fresh
    #[command(after_help = EXIT_CODES)]
    Check {
        /// Compare it with what upstream publishes, too; without this, nothing is fetched
        #[arg(long)]
        upstream: bool,
        /// How to print the report
        #[arg(long, value_enum, default_value_t)]
        format: diff::Format,
    },
    /// Say what changed between two documents, and what each change breaks: on the wire, in Rust, in running clients
    #[command(after_help = EXIT_CODES)]
    Diff(diff::Options),
    /// Run every gate a change must pass, or only those named
    #[command(after_help = EXIT_CODES)]
    Ci {
        /// The gates to run; all that a change must pass when none is named
        #[arg(value_name = "GATE", value_parser = ci::gate_names())]
        gates: Vec<String>,
        /// Instead, run the gates that take too long for every change: fuzz targets, kills, a long soak
        #[arg(long, conflicts_with = "gates")]
        long: bool,
        /// Instead, compare clean builds of a small application with those of bare ones, and measure the quickstart
        #[arg(long, conflicts_with_all = ["gates", "long"])]
        times: bool,
    },
    /// Generate from any OpenAPI 3.1 document, or see how far a folder of them goes
    ///
    /// The generator runs in a process of its own, so that a document that makes it abort or run without end is an
    /// error like any other. What is rejected is printed to stderr.
    #[command(after_help = EXIT_CODES)]
    Codegen(codegen::Options),
    /// Say what a code in a report means: what its rule does or finds, and what is lost or breaks
    #[command(after_help = EXIT_CODES)]
    Explain {
        /// The code, such as L002; all of them are listed when there is none
        code: Option<String>,
    },
    /// Run a fuzz target until it finds something, or list the targets
    ///
    /// It needs cargo-fuzz and a C++ compiler. What it learns is kept in target/fuzz, and so is what it finds.
    #[command(after_help = EXIT_CODES)]
    Fuzz {
        /// The target to run; without it, the command lists all targets
        target: Option<String>,
        /// How long to run it; without end when this is not given
        #[arg(long, requires = "target")]
        seconds: Option<u64>,
    },
    /// Change the code that decides something, one thing at a time, and say which changes no unit test sees
    ///
    /// It needs cargo-mutants. .cargo/mutants.toml names the files. All mutants take hours.
    #[command(after_help = EXIT_CODES)]
    Mutants(mutants::Options),
    /// Publish the crates, each after those it needs
    ///
    /// Everything must be committed, and the changelog must have a dated part for the version. CONTRIBUTING.md has the list of
    /// what comes before.
    #[command(after_help = EXIT_CODES)]
    Release {
        /// Do everything but the upload
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the man pages of the command `mint` to target/man
    #[command(after_help = EXIT_CODES)]
    Man,
    /// Generate from the document in a folder, and leave the answer there
    #[command(name = worker::COMMAND, hide = true)]
    Worker { folder: PathBuf },
}

/// The exit status of a command that did not fail with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done,
    Failed,
    OutOfDate,
    Breaking,
}

impl From<Exit> for ExitCode {
    fn from(end: Exit) -> Self {
        Self::from(match end {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::OutOfDate => 4,
            Exit::Breaking => 5,
        })
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(end) => end.into(),
        Err(problem) => {
            eprintln!("error: {problem}");
            Exit::Failed.into()
        }
    }
}

fn run(arguments: Arguments) -> Result<Exit, Problem> {
    let workspace = arguments.root.map_or_else(Workspace::of_this_build, Workspace::at);
    let upstream = arguments.upstream_base.as_deref().map_or_else(Upstream::default, Upstream::at);
    match arguments.command {
        Command::Regen { from, force } => {
            let taken = take(&workspace, &Source::parse(from.as_deref(), upstream)?)?;
            let obstacles = if force { Obstacles::Tell } else { Obstacles::Refuse };
            let regenerated = regen::regen(&workspace, &taken, chrono::Utc::now().date_naive(), obstacles)?;
            print!("{regenerated}");
            Ok(regenerated.end())
        }
        Command::Check { upstream: ask, format } => {
            let taken = ask.then(|| take(&workspace, &Source::Upstream(upstream)));
            check::run(&workspace, taken, format)
        }
        Command::Diff(options) => diff::run(&workspace, &options),
        Command::Ci { times: true, .. } => ci::times(&workspace),
        Command::Ci { gates, long, .. } => {
            let chosen = match (long, gates) {
                (true, _) => Chosen::Long,
                (false, gates) if gates.is_empty() => Chosen::Every,
                (false, gates) => Chosen::Named(gates),
            };
            Ok(ci::run(&workspace, &chosen, Host::here()))
        }
        Command::Codegen(options) => codegen::run(&workspace, &options),
        Command::Explain { code } => explain::run(code.as_deref()),
        Command::Fuzz { target, seconds } => fuzz::run(&workspace, target.as_deref(), seconds.map(Duration::from_secs)),
        Command::Mutants(options) => mutants::run(&workspace, &options, Host::here()),
        Command::Release { dry_run } => release::run(&workspace, if dry_run { Upload::No } else { Upload::Yes }),
        Command::Man => man::run(&workspace),
        Command::Worker { folder } => worker::work(&folder),
    }
}

/// Takes a document from its source.
fn take(workspace: &Workspace, source: &Source) -> Result<Taken, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Problem::new("cannot start waiting for servers", error, "close programs that hold many files open")
    })?;
    runtime.block_on(source.take(&Fetcher::default(), Vendored::read(workspace).as_ref()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Words of `cargo xtask` commands in a text, up to where the shell or the sentence goes on.
    fn commands<'a>(text: &'a str) -> Vec<Vec<&'a str>> {
        let ends = |c: char| matches!(c, '`' | '|' | '>' | '\n' | ')' | ';');
        let words = |rest: &'a str| rest.split(ends).next().unwrap_or_default().split_whitespace().collect();
        text.split("cargo xtask ").skip(1).map(words).collect()
    }

    #[test]
    fn what_is_documented_and_what_workflows_run_are_commands() {
        let workspace = Workspace::of_this_build();
        let workflows = workspace.root().join(".github").join("workflows");
        let mut files: Vec<_> = fs::read_dir(workflows).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.push(workspace.root().join("CONTRIBUTING.md"));
        let texts: Vec<_> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let commands: Vec<_> = texts.iter().flat_map(|text| commands(text)).collect();
        assert!(
            commands.iter().any(|words| words[..] == ["check", "--upstream", "--format", "markdown"]),
            "{commands:?}"
        );
        for words in commands {
            let parsed = Arguments::try_parse_from(["xtask"].iter().chain(&words));
            let is_help = parsed.as_ref().is_err_and(|error| error.exit_code() == 0);
            assert!(parsed.is_ok() || is_help, "cargo xtask {}: {}", words.join(" "), parsed.unwrap_err());
        }
    }
}
