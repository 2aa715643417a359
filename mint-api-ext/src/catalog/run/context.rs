//! What the workers of a run share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, Semaphore};

use super::super::{Definition, EntryId, Event};
use super::journal::Journal;
use super::waits::Waits;
use crate::client::Mint;
use crate::request::Budget;

/// What the workers of a run share.
pub(super) struct Context {
    pub(super) mint: Mint,
    pub(super) definition: Definition,
    pub(super) project: String,
    pub(super) root: PathBuf,
    pub(super) staging: PathBuf,
    pub(super) settings: Settings,
    pub(super) budget: Option<Budget>,
    pub(super) journal: Journal,
    pub(super) waits: Waits,
    /// How many starts and downloads go on at once.
    pub(super) turns: Semaphore,
    pub(super) uploads: Mutex<()>,
    /// The content hashes of the generations.
    pub(super) generations: BTreeMap<EntryId, String>,
    pub(super) events: UnboundedSender<Event>,
}

impl Context {
    pub(super) fn say(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

/// What a person decided for a run.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) again: BTreeSet<EntryId>,
    pub(super) resend: BTreeSet<EntryId>,
    pub(super) overwrite: BTreeSet<EntryId>,
    /// In place of the budget of the definition.
    pub(super) budget: Option<f64>,
    pub(super) key_lifetime: Duration,
    pub(super) concurrency: usize,
}
