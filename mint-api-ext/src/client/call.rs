//! Turns the result of a generated call into a reply or an [`Error`].

use std::error::Error as StdError;
use std::fmt::Display;
use std::time::Duration;

use futures::future::BoxFuture;
use mint_api::types::{FieldError, Operation, Problem};
use mint_api::{BodyTooLarge, DecodeError, FromReply, RawResponse, ResponseValue};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::problem::problem_of;
use super::repair::with_unknown_status;
use crate::error::{Error, ErrorKind, Reply, problem_type, quoted};
use crate::retry::retry_after;

/// A call that is sent once. It is a box: the code of a future is compiled again with each function that awaits it.
pub(crate) type Sending<'a, T> = BoxFuture<'a, Result<ResponseValue<T>, mint_api::Error<Problem>>>;

/// The value of a reply, and its `Retry-After`.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) retry_after: Option<Duration>,
}

pub(crate) fn answer<T: FromReply>(
    what: impl Display,
    result: Result<ResponseValue<T>, mint_api::Error<Problem>>,
) -> Result<Answer<T>, Error> {
    match result {
        Ok(response) => Ok(answer_of(response)),
        Err(mint_api::Error::InvalidResponsePayload(raw, error)) => match with_unknown_status(raw.body()) {
            Some(value) => Ok(Answer { value, retry_after: retry_after_of(raw.headers()) }),
            None => Err(error_of(&what, mint_api::Error::InvalidResponsePayload(raw, error))),
        },
        Err(error) => Err(error_of(&what, error)),
    }
}

fn answer_of<T>(response: ResponseValue<T>) -> Answer<T> {
    let retry_after = retry_after_of(response.headers());
    Answer { value: response.into_inner(), retry_after }
}

/// As [`answer`], for a type of the caller: a reply that is not of this type is an error.
pub(crate) fn answer_as<T>(
    what: impl Display,
    result: Result<ResponseValue<T>, mint_api::Error<Problem>>,
) -> Result<Answer<T>, Error> {
    match result {
        Err(mint_api::Error::InvalidResponsePayload(raw, error)) => {
            let expected = Expected { is: "of the type asked for", remedy: "read it as `serde_json::Value` to see it" };
            Err(decode_error(&what, expected, &raw, &error))
        }
        Ok(response) => Ok(answer_of(response)),
        Err(error) => Err(error_of(&what, error)),
    }
}

/// Lets `?` turn an error of [`Mint::api`](super::Mint::api) into an error of this crate.
impl From<mint_api::Error<Problem>> for Error {
    fn from(error: mint_api::Error<Problem>) -> Self {
        error_of(&"call the API", error)
    }
}

fn error_of(what: &dyn Display, error: mint_api::Error<Problem>) -> Error {
    use mint_api::Error as Api;

    let new = |kind, why: String| Error::new(kind, format!("could not {what}: {why}"));
    match error {
        Api::ErrorResponse(response) => {
            let reply = reply(response.status(), response.headers());
            refused(what, reply, response.into_inner())
        }
        Api::UnexpectedResponse(raw) => {
            let reply = reply(raw.status(), raw.headers());
            if let Some(problem) = problem_of(&raw) {
                return refused(what, reply, problem);
            }
            let why = format!(
                "the server answered {}, which the API does not document; check the base URL and update this crate",
                reply.status
            );
            new(ErrorKind::Decode, why).with_reply(reply)
        }
        Api::InvalidResponsePayload(raw, error) => decode_error(what, DOCUMENTED, &raw, &error),
        Api::CommunicationError(error) | Api::ResponseBodyError(error) => transport_error(what, error),
        Api::InvalidRequest(why) => new(ErrorKind::InvalidArgument, why),
        // Only the hook that asks the token source returns this error.
        Api::Custom(why) => new(ErrorKind::Credentials, format!("{why}; sign in again, or correct the token source")),
        other => new(ErrorKind::Decode, other.to_string()),
    }
}

/// The error of a reply with a problem document.
fn refused(what: &dyn Display, reply: Reply, problem: Problem) -> Error {
    let kind = match problem_type::slug(&problem.type_) {
        Some(problem_type::IDEMPOTENCY_CONFLICT) => ErrorKind::IdempotencyConflict,
        _ => ErrorKind::Server,
    };
    let why = refusal(kind, &reply, &problem);
    Error::new(kind, format!("could not {what}: {why}")).with_reply(reply).with_problem(problem)
}

/// The type and the id of the resource of an operation.
pub(crate) fn resource_of(operation: &Operation) -> Option<(&str, &str)> {
    let resource = operation.resource.as_ref()?;
    Some((resource.type_.as_ref()?.as_str(), resource.id.as_deref()?))
}

pub(crate) fn reply(status: StatusCode, headers: &HeaderMap) -> Reply {
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    Reply { status, request_id, retry_after: retry_after_of(headers) }
}

