//! The error of every command: what happened, why, and the fix.

use std::fmt;
use std::io;
use std::path::Path;

use serde::Serialize;

/// What happened, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// What happened, in one line.
    pub(crate) what: String,
    /// Why; may have several lines.
    pub(crate) why: String,
    /// The fix, in one line; a command if one exists.
    pub(crate) fix: String,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, why: impl fmt::Display, fix: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.to_string(), fix: fix.into() }
    }

    /// An I/O error on a file or folder.
    pub(crate) fn of_path(verb: &str, path: &Path, why: impl fmt::Display, fix: impl Into<String>) -> Self {
        Self::new(format!("cannot {verb} `{}`", path.display()), why, fix)
    }

    /// Cargo could not be started.
    pub(crate) fn of_cargo(why: io::Error) -> Self {
        Self::new("cannot start cargo", why, "install Rust from https://rustup.rs, then open a new shell")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        for line in self.why.lines() {
            write!(f, "\n  {line}")?;
        }
        write!(f, "\n  fix: {}", self.fix)
    }
}
