//! Progress as lines of a log.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::HumanBytes;
use tokio::time::Instant;

use super::progress::{Output, clock};
use super::totals::Totals;

/// How often a file in passage gets a line.
const INTERVAL: Duration = Duration::from_secs(10);

pub(super) struct Lines {
    writer: Box<dyn Write + Send>,
    files: HashMap<PathBuf, File>,
    /// When each wait was first seen.
    waits: HashMap<String, Instant>,
}

struct File {
    total: Option<u64>,
    shown: Instant,
}

impl Lines {
    pub(super) fn new(writer: impl Write + Send + 'static) -> Self {
        Self { writer: Box::new(writer), files: HashMap::new(), waits: HashMap::new() }
    }
}

impl Output for Lines {
    fn begin_file(&mut self, path: &Path, total: Option<u64>) {
        self.files.insert(path.to_owned(), File { total, shown: Instant::now() });
    }

    fn move_file(&mut self, path: &Path, bytes: u64) {
        let Some(file) = self.files.get_mut(path).filter(|file| file.shown.elapsed() >= INTERVAL) else {
            return;
        };
        file.shown = Instant::now();
        let total = file.total.map(|total| format!(" of {}", HumanBytes(total))).unwrap_or_default();
        self.line(format_args!("{}: {}{total}", path.display(), HumanBytes(bytes)));
    }

    fn continue_file(&mut self, path: &Path, bytes: u64) {
        self.note_of_file(path, &format!("goes on at {}", HumanBytes(bytes)));
    }

    fn note_of_file(&mut self, path: &Path, note: &str) {
        self.line(format_args!("{}: {note}", path.display()));
    }

    fn end_file(&mut self, path: &Path, end: &str) {
        self.files.remove(path);
        self.note_of_file(path, end);
    }

    fn move_wait(&mut self, label: &str, status: &str) {
        self.waits.entry(label.to_owned()).or_insert_with(Instant::now);
        self.line(format_args!("{label}: {status}"));
    }

    fn note_of_wait(&mut self, label: &str, note: &str) {
        self.line(format_args!("{label}: {note}"));
    }

    fn end_wait(&mut self, label: &str, end: &str) {
        let after =
            self.waits.remove(label).map(|began| format!(" after {}", clock(began.elapsed()))).unwrap_or_default();
        self.line(format_args!("{label}: {end}{after}"));
    }

    fn show_totals(&mut self, totals: &Totals) {
        if totals.are_final() {
            self.line(format_args!("{totals}"));
        }
    }
}

impl Lines {
    /// Writes a line; a closed writer is ignored.
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.writer, "{text}");
    }
}
