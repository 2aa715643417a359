//! Why a call, a wait or a download failed.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use mint_api::types::{FieldError, Operation, Problem};

use super::{Brief, OperationId, problem_type, quoted};

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be made: no key, an unusable base URL, no TLS.
    Configuration,
    /// The call was made outside a Tokio runtime; nothing was sent.
    NoRuntime,
    /// The [`TokenSource`](crate::client::TokenSource) gave no token; nothing was sent.
    Credentials,
    /// An argument is not valid; nothing was sent.
    InvalidArgument,
    /// The price of a call exceeds [`max_credits`](crate::Request::max_credits), its
    /// [`budget`](crate::Request::budget) or the available credits, or is unknown. The call was not sent.
    Credits,
    /// The server was not reached, or the connection broke off.
    Transport,
    /// The request exceeded its timeout, or the wait its deadline.
    Timeout,
    /// The server refused the request or failed; see [`Error::status`] and [`Error::problem`].
    Server,
    /// The server knows this idempotency key from a request with another body (409); nothing was done.
    IdempotencyConflict,
    /// The reply is not what the API documents.
    Decode,
    /// A file failed a check, or its URL may not be fetched.
    Download,
    /// A file on this machine could not be read or written.
    Io,
    /// Another download held a file or the manifest of a directory for longer than
    /// [`lock_timeout`](crate::download::Download::lock_timeout).
    Locked,
    /// An operation that a job of several calls depends on did not succeed; [`Error::operation`] holds it. The source is the
    /// [`NotSucceeded`](crate::wait::NotSucceeded), with the outcome to act on.
    NotSucceeded,
    /// The caller's cancellation token ended the wait. The operation continues at the server.
    Interrupted,
}

/// The figures of a wait that ended without an outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WaitSummary {
    /// The operation, to attach to again.
    pub id: OperationId,
    /// How many polls were sent.
    pub polls: u32,
    /// How long the wait took.
    pub elapsed: Duration,
}

/// Why a call, a wait or a download failed.
///
/// An operation that *failed* is not an error: it is an [`Outcome`](crate::Outcome).
///
/// The text says what happened, why, and what to do. It contains no key and no query of a URL. The underlying errors are
/// in [`source`](StdError::source).
pub struct Error(Box<Details>);

struct Details {
    kind: ErrorKind,
    message: String,
    status: Option<reqwest::StatusCode>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    problem: Option<Problem>,
    operation: Option<Operation>,
    wait: Option<WaitSummary>,
    idempotency_key: Option<String>,
    fate: Fate,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Whether the server did the call that an error is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// The server did not do it, or it changes nothing.
    NotDone,
    /// The server may have done it.
    Unknown,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            message: message.into(),
            status: None,
            request_id: None,
            retry_after: None,
            problem: None,
            operation: None,
            wait: None,
            idempotency_key: None,
            fate: Fate::NotDone,
            source: None,
        }))
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status of the reply, if one arrived.
    pub fn status(&self) -> Option<reqwest::StatusCode> {
        self.0.status
    }

    /// The `X-Request-Id` of the reply, for Mint's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the server asked to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The problem document of the reply (RFC 9457).
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// The slug of the server's problem, such as `model-already-optimized`: the last segment of the `type` of its problem
    /// document, which is a URL or a bare word. `None` for `about:blank`.
    pub fn problem_type(&self) -> Option<&str> {
        problem_type::slug(&self.problem()?.type_)
    }

    /// The fields of the request that the server refused. Each has a path (a JSON Pointer), a code and a text, as far as the
    /// server sends them. The text of this error names them, too.
    pub fn field_errors(&self) -> &[FieldError] {
        self.problem().and_then(|problem| problem.errors.as_deref()).unwrap_or_default()
    }

    /// The operation as it was last seen, for an error of a wait.
    pub fn operation(&self) -> Option<&Operation> {
        self.0.operation.as_ref()
    }

    /// The figures of the wait, for an error of a wait.
    pub fn wait(&self) -> Option<&WaitSummary> {
        self.0.wait.as_ref()
    }

    /// The `Idempotency-Key` of the call that failed, if the call starts or changes something.
    ///
    /// Send the call again with this key and the same arguments: the server does it once.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.as_deref()
    }

    /// Whether the server may have done one of the attempts of a call in spite of this error. False for reads.
    ///
    /// To find out, send the same request with the same [`idempotency_key`](Self::idempotency_key): the server does it once.
    /// With another key, the server could do it, and charge for it, twice.
    pub fn may_have_been_done(&self) -> bool {
        self.0.fate == Fate::Unknown
    }

    /// Whether the key is missing, malformed, inactive or revoked (401).
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(reqwest::StatusCode::UNAUTHORIZED)
    }

    /// Whether the server does not know the id, or does not show it to this key (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(reqwest::StatusCode::NOT_FOUND)
    }

    /// Whether the client sent too many requests (429). [`Error::retry_after`] says how long to wait.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(reqwest::StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server knows this idempotency key from a request with another body (409). Nothing was done.
    pub fn is_idempotency_conflict(&self) -> bool {
        self.0.kind == ErrorKind::IdempotencyConflict
    }

    /// Whether a request exceeded its timeout, or a wait its deadline.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the server was not reached, or the connection broke off.
    pub fn is_transport(&self) -> bool {
        self.0.kind == ErrorKind::Transport
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_reply(mut self, reply: Reply) -> Self {
        self.0.status = Some(reply.status);
        self.0.request_id = reply.request_id;
        self.0.retry_after = reply.retry_after;
        self
    }

    pub(crate) fn with_problem(mut self, problem: Problem) -> Self {
        self.0.problem = Some(problem);
        self
    }

    pub(crate) fn with_fate(mut self, fate: Fate) -> Self {
        self.0.fate = fate;
        self
    }

    pub(crate) fn with_wait(mut self, wait: WaitSummary) -> Self {
        self.0.wait = Some(wait);
        self
    }

    pub(crate) fn with_idempotency_key(mut self, key: &str) -> Self {
        self.0.idempotency_key = Some(key.to_owned());
        self
    }

    /// Adds advice to the end of the text.
    pub(crate) fn with_advice(mut self, advice: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(advice);
        self
    }

    pub(crate) fn with_operation(mut self, operation: Option<Operation>) -> Self {
        self.0.operation = operation;
        self
    }
}

