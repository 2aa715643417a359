//! Which failures are retryable, for calls, waits and downloads.

use std::error::Error as _;

use reqwest::StatusCode;

use crate::error::{Error, ErrorKind, problem_type};

/// Whether the same request may succeed after a reply with this status.
pub(crate) fn is_retryable(status: StatusCode) -> bool {
    match status.as_u16() {
        // Request timeout, misdirected request, too early, too many requests.
        408 | 421 | 425 | 429 => true,
        // The server does not support the method or the HTTP version (RFC 9110, sections 15.6.2 and 15.6.6).
        501 | 505 => false,
        code => (500..600).contains(&code),
    }
}

impl Error {
    /// Whether the same request may succeed later.
    ///
    /// | The failure | Transient |
    /// |---|---|
    /// | The server was not reached, or the connection broke off ([`ErrorKind::Transport`]) | yes |
    /// | The request took too long ([`ErrorKind::Timeout`]) | yes |
    /// | 408, 421, 425, 429 | yes |
    /// | 409 because the server is still doing an attempt with the same idempotency key | yes |
    /// | 501, 505: the server does not support the request (RFC 9110, sections 15.6.2 and 15.6.6) | no |
    /// | Every other 5xx | yes |
    /// | Every other status, such as a redirect or a refusal | no |
    /// | Everything else, such as an invalid argument or an untrusted certificate | no |
    ///
    /// After these failures the client sends a call or a download again, and a wait polls again. A wait also polls again
    /// after a reply that does not decode or has a status that the API does not document, such as 204 or a redirect, at
    /// most twice in a row for the same reason. A download also continues after an expired URL and after a part that does
    /// not fit.
    ///
    /// The server may have done a call in spite of the failure. Send a call that starts or changes something again only with
    /// its [`idempotency_key`](Self::idempotency_key).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator, Reply};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let id = simulator.add(Script::model().replies([Reply::problem(404)]));
    /// match mint.operation(&id).await {
    ///     Err(error) if error.is_transient() => println!("ask again in {:?}", error.retry_after()),
    ///     Err(error) => println!("give up: {error}"),
    ///     Ok(operation) => println!("{}", operation.status),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_transient(&self) -> bool {
        match self.status() {
            // The server is still doing another attempt with the same idempotency key.
            Some(StatusCode::CONFLICT) => self.problem_type().is_some_and(problem_type::is_key_in_progress),
            Some(status) => is_retryable(status),
            None => matches!(self.kind(), ErrorKind::Transport | ErrorKind::Timeout),
        }
    }

    /// Why the reply is not what the API documents; `None` for every other failure.
    ///
    /// A wait may poll again: another version of the server may answer, and the portal of a network answers with a page or
    /// a redirect only until someone signs in. A call that starts something is not sent again, since the server may have
    /// done it.
    pub(crate) fn undecoded(&self) -> Option<String> {
        if self.kind() != ErrorKind::Decode {
            return None;
        }
        match self.status() {
            Some(status) if status.is_client_error() || status.is_server_error() => None,
            Some(status) => Some(status.as_str().to_owned()),
            None => {
                let reason = self.source().map_or_else(|| self.to_string(), ToString::to_string);
                // The position differs from reply to reply.
                Some(reason.split(" at line ").next().unwrap_or_default().to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reply;

    #[test]
    fn every_status() {
        let retryable: Vec<u16> =
            (100..1000).filter(|code| is_retryable(StatusCode::from_u16(*code).unwrap())).collect();
        let server = (500..600).filter(|code| ![501, 505].contains(code));
        assert_eq!(retryable, [408, 421, 425, 429].into_iter().chain(server).collect::<Vec<_>>());
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            let reply = Reply { status, request_id: None, retry_after: None };
            // The status decides, whatever the kind.
            for kind in [ErrorKind::Server, ErrorKind::Decode, ErrorKind::Download, ErrorKind::Transport] {
                let reply = Reply { request_id: None, ..reply };
                let error = Error::new(kind, "").with_reply(reply);
                assert_eq!(error.is_transient(), is_retryable(status), "{code}");
                let refusal = (400..600).contains(&code);
                assert_eq!(error.undecoded().is_some(), kind == ErrorKind::Decode && !refusal, "{code} {kind:?}");
            }
        }
    }

    #[test]
    fn every_kind_without_a_status() {
        use ErrorKind::*;
        for (kind, transient) in [
            (Transport, true),
            (Timeout, true),
            (Configuration, false),
            (NoRuntime, false),
            (Credentials, false),
            (InvalidArgument, false),
            (Server, false),
            (IdempotencyConflict, false),
            (Decode, false),
            (Download, false),
            (Io, false),
            (Locked, false),
            (Interrupted, false),
            (Credits, false),
        ] {
            let error = Error::new(kind, "");
            assert_eq!((error.is_transient(), error.undecoded().is_some()), (transient, kind == Decode), "{kind:?}");
        }
    }

    #[test]
    fn why_a_reply_did_not_decode() {
        let reason = |source: &str| Error::new(ErrorKind::Decode, "x").with_source(source.to_owned()).undecoded();
        assert_eq!(reason("missing field `id` at line 1 column 70"), reason("missing field `id` at line 1 column 71"));
        assert_ne!(
            reason("missing field `id` at line 1 column 70"),
            reason("missing field `type` at line 1 column 70")
        );
    }
}
