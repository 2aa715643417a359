//! What shows the updates of waits and the events of downloads.

use std::fmt;
use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{HumanBytes, ProgressDrawTarget};

use super::bars::Bars;
use super::lines::Lines;
use super::totals::Totals;
use crate::download::{Event, FetchedFile, Obtained};
use crate::error::{Error, quoted};
use crate::wait::{Outcome, Update};

/// Shows the progress of waits and downloads on standard error: in a terminal a bar for each file and a line for each wait,
/// with totals below; elsewhere a line for each change that a reader of a log wants.
///
/// A file is labelled with its path, a wait with the label that it is given. One `Progress` shows any number of both.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use futures::StreamExt as _;
/// use mint_api_ext::progress::Progress;
/// use mint_api_ext::wait::Update;
/// # use mint_api_ext::simulator::Simulator;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let directory = tempfile::tempdir()?;
/// let progress = Arc::new(Progress::default());
/// let lamp = mint.generate_model("a brass lamp").send().await?;
/// let desk = mint.generate_model("an oak desk").send().await?;
/// let mut updates = mint.wait_many([("lamp", lamp), ("desk", desk)]).updates();
/// while let Some((name, update)) = updates.next().await {
///     progress.show_update(name, update.as_ref());
///     if let Update::Ended(outcome) = update? {
///         let progress = progress.clone();
///         let download = mint.download(outcome.operation()).preferred().named(name);
///         download.on_event(move |event| progress.show(event)).to_dir(directory.path()).await?.complete()?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Progress {
    state: Mutex<State>,
}

struct State {
    totals: Totals,
    output: Box<dyn Output>,
}

/// A place where progress is shown.
pub(super) trait Output: Send {
    fn begin_file(&mut self, path: &Path, total: Option<u64>);

    fn move_file(&mut self, path: &Path, bytes: u64);

    /// A file begins with the bytes that an earlier attempt left.
    fn continue_file(&mut self, path: &Path, bytes: u64);

    fn note_of_file(&mut self, path: &Path, note: &str);

    fn end_file(&mut self, path: &Path, end: &str);

    fn move_wait(&mut self, label: &str, status: &str);

    fn note_of_wait(&mut self, label: &str, note: &str);

    fn end_wait(&mut self, label: &str, end: &str);

    fn show_totals(&mut self, totals: &Totals);
}

impl Default for Progress {
    fn default() -> Self {
        match std::io::stderr().is_terminal() {
            true => Self::bars(ProgressDrawTarget::stderr()),
            false => Self::lines(std::io::stderr()),
        }
    }
}

impl Progress {
    /// Writes lines, whatever the writer is. A writer that fails is ignored.
    pub fn lines(writer: impl Write + Send + 'static) -> Self {
        Self::new(Lines::new(writer))
    }

    pub(super) fn bars(target: ProgressDrawTarget) -> Self {
        Self::new(Bars::new(target))
    }

    fn new(output: impl Output + 'static) -> Self {
        Self { state: Mutex::new(State { totals: Totals::default(), output: Box::new(output) }) }
    }

    /// Shows an event of a download; for [`Download::on_event`](crate::download::Download::on_event).
    pub fn show(&self, event: &Event<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { totals, output } = &mut *state;
        totals.count(event);
        match event {
            Event::Planned { .. } => {}
            Event::Started { path, total, .. } => output.begin_file(path, *total),
            Event::Progress { path, bytes } => output.move_file(path, *bytes),
            Event::Continued { path, bytes } => output.continue_file(path, *bytes),
            Event::Retried { path, attempt, wait } => {
                output.note_of_file(path, &format!("attempt {attempt} in {:.1} s", wait.as_secs_f64()));
            }
            Event::Verified { .. } => return,
            Event::Finished { file } => output.end_file(&file.path, &finished(file)),
            Event::Failed { path, error, .. } => output.end_file(path, &format!("failed: {error}")),
        }
        output.show_totals(totals);
    }

    /// Shows an update of a wait, or the error that ended it. The waits of one label share a line.
    pub fn show_update(&self, label: impl fmt::Display, update: Result<&Update, &Error>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { totals, output } = &mut *state;
        let label = label.to_string();
        totals.count_update(&label, update);
        match update {
            Ok(Update::Changed(seen)) => output.move_wait(&label, seen.operation.status.as_str()),
            Ok(Update::Unchanged(_)) => return,
            Ok(Update::PollFailed(error)) => output.note_of_wait(&label, &format!("a poll failed: {error}")),
            Ok(Update::Ended(outcome)) => output.end_wait(&label, &ended(outcome)),
            Err(error) => output.end_wait(&label, &format!("not waited for any more: {error}")),
        }
        output.show_totals(totals);
    }
}

fn finished(file: &FetchedFile) -> String {
    let notes: String = file.notes.iter().map(|note| format!("; {note}")).collect();
    match file.obtained {
        Obtained::AlreadyThere => format!("{}, there already{notes}", HumanBytes(file.bytes)),
        Obtained::Fetched | Obtained::Continued => format!("{}{notes}", HumanBytes(file.bytes)),
    }
}

fn ended(outcome: &Outcome) -> String {
    match outcome {
        Outcome::AwaitingReview(_) => "waits for review".to_owned(),
        Outcome::BillingRequired(_) => "waits for credits".to_owned(),
        outcome => {
            let operation = outcome.operation();
            let error = operation.error.as_ref().and_then(|error| error.message.as_ref());
            let why = error.map(|message| format!(": {}", quoted(message))).unwrap_or_default();
            format!("{}{why}", operation.status)
        }
    }
}

/// A duration such as `0:42`, `12:05` or `1:02:03`.
pub(super) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
