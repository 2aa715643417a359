//! `mint man`, which is hidden: `cargo xtask man` calls it.

use std::fs;
use std::path::PathBuf;

use clap::CommandFactory as _;
use serde_json::json;

use crate::args::Args;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;

/// Writes a man page of each command to a folder.
pub(crate) fn run(folder: PathBuf, output: &Output) -> Result<Code, Failure> {
    fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(Args::command(), &folder)).map_err(|error| {
        Failure::failed(format!("could not write the man pages to `{}`: {error}; check the folder", folder.display()))
    })?;
    output.result("written", json!({"folder": folder}), format_args!("wrote the man pages to `{}`", folder.display()));
    Ok(Code::Done)
}
