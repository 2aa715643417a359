//! The files through which the two processes talk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::answer::Answer;

/// A folder with the document, which the parent writes, and the answer, which the child writes.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) document: PathBuf,
    pub(super) answer: PathBuf,
}

impl Exchange {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { document: folder.join("document"), answer: folder.join("answer.json") }
    }

    pub(super) fn write_answer(&self, answer: &Answer) -> io::Result<()> {
        fs::write(&self.answer, serde_json::to_vec(answer)?)
    }

    /// The answer; `None` when the child wrote none, or a part.
    pub(super) fn read_answer(&self) -> Option<Answer> {
        serde_json::from_slice(&fs::read(&self.answer).ok()?).ok()
    }
}
