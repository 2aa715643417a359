//! The command `mint`: a catalog of assets, and the simulator, from a terminal.

mod args;
mod completions;
mod event_data;
mod exit_code;
mod failure;
mod init;
mod key;
mod output;
mod prune;
mod simulator;
mod sync;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
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
        Command::Simulator(options) => simulator::run(options, output).await,
        Command::Completions { shell } => completions::run(shell),
    }
}
