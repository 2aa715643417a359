//! The options of a command that starts an operation: whether to wait for it, and to download its files.

use std::path::PathBuf;

use mint_api_ext::OperationHandle;
use mint_api_ext::request::{Request, Start};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::files::{FileWord, save};
use crate::paying::Paying;
use crate::session::{Begun, Session};
use crate::waiting::wait;

/// What follows once an operation has started.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct After {
    /// Return as soon as it has started; `mint wait` waits later
    #[arg(long, conflicts_with_all = ["out", "only"])]
    no_wait: bool,
    /// Download the files to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Download only these files, such as glb,poster [default: all]
    #[arg(long, value_name = "FILES", value_delimiter = ',', requires = "out")]
    only: Vec<FileWord>,
}

impl After {
    /// Asks whether to pay for a request whose price the server does not estimate, starts it, and follows it.
    pub(crate) async fn start<T: Start>(
        self,
        session: &Session<'_>,
        paying: &Paying,
        what: String,
        request: &Request<T>,
    ) -> Result<Code, Failure> {
        // A request that cannot be sent is an error before the question.
        request.save()?;
        paying.consent(&what, session.output)?;
        let begun = session.start(what, request).await?;
        self.follow(session, begun).await
    }

    /// Waits for what was begun, if it is an operation, and downloads its files where asked to.
    pub(crate) async fn follow(self, session: &Session<'_>, begun: Begun) -> Result<Code, Failure> {
        match begun {
            Begun::Operation(handle) => self.finish(session, *handle).await,
            Begun::Nothing(text) => {
                session.output.result("unchanged", json!({"text": text}), &text);
                Ok(Code::Done)
            }
        }
    }

    async fn finish(self, session: &Session<'_>, handle: OperationHandle) -> Result<Code, Failure> {
        if self.no_wait {
            session.output.progress(format_args!("`mint wait {}` waits for it", handle.id()));
            return Ok(Code::Done);
        }
        let (outcomes, code) = wait(session, vec![handle]).await?;
        let (Some(out), Some(outcome)) = (self.out, outcomes.into_iter().find(|outcome| outcome.is_success())) else {
            return Ok(code);
        };
        let saved = save(session, outcome.operation(), &out, &self.only).await.map_err(Failure::with_something_done)?;
        Ok(Code::most_important([code, saved]))
    }
}
