//! The run of a plan, as a stream of events.

use std::collections::BTreeSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, join};
use futures::stream::{FuturesUnordered, Stream, StreamExt as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, Semaphore};

use super::super::lock_file::{LockFile, LockedFile, Progress, Record};
use super::super::os_lock::OsLock;
use super::super::plan::Wanted;
use super::super::{Catalog, Change, EntryId, Event, Plan, PlannedEntry, Section, Summary, hash};
use super::context::{Context, Settings};
use super::journal::Journal;
use super::superseded;
use super::waits::Waits;
use super::worker::{Done, Stop, Worker};
use crate::client::{Mint, blocking};
use crate::error::{Error, ErrorKind};

/// How long the server surely remembers an idempotency key. Mint documents no time.
const KEY_LIFETIME: Duration = Duration::from_secs(60 * 60);
const CONCURRENCY: usize = 4;

impl Catalog {
    /// Makes what a plan says. Nothing happens until the stream is polled.
    ///
    /// # Examples
    ///
    /// See [`Catalog`].
    pub fn run(&self, mint: &Mint, plan: Plan) -> Run {
        let settings = Settings {
            again: BTreeSet::new(),
            resend: BTreeSet::new(),
            overwrite: BTreeSet::new(),
            budget: None,
            key_lifetime: self.definition.key_lifetime.unwrap_or(KEY_LIFETIME),
            concurrency: CONCURRENCY,
        };
        Run { state: State::Waiting(Box::new(Setup { mint: mint.clone(), catalog: self.clone(), plan, settings })) }
    }
}

/// The run of a plan: a stream of [`Event`]s, the last of which is [`Event::Finished`]; made by [`Catalog::run`].
///
/// Every paid call is in `mint.lock`, synced to the disk, before it is sent, and so is its reply before anything follows from
/// it. Killed or dropped at any point, the next run goes on from there: it sends a call whose fate is unknown again with the
/// same body and key, so that nothing is paid for twice and nothing that was paid for is lost. The failure of an entry stops no
/// other.
///
/// # Errors
///
/// An error ends the stream, before anything is sent: [`ErrorKind::Locked`](crate::ErrorKind::Locked) while another run goes
/// on; [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the catalog changed since the plan was made;
/// [`ErrorKind::Io`](crate::ErrorKind::Io) when the lock cannot be written, and where the file system cannot lock files.
///
/// # Cancellation
///
/// Dropping it stops the run. The operations go on at the server, and the next run waits for them.
#[must_use = "a run does nothing until it is polled"]
pub struct Run {
    state: State,
}

enum State {
    Waiting(Box<Setup>),
    Running {
        work: Option<BoxFuture<'static, Result<Summary, Error>>>,
        end: Option<Result<Event, Error>>,
        events: UnboundedReceiver<Event>,
    },
    Over,
}

struct Setup {
    mint: Mint,
    catalog: Catalog,
    plan: Plan,
    settings: Settings,
}

impl Run {
    /// Makes another attempt at the step of this entry that failed or is in conflict, or, if no step did, generates the entry
    /// anew. It gets a new key, and costs credits again. An entry whose operation goes on is left as it is.
    pub fn again(self, entry: EntryId) -> Self {
        self.with(|settings| settings.again.extend([entry]))
    }

    /// Sends the call of this entry again whose fate is unknown, though the server may have forgotten its key. If the call was
    /// done and the key is forgotten, it is paid for twice: look for what it made first.
    pub fn resend(self, entry: EntryId) -> Self {
        self.with(|settings| settings.resend.extend([entry]))
    }

    /// Replaces the files of this entry, whoever changed them.
    pub fn overwrite(self, entry: EntryId) -> Self {
        self.with(|settings| settings.overwrite.extend([entry]))
    }

    /// The credits that the run may spend, with the unsettled work of earlier runs. Default: the budget of the definition.
    pub fn budget(self, credits: f64) -> Self {
        self.with(|settings| settings.budget = Some(credits))
    }

