//! What was bought and downloaded, as `mint.lock` records it.

use std::collections::BTreeMap;
use std::path::Path;

use mint_api::Timestamp;
use serde::{Deserialize, Serialize};

use super::toml_text;
use super::{EntryId, Section};
use crate::error::{Error, ErrorKind};

/// The format that this version writes. It reads this one only.
const FORMAT: u64 = 1;

const HEAD: &str = "# Written by mint-api-ext. Commit this file, and do not edit it: it records what was paid for.\n";

/// The content of `mint.lock`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockFile {
    format: u64,
    pub(super) project: String,
    /// The uploaded pictures, by SHA-256.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) uploads: BTreeMap<String, Upload>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    models: BTreeMap<String, LockedEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    worlds: BTreeMap<String, LockedEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    packs: BTreeMap<String, LockedEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    audio: BTreeMap<String, LockedEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    animations: BTreeMap<String, LockedEntry>,
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
        self.generate.iter().chain(self.optimize.values()).chain(self.convert.values())
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

    /// Whether the call may cost credits that are not settled.
    pub(super) fn is_unsettled(&self) -> bool {
        matches!(self.progress(), Progress::Sent | Progress::Started)
    }
}

impl LockFile {
    pub(super) fn new(project: &str) -> Self {
        Self {
            format: FORMAT,
            project: project.to_owned(),
            uploads: BTreeMap::new(),
            models: BTreeMap::new(),
            worlds: BTreeMap::new(),
            packs: BTreeMap::new(),
            audio: BTreeMap::new(),
            animations: BTreeMap::new(),
        }
    }

    pub(super) fn section(&self, section: Section) -> &BTreeMap<String, LockedEntry> {
        match section {
            Section::Models => &self.models,
            Section::Worlds => &self.worlds,
            Section::Packs => &self.packs,
            Section::Audio => &self.audio,
            Section::Animations => &self.animations,
        }
    }

    pub(super) fn section_mut(&mut self, section: Section) -> &mut BTreeMap<String, LockedEntry> {
        match section {
            Section::Models => &mut self.models,
            Section::Worlds => &mut self.worlds,
            Section::Packs => &mut self.packs,
            Section::Audio => &mut self.audio,
            Section::Animations => &mut self.animations,
        }
    }

    pub(super) fn entry(&self, id: &EntryId) -> Option<&LockedEntry> {
        self.section(id.section).get(&id.name)
    }

    /// The entry, which is added if it is new.
    pub(super) fn entry_mut(&mut self, id: &EntryId) -> &mut LockedEntry {
        self.section_mut(id.section).entry(id.name.clone()).or_default()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (EntryId, &LockedEntry)> {
        Section::ALL.iter().flat_map(|section| {
            self.section(*section).iter().map(|(name, entry)| (EntryId::new(*section, name), entry))
        })
    }

    /// Every record, to change it.
    pub(super) fn records_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        let sections = [&mut self.models, &mut self.worlds, &mut self.packs, &mut self.audio, &mut self.animations];
        let entries = sections.into_iter().flat_map(|section| section.values_mut());
        let versions = entries.flat_map(|entry| entry.versions.values_mut());
        versions.flat_map(|version| {
            version.generate.iter_mut().chain(version.optimize.values_mut()).chain(version.convert.values_mut())
        })
    }

    /// The text: sorted, with each fact on a line of its own.
    pub(super) fn to_text(&self) -> Result<String, Error> {
        let value = serde_json::to_value(self).map_err(|error| {
            let text = format!("could not write the lock: {error}; report this to the authors of mint-api-ext");
            Error::new(ErrorKind::Io, text)
        })?;
        Ok(format!("{HEAD}{}", toml_text::write(&value)))
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
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        if format != Some(FORMAT) {
            let format = format.map_or_else(|| "missing".to_owned(), |format| format.to_string());
            let why = format!(
                "its format is {format}, and this version of mint-api-ext reads format {FORMAT}; it records the entries {}; \
                 use the version that wrote it",
                named_entries(&value).join(", ")
            );
            return Err(invalid(why));
        }
        serde_path_to_error::deserialize(value).map_err(|error| {
            let why = format!("{error}; restore it from version control, since it records what was paid for");
            invalid(why)
        })
    }
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

fn named_entries(value: &serde_json::Value) -> Vec<String> {
    let sections = Section::ALL.iter().filter_map(|section| Some((section, value.get(section.as_str())?.as_object()?)));
    sections.flat_map(|(section, entries)| entries.keys().map(move |name| format!("{section}.{name}"))).collect()
}