fn retry_after_of(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let date = headers.get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
    retry_after::parse(text, date)
}

/// The largest number of fields that the text of an error names.
const MAX_FIELDS_NAMED: usize = 10;

/// The text of a refusal: the server's reason and what to do.
fn refusal(kind: ErrorKind, reply: &Reply, problem: &Problem) -> String {
    let mut why = format!("the server answered {}", reply.status);
    let said = problem.detail.as_deref().filter(|detail| !detail.trim().is_empty());
    if let Some(said) = said.or((!problem.title.is_empty()).then_some(problem.title.as_str()))
        && reply.status.canonical_reason() != Some(said)
    {
        why.push_str(&format!(" ({})", quoted(said)));
    }
    let fields = problem.errors.as_deref().unwrap_or_default();
    if !fields.is_empty() {
        let named = fields.iter().take(MAX_FIELDS_NAMED).map(field_text).collect::<Vec<_>>().join(", ");
        let more = match fields.len().saturating_sub(MAX_FIELDS_NAMED) {
            0 => String::new(),
            more => format!(", and {more} more in `field_errors`"),
        };
        why.push_str(&format!(": {named}{more}"));
    }
    let remedy = match reply.status {
        _ if kind == ErrorKind::IdempotencyConflict => {
            "this request was not done: its idempotency key belongs to an earlier request with other arguments; to find \
             out what became of that request, send it again with its own arguments"
        }
        StatusCode::UNAUTHORIZED => {
            "check that the key, such as the one in MINT_API_KEY, is active at https://platform.mint.gg, or sign in again"
        }
        StatusCode::PAYMENT_REQUIRED => "buy credits at https://platform.mint.gg",
        StatusCode::FORBIDDEN => "check what the key may do, and that the owner of what was asked for allows it",
        StatusCode::NOT_FOUND => "check the id, and that the key belongs to the project that started the operation",
        StatusCode::CONFLICT => "its state does not allow this; read it again",
        StatusCode::TOO_MANY_REQUESTS => match reply.retry_after {
            Some(delay) => {
                return format!("{why}; send fewer requests, the next one in {} s", delay.as_secs_f64().ceil());
            }
            None => "send fewer requests",
        },
        status if status.is_client_error() && !fields.is_empty() => "correct these fields",
        status if status.is_server_error() => "the server failed; the failure may be temporary",
        _ => "see `problem` for the details that the server gave",
    };
    format!("{why}; {remedy}")
}

/// The text of a field and its error.
fn field_text(error: &FieldError) -> String {
    let message = quoted(&error.message);
    let message = message.trim_end_matches('.');
    let code = error.code.as_deref().map(quoted).filter(|code| !code.is_empty());
    let what = match (message, code) {
        ("", Some(code)) => code,
        (message, Some(code)) => format!("{message} ({code})"),
        (message, None) => message.to_owned(),
    };
    // A JSON Pointer is `/prompt`, or `#/prompt` as a URI fragment (RFC 6901, section 6).
    match error.path.as_deref().map(quoted).filter(|path| !path.is_empty()) {
        Some(path) => format!("`{}` {what}", path.trim_start_matches('#').trim_start_matches('/')),
        None => what,
    }
}

/// What a reply should be, and what to do if it is not.
struct Expected {
    is: &'static str,
    remedy: &'static str,
}

const DOCUMENTED: Expected = Expected {
    is: "what the API documents",
    remedy: "update this crate, or check the proxy between the server and this client",
};

fn decode_error(
    what: &dyn Display,
    Expected { is, remedy }: Expected,
    raw: &RawResponse,
    error: &DecodeError,
) -> Error {
    let bytes = raw.body();
    let at = match error.path() {
        "" => String::new(),
        path => format!(" at `{}`", quoted(path)),
    };
    let shown = quoted(&String::from_utf8_lossy(&bytes[..bytes.len().min(500)]));
    let message = format!("could not {what}: the reply is not {is}{at}; {remedy}; the reply begins with `{shown}`");
    let reply = reply(raw.status(), raw.headers());
    Error::new(ErrorKind::Decode, message)
        .with_reply(reply)
        .with_source(NotDecoded(quoted(&error.reason().to_string())))
}

/// The text of a decoder's error, without the values in it, which may be signed URLs.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotDecoded(String);

pub(crate) fn transport_error(what: impl Display, error: reqwest::Error) -> Error {
    let caused = |text: &str| causes(&error).any(|cause| cause.to_string().contains(text));
    let (kind, why) = if causes(&error).any(|cause| cause.is::<BodyTooLarge>()) {
        (ErrorKind::Decode, "the reply is too large")
    } else if error.is_timeout() {
        (ErrorKind::Timeout, "the server took too long to answer; check the network, or raise `request_timeout`")
    } else if caused("certificate") {
        (
            ErrorKind::Configuration,
            "the server's certificate is not trusted; check the base URL, the clock and the CA certificates",
        )
    } else if caused("unsupported scheme") {
        (
            ErrorKind::Configuration,
            "this build cannot use the scheme of the proxy; for a SOCKS proxy, turn on the feature `socks` of mint-api-ext",
        )
    } else if error.is_connect() {
        (ErrorKind::Transport, "the server could not be reached; check the base URL, the network and the proxy")
    } else {
        (ErrorKind::Transport, "the connection broke off; check the network")
    };
    Error::new(kind, format!("could not {what}: {why}")).with_source(error)
}