/// The status and headers of an error reply.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: reqwest::StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

/// `{:?}` prints the text and the texts of its sources, each on a line, since `fn main() -> Result<(), Box<dyn Error>>`
/// prints an error that way. `{:#?}` prints the fields. Of the operation it prints only the id and the status, and of the
/// problem document only the type, since the rest may hold signed URLs.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            write!(f, "{self}")?;
            let mut causes = std::iter::successors(StdError::source(self), |cause| (*cause).source());
            return causes.try_for_each(|cause| write!(f, "\n  caused by: {cause}"));
        }
        let details = &*self.0;
        let Details { kind, message, status, request_id, retry_after, problem, operation, wait, source, .. } = details;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("message", message)
            .field("status", status)
            .field("request_id", request_id)
            .field("retry_after", retry_after)
            .field("problem", &problem.as_ref().map(|problem| quoted(&problem.type_)))
            .field("operation", &operation.as_ref().map(Brief))
            .field("wait", wait)
            .field("idempotency_key", &details.idempotency_key)
            .field("fate", &details.fate)
            .field("source", source)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(id) = &self.0.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<mint_api::BuildError> for Error {
    fn from(error: mint_api::BuildError) -> Self {
        let message = error.to_string();
        let made = Self::new(ErrorKind::Configuration, message);
        match error {
            mint_api::BuildError::NoCertificates(source) | mint_api::BuildError::Transport(source) => {
                made.with_source(source)
            }
            mint_api::BuildError::InvalidCertificate(Some(source)) => made.with_source(source),
            _ => made,
        }
    }
}

impl From<mint_api::InvalidCredentials> for Error {
    fn from(error: mint_api::InvalidCredentials) -> Self {
        Self::new(ErrorKind::Configuration, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_the_text_for_main_and_the_fields_when_asked() {
        let cause = Error::new(ErrorKind::Transport, "the connection broke off").with_source("reset by peer");
        let error = Error::new(ErrorKind::Timeout, "could not wait").with_source(cause);
        let expected = "could not wait\n  caused by: the connection broke off\n  caused by: reset by peer";
        assert_eq!(format!("{error:?}"), expected);
        let fields = format!("{error:#?}");
        assert!(fields.contains("kind: Timeout") && fields.contains("message: \"could not wait\""), "{fields}");
    }
}
