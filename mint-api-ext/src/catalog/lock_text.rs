//! The text of `mint.lock`, rendered entry by entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::lock_file::{FORMAT, LockFile, LockedEntry};
use super::state::Private;
use super::{EntryId, Recorded, toml_text};
use crate::error::{Error, ErrorKind};

const HEAD: &str = "# Written by mint-api-ext. Commit this file, and do not edit it: it records what was paid for.\n";
/// The table of the uploaded pictures.
const UPLOADS: &str = "uploads";

/// Writes a lock as text. It keeps the text of each entry, and renders an entry again only after it changed.
#[derive(Debug)]
pub(super) struct LockText {
    recorded: Recorded,
    entries: BTreeMap<EntryId, Rendered>,
}

#[derive(Debug)]
struct Rendered {
    /// An entry that changed is another one: while it is shared with this, a change makes a copy.
    entry: Arc<LockedEntry>,
    text: String,
    /// What a public lock leaves out, by idempotency key.
    private: Vec<(String, Private)>,
}

impl LockText {
    pub(super) fn new(recorded: Recorded) -> Self {
        Self { recorded, entries: BTreeMap::new() }
    }

    /// The text: sorted, with each fact on a line of its own.
    pub(super) fn render(&mut self, lock: &LockFile) -> Result<String, Error> {
        self.entries.retain(|id, _| lock.entry(id).is_some());
        for (id, entry) in lock.shared() {
            if !self.entries.get(id).is_some_and(|known| Arc::ptr_eq(&known.entry, entry)) {
                self.entries.insert(id.clone(), render(id, entry, self.recorded)?);
            }
        }
        let head = toml_text::write(&[], &json!({"format": FORMAT, "project": lock.project}));
        let uploads = match lock.uploads.is_empty() {
            true => String::new(),
            false => toml_text::write(&[UPLOADS], &serde_json::to_value(&lock.uploads).map_err(cannot_write)?),
        };
        let mut tables: Vec<_> =
            self.entries.iter().map(|(id, rendered)| (id.section.as_str(), rendered.text.as_str())).collect();
        tables.push((UPLOADS, &uploads));
        // Stable: the entries of a section stay in the order of their names.
        tables.sort_by_key(|(table, _)| *table);
        Ok([HEAD, &head].into_iter().chain(tables.into_iter().map(|(_, text)| text)).collect())
    }

    /// What the text that was rendered last leaves out, by idempotency key.
    pub(super) fn private(&self) -> BTreeMap<String, Private> {
        self.entries.values().flat_map(|rendered| rendered.private.iter().cloned()).collect()
    }
}

fn render(id: &EntryId, entry: &Arc<LockedEntry>, recorded: Recorded) -> Result<Rendered, Error> {
    let (mut shown, mut private) = (LockedEntry::clone(entry), Vec::new());
    if recorded == Recorded::Public {
        for record in shown.records_mut() {
            private.extend(Private::take(record).map(|taken| (record.key.clone(), taken)));
        }
    }
    let value = serde_json::to_value(&shown).map_err(cannot_write)?;
    let text = toml_text::write(&[id.section.as_str(), &id.name], &value);
    Ok(Rendered { entry: entry.clone(), text, private })
}

fn cannot_write(error: serde_json::Error) -> Error {
    let text = format!("could not write the lock: {error}; report this to the authors of mint-api-ext");
    Error::new(ErrorKind::Io, text)
}
