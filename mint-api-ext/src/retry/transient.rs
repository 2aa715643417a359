//! Retryable failures.

use crate::error::{Error, ErrorKind};

impl Error {
    /// Whether the same request may succeed later.
    ///
    /// Every other failure ends a call or a wait at once, such as a refusal, a redirect, an untrusted certificate or a
    /// reply that does not decode.
    pub(crate) fn is_transient(&self) -> bool {
        match self.status() {
            Some(status) => match status.as_u16() {
                501 | 505 => false,
                408 | 429 => true,
                code => code >= 500,
            },
            None => matches!(self.kind(), ErrorKind::Transport | ErrorKind::Timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::error::Reply;

    #[test]
    fn every_status() {
        let transient: Vec<u16> = (300..600)
            .filter(|code| {
                let status = StatusCode::from_u16(*code).unwrap();
                let reply = Reply { status, request_id: None, retry_after: None };
                Error::new(ErrorKind::Server, "").with_reply(reply).is_transient()
            })
            .collect();
        let expected: Vec<u16> =
            [408, 429].into_iter().chain((500..600).filter(|code| ![501, 505].contains(code))).collect();
        assert_eq!(transient, expected);
    }

    #[test]
    fn every_kind_without_a_status() {
        use ErrorKind::*;
        for (kind, transient) in [
            (Transport, true),
            (Timeout, true),
            (Configuration, false),
            (Credentials, false),
            (InvalidArgument, false),
            (Server, false),
            (IdempotencyConflict, false),
            (Decode, false),
            (Download, false),
            (Io, false),
            (Interrupted, false),
            (Credits, false),
        ] {
            assert_eq!(Error::new(kind, "").is_transient(), transient, "{kind:?}");
        }
    }
}
