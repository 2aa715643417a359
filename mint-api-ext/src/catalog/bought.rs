//! What was bought for each entry.

use mint_api::Timestamp;

use super::lock_file::{Progress, Record, Version};
use super::{Catalog, EntryId, Section, Step};

/// What was bought for an entry: its files, its paid calls, and what they cost.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bought {
    /// The entry. The definition may have it no longer.
    pub entry: EntryId,
    /// The credits that all steps of all its versions cost, failed ones included. `None` if no cost is recorded.
    pub credits: Option<f64>,
    /// The files: the path from the directory of the definition, and the bytes.
    pub files: Vec<(String, Option<u64>)>,
    /// The calls of all its versions that were sent, or may have been.
    pub calls: Vec<PaidCall>,
}

/// A paid call that the lock records.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PaidCall {
    /// What it does.
    pub step: Step,
    /// How far it is.
    pub state: CallState,
    /// Its idempotency key.
    pub idempotency_key: String,
    /// When it was sent first.
    pub sent_at: Option<Timestamp>,
    /// The id of its operation, if it is known.
    pub operation: Option<String>,
    /// The id of the model, world, pack or sound that it makes, if it is known.
    pub resource: Option<String>,
}

/// How far a paid call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CallState {
    /// It may have been sent, and no reply is known.
    Unknown,
    /// Its operation goes on, or waits for a person.
    Started,
    /// What it makes is made.
    Done,
    /// Its operation failed.
    Failed,
    /// The server knows its key from another call.
    Conflict,
}

impl PaidCall {
    /// `None` for a call that was not sent.
    fn of(entry: &EntryId, step: Step, record: &Record) -> Option<Self> {
        let state = match record.progress() {
            Progress::Planned => return None,
            Progress::Sent => CallState::Unknown,
            Progress::Started => CallState::Started,
            Progress::Done => CallState::Done,
            Progress::Failed => CallState::Failed,
            Progress::Conflict => CallState::Conflict,
        };
        let is_animation = entry.section == Section::Animations && step == Step::Generate;
        let resource = record.resource.as_deref().and_then(|resource| resource.split_once('/'));
        Some(Self {
            step: if is_animation { Step::Animate } else { step },
            state,
            idempotency_key: record.key.clone(),
            sent_at: record.sent_at.clone(),
            operation: record.operation.clone(),
            resource: resource.map(|(_, id)| id.to_owned()),
        })
    }
}

impl Catalog {
    /// What the lock records as bought, in the order of the entries. It needs no network.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::catalog::Catalog;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// std::fs::write(directory.join("mint.toml"), "project = 'harbour-7f3a'")?;
    /// let catalog = Catalog::open(directory)?;
    /// let credits: f64 = catalog.bought().iter().filter_map(|bought| bought.credits).sum();
    /// println!("{credits} credits so far");
    /// # Ok(())
    /// # }
    /// ```
    pub fn bought(&self) -> Vec<Bought> {
        let entries = self.lock.entries().map(|(id, locked)| {
            let costs = locked.records().filter_map(|record| record.credits);
            let calls = locked.versions.values().flat_map(Version::calls);
            Bought {
                entry: id.clone(),
                credits: costs.reduce(|sum, credits| sum + credits),
                files: locked.files.iter().map(|(path, file)| (path.clone(), file.bytes)).collect(),
                calls: calls.filter_map(|(step, _, record)| PaidCall::of(id, step, record)).collect(),
            }
        });
        entries.collect()
    }
}
