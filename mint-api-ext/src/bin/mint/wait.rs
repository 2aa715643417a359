//! `mint wait`.

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, server};
use crate::waiting;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The operations; without one, all that `mint list operations` shows as unfinished outside a catalog
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

/// Waits for operations.
pub(crate) async fn run(options: Options, output: &Output) -> Result<Code, Failure> {
    let session = Session::new(output)?;
    let ids = if options.ids.is_empty() { unfinished(&session)? } else { options.ids };
    if ids.is_empty() {
        output.result("nothing", serde_json::json!({}), "there is nothing to wait for");
        return Ok(Code::Done);
    }
    let handles = ids.iter().map(|id| session.attach(id)).collect::<Result<_, _>>()?;
    Ok(waiting::wait(&session, handles).await?.1)
}

/// The operations that the journal knows, of this server, and that have not ended.
fn unfinished(session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let (starts, _) = session.journal.all()?;
    let mut ids: Vec<String> = Vec::new();
    for start in starts.into_iter().filter(|start| start.ended.is_none() && start.server == server()) {
        let id = start.operation.map(|operation| operation.id.to_string());
        ids.extend(id.filter(|id| !ids.contains(id)));
    }
    Ok(ids)
}
