//! `mint list`.

use futures::TryStreamExt as _;
use mint_api_ext::catalog::{CallState, EntryId, PaidCall};
use mint_api_ext::read::List;
use serde_json::{Value, json};

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::journal::{Journal, Start};
use crate::output::Output;
use crate::owned;
use crate::session::Session;
use crate::shown::{page, without_controls};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What to list
    what: What,
    /// List no more than this many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// List the operations that have ended, too
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// The models of the account
    Models,
    /// The worlds of the account
    Worlds,
    /// The operations that this computer started, and those of the mint.toml in this folder
    Operations,
}

/// Lists what the account has, or what this computer started.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let limit = options.limit.unwrap_or(usize::MAX);
    match options.what {
        What::Models => {
            let list = Session::new(output)?.mint.models();
            print(list, limit, output, "model", |model| {
                let page = page(model.mint_url.as_deref());
                json!({"id": model.id, "name": model.name, "status": model.status, "prompt": model.prompt, "page": page})
            })
            .await
        }
        What::Worlds => {
            let list = Session::new(output)?.mint.worlds();
            print(list, limit, output, "world", |world| {
                let page = page(world.mint_url.as_deref());
                json!({"id": world.id, "name": world.name, "status": world.status, "prompt": world.prompt, "page": page})
            })
            .await
        }
        What::Operations => operations(limit, options.all, output),
    }
}

async fn print<T: Send + 'static>(
    list: List<T>,
    limit: usize,
    output: &Output,
    kind: &str,
    data: impl Fn(&T) -> Value,
) -> Result<Code, Failure> {
    let mut items = list.into_stream();
    let mut listed = 0;
    while listed < limit
        && let Some(item) = items.try_next().await?
    {
        listed += 1;
        let data = data(&item);
        let field = |name: &str| one_line(data[name].as_str().unwrap_or_default());
        let title = if field("name").is_empty() { field("prompt") } else { field("name") };
        let text = format!("{}  {:<12}  {title}", field("id"), field("status"));
        output.result(kind, data, text.trim_end());
    }
    Ok(Code::Done)
}

/// A text of a server on one line, for a table.
fn one_line(text: &str) -> String {
    without_controls(text).chars().take(80).collect()
}

/// Lists the starts in the journal and the calls of the catalog in this folder. One whose fate is unknown comes with its key.
fn operations(limit: usize, all: bool, output: &Output) -> Result<Code, Failure> {
    let (starts, mut unreadable) = Journal::open().all()?;
    let calls = owned::calls().unwrap_or_else(|Failure { text, .. }| {
        unreadable.push(text);
        Vec::new()
    });
    // An operation of the catalog that was approved, say, is in both, and the catalog knows how it ended.
    let is_owned = |start: &Start| {
        let id = start.operation.as_ref().map(|operation| operation.id.as_str());
        id.is_some() && calls.iter().any(|(_, call)| call.operation.as_deref() == id)
    };
    let starts = starts.iter().filter(|start| (all || start.ended.is_none()) && !is_owned(start)).map(of_start);
    let in_flight = |call: &PaidCall| matches!(call.state, CallState::Unknown | CallState::Started);
    let calls = calls.iter().filter(|(_, call)| all || in_flight(call)).map(|(entry, call)| of_call(entry, call));
    let mut rows: Vec<_> = starts.chain(calls).collect();
    rows.sort_by_key(|(data, _)| data["sent_at"].as_str().map(str::to_owned));
    for (data, next) in rows.split_off(rows.len().saturating_sub(limit)) {
        let field = |name: &str| data[name].as_str().unwrap_or("-");
        let [id, state, sent_at, what] = ["operation", "state", "sent_at", "what"].map(field);
        let text = format!("{id}  {state:<12}  {sent_at}  {what}{next}");
        output.result("operation", data, text);
    }
    for text in &unreadable {
        output.problem("unreadable", json!({"text": text}), text);
    }
    Ok(if unreadable.is_empty() { Code::Done } else { Code::Failed })
}

/// The data of a start in the journal, and the command that goes on.
fn of_start(start: &Start) -> (Value, String) {
    let (state, next) = state(start);
    let data = json!({
        "operation": start.operation.as_ref().map(|operation| &operation.id), "state": state, "what": start.what,
        "sent_at": start.sent_at, "idempotency_key": start.key, "server": start.server,
    });
    (data, next)
}

/// The data of a call of the catalog, and the command that goes on.
fn of_call(entry: &EntryId, call: &PaidCall) -> (Value, String) {
    let (state, next) = match call.state {
        CallState::Unknown => ("unknown", "  (`mint sync`)"),
        CallState::Started => ("unfinished", "  (`mint sync`)"),
        CallState::Done => ("succeeded", ""),
        CallState::Conflict => ("conflict", ""),
        _ => ("failed", ""),
    };
    let data = json!({
        "operation": call.operation, "state": state, "what": format!("{} {entry}", call.step.as_str()),
        "sent_at": call.sent_at, "idempotency_key": call.idempotency_key, "entry": entry.to_string(),
    });
    (data, next.to_owned())
}

/// How far a start is, and the command that goes on.
fn state(start: &Start) -> (&str, String) {
    match (&start.ended, &start.operation) {
        (Some(status), _) => (status, String::new()),
        (None, Some(operation)) => ("unfinished", format!("  (`mint wait {}`)", operation.id)),
        (None, None) => ("unknown", format!("  (`mint resend {}`)", start.key)),
    }
}