/// An error and its causes.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_of(status: u16, problem: serde_json::Value) -> Error {
        let mut all = serde_json::json!({"type": "about:blank", "title": "T", "status": status});
        all.as_object_mut().unwrap().extend(problem.as_object().unwrap().clone());
        let status = StatusCode::from_u16(status).unwrap();
        let raw = RawResponse::new(status, HeaderMap::new(), all.to_string().into());
        let value = mint_api::ErrorResponse::new(serde_json::from_value(all).unwrap(), raw);
        error_of(&"start it", mint_api::Error::ErrorResponse(value))
    }

    #[test]
    fn a_refusal_names_each_field_and_what_to_do() {
        let error = refusal_of(
            422,
            serde_json::json!({"detail": "3 fields are wrong.", "errors": [
                {"path": "/prompt", "code": "too_short", "message": "must not be empty."},
                {"path": "#/sourceImages/0", "message": "cannot be read: https://a.b/c?signature=x"},
                {"path": "/seed", "code": "unknown_field", "message": ""},
            ]}),
        );
        assert_eq!(
            error.to_string(),
            "could not start it: the server answered 422 Unprocessable Entity (3 fields are wrong.): `prompt` must not \
             be empty (too_short), `sourceImages/0` cannot be read: https://a.b/c, `seed` unknown_field; correct these \
             fields"
        );
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.field_errors().len(), 3);
        assert_eq!(error.field_errors()[0].code.as_deref(), Some("too_short"));

        let many: Vec<_> =
            (0..12).map(|number| serde_json::json!({"path": format!("/{number}"), "message": "x"})).collect();
        let text = refusal_of(400, serde_json::json!({ "errors": many })).to_string();
        assert!(text.contains("`9` x, and 2 more") && !text.contains("`10`"), "{text}");
    }

    #[test]
    fn an_idempotency_conflict_has_its_own_kind() {
        for type_ in ["idempotency-conflict", "https://api.mint.gg/problems/idempotency-conflict"] {
            let error = refusal_of(409, serde_json::json!({ "type": type_ }));
            assert!(error.is_idempotency_conflict() && error.to_string().contains("with its own arguments"), "{error}");
            assert_eq!(error.problem_type(), Some("idempotency-conflict"));
        }
        let other =
            refusal_of(409, serde_json::json!({"type": "https://api.mint.gg/problems/model-already-optimized"}));
        assert_eq!((other.kind(), other.problem_type()), (ErrorKind::Server, Some("model-already-optimized")));
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        for (status, remedy) in [
            (401, "MINT_API_KEY"),
            (402, "buy credits"),
            (403, "may do"),
            (404, "check the id"),
            (429, "send fewer requests"),
            (500, "may be temporary"),
            (409, "read it again"),
            (418, "see `problem`"),
        ] {
            let text = refusal_of(status, serde_json::json!({})).to_string();
            assert!(text.contains(remedy), "{text}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "9".parse().unwrap());
        let reply = reply(StatusCode::TOO_MANY_REQUESTS, &headers);
        let problem: Problem =
            serde_json::from_value(serde_json::json!({"type": "t", "title": "T", "status": 429})).unwrap();
        let text = refusal(ErrorKind::Server, &reply, &problem);
        assert_eq!(text, "the server answered 429 Too Many Requests (T); send fewer requests, the next one in 9 s");
    }

    #[test]
    fn a_token_source_without_a_token_is_a_credentials_error() {
        let error = error_of(&"read it", mint_api::Error::Custom("the token source gave no token: x".into()));
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(
            error.to_string(),
            "could not read it: the token source gave no token: x; sign in again, or correct the token source"
        );
    }

    #[test]
    fn a_decode_error_names_the_path() {
        let body =
            br#"{"type": "t", "title": "t", "status": "https://a/b?signature=1", "instance": "https://a?signature=1"}"#;
        let error = mint_api::read_reply::<Problem>(body).unwrap_err();
        let raw = RawResponse::new(StatusCode::OK, HeaderMap::new(), body.to_vec());
        let error = decode_error(&"read it", DOCUMENTED, &raw, &error);
        let text = format!("{error} {error:?} {}", causes(&error).map(ToString::to_string).collect::<String>());
        assert!(error.to_string().contains("at `status`") && text.contains("expected"), "{text}");
        assert!(text.contains("https://a/b") && !text.contains("signature"), "{text}");
    }
}
