//! What was bought and downloaded, as `mint.lock` records it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mint_api::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::toml_text;
use super::{EntryId, Section, Step};
use crate::error::{Error, ErrorKind};

/// The format that this version writes. It reads this one only.
pub(super) const FORMAT: u64 = 1;

/// The content of `mint.lock`. [`LockText`](super::lock_text::LockText) writes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LockFile {
    pub(super) project: String,
    /// The uploaded pictures, by SHA-256.
    pub(super) uploads: BTreeMap<String, Upload>,
    /// Shared by the copies of this lock until one changes.
    entries: BTreeMap<EntryId, Arc<LockedEntry>>,
}

/// The fields of a lock besides its format and its entries.
#[derive(Deserialize)]
struct Head {
    project: String,
    #[serde(default)]
    uploads: BTreeMap<String, Upload>,
}

/// An uploaded picture.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) url: String,
}

/// What is known of an entry.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockedEntry {
    /// The hash of the download whose files are in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<String>,
    /// The hash of the download whose files are being put in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) publishing: Option<String>,
    /// The files, by their path from the directory of the definition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) files: BTreeMap<String, LockedFile>,
    /// The versions, by the beginning of the content hash of their generation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) versions: BTreeMap<String, Version>,
}

/// A file of an entry. Without `pending`, it is in place with this content.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockedFile {
    /// The id of the file in Mint's manifests, such as `optimized_glb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) artifact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    /// The content that is being put in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<String>,
    /// Where the file was before its entry was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved_from: Option<String>,
}

/// A version of an entry: the calls that made it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) generate: Option<Record>,
    /// By the beginning of their content hash.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) optimize: BTreeMap<String, Record>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) convert: BTreeMap<String, Record>,
}

impl Version {
    /// Whether something of it was made, or may still cost something.
    pub(super) fn is_worth_keeping(&self) -> bool {
        self.records().any(|record| record.progress() == Progress::Done || record.is_unsettled())
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.calls().map(|(_, _, record)| record)
    }

    /// The calls with their steps and their hashes; the hash of the generation is that of the version.
    pub(super) fn calls(&self) -> impl Iterator<Item = (Step, &str, &Record)> {
        let generate = self.generate.iter().map(|record| (Step::Generate, "", record));
        let optimize = self.optimize.iter().map(|(hash, record)| (Step::Optimize, hash.as_str(), record));
        let convert = self.convert.iter().map(|(hash, record)| (Step::Convert, hash.as_str(), record));
        generate.chain(optimize).chain(convert)
    }
}

/// A paid call.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) attempt: u32,
    pub(super) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent_at: Option<Timestamp>,
    /// The exact request, until its fate is settled: a [`SavedRequest`](crate::request::SavedRequest) as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<String>,
    /// The credits that the call was expected to cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) price: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credits: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) done_at: Option<Timestamp>,
    /// Why the operation failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failed: Option<String>,
    /// Why the server refused the key: it knows it from another body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) conflict: Option<String>,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    /// It was not sent.
    Planned,
    /// It may have been sent.
    Sent,
    /// Its operation is known, or what it makes.
    Started,
    Done,
    Failed,
    Conflict,
}

impl Record {
    pub(super) fn progress(&self) -> Progress {
        match self {
            Self { done_at: Some(_), .. } => Progress::Done,
            Self { failed: Some(_), .. } => Progress::Failed,
            Self { conflict: Some(_), .. } => Progress::Conflict,
            Self { operation: Some(_), .. } | Self { resource: Some(_), .. } => Progress::Started,
            Self { request: Some(_), .. } => Progress::Sent,
            _ => Progress::Planned,
        }
    }

    /// What it made is known, and it holds no credits any longer.
    pub(super) fn finish(&mut self, now: Timestamp) {
        (self.request, self.price, self.done_at) = (None, None, Some(now));
    }

    /// It made nothing, and holds no credits any longer.
    pub(super) fn fail(&mut self, why: String) {
        (self.request, self.price, self.failed) = (None, None, Some(why));
    }

    /// Whether the call may cost credits that are not settled.
    pub(super) fn is_unsettled(&self) -> bool {
        matches!(self.progress(), Progress::Sent | Progress::Started)
    }
}

impl LockedEntry {
    /// Every record, to change it.
    pub(super) fn records_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.versions.values_mut().flat_map(|version| {
            version.generate.iter_mut().chain(version.optimize.values_mut()).chain(version.convert.values_mut())
        })
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.versions.values().flat_map(Version::records)
    }
}

impl LockFile {
    pub(super) fn new(project: &str) -> Self {
        Self { project: project.to_owned(), uploads: BTreeMap::new(), entries: BTreeMap::new() }
    }

