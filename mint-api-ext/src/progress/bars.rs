//! Progress as bars in a terminal.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::progress::{Output, clock};
use super::totals::Totals;

/// The longest label of a bar, in characters.
const LABEL: usize = 32;

/// The lines of files and waits that go on. What has ended is printed above them, the totals below.
pub(super) struct Bars {
    all: MultiProgress,
    files: HashMap<PathBuf, ProgressBar>,
    waits: Waits,
    ticks: Once,
    totals: ProgressBar,
}

/// The line of each wait. One thread goes through them all, since each shows a time that passes.
type Waits = Arc<Mutex<HashMap<String, ProgressBar>>>;

impl Bars {
    pub(super) fn new(target: ProgressDrawTarget) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let totals = all.add(ProgressBar::no_length());
        totals.set_style(style("{msg}"));
        Self { all, files: HashMap::new(), waits: Arc::default(), ticks: Once::new(), totals }
    }
}

impl Output for Bars {
    fn begin_file(&mut self, path: &Path, total: Option<u64>) {
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{prefix:32} {bar:24} {bytes:>10}/{total_bytes:10} {binary_bytes_per_sec} {msg}",
            ),
            None => (ProgressBar::no_length(), "{prefix:32} {bytes:>10} {binary_bytes_per_sec} {msg}"),
        };
        let bar = self.add(bar, &path.display().to_string(), template);
        self.files.insert(path.to_owned(), bar);
    }

    fn move_file(&mut self, path: &Path, bytes: u64) {
        if let Some(bar) = self.files.get(path) {
            bar.set_position(bytes);
            bar.set_message("");
        }
    }

    fn continue_file(&mut self, path: &Path, bytes: u64) {
        if let Some(bar) = self.files.get(path) {
            bar.set_position(bytes);
            // The partial file must not count as speed.
            bar.reset_eta();
        }
    }

    fn note_of_file(&mut self, path: &Path, note: &str) {
        match self.files.get(path) {
            Some(bar) => bar.set_message(note.to_owned()),
            None => self.print(&path.display().to_string(), note),
        }
    }

    fn end_file(&mut self, path: &Path, end: &str) {
        let bar = self.files.remove(path);
        self.end(bar, &path.display().to_string(), end);
    }

    fn move_wait(&mut self, label: &str, status: &str) {
        let known = self.waits().get(label).cloned();
        let bar = known.unwrap_or_else(|| self.begin_wait(label));
        // The time is that of the status.
        bar.reset_elapsed();
        bar.set_message(status.to_owned());
    }

    fn note_of_wait(&mut self, label: &str, note: &str) {
        self.print(label, note);
    }

    fn end_wait(&mut self, label: &str, end: &str) {
        let bar = self.waits().remove(label);
        self.end(bar, label, end);
    }

    fn show_totals(&mut self, totals: &Totals) {
        self.totals.set_message(totals.to_string());
    }
}

impl Bars {
    fn waits(&self) -> MutexGuard<'_, HashMap<String, ProgressBar>> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_wait(&self, label: &str) -> ProgressBar {
        let bar = self.add(ProgressBar::no_length(), label, "{prefix:32} {msg} {clock}");
        self.waits().insert(label.to_owned(), bar.clone());
        self.ticks.call_once(|| {
            let waits = Arc::downgrade(&self.waits);
            // If the thread cannot start, the times on screen change only with the status.
            let _ = std::thread::Builder::new().name("mint-progress".to_owned()).spawn(move || tick(&waits));
        });
        bar
    }

    fn add(&self, bar: ProgressBar, label: &str, template: &str) -> ProgressBar {
        bar.set_style(style(template));
        let bar = self.all.insert_before(&self.totals, bar.with_prefix(shortened(label)));
        bar.tick();
        bar
    }

    fn end(&self, bar: Option<ProgressBar>, label: &str, end: &str) {
        if let Some(bar) = bar {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        self.print(label, end);
    }

    /// Prints a line above the bars; a closed terminal is ignored.
    fn print(&self, label: &str, text: &str) {
        let _ = self.all.println(format!("{label}: {text}"));
    }
}

/// The totals stay on the screen.
impl Drop for Bars {
    fn drop(&mut self) {
        self.totals.abandon();
    }
}

/// Shows the time of each wait anew every second, until the bars are dropped.
fn tick(waits: &Weak<Mutex<HashMap<String, ProgressBar>>>) {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let Some(waits) = waits.upgrade() else { return };
        waits.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(ProgressBar::tick);
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("clock", |state: &ProgressState, line: &mut dyn fmt::Write| {
        let _ = write!(line, "{}", clock(state.elapsed()));
    })
}

/// The end of a label, which tells it from others, where it is long.
fn shortened(label: &str) -> String {
    let length = label.chars().count();
    match length > LABEL {
        true => std::iter::once('…').chain(label.chars().skip(length - LABEL + 1)).collect(),
        false => label.to_owned(),
    }
}
