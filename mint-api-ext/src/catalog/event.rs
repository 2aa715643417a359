//! What a run reports.

use std::fmt;
use std::path::PathBuf;

use mint_api::Timestamp;

use super::{EntryId, Step};
use crate::error::{Error, shown};

/// A report of a [`Run`](super::Run). Its `Display` is a line for a person.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The files of a removed entry became those of a new one with the same content.
    #[non_exhaustive]
    Renamed {
        /// The name before.
        from: EntryId,
        /// The name now.
        to: EntryId,
    },
    /// An operation was started, or one of an earlier run was found.
    #[non_exhaustive]
    Started {
        /// The entry.
        entry: EntryId,
        /// The step.
        step: Step,
        /// The operation.
        operation: String,
    },
    /// A paid step is done.
    #[non_exhaustive]
    Made {
        /// The entry.
        entry: EntryId,
        /// The step.
        step: Step,
        /// What it cost, if the server says.
        credits: Option<f64>,
    },
    /// An asset pack succeeded in part. The files of the other items are put in place.
    #[non_exhaustive]
    Incomplete {
        /// The entry.
        entry: EntryId,
        /// The items without files, and why.
        missing: Vec<String>,
    },
    /// The files of an entry are in place.
    #[non_exhaustive]
    Published {
        /// The entry.
        entry: EntryId,
        /// The files, by their paths from the directory of the definition.
        files: Vec<PathBuf>,
    },
    /// An entry waits for a person.
    #[non_exhaustive]
    Waiting {
        /// The entry.
        entry: EntryId,
        /// What for.
        waiting: Waiting,
    },
    /// An entry failed.
    #[non_exhaustive]
    Failed {
        /// The entry.
        entry: EntryId,
        /// Why, and what to do.
        why: String,
    },
    /// The run has ended; the last event.
    Finished(Summary),
}

/// What an entry waits for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Waiting {
    /// A preview waits to be approved or revised.
    #[non_exhaustive]
    Review {
        /// The operation to approve or revise. `None` if only the model or world is known.
        operation: Option<String>,
        /// The page of the preview.
        page: Option<String>,
    },
    /// Credits are missing, or the budget does not allow them.
    #[non_exhaustive]
    Credits {
        /// The operation to resume, if it was started.
        operation: Option<String>,
        /// What is missing, and what to do.
        why: String,
    },
    /// Whether a call was done is unknown, and sending it again is not safe.
    #[non_exhaustive]
    UnknownFate {
        /// The step.
        step: Step,
        /// When the call was sent first.
        sent_at: Option<Timestamp>,
        /// The name that Mint would show for what it makes.
        name: String,
    },
    /// The server knows the key from another call.
    #[non_exhaustive]
    Conflict {
        /// What the server said.
        why: String,
    },
    /// Files were changed by a person, and are not overwritten.
    #[non_exhaustive]
    ChangedByHand {
        /// The files, by their paths from the directory of the definition.
        files: Vec<PathBuf>,
    },
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Review { operation, page } => {
                f.write_str("its preview waits for review")?;
                if let Some(page) = page {
                    write!(f, " at {}", shown(page))?;
                }
                match operation {
                    Some(operation) => write!(f, "; approve or revise operation {operation}, then run again"),
                    None => f.write_str("; approve it there, then run again"),
                }
            }
            Self::Credits { why, .. } => f.write_str(why),
            Self::UnknownFate { step, name, .. } => write!(
                f,
                "whether its call to {} was done is not known, and the server may have forgotten its key; look for \
                 \"{name}\" at https://mint.gg; if it is there, run again, and if not, run with `resend` for the entry",
                step.as_str()
            ),
            Self::Conflict { why } => {
                write!(f, "its key is in conflict: {why}; a person must decide on another attempt")
            }
            Self::ChangedByHand { files } => {
                let files: Vec<_> = files.iter().map(|file| format!("`{}`", file.display())).collect();
                write!(
                    f,
                    "{} changed on disk; restore them, or run with `overwrite` for the entry to replace them",
                    files.join(", ")
                )
            }
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renamed { from, to } => write!(f, "{from} is {to} now"),
            Self::Started { entry, step, operation } => {
                write!(f, "{entry}: {} is operation {operation}", step.as_str())
            }
            Self::Made { entry, step, credits: Some(credits) } => {
                write!(f, "{entry}: {} is done for {credits} credits", step.as_str())
            }
            Self::Made { entry, step, credits: None } => write!(f, "{entry}: {} is done", step.as_str()),
            Self::Incomplete { entry, missing } => write!(f, "{entry}: there is no file of {}", missing.join(", ")),
            Self::Published { entry, files } => write!(f, "{entry}: {} files are in place", files.len()),
            Self::Waiting { entry, waiting } => write!(f, "{entry}: {waiting}"),
            Self::Failed { entry, why } => write!(f, "{entry}: {why}"),
            Self::Finished(summary) => write!(
                f,
                "{} made, {} unchanged, {} waiting, {} failed",
                summary.done.len(),
                summary.unchanged.len(),
                summary.waiting.len(),
                summary.failed.len()
            ),
        }
    }
}

/// How a run ended, entry by entry, each in the order of their names.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The entries whose files were put in place.
    pub done: Vec<EntryId>,
    /// The entries that had everything.
    pub unchanged: Vec<EntryId>,
    /// The entries that wait for a person.
    pub waiting: Vec<(EntryId, Waiting)>,
    /// The entries that failed. The next run goes on with each where it is, if that can succeed.
    pub failed: Vec<(EntryId, Error)>,
}

impl Summary {
    /// Whether every entry has its files.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty() && self.failed.is_empty()
    }
}