    /// How long the server surely remembers an idempotency key. A call whose fate is unknown for longer is looked for, and not
    /// sent again. Default: `key_lifetime` of the definition, or one hour; Mint documents no time.
    pub fn key_lifetime(self, lifetime: Duration) -> Self {
        self.with(|settings| settings.key_lifetime = lifetime)
    }

    /// How many starts and downloads go on at once; zero counts as one. Default: 4. All operations are waited for at once.
    pub fn concurrency(self, entries: usize) -> Self {
        self.with(|settings| settings.concurrency = entries.max(1))
    }

    /// Settings count until the stream is first polled.
    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        if let State::Waiting(setup) = &mut self.state {
            change(&mut setup.settings);
        }
        self
    }
}

impl Stream for Run {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting(setup) => {
                let (sender, events) = unbounded_channel();
                State::Running { work: Some(Box::pin(work(*setup, sender))), end: None, events }
            }
            state => state,
        };
        let State::Running { work, end, events } = &mut self.state else { return Poll::Ready(None) };
        if let Some(running) = work
            && let Poll::Ready(done) = running.as_mut().poll(context)
        {
            *end = Some(done.map(Event::Finished));
            *work = None;
        }
        match events.poll_recv(context) {
            Poll::Ready(Some(event)) => return Poll::Ready(Some(Ok(event))),
            Poll::Pending => return Poll::Pending,
            // The work has ended, and its sender is dropped.
            Poll::Ready(None) => {}
        }
        let end = end.take();
        self.state = State::Over;
        Poll::Ready(end)
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

async fn work(setup: Setup, events: UnboundedSender<Event>) -> Result<Summary, Error> {
    let Setup { mint, catalog, plan, settings } = setup;
    let os_lock = OsLock::acquire(&catalog.paths.os_lock).await?;
    let path = catalog.paths.definition.clone();
    let catalog = blocking(move || Catalog::open(path)).await?;
    if catalog.fingerprint != plan.fingerprint {
        let text = "the definition or the lock changed since the plan was made, such as by another run; plan again";
        return Err(Error::new(ErrorKind::InvalidArgument, text));
    }
    let (waits, stream) = Waits::new(&mint);
    let wanted = plan.entries.iter().filter_map(|planned| planned.wanted.as_ref());
    let limit = settings.budget.or(catalog.definition.budget);
    let mut context = Context {
        project: catalog.definition.project.clone(),
        root: catalog.paths.root.clone(),
        staging: catalog.paths.staging.clone(),
        journal: Journal::of(&catalog, os_lock),
        definition: catalog.definition,
        budget: None,
        waits,
        turns: Semaphore::new(settings.concurrency),
        uploads: Mutex::new(()),
        generations: wanted.map(|wanted| (wanted.entry.id.clone(), wanted.generation.clone())).collect(),
        settings,
        mint,
        events,
    };
    superseded::look(&context, &plan).await?;
    let outstanding = context.journal.read(|lock, _| outstanding(lock));
    context.budget = limit.map(|limit| context.mint.budget((limit - outstanding).max(0.0)));
    context.waits.drive(stream, run_all(&context, &plan)).await
}

/// The credits that calls of earlier runs may still take.
fn outstanding(lock: &LockFile) -> f64 {
    let unsettled = lock.entries().flat_map(|(_, entry)| entry.records()).filter(|record| record.is_unsettled());
    unsettled.filter_map(|record| record.price).fold(0.0, |sum, price| sum + price)
}

async fn run_all(run: &Context, plan: &Plan) -> Result<Summary, Error> {
    prepare(run, plan).await?;
    let (mut summary, ()) = join(make_all(run, plan), superseded::settle(run, plan)).await;
    // The lock is written; the state only saves time.
    let _ = run.journal.finish().await;
    summary.done.sort();
    summary.unchanged.sort();
    summary.waiting.sort_by(|one, other| one.0.cmp(&other.0));
    summary.failed.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(summary)
}

