//! The exit codes.

use std::process::ExitCode;

use mint_api_ext::catalog::{Summary, Waiting};
use mint_api_ext::{Error, ErrorKind};

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    /// Done.
    Done = 0,
    /// Something failed.
    Failed = 1,
    /// The command line, the definition or the key cannot be used, and nothing was done.
    Usage = 2,
    /// A person must decide.
    Person = 3,
    /// Files or the lock are out of date.
    OutOfDate = 4,
    /// Credits are missing.
    Credits = 5,
    /// It could not be found out.
    Unknown = 6,
}

impl Code {
    /// The code to return where several apply.
    const FIRST: [Self; 6] = [Self::Usage, Self::Unknown, Self::Failed, Self::Credits, Self::Person, Self::OutOfDate];

    /// The most important of several codes; `Done` of none.
    pub(crate) fn most_important(codes: impl IntoIterator<Item = Self>) -> Self {
        let codes: Vec<_> = codes.into_iter().collect();
        Self::FIRST.into_iter().find(|code| codes.contains(code)).unwrap_or(Self::Done)
    }

    /// The code of a run.
    pub(crate) fn of_summary(summary: &Summary) -> Self {
        let waiting = summary.waiting.iter().map(|(_, waiting)| Self::of_waiting(waiting));
        let failed = summary.failed.iter().map(|(_, error)| Self::of_error(error).with_something_done());
        Self::most_important(waiting.chain(failed))
    }

    fn of_waiting(waiting: &Waiting) -> Self {
        match waiting {
            Waiting::Credits { .. } => Self::Credits,
            Waiting::UnknownFate { .. } => Self::Unknown,
            _ => Self::Person,
        }
    }

    /// The same after something was done, which a usage error excludes.
    pub(crate) fn with_something_done(self) -> Self {
        match self {
            Self::Usage => Self::Failed,
            code => code,
        }
    }

    /// The code of an error that stopped a command.
    pub(crate) fn of_error(error: &Error) -> Self {
        if error.is_transient() || error.may_have_been_done() {
            return Self::Unknown;
        }
        Self::of_kind(error.kind())
    }

    fn of_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Configuration | ErrorKind::InvalidArgument => Self::Usage,
            ErrorKind::Credits => Self::Credits,
            ErrorKind::IdempotencyConflict => Self::Person,
            ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Decode | ErrorKind::Interrupted => Self::Unknown,
            _ => Self::Failed,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several() {
        use Code::{Credits, Done, Failed, OutOfDate, Person, Unknown};
        for (codes, expected) in [
            (&[][..], Done),
            (&[Done], Done),
            (&[Done, OutOfDate], OutOfDate),
            (&[OutOfDate, Person], Person),
            (&[Person, Credits, OutOfDate], Credits),
            (&[Credits, Failed, Person], Failed),
            (&[OutOfDate, Person, Credits, Failed, Unknown], Unknown),
        ] {
            assert_eq!(Code::most_important(codes.iter().copied()), expected, "{codes:?}");
        }
    }

    #[test]
    fn a_usage_error_after_something_was_done_is_a_failure() {
        for code in Code::FIRST {
            let expected = if code == Code::Usage { Code::Failed } else { code };
            assert_eq!(code.with_something_done(), expected);
        }
    }

    #[test]
    fn every_code_is_its_number() {
        let codes = [0, 1, 2, 3, 4, 5, 6];
        let named =
            [Code::Done, Code::Failed, Code::Usage, Code::Person, Code::OutOfDate, Code::Credits, Code::Unknown];
        assert_eq!(named.map(|code| code as u8), codes);
    }

    #[test]
    fn kinds_of_errors() {
        for (kind, expected) in [
            (ErrorKind::Configuration, Code::Usage),
            (ErrorKind::InvalidArgument, Code::Usage),
            (ErrorKind::Credits, Code::Credits),
            (ErrorKind::IdempotencyConflict, Code::Person),
            (ErrorKind::Transport, Code::Unknown),
            (ErrorKind::Timeout, Code::Unknown),
            (ErrorKind::Decode, Code::Unknown),
            (ErrorKind::Interrupted, Code::Unknown),
            (ErrorKind::Server, Code::Failed),
            (ErrorKind::Download, Code::Failed),
            (ErrorKind::Io, Code::Failed),
            (ErrorKind::Locked, Code::Failed),
        ] {
            assert_eq!(Code::of_kind(kind), expected, "{kind:?}");
        }
    }
}
