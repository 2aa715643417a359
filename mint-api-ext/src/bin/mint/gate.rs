//! `mint approve`, `mint revise`, `mint resume` and `mint retry`: operations that go on once a person acts.

use mint_api_ext::wait::Preview;
use mint_api_ext::{Mint, Outcome};

use crate::after::After;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;
use crate::owned::refuse;
use crate::paying::Paying;
use crate::session::Session;

#[derive(Debug, clap::Args)]
pub(crate) struct Approve {
    /// The operation that waits for review
    id: String,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Revise {
    /// The operation that waits for review
    id: String,
    /// What to change
    text: String,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Resume {
    /// The operation that waits for credits
    id: String,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Retry {
    /// The operation that failed
    id: String,
    /// Retry although the server refused what was asked for, so that it may fail again
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    after: After,
}

/// Approves a preview.
pub(crate) async fn approve(options: Approve, output: &Output) -> Result<Code, Failure> {
    let Approve { id, paying, after } = options;
    let session = Session::new(output)?;
    let request = paying.limited(preview(&session.mint, &id).await?.approve());
    after.start(&session, &paying, format!("approve operation {id}"), &request).await
}

/// Asks for another preview.
pub(crate) async fn revise(options: Revise, output: &Output) -> Result<Code, Failure> {
    let Revise { id, text, paying, after } = options;
    let session = Session::new(output)?;
    let request = paying.limited(preview(&session.mint, &id).await?.revise(text));
    after.start(&session, &paying, format!("revise operation {id}"), &request).await
}

/// Goes on with an operation that lacked credits.
pub(crate) async fn resume(options: Resume, output: &Output) -> Result<Code, Failure> {
    let Resume { id, paying, after } = options;
    let session = Session::new(output)?;
    let Outcome::BillingRequired(unpaid) = state(&session.mint, &id).await? else {
        return Err(not(&id, "does not wait for credits"));
    };
    let needed = unpaid.required_credits().map(|credits| format!(", which needs {credits} credits"));
    let what = format!("resume operation {id}{}", needed.unwrap_or_default());
    after.start(&session, &paying, what, &paying.limited(unpaid.resume())).await
}

/// Makes a model again whose operation failed. A failure that is that of the request is not retried, unless told to.
pub(crate) async fn retry(options: Retry, output: &Output) -> Result<Code, Failure> {
    let Retry { id, anyway, paying, after } = options;
    refuse(&id, |entry| format!("`mint sync --again {entry}` makes another attempt"))?;
    let session = Session::new(output)?;
    let outcome = state(&session.mint, &id).await?;
    let advice = outcome.clone().into_succeeded().err().map(|not| not.to_string());
    let Outcome::Failed(failed) = outcome else { return Err(not(&id, "has not failed")) };
    let request = paying.limited(if anyway { failed.retry_anyway() } else { failed.retry() });
    request.save().map_err(|error| match anyway {
        true => Failure::from(error),
        false => Failure::usage(format!("{error} (`mint retry --anyway {id}`)")),
    })?;
    output.progress(advice.unwrap_or_default());
    after.start(&session, &paying, format!("retry operation {id}"), &request).await
}

/// The preview that an operation waits with.
async fn preview(mint: &Mint, id: &str) -> Result<Preview, Failure> {
    match state(mint, id).await? {
        Outcome::AwaitingReview(preview) => Ok(preview),
        _ => Err(not(id, "does not wait for review")),
    }
}

/// The outcome of an operation that has ended or needs a person.
pub(crate) async fn state(mint: &Mint, id: &str) -> Result<Outcome, Failure> {
    let operation = mint.operation(id).await?;
    let status = operation.status.clone();
    Outcome::of(mint, operation)?
        .ok_or_else(|| Failure::usage(format!("operation {id} goes on ({status}); `mint wait {id}` waits for it")))
}

fn not(id: &str, state: &str) -> Failure {
    Failure::usage(format!("operation {id} {state}; see `mint show {id}`"))
}