async fn make_all(run: &Context, plan: &Plan) -> Summary {
    let mut summary = Summary::default();
    // Animations move models, so they come after them.
    let (animations, others): (Vec<_>, Vec<_>) =
        plan.entries.iter().partition(|planned| planned.id.section == Section::Animations);
    for entries in [others, animations] {
        let mut working: FuturesUnordered<_> = entries
            .into_iter()
            .filter(|planned| !matches!(planned.change, Change::Orphaned))
            .map(|planned| async move { (planned, Worker { run, planned }.work().await) })
            .collect();
        while let Some((planned, result)) = working.next().await {
            conclude(run, &mut summary, planned, result);
        }
    }
    summary
}

fn conclude(run: &Context, summary: &mut Summary, planned: &PlannedEntry, result: Result<Done, Stop>) {
    let entry = planned.id.clone();
    match result {
        Ok(Done::Published) => summary.done.push(entry),
        Ok(Done::Unchanged) => summary.unchanged.push(entry),
        Err(Stop::Waits(waiting)) => {
            run.say(Event::Waiting { entry: entry.clone(), waiting: waiting.clone() });
            summary.waiting.push((entry, waiting));
        }
        Err(Stop::Failed(error)) => {
            run.say(Event::Failed { entry: entry.clone(), why: error.to_string() });
            summary.failed.push((entry, error));
        }
    }
}

/// Renames entries, and resets the steps that a person wants another attempt at.
async fn prepare(run: &Context, plan: &Plan) -> Result<(), Error> {
    let renamed: Vec<_> = plan
        .entries
        .iter()
        .filter_map(|planned| match &planned.change {
            Change::Renamed { from } => Some((from, &planned.id)),
            _ => None,
        })
        .collect();
    let again: Vec<_> = plan
        .entries
        .iter()
        .filter(|planned| run.settings.again.contains(&planned.id))
        .filter_map(|planned| planned.wanted.as_ref())
        .collect();
    let out = &run.definition.out;
    // Also writes an empty lock, so that a run that cannot write one ends before it buys anything.
    run.journal
        .update(|lock, _| {
            renamed.iter().for_each(|(from, to)| rename(lock, out, from, to));
            again.iter().for_each(|wanted| reset(lock, wanted));
        })
        .await?;
    for (from, to) in renamed {
        run.say(Event::Renamed { from: from.clone(), to: to.clone() });
    }
    Ok(())
}

fn rename(lock: &mut LockFile, out: &str, from: &EntryId, to: &EntryId) {
    let Some(mut entry) = lock.remove(from) else { return };
    let (old, new) = (format!("{out}/{}/{}", from.section, from.name), format!("{out}/{}/{}", to.section, to.name));
    entry.files = std::mem::take(&mut entry.files)
        .into_iter()
        .map(|(path, file)| match path.strip_prefix(&old) {
            Some(rest) => {
                let moved_from = file.moved_from.clone().unwrap_or_else(|| path.clone());
                (format!("{new}{rest}"), LockedFile { moved_from: Some(moved_from), ..file })
            }
            None => (path, file),
        })
        .collect();
    lock.insert(to.clone(), entry);
}

/// Raises the attempt of the step that a person wants again.
fn reset(lock: &mut LockFile, wanted: &Wanted) {
    let entry = lock.entry_mut(&wanted.entry.id);
    let version = entry.versions.entry(wanted.generation.clone()).or_default();
    let optimize = hash::optimization(&wanted.entry, &wanted.generation);
    let convert = hash::conversion(&wanted.entry, &wanted.generation);
    let steps = [
        version.generate.as_mut(),
        optimize.and_then(|hash| version.optimize.get_mut(&hash)),
        convert.and_then(|hash| version.convert.get_mut(&hash)),
    ];
    let mut steps: Vec<&mut Record> = steps.into_iter().flatten().collect();
    let next = |record: &mut Record| *record = Record { attempt: record.attempt + 1, ..Record::default() };
    if let Some(stopped) = steps
        .iter_mut()
        .find(|record| matches!(record.progress(), Progress::Failed | Progress::Conflict | Progress::Sent))
    {
        next(stopped);
    } else if steps.iter().all(|record| record.progress() == Progress::Done)
        && let Some(generate) = version.generate.as_mut()
    {
        next(generate);
        version.optimize.clear();
        version.convert.clear();
    }
}