    pub(super) fn entry(&self, id: &EntryId) -> Option<&LockedEntry> {
        self.entries.get(id).map(Arc::as_ref)
    }

    /// The entry, which is added if it is new.
    pub(super) fn entry_mut(&mut self, id: &EntryId) -> &mut LockedEntry {
        Arc::make_mut(self.entries.entry(id.clone()).or_default())
    }

    pub(super) fn insert(&mut self, id: EntryId, entry: LockedEntry) {
        self.entries.insert(id, Arc::new(entry));
    }

    pub(super) fn remove(&mut self, id: &EntryId) -> Option<LockedEntry> {
        self.entries.remove(id).map(Arc::unwrap_or_clone)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&EntryId, &LockedEntry)> {
        self.shared().map(|(id, entry)| (id, entry.as_ref()))
    }

    pub(super) fn shared(&self) -> impl Iterator<Item = (&EntryId, &Arc<LockedEntry>)> {
        self.entries.iter()
    }

    /// Every record, to change it.
    pub(super) fn records_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.entries.values_mut().flat_map(|entry| Arc::make_mut(entry).records_mut())
    }

    /// Reads a lock. `path` is only for the errors.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let shown = path.display();
        let invalid = |why: String| Error::new(ErrorKind::InvalidArgument, format!("could not read `{shown}`: {why}"));
        if let Some(line) = conflict_line(text) {
            let entries = conflicting_entries(text);
            return Err(invalid(format!(
                "line {line} is a conflict marker of a merge, and the entries {} conflict; keep both sides of each, where \
                 they are different entries, and else the one with more done; nothing was changed",
                entries.join(", ")
            )));
        }
        let value = toml_text::read(text).map_err(|why| {
            invalid(format!("{why}; restore it from version control, since it records what was paid for"))
        })?;
        let format = value.get("format").and_then(Value::as_u64);
        if format != Some(FORMAT) {
            let format = format.map_or_else(|| "missing".to_owned(), |format| format.to_string());
            let why = format!(
                "its format is {format}, and this version of mint-api-ext reads format {FORMAT}; it records the entries {}; \
                 use the version that wrote it",
                named_entries(&value).join(", ")
            );
            return Err(invalid(why));
        }
        let (head, sections): (Map<_, _>, Map<_, _>) = match value {
            Value::Object(fields) => fields
                .into_iter()
                .filter(|(name, _)| name != "format")
                .partition(|(name, _)| ["project", "uploads"].contains(&name.as_str())),
            _ => Default::default(),
        };
        let wrong =
            |error| invalid(format!("{error}; restore it from version control, since it records what was paid for"));
        let Head { project, uploads } = read_part(head).map_err(wrong)?;
        let sections: BTreeMap<String, BTreeMap<String, LockedEntry>> = read_part(sections).map_err(wrong)?;
        let mut lock = Self { uploads, ..Self::new(&project) };
        for (table, entries) in sections {
            let Some(section) = Section::named(&table) else {
                let why = format!("[{table}] is no table of a lock; restore it from version control, since it records");
                return Err(invalid(format!("{why} what was paid for")));
            };
            let entries = entries.into_iter().map(|(name, entry)| (EntryId { section, name }, Arc::new(entry)));
            lock.entries.extend(entries);
        }
        Ok(lock)
    }
}

fn read_part<T: DeserializeOwned>(
    part: Map<String, Value>,
) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(Value::Object(part))
}

/// The number of the first line that a merge left.
fn conflict_line(text: &str) -> Option<usize> {
    let is_marker = |line: &str| ["<<<<<<<", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker));
    text.lines().position(is_marker).map(|line| line + 1)
}

/// The entries whose lines are between conflict markers.
fn conflicting_entries(text: &str) -> Vec<String> {
    let (mut inside, mut current, mut found) = (false, None, Vec::new());
    for line in text.lines() {
        if line.starts_with("<<<<<<<") {
            inside = true;
        } else if let Some(heading) = line.strip_prefix('[') {
            let parts: Vec<_> = heading.trim_end_matches(']').splitn(3, '.').take(2).collect();
            current = Some(parts.join("."));
        }
        if inside
            && let Some(entry) = &current
            && !found.contains(entry)
        {
            found.push(entry.clone());
        }
        inside &= !line.starts_with(">>>>>>>");
    }
    found
}

fn named_entries(value: &Value) -> Vec<String> {
    let sections = Section::ALL.iter().filter_map(|section| Some((section, value.get(section.as_str())?.as_object()?)));
    sections.flat_map(|(section, entries)| entries.keys().map(move |name| format!("{section}.{name}"))).collect()
}
