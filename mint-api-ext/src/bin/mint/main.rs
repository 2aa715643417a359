//! The command `mint`: a catalog of assets, single things, and the simulator, from a terminal.

mod after;
mod api;
mod args;
mod bars;
mod completions;
mod credits;
mod download;
mod estimate;
mod event_data;
mod exit_code;
mod failure;
mod files;
mod found;
mod gallery;
mod gallery_page;
mod gate;
mod generate;
mod init;
mod journal;
mod key;
mod list;
mod man;
mod model;
mod output;
mod owned;
mod paying;
mod picture;
mod prune;
mod resend;
mod review;
mod session;
mod show;
mod shown;
mod simulator;
mod sync;
mod verify;
mod wait;
mod waiting;

use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use args::{Args, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    // What clap prints comes before the options are known.
    let color = if output::wants_no_color() { ColorChoice::Never } else { ColorChoice::Auto };
    let args = Args::from_arg_matches_mut(&mut Args::command().color(color).get_matches())
        .unwrap_or_else(|error| error.exit());
    let output = Output::new(&args);
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::failed(format!("could not start a runtime: {error}; close other programs, then run again"))
        })
        .and_then(|runtime| runtime.block_on(run(args.command, &output)));
    output.end(ended).into()
}

async fn run(command: Command, output: &Output) -> Result<exit_code::Code, Failure> {
    match command {
        Command::Init => init::run(output),
        Command::Sync(options) => sync::run(options, output).await,
        Command::Verify => verify::run(output),
        Command::Prune => prune::run(output),
        Command::Generate(options) => generate::run(options, output).await,
        Command::Wait(options) => wait::run(options, output).await,
        Command::Resend(options) => resend::run(options, output).await,
        Command::Download(options) => download::run(options, output).await,
        Command::Show(options) => show::run(options, output).await,
        Command::List(options) => list::run(options, output).await,
        Command::Review(options) => review::run(options, output).await,
        Command::Approve(options) => gate::approve(options, output).await,
        Command::Revise(options) => gate::revise(options, output).await,
        Command::Resume(options) => gate::resume(options, output).await,
        Command::Retry(options) => gate::retry(options, output).await,
        Command::Optimize(options) => model::optimize(options, output).await,
        Command::Convert(options) => model::convert(options, output).await,
        Command::Animate(options) => model::animate(options, output).await,
        Command::Estimate(options) => estimate::run(options, output).await,
        Command::Credits(options) => credits::run(options, output).await,
        Command::Gallery(options) => gallery::run(options, output),
        Command::Api(options) => api::run(options, output).await,
        Command::Man { folder } => man::run(folder, output),
        Command::Simulator(options) => simulator::run(options, output).await,
        Command::Completions { shell } => completions::run(shell),
    }
}
