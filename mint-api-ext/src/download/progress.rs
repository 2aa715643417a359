//! Progress of downloads: a bar for each file in a terminal, a line for each elsewhere.

use std::collections::HashMap;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Event;

/// Shows the progress of downloads on standard error.
///
/// # Examples
///
/// ```
/// use mint_api_ext::download::progress::Progress;
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// # let operation = mint.attach(id)?.wait().await?.into_operation();
/// # let directory = tempfile::tempdir()?;
/// let progress = Progress::default();
/// let download = mint.download(&operation).on_event(move |event| progress.show(event));
/// let report = download.to_dir(directory.path()).await?;
/// # assert!(report.failures.is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Progress {
    bars: MultiProgress,
    by_path: Mutex<HashMap<PathBuf, ProgressBar>>,
    is_terminal: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            bars: MultiProgress::new(),
            by_path: Mutex::new(HashMap::new()),
            is_terminal: std::io::stderr().is_terminal(),
        }
    }
}

impl Progress {
    /// Shows an event.
    pub fn show(&self, event: &Event<'_>) {
        match event {
            Event::Started { path, total, .. } => self.started(path, *total),
            Event::Progress { path, bytes } => {
                self.with_bar(path, |bar| {
                    bar.set_position(*bytes);
                    bar.set_message("");
                });
            }
            Event::Continued { path, bytes } => {
                self.with_bar(path, |bar| {
                    bar.set_position(*bytes);
                    // The partial file must not count as speed.
                    bar.reset_eta();
                });
            }
            Event::Retried { path, wait, .. } => {
                self.with_bar(path, |bar| bar.set_message(format!("again in {:.1} s", wait.as_secs_f64())));
            }
            Event::Verified { path, .. } => self.with_bar(path, |bar| bar.set_message("verified")),
            Event::Finished { file } => {
                self.with_bar(&file.path, ProgressBar::finish);
                self.line(&format!("{} {} bytes", file.path.display(), file.bytes));
            }
            Event::Failed { path, error, .. } => {
                self.with_bar(path, |bar| bar.abandon_with_message("failed"));
                self.line(&format!("{} failed: {error}", path.display()));
            }
        }
    }

    fn started(&self, path: &Path, total: Option<u64>) {
        if !self.is_terminal {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        let template = "{prefix:24} {bar:24} {bytes:>10}/{total_bytes:10} {binary_bytes_per_sec} {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bar = self.bars.add(bar.with_prefix(name));
        self.by_path.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), bar);
    }

    fn with_bar(&self, path: &Path, change: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.by_path.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            change(bar);
        }
    }

    /// Prints a line if standard error is not a terminal, and ignores a closed one.
    fn line(&self, text: &str) {
        if !self.is_terminal {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
