//! `mint download`.

use std::path::PathBuf;

use mint_api_ext::asset::Assets;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::files::{FileWord, save};
use crate::found::{Found, find};
use crate::output::Output;
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// An operation, a model or a world
    id: String,
    /// Download only these files, such as glb,poster [default: all]
    #[arg(long, value_name = "FILES", value_delimiter = ',')]
    only: Vec<FileWord>,
    /// The folder of the files [default: one named after the ID]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Downloads the files of an operation or of what it made.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let out = options.out.unwrap_or_else(|| PathBuf::from(&options.id));
    let assets = match find(&session.mint, &options.id).await? {
        Found::Operation(operation) => Assets::from(&*operation),
        Found::Model(model) => Assets::from(&*model),
        Found::World(world) => Assets::from(&*world),
        Found::Pack(pack) => {
            let text = format!("{} is a pack; give the id of the operation that made it", pack.id);
            return Err(Failure::usage(text));
        }
    };
    save(&session, assets, &out, &options.only).await
}
