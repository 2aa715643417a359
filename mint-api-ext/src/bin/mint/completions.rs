//! `mint completions`.

use std::io::{self, Write as _};

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::args::Args;
use crate::exit_code::Code;
use crate::failure::Failure;

/// Prints the completion script of a shell.
pub(crate) fn run(shell: Shell) -> Result<Code, Failure> {
    // `generate` panics where a write fails, and a write to memory does not.
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "mint", &mut script);
    let _ = io::stdout().write_all(&script);
    Ok(Code::Done)
}
