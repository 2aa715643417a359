//! What the generator makes of a document.

use std::collections::BTreeMap;
use std::fmt;

use openapi_client_codegen::{Code, Entry, Error, Report};
use serde::{Deserialize, Serialize};

/// The client, or why there is no client.
pub(crate) type Answer = Result<Client, Refusal>;

/// A generated client. Its report lists the operations that were left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) rust: String,
    pub(crate) report: Report,
    /// The Rust type of each component of the document that has one.
    pub(crate) type_names: BTreeMap<String, String>,
}

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Refusal {
    /// Rules reject the document.
    Rejected(Vec<Entry>),
    /// The text holds no document.
    Unreadable(String),
    /// The generator failed, and no rule knows why: the text starts with [`Code::R000`].
    Unknown(String),
}

impl Refusal {
    /// A failure of the generator that is not an [`Error`].
    pub(super) fn of_generator(why: impl fmt::Display) -> Self {
        Self::Unknown(format!("{}: the generator {why}", Code::R000))
    }

    /// The rejections; empty for the other refusals.
    pub(crate) fn rejections(&self) -> &[Entry] {
        match self {
            Self::Rejected(entries) => entries,
            Self::Unreadable(_) | Self::Unknown(_) => &[],
        }
    }

    /// What a maintainer can do, in one line.
    pub(crate) fn fix(&self) -> &'static str {
        match self {
            Self::Rejected(entries) if entries.iter().any(|entry| entry.code == Code::R003) => {
                "pass a document of OpenAPI 3.0, 3.1 or 3.2"
            }
            Self::Rejected(entries) if entries.iter().all(|entry| is_fault(entry.code)) => {
                "ask who publishes the document to mend it, and pass a corrected copy until then"
            }
            Self::Rejected(_) => "add the rule that is missing to `openapi/codegen/src/lower`",
            Self::Unreadable(_) => "pass an OpenAPI 3.1 document as JSON, as YAML, or as a docs page in Markdown",
            Self::Unknown(_) => {
                "remove halves of the document until it generates; add the rule for what is left to `openapi/codegen/src/lower`"
            }
        }
    }
}

/// Whether a rejected construct is a fault of the document, which no rule can take.
fn is_fault(code: Code) -> bool {
    matches!(code, Code::R002 | Code::R004 | Code::R006 | Code::R007 | Code::R008 | Code::R009)
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Rejected(entries) => Self::Rejected(entries),
            error @ Error::Unreadable { .. } => Self::Unreadable(error.to_string()),
            error => Self::Unknown(error.to_string()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(entries) => Error::Rejected(entries.clone()).fmt(f),
            Self::Unreadable(why) | Self::Unknown(why) => f.write_str(why),
        }
    }
}
