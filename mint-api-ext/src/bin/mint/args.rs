//! The command line.

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use mint_api_ext::catalog::EntryId;

use crate::simulator;
use crate::sync;

const AFTER_HELP: &str = "\
Examples:
  mint init                    write a mint.toml to begin with
  mint sync --dry-run          see what a run would make, and what it costs
  mint sync                    make the entries into files

Environment:
  MINT_API_KEY         the key, from https://mint.gg
  MINT_API_KEY_FILE    a file with the key that only its owner can read [default: mint/key in the configuration folder]
  MINT_API_BASE_URL    another server, such as that of `mint simulator`
  NO_COLOR             no colors

Exit codes:
  0  done
  1  failed
  2  the command line, mint.toml or the key cannot be used; nothing was done
  3  a person must decide, such as on a preview
  4  out of date: `verify` found problems, or `sync --dry-run` found changes
  5  credits are missing
  6  could not find out: the network failed, the fate of a call is unknown, or the run was interrupted
Where several apply, the first of 6, 1, 5, 3, 4 is returned.

With --json, each line on standard output is an object:
  {\"version\": 1, \"command\": \"sync\", \"type\": \"published\", \"data\": {...}}
The last line of a command that ends has the type `end`, with `exit_code` and, after an error, `error`.
Later versions may add types and fields. A change that breaks readers raises `version`.";

/// Makes a list of wanted assets, mint.toml, into files
#[derive(Debug, Parser)]
#[command(name = "mint", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Print one JSON object per line on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print only problems
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print without colors
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a mint.toml to begin with, and let git ignore .mint/
    ///
    /// A mint.toml that exists is not changed.
    #[command(after_help = "Examples:\n  mkdir harbour-game && cd harbour-game && mint init")]
    Init,
    /// Make the entries of mint.toml into files
    ///
    /// Asks before it pays for anything. Everything that is paid for is in mint.lock: after Ctrl-C or a crash, run it
    /// again, and it goes on without paying twice.
    #[command(after_help = "\
Examples:
  mint sync --dry-run                 show changes and prices; exit code 4 if there are changes
  mint sync --yes --budget 2000       in CI: pay for up to 2000 credits without a question
  mint sync --again models.lamp       another attempt, which costs credits again")]
    Sync(sync::Options),
    /// Check that every file is as mint.lock says, without the network
    #[command(after_help = "Examples:\n  mint verify --quiet || echo 'assets are out of date'")]
    Verify,
    /// Remove the files of entries that mint.toml no longer has
    ///
    /// A file that somebody changed stays, and so does an entry with an unfinished operation.
    #[command(after_help = "Examples:\n  mint prune")]
    Prune,
    /// Run a Mint server on this machine, until Ctrl-C
    ///
    /// Its models are small samples, and its credits are not real.
    #[command(after_help = "Examples:\n  mint simulator --fast --port 8199")]
    Simulator(simulator::Options),
    /// Print a completion script for a shell
    #[command(after_help = "Examples:\n  mint completions bash > ~/.local/share/bash-completion/completions/mint")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Command {
    /// The name, as it is typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Sync(_) => "sync",
            Self::Verify => "verify",
            Self::Prune => "prune",
            Self::Simulator(_) => "simulator",
            Self::Completions { .. } => "completions",
        }
    }
}

/// Reads the name of an entry, such as `models.lamp`.
pub(crate) fn entry(text: &str) -> Result<EntryId, String> {
    text.parse().map_err(|error: mint_api_ext::Error| error.to_string())
}
