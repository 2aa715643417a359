//! Why an attempt did not bring the file.

use reqwest::Response;

use super::fetch::Job;
use super::transfer::Decision;
use crate::client::refused;
use crate::error::{Error, ErrorKind};

/// Why an attempt did not bring the file.
pub(super) enum Setback {
    /// Another attempt may succeed.
    Passing(Error),
    /// Another URL may succeed.
    Expired(Error),
    /// The bytes so far are of no use.
    StartOver(Error),
    /// No attempt can succeed.
    Fatal(Error),
}

impl Setback {
    /// Whether no later download may continue the bytes so far.
    pub(super) fn spoils(&self) -> bool {
        match self {
            Self::StartOver(_) => true,
            Self::Fatal(error) => error.kind() == ErrorKind::Download,
            Self::Passing(_) | Self::Expired(_) => false,
        }
    }
}

/// What an error of the network means for the next attempt.
pub(super) fn setback(error: Error) -> Setback {
    if error.is_transient() { Setback::Passing(error) } else { Setback::Fatal(error) }
}

impl Job<'_> {
    /// What a reply without usable bytes means.
    pub(super) fn refusal(&self, decision: &Decision<'_>, response: &Response) -> Setback {
        match decision {
            Decision::Retry => Setback::Passing(self.answered(response, "try again later")),
            Decision::Expired => Setback::Expired(self.answered(response, "")),
            Decision::Refuse(why) => Setback::Fatal(self.answered(response, why)),
            _ => {
                let why = "what the server sends does not go with what is there; download again";
                Setback::StartOver(refused(&self.item.asset.url, why))
            }
        }
    }
}
