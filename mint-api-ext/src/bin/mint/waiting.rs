//! Waiting for operations, and what comes of them.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use mint_api_ext::types::Operation;
use mint_api_ext::wait::Update;
use mint_api_ext::{Error, OperationHandle, Outcome};
use serde_json::{Value, json};

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::shown::{page, resource};

/// Waits until every operation has ended or needs a person, and reports each as it comes. Returns the outcomes that
/// could be found out, in the order of the operations, and the most important code.
pub(crate) async fn wait(
    session: &Session<'_>,
    handles: Vec<OperationHandle>,
) -> Result<(Vec<Outcome>, Code), Failure> {
    let ids: Vec<_> = handles.iter().map(|handle| handle.id().to_string()).collect();
    let mut open: BTreeMap<_, _> = ids.iter().cloned().zip(handles).collect();
    let targets: Vec<_> = open.iter().map(|(id, handle)| (id.clone(), handle.clone())).collect();
    let progress = session.output.live_progress();
    let mut updates = session.mint.wait_many(targets).updates();
    let (mut ended, mut codes) = (BTreeMap::new(), Vec::new());
    loop {
        let next = tokio::select! {
            next = updates.next() => next,
            () = session.interrupted() => return Err(stopped(session, &open)),
        };
        let Some((id, update)) = next else { break };
        if let Some(progress) = &progress {
            progress.show_update(&id, update.as_ref());
        }
        match update {
            Ok(Update::Ended(outcome)) => {
                keep(session, &id, open.remove(&id), &outcome);
                codes.push(report(session.output, &outcome));
                ended.insert(id, outcome);
            }
            Ok(_) => {}
            Err(error) => {
                if let Some(handle) = open.remove(&id) {
                    remember(session, &handle);
                }
                codes.push(Code::of_error(&error).with_something_done());
                unknown(session.output, &id, &error);
            }
        }
    }
    let outcomes = ids.iter().filter_map(|id| ended.remove(id)).collect();
    Ok((outcomes, Code::most_important(codes)))
}

/// Reports what came of an operation.
fn report(output: &Output, outcome: &Outcome) -> Code {
    let operation = outcome.operation();
    let id = &operation.id;
    let data = data(operation);
    let (code, next) = match outcome {
        Outcome::Succeeded(_) => {
            output.result("ended", data, succeeded(operation));
            return Code::Done;
        }
        Outcome::PartiallySucceeded(_) => {
            let text = format!("{}, but a part of it failed", succeeded(operation));
            output.problem("ended", data, text);
            return Code::Failed;
        }
        Outcome::AwaitingReview(_) => (Code::Person, format!(" (`mint review {id}`)")),
        Outcome::BillingRequired(_) => (Code::Credits, format!(" (`mint resume {id}`)")),
        Outcome::Failed(_) | Outcome::Canceled(_) => (Code::Failed, String::new()),
        Outcome::Unrecognized(_) => (Code::Unknown, String::new()),
    };
    if let Err(not) = outcome.clone().into_succeeded() {
        output.problem("ended", data, format_args!("{not}{next}"));
    }
    code
}

fn succeeded(operation: &Operation) -> String {
    let made = resource(operation).map(|(kind, id)| format!(": {kind} {id}")).unwrap_or_default();
    let credits = operation.credits.as_ref().and_then(|credits| credits.finalized);
    let credits = credits.map(|credits| format!(", {credits} credits")).unwrap_or_default();
    format!("operation {} {}{made}{credits}", operation.id, operation.status)
}

/// The data of an operation that has ended or needs a person.
fn data(operation: &Operation) -> Value {
    let (kind, id) = resource(operation).unzip();
    let error = operation.error.as_ref();
    json!({
        "operation": operation.id,
        "status": operation.status.as_str(),
        "resource_type": kind,
        "resource": id,
        "credits": operation.credits.as_ref().and_then(|credits| credits.finalized),
        "page": page(operation.mint_url.as_deref()),
        "error_code": error.and_then(|error| error.code.as_deref()),
    })
}

fn unknown(output: &Output, id: &str, error: &Error) {
    let text = format!("operation {id}: {error} (`mint wait {id}`)");
    output.problem("unknown", json!({"operation": id, "text": error.to_string()}), text);
}

/// Keeps in the journal how an operation ended.
fn keep(session: &Session<'_>, id: &str, handle: Option<OperationHandle>, outcome: &Outcome) {
    use Outcome::{AwaitingReview, BillingRequired, Unrecognized};
    let ended = !matches!(outcome, AwaitingReview(_) | BillingRequired(_) | Unrecognized(_));
    let Ok(starts) = session.journal.all() else { return };
    let is_of = |saved: &mint_api_ext::SavedOperation| saved.id.as_str() == id;
    for start in starts.0.iter().filter(|start| start.operation.as_ref().is_some_and(is_of)) {
        let changed = session.journal.change(&start.key, |start| {
            start.operation = handle.as_ref().map(OperationHandle::save).or(start.operation.take());
            if ended {
                start.ended = Some(outcome.operation().status.to_string());
                start.call = None;
            }
        });
        warn(session.output, changed);
    }
}

/// Keeps in the journal how far a wait is.
fn remember(session: &Session<'_>, handle: &OperationHandle) {
    let Ok(Some(start)) = session.journal.of_operation(handle.id().as_str()) else { return };
    let changed = session.journal.change(&start.key, |start| {
        if start.ended.is_none() {
            start.operation = Some(handle.save());
        }
    });
    warn(session.output, changed);
}

fn warn(output: &Output, changed: Result<(), Failure>) {
    if let Err(Failure { text, .. }) = changed {
        output.progress(text);
    }
}

fn stopped(session: &Session<'_>, open: &BTreeMap<String, OperationHandle>) -> Failure {
    open.values().for_each(|handle| remember(session, handle));
    let ids: Vec<_> = open.keys().map(String::as_str).collect();
    let ids = ids.join(" ");
    Failure::new(
        Code::Unknown,
        format!("interrupted; what was started goes on at the server: run `mint wait {ids}` to go on"),
    )
}
