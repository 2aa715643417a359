//! The progress of a run of a catalog.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use mint_api_ext::catalog::{EntryId, Event};

use crate::output::Output;

/// How often a line that waits moves.
const TICK: Duration = Duration::from_millis(120);

/// The progress of a run: a line that moves for each entry in a terminal, a line for each event elsewhere.
#[derive(Debug)]
pub(crate) enum RunProgress<'a> {
    Bars { all: MultiProgress, bars: BTreeMap<EntryId, ProgressBar> },
    Lines(&'a Output),
}

impl<'a> RunProgress<'a> {
    pub(crate) fn new(output: &'a Output) -> Self {
        match output.has_bars() {
            true => Self::on(ProgressDrawTarget::stderr()),
            false => Self::Lines(output),
        }
    }

    fn on(target: ProgressDrawTarget) -> Self {
        Self::Bars { all: MultiProgress::with_draw_target(target), bars: BTreeMap::new() }
    }

    /// Shows an event.
    pub(crate) fn show(&mut self, event: &Event) {
        let Self::Bars { all, bars } = self else {
            if let Self::Lines(output) = self {
                output.progress(event);
            }
            return;
        };
        let Some((entry, state)) = state(event) else { return };
        let bar = bars.entry(entry.clone()).or_insert_with(|| {
            let bar = all.add(ProgressBar::new_spinner().with_style(style()).with_prefix(entry.to_string()));
            bar.enable_steady_tick(TICK);
            bar
        });
        match state {
            State::Working(text) => bar.set_message(text),
            State::Ended(text) => bar.finish_with_message(text),
        }
    }
}

enum State {
    Working(String),
    Ended(String),
}

/// The entry of an event, and how far it is.
fn state(event: &Event) -> Option<(&EntryId, State)> {
    Some(match event {
        Event::Started { entry, step, operation, .. } => {
            (entry, State::Working(format!("{} is operation {operation}", step.as_str())))
        }
        Event::Made { entry, step, credits, .. } => {
            let credits = credits.map(|credits| format!(" for {credits} credits")).unwrap_or_default();
            (entry, State::Working(format!("{} is done{credits}", step.as_str())))
        }
        Event::Published { entry, files, .. } => (entry, State::Ended(format!("{} files are in place", files.len()))),
        Event::Renamed { from, to, .. } => (to, State::Working(format!("was {from}"))),
        Event::Waiting { entry, .. } => (entry, State::Ended("waits for a person".to_owned())),
        Event::Failed { entry, .. } => (entry, State::Ended("failed".to_owned())),
        Event::Incomplete { entry, missing, .. } => {
            (entry, State::Working(format!("there is no file of {}", missing.join(", "))))
        }
        _ => return None,
    })
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} {prefix:24!} {elapsed:>4} {wide_msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use indicatif::InMemoryTerm;
    use mint_api_ext::catalog::Catalog;
    use mint_api_ext::simulator::Simulator;

    use super::*;

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn a_line_for_each_entry() {
        let simulator = Simulator::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let definition = "project = 'p'\n[models.lamp]\nprompt = 'a lamp'\n[models.desk]\nprompt = 'a desk'";
        std::fs::write(folder.path().join("mint.toml"), definition).unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let plan = catalog.plan().unwrap();
        simulator.fail_next("generation_failed", "No.");
        let mut run = catalog.run(&simulator.mint().unwrap(), plan);
        let terminal = InMemoryTerm::new(10, 80);
        let mut progress = RunProgress::on(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        while let Some(event) = run.next().await {
            progress.show(&event.unwrap());
        }
        let shown = terminal.contents();
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(shown.contains("models.lamp") && shown.contains("models.desk"), "{shown}");
        assert!(shown.contains("1 files are in place") && shown.contains("failed"), "{shown}");
    }
}
