//! The command line.

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use mint_api_ext::catalog::EntryId;

use crate::{
    api, credits, download, estimate, gallery, gate, generate, list, model, resend, review, show, simulator, sync, wait,
};

const AFTER_HELP: &str = "\
Examples:
  mint init                    write a mint.toml to begin with
  mint sync --dry-run          see what a run would make, and what it costs
  mint sync                    make the entries into files
  mint generate model \"a brass lamp\" --out lamp
                               make one thing, without a list

Environment:
  MINT_API_KEY         the key, from https://mint.gg
  MINT_API_KEY_FILE    a file with the key that only its owner can read [default: mint/key in the configuration folder]
  MINT_API_BASE_URL    another server, such as that of `mint simulator`
  MINT_RETRIES         how often a call is sent again after a failure that may pass [default: 5]
  XDG_STATE_HOME       the folder of the journal of what was started, mint/starts [default: that of the platform]
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

/// Makes 3D models, worlds and sounds with Mint: one at a time, or a list of them, mint.toml, into files
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
    /// Make a model, a world, a pack or a sound
    ///
    /// Asks before it pays. What it starts is written down before it is sent: after Ctrl-C or a crash,
    /// `mint list operations` shows it, and `mint wait` goes on.
    #[command(after_help = "\
Examples:
  mint generate model \"a brass lamp\" --out lamp
  mint generate world \"a harbour at dawn\" --yes --max-credits 2000 --assume-credits 1650")]
    Generate(generate::Options),
    /// Wait until operations have ended or need a person
    #[command(after_help = "\
Examples:
  mint wait op_1 op_2
  mint wait                           wait for everything that `mint list operations` shows outside a catalog")]
    Wait(wait::Options),
    /// Send a call whose fate is unknown again, with its body and key
    ///
    /// The server does a call with a key once, as long as it knows the key. For how long that is, Mint does not document: after
    /// an hour, look first for what the call made (`mint list models`), or it may be paid for twice.
    #[command(after_help = "\
Examples:
  mint list operations                show the calls whose fate is unknown, with their keys
  mint resend 5a0c1d1e-7a53-4e0b-9a3f-1b0c2d3e4f50
  mint resend --forget 5a0c1d1e-7a53-4e0b-9a3f-1b0c2d3e4f50")]
    Resend(resend::Options),
    /// Download the files of an operation, a model or a world
    ///
    /// Files that are whole are not fetched again, and files of others are not replaced.
    #[command(after_help = "\
Examples:
  mint download op_1 --only glb,poster --out lamp
  mint download op_1                  every file, to the folder op_1")]
    Download(download::Options),
    /// Show an operation, a model, a world or a pack
    ///
    /// Files are shown without their URLs, which are signed: `mint download` fetches them.
    #[command(after_help = "Examples:\n  mint show op_1\n  mint show op_1 --json")]
    Show(show::Options),
    /// List the models or worlds of the account, or the operations that were started here
    #[command(after_help = "\
Examples:
  mint list models --limit 20
  mint list operations                what is unfinished, and how to go on
  mint list operations --all")]
    List(list::Options),
    /// Show a preview, and approve it, revise it or leave it
    #[command(after_help = "Examples:\n  mint review op_1")]
    Review(review::Options),
    /// Approve a preview, so that the operation goes on
    #[command(after_help = "Examples:\n  mint approve op_1 --out lamp")]
    Approve(gate::Approve),
    /// Ask for another preview
    #[command(after_help = "Examples:\n  mint revise op_1 \"a longer arm\"")]
    Revise(gate::Revise),
    /// Go on with an operation that lacked credits
    #[command(after_help = "Examples:\n  mint resume op_1")]
    Resume(gate::Resume),
    /// Make a model again whose operation failed
    ///
    /// Where the server refused what was asked for, the same request fails again, and is not sent without --anyway.
    #[command(after_help = "Examples:\n  mint retry op_1 --yes")]
    Retry(gate::Retry),
    /// Make the file of a model smaller
    #[command(after_help = "Examples:\n  mint optimize op_1 --level aggressive --out lamp --only glb")]
    Optimize(model::Optimize),
    /// Convert a model to other formats
    #[command(after_help = "Examples:\n  mint convert op_1 --to usdz,obj --out lamp")]
    Convert(model::Convert),
    /// Animate a model
    #[command(after_help = "Examples:\n  mint animate op_1 \"waves with one arm\" --height 1.75 --out robot")]
    Animate(model::Animate),
    /// Print the server's estimate of a price
    ///
    /// The server estimates models and their optimization, and nothing else.
    #[command(after_help = "Examples:\n  mint estimate model --preset fast\n  mint estimate optimize op_1")]
    Estimate(estimate::Options),
    /// Print the credits of the account, or what the entries of mint.toml cost
    #[command(
        after_help = "Examples:\n  mint credits\n  mint credits --by-entry         from mint.lock, without the network"
    )]
    Credits(credits::Options),
    /// Write a page that shows the entries of mint.toml, beside their files
    ///
    /// The page is index.html in the folder of the files. It needs no network, and holds no script.
    #[command(after_help = "Examples:\n  mint gallery && open assets/index.html")]
    Gallery(gallery::Options),
    /// Call any route of the API, and print the JSON of the reply
    ///
    /// URLs in the reply are printed without their queries, which may be signatures.
    #[command(after_help = "\
Examples:
  mint api GET /v1/me
  mint api GET /v1/models --query limit=5
  mint api POST /v1/models:generate --body lamp.json --yes")]
    Api(api::Options),
    /// Write the man pages to a folder
    #[command(hide = true)]
    Man {
        /// The folder
        folder: std::path::PathBuf,
    },
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
            Self::Generate(_) => "generate",
            Self::Wait(_) => "wait",
            Self::Resend(_) => "resend",
            Self::Download(_) => "download",
            Self::Show(_) => "show",
            Self::List(_) => "list",
            Self::Review(_) => "review",
            Self::Approve(_) => "approve",
            Self::Revise(_) => "revise",
            Self::Resume(_) => "resume",
            Self::Retry(_) => "retry",
            Self::Optimize(_) => "optimize",
            Self::Convert(_) => "convert",
            Self::Animate(_) => "animate",
            Self::Estimate(_) => "estimate",
            Self::Credits(_) => "credits",
            Self::Gallery(_) => "gallery",
            Self::Api(_) => "api",
            Self::Man { .. } => "man",
            Self::Simulator(_) => "simulator",
            Self::Completions { .. } => "completions",
        }
    }
}

/// Reads the name of an entry, such as `models.lamp`.
pub(crate) fn entry(text: &str) -> Result<EntryId, String> {
    text.parse().map_err(|error: mint_api_ext::Error| error.to_string())
}
