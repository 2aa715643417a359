//! A client, with the journal of what it starts.

use std::env;
use std::sync::OnceLock;

use futures::future::BoxFuture;
use mint_api_ext::request::{Call as Described, Optimization, Request, Start as Starting};
use mint_api_ext::wait::CancellationToken;
use mint_api_ext::{Error, Mint, OperationHandle};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::journal::{Attempt, Call, Journal, Start};
use crate::key::client;
use crate::output::Output;

/// A client, with the journal of what it starts.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) mint: Mint,
    pub(crate) journal: Journal,
    pub(crate) output: &'a Output,
    /// Set from the first call on, so that no Ctrl-C in between is lost; a question before it is ended by Ctrl-C.
    interrupted: OnceLock<CancellationToken>,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Begun {
    /// An operation that goes on.
    Operation(Box<OperationHandle>),
    /// Something that is no operation to wait for: why.
    Nothing(String),
}

/// A call on its way.
pub(crate) type Sending = BoxFuture<'static, Result<Begun, Error>>;

impl<'a> Session<'a> {
    pub(crate) fn new(output: &'a Output) -> Result<Self, Failure> {
        Ok(Self { mint: client()?, journal: Journal::open(), output, interrupted: OnceLock::new() })
    }

    /// Writes a request down, and sends it.
    pub(crate) async fn start<T: Starting>(&self, what: String, request: &Request<T>) -> Result<Begun, Failure> {
        self.begin(what, Call::Request(Box::new(request.save()?)), started(request)).await
    }

    /// Writes a call down, and sends it.
    pub(crate) async fn begin(&self, what: String, call: Call, sending: Sending) -> Result<Begun, Failure> {
        let start = Start::new(what, server(), call);
        let attempt = self.journal.sending(&start)?;
        self.send(&start, attempt, sending).await
    }

    /// Sends a call that is written down, and writes down what came of it.
    pub(crate) async fn send(&self, start: &Start, attempt: Attempt, sending: Sending) -> Result<Begun, Failure> {
        let key = &start.key;
        let again =
            format!("`mint resend {key}` sends it again, and starts nothing twice while the server knows its key");
        let sent = tokio::select! {
            sent = sending => sent,
            () = self.interrupted() => {
                let text = format!("interrupted, so that the fate of the call is unknown; {again}");
                return Err(Failure::new(Code::Unknown, text));
            }
        };
        match sent {
            Ok(Begun::Operation(handle)) => {
                let saved = handle.save();
                let data = json!({"operation": handle.id().as_str(), "idempotency_key": key, "what": start.what});
                self.output.result("started", data, format_args!("{}: operation {}", start.what, handle.id()));
                self.journal.change(key, |start| start.operation = Some(saved))?;
                Ok(Begun::Operation(handle))
            }
            Ok(nothing) => {
                self.journal.remove(key)?;
                Ok(nothing)
            }
            // What refuses a second attempt, such as a key that was revoked since, says nothing about the first.
            Err(error) if attempt == Attempt::Again || error.may_have_been_done() => {
                let Failure { code, text } = Failure::from(error).with_something_done();
                Err(Failure::new(code, format!("{text}; {again}")))
            }
            Err(error) => {
                self.journal.remove(key)?;
                Err(error.into())
            }
        }
    }

    /// Returns once Ctrl-C was pressed.
    pub(crate) async fn interrupted(&self) {
        let token = self.interrupted.get_or_init(|| {
            let token = CancellationToken::new();
            let interrupted = token.clone();
            tokio::spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    interrupted.cancel();
                }
            });
            token
        });
        token.cancelled().await;
    }

    /// Takes up an operation, with what the journal knows about it.
    pub(crate) fn attach(&self, id: &str) -> Result<OperationHandle, Failure> {
        let start = self.journal.of_operation(id)?.filter(|start| start.ended.is_none());
        match start.and_then(|start| start.operation) {
            Some(saved) => Ok(self.mint.attach_saved(&saved)?),
            None => Ok(self.mint.attach(id)?),
        }
    }
}

/// The server that calls go to, as it is configured; empty for the public one.
pub(crate) fn server() -> String {
    env::var("MINT_API_BASE_URL").unwrap_or_default()
}

/// A request on its way.
pub(crate) fn started<T: Starting>(request: &Request<T>) -> Sending {
    let sending = request.send();
    Box::pin(async { Ok(Begun::Operation(Box::new(sending.await?))) })
}

/// An optimization on its way.
pub(crate) fn optimized(request: &Request<mint_api_ext::request::OptimizeModel>) -> Sending {
    let sending = request.send();
    Box::pin(async {
        Ok(match sending.await? {
            Optimization::Started(handle) => Begun::Operation(Box::new(handle)),
            Optimization::AlreadyOptimized(model) => Begun::Nothing(format!("model {} is optimized already", model.id)),
            Optimization::InProgress(model) => Begun::Nothing(format!("model {} is being optimized", model.id)),
            other => Begun::Nothing(format!("nothing was started: {other:?}")),
        })
    })
}

/// A call that was written down, on its way again with its body and key.
pub(crate) fn restored(mint: &Mint, call: &Call) -> Result<Sending, Failure> {
    use mint_api_ext::request as calls;

    fn again<T: Described + Starting>(mint: &Mint, saved: &calls::SavedRequest) -> Result<Sending, Failure> {
        Ok(started(&mint.restore::<T>(saved)?))
    }
    let saved = match call {
        Call::Request(saved) => saved,
        Call::Route(route) => return crate::api::sending(mint, route),
    };
    match saved.call.as_str() {
        "generate_model" => again::<calls::GenerateModel>(mint, saved),
        "generate_world" => again::<calls::GenerateWorld>(mint, saved),
        "generate_asset_pack" => again::<calls::GenerateAssetPack>(mint, saved),
        "generate_audio" => again::<calls::GenerateAudio>(mint, saved),
        "animate_model" => again::<calls::AnimateModel>(mint, saved),
        "convert_model" => again::<calls::ConvertModel>(mint, saved),
        "optimize_model" => Ok(optimized(&mint.restore(saved)?)),
        "retry_model" => again::<calls::RetryModel>(mint, saved),
        "approve" => again::<calls::Approve>(mint, saved),
        "revise" => again::<calls::Revise>(mint, saved),
        "resume" => again::<calls::Resume>(mint, saved),
        other => Err(Failure::failed(format!("the call `{other}` is of a newer version of mint; use that version"))),
    }
}
