//! How many files and waits there are, and how many have ended.

use std::collections::HashSet;
use std::fmt;

use indicatif::HumanBytes;

use crate::download::{Event, Obtained};
use crate::error::Error;
use crate::wait::Update;

#[derive(Debug, Default)]
pub(super) struct Totals {
    files: usize,
    files_done: usize,
    files_failed: usize,
    bytes: u64,
    waits: usize,
    open_waits: HashSet<String>,
}

impl Totals {
    pub(super) fn count(&mut self, event: &Event<'_>) {
        match event {
            Event::Planned { files } => self.files += files,
            Event::Finished { file } => {
                self.files_done += 1;
                if file.obtained != Obtained::AlreadyThere {
                    self.bytes += file.bytes;
                }
            }
            Event::Failed { .. } => self.files_failed += 1,
            _ => {}
        }
    }

    pub(super) fn count_update(&mut self, label: &str, update: Result<&Update, &Error>) {
        let ends = matches!(update, Ok(Update::Ended(_)) | Err(_));
        if !self.open_waits.contains(label) {
            self.waits += 1;
            self.open_waits.insert(label.to_owned());
        }
        if ends {
            self.open_waits.remove(label);
        }
    }

    /// Whether every file and every wait so far has ended.
    pub(super) fn are_final(&self) -> bool {
        self.open_waits.is_empty() && self.files > 0 && self.files_done + self.files_failed >= self.files
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.waits > 0 {
            write!(f, "{} of {} operations", self.waits - self.open_waits.len(), self.waits)?;
        }
        if self.files > 0 {
            let comma = if self.waits > 0 { ", " } else { "" };
            write!(f, "{comma}{} of {} files, {} fetched", self.files_done, self.files, HumanBytes(self.bytes))?;
        }
        match self.files_failed {
            0 => Ok(()),
            failed => write!(f, ", {failed} failed"),
        }
    }
}
