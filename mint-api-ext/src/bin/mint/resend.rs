//! `mint resend`.

use serde_json::json;

use crate::after::After;
use crate::exit_code::Code;
use crate::failure::Failure;
use crate::journal::Attempt;
use crate::output::Output;
use crate::paying::Paying;
use crate::session::{Begun, Session, restored, server};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The key of the call, as `mint list operations` shows it
    key: String,
    /// Forget the call in place of sending it, once you have looked for what it made
    #[arg(long, conflicts_with_all = ["yes", "no_wait", "out", "only"])]
    forget: bool,
    /// Send it without a question
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    after: After,
}

/// Sends a call of unknown fate again, with its body and key.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let key = &options.key;
    let Some(start) = session.journal.get(key)? else {
        return Err(Failure::usage(format!("no call with the key `{key}` is known; see `mint list operations`")));
    };
    if let Some(operation) = &start.operation {
        let id = &operation.id;
        return Err(Failure::usage(format!(
            "the call with the key `{key}` started operation {id}; run `mint wait {id}`"
        )));
    }
    if options.forget {
        session.journal.remove(key)?;
        output.result("forgotten", json!({"idempotency_key": key}), format_args!("forgot {}", start.what));
        return Ok(Code::Done);
    }
    if start.server != server() {
        let sent_to = if start.server.is_empty() { "the public server" } else { &start.server };
        return Err(Failure::usage(format!("the call was sent to {sent_to}; set MINT_API_BASE_URL as it was then")));
    }
    let Some(call) = &start.call else {
        return Err(Failure::failed("the journal holds no call; look for what it made, then run with --forget"));
    };
    let what = format!("{}, sent at {}, again", start.what, start.sent_at);
    Paying::of(options.yes).consent(&what, output)?;
    let sending = restored(&session.mint, call)?;
    let begun: Begun = session.send(&start, Attempt::Again, sending).await?;
    options.after.follow(&session, begun).await
}
