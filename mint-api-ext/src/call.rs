//! From the result of a generated call to ours.

use std::error::Error as StdError;
use std::fmt::Display;
use std::time::Duration;

use mint_api::types::Problem;
use mint_api::{BodyTooLarge, ResponseValue};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Reply};
use crate::retry_after;

/// A reply with what its head asks of the next request.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) retry_after: Option<Duration>,
}

pub(crate) fn answer<T: DeserializeOwned>(
    what: impl Display,
    result: Result<ResponseValue<T>, mint_api::Error<Problem>>,
) -> Result<Answer<T>, Error> {
    match result {
        Ok(response) => {
            let retry_after = retry_after_of(response.headers());
            Ok(Answer { value: response.into_inner(), retry_after })
        }
        Err(error) => Err(error_of::<T>(what, error)),
    }
}

fn error_of<T: DeserializeOwned>(what: impl Display, error: mint_api::Error<Problem>) -> Error {
    use mint_api::Error as Api;

    let new = |kind, why: String| Error::new(kind, format!("could not {what}: {why}"));
    match error {
        Api::ErrorResponse(response) => {
            let reply = reply(response.status(), response.headers());
            let problem = response.into_inner();
            let why = refusal(&reply, &problem);
            new(ErrorKind::Server, why).with_reply(reply).with_problem(problem)
        }
        Api::UnexpectedResponse(response) => {
            let reply = reply(response.status(), response.headers());
            let why = format!(
                "the server answered {}, which the API does not document; check the base URL and update this crate",
                reply.status
            );
            new(ErrorKind::Decode, why).with_reply(reply)
        }
        Api::InvalidResponsePayload(bytes, error) => decode_error::<T>(what, &bytes, error),
        Api::CommunicationError(error) | Api::ResponseBodyError(error) | Api::InvalidUpgrade(error) => {
            transport_error(what, error)
        }
        Api::InvalidRequest(why) | Api::Custom(why) => new(ErrorKind::InvalidArgument, why),
    }
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

/// What the server said, and what to do about it.
fn refusal(reply: &Reply, problem: &Problem) -> String {
    let mut why = format!("the server answered {}", reply.status);
    let said = problem.detail.as_deref().filter(|detail| !detail.trim().is_empty());
    if let Some(said) = said.or((!problem.title.is_empty()).then_some(problem.title.as_str()))
        && reply.status.canonical_reason() != Some(said)
    {
        why.push_str(&format!(" ({})", quoted(said)));
    }
    let remedy = match reply.status {
        StatusCode::UNAUTHORIZED => "check that MINT_API_KEY holds an active key of https://platform.mint.gg",
        StatusCode::NOT_FOUND => "check the id, and that the key belongs to the project that started the operation",
        StatusCode::TOO_MANY_REQUESTS => "send fewer requests, and wait as long as `retry_after` says",
        status if status.is_server_error() => "try again later",
        _ => "see `problem` for what the server says of it",
    };
    format!("{why}; {remedy}")
}

fn decode_error<T: DeserializeOwned>(what: impl Display, bytes: &[u8], error: serde_json::Error) -> Error {
    // Decoded once more, for the path; the generated client tells only the line and column.
    let again: Result<T, _> = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(bytes));
    let at = match again {
        Err(error) if error.path().iter().next().is_some() => format!(" at `{}`", error.path()),
        _ => String::new(),
    };
    let shown = quoted(&String::from_utf8_lossy(&bytes[..bytes.len().min(500)]));
    let message = format!(
        "could not {what}: the reply is not what the API documents{at}; update this crate, or check what stands \
         between it and the server; the reply begins with `{shown}`"
    );
    Error::new(ErrorKind::Decode, message).with_source(NotDecoded(quoted(&error.to_string())))
}

/// What the decoder says. Not its own error: that shows the value it met, which may be a signed URL.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotDecoded(String);

pub(crate) fn transport_error(what: impl Display, error: reqwest::Error) -> Error {
    let caused = |text: &str| causes(&error).any(|cause| cause.to_string().contains(text));
    let (kind, why) = if causes(&error).any(|cause| cause.is::<BodyTooLarge>()) {
        (ErrorKind::Decode, "the reply is too large")
    } else if error.is_timeout() {
        (ErrorKind::Timeout, "the server took too long to answer; try again later")
    } else if caused("certificate") {
        (
            ErrorKind::Configuration,
            "the server's certificate is not trusted; check the base URL, the clock and the CA certificates",
        )
    } else if error.is_connect() {
        (ErrorKind::Transport, "the server could not be reached; check the base URL, the network and the proxy")
    } else {
        (ErrorKind::Transport, "the connection broke off; try again")
    };
    Error::new(kind, format!("could not {what}: {why}")).with_source(error)
}

/// An error and all that caused it.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// A text of the server on one line, its URLs without their queries, which may be secrets.
pub(crate) fn quoted(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let mut left = word;
        let mut safe = String::new();
        while let Some(at) = left.find("://") {
            let (before, url) = left.split_at(at + 3);
            let end = url.find(['"', '\'', '<', '>', ')', ',', '`']).unwrap_or(url.len());
            let (url, rest) = url.split_at(end);
            safe.push_str(before);
            safe.push_str(url.split(['?', '#']).next().unwrap_or_default());
            left = rest;
        }
        safe + left
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_server_hold_no_query() {
        for (text, safe) in [
            ("plain  text?\n", "plain text?"),
            ("see https://a.b/c?signature=x&y=z now", "see https://a.b/c now"),
            (
                r#"{"glbUrl":"https://a.b/c?signature=x","b":"http://d?e#f","g":1}"#,
                r#"{"glbUrl":"https://a.b/c","b":"http://d","g":1}"#,
            ),
            ("https://cut?signatu", "https://cut"),
        ] {
            assert_eq!(quoted(text), safe);
        }
    }

    #[test]
    fn a_decode_error_names_the_path() {
        let body =
            br#"{"type": "t", "title": "t", "status": "https://a/b?signature=1", "instance": "https://a?signature=1"}"#;
        let error = serde_json::from_slice::<Problem>(body).unwrap_err();
        let error = decode_error::<Problem>("read it", body, error);
        let text = format!("{error} {error:?} {}", causes(&error).map(ToString::to_string).collect::<String>());
        assert!(error.to_string().contains("at `status`") && text.contains("expected"), "{text}");
        assert!(text.contains("https://a/b") && !text.contains("signature"), "{text}");
    }
}
