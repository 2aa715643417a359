//! `mint review`.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use mint_api_ext::asset::Assets;
use mint_api_ext::wait::Preview;
use mint_api_ext::{Error, Outcome};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::gate::state;
use crate::output::{Output, read_line};
use crate::picture;
use crate::session::{Begun, Session};
use crate::shown::page;
use crate::waiting::wait;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The operation that waits for review
    id: String,
    /// The folder that the preview is saved to
    #[arg(long, value_name = "DIR", default_value = "mint-previews")]
    out: PathBuf,
}

/// Shows a preview, and lets a person approve it, revise it or leave it.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let mut outcome = state(&session.mint, &options.id).await?;
    loop {
        let Outcome::AwaitingReview(preview) = outcome else {
            return Err(Failure::usage(format!("operation {0} waits for no review; see `mint show {0}`", options.id)));
        };
        show(&session, &preview, &options.out).await?;
        let begun = match decide(&session, &options.id).await? {
            Decision::Approve => session.start(format!("approve operation {}", options.id), &preview.approve()).await?,
            Decision::Revise(text) => {
                session.start(format!("revise operation {}", options.id), &preview.revise(text)).await?
            }
            Decision::Skip => {
                output.result("skipped", json!({"operation": options.id}), "nothing was decided");
                return Ok(Code::Person);
            }
        };
        let Begun::Operation(handle) = begun else { return Ok(Code::Done) };
        let (outcomes, code) = wait(&session, vec![*handle]).await?;
        match outcomes.into_iter().next() {
            Some(next) if next.is_awaiting_review() => outcome = next,
            _ => return Ok(code),
        }
    }
}

/// Saves the preview, and shows it where the terminal can.
async fn show(session: &Session<'_>, preview: &Preview, out: &Path) -> Result<(), Failure> {
    let operation = &preview.operation;
    let page = page(operation.mint_url.as_deref());
    let path = saved(session, preview, out).await;
    let data = json!({
        "operation": operation.id, "prompt": operation.prompt, "picture": path.as_ref().ok(), "page": page,
    });
    let prompt = operation.prompt.as_deref().unwrap_or(&operation.id);
    let mut text = format!("preview of \"{prompt}\"");
    match &path {
        Ok(path) => text.push_str(&format!("\n  picture: {}", path.display())),
        Err(error) => text.push_str(&format!("\n  no picture: {error}")),
    }
    if let Some(page) = page {
        text.push_str(&format!("\n  page:    {page}"));
    }
    session.output.result("preview", data, text);
    if let Ok(path) = &path
        && session.output.has_pictures()
        && let Err(why) = picture::print(path)
    {
        session.output.progress(format_args!("the picture could not be shown here: {why}"));
    }
    Ok(())
}

async fn saved(session: &Session<'_>, preview: &Preview, out: &Path) -> Result<PathBuf, Error> {
    let operation = &preview.operation;
    let download = session.mint.download(Assets::from(operation)).poster().named(operation.id.clone());
    let files = download.to_dir(out).await?.complete()?;
    Ok(files.into_iter().next().map(|file| file.path).unwrap_or_default())
}

enum Decision {
    Approve,
    Revise(String),
    Skip,
}

/// Asks a person until the answer is one of the three.
async fn decide(session: &Session<'_>, id: &str) -> Result<Decision, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new(
            Code::Person,
            format!("there is no terminal to ask at; run `mint approve {id}` or `mint revise {id} TEXT`"),
        ));
    }
    loop {
        let _ = write!(io::stderr(), "[a]pprove, [r]evise or [s]kip? Approving and revising may cost credits. ");
        match answer(session).await?.as_str() {
            "a" | "approve" => return Ok(Decision::Approve),
            "s" | "skip" => return Ok(Decision::Skip),
            "r" | "revise" => {
                let _ = write!(io::stderr(), "What should change? ");
                let text = answer(session).await?;
                if !text.is_empty() {
                    return Ok(Decision::Revise(text));
                }
            }
            _ => {}
        }
    }
}

/// A line of standard input; its end is an error, as Ctrl-C is.
async fn answer(session: &Session<'_>) -> Result<String, Failure> {
    let stopped = || Failure::new(Code::Person, "nothing was decided; run it again to decide");
    tokio::select! {
        line = read_line() => Ok(line.ok_or_else(stopped)?.trim().to_owned()),
        () = session.interrupted() => Err(stopped()),
    }
}
