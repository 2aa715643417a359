//! Compares the definition with the lock and the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::definition::{Make, Picture};
use super::disk::sha256;
use super::lock_file::{LockedEntry, Progress, Record, Version};
use super::plan::Wanted;
use super::{Catalog, Change, Entry, EntryId, Plan, PlannedEntry, PlannedStep, Section, Step, hash};
use crate::error::{Error, ErrorKind, quoted};

impl Catalog {
    /// Says what a run would do. No request is sent; it blocks while it reads files that changed since they were hashed
    /// last.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when a file of the lock cannot be read. A picture that cannot be read is
    /// [`Change::Unreadable`].
    pub fn plan(&self) -> Result<Plan, Error> {
        let mut state = self.state.clone();
        let mut generations = BTreeMap::new();
        // Animations come last, and depend on models.
        let wanted: Vec<_> = self
            .definition
            .entries
            .values()
            .map(|entry| {
                let wanted = self.wanted(entry, &generations);
                if let Ok(wanted) = &wanted {
                    generations.insert(entry.id.clone(), wanted.generation.clone());
                }
                (entry, wanted)
            })
            .collect();
        let mut orphans: BTreeSet<EntryId> = self
            .lock
            .entries()
            .map(|(id, _)| id)
            .filter(|id| !self.definition.entries.contains_key(id))
            .cloned()
            .collect();
        let mut entries = Vec::new();
        for (entry, wanted) in wanted {
            let (missing, damaged) = self.disk(&entry.id, &mut state)?;
            let mut planned = PlannedEntry {
                id: entry.id.clone(),
                change: Change::New,
                steps: Vec::new(),
                missing,
                damaged,
                wanted: None,
            };
            match wanted {
                Err(error) => planned.change = Change::Unreadable(error),
                Ok(wanted) => {
                    let from = match self.lock.entry(&entry.id) {
                        None => orphans.iter().find(|orphan| self.is_same(orphan, &entry.id, &wanted)).cloned(),
                        Some(_) => None,
                    };
                    let locked = self.lock.entry(from.as_ref().unwrap_or(&entry.id));
                    planned.steps = self.steps(&wanted, locked, &planned.missing);
                    planned.change = change(&wanted, locked, &planned);
                    if let Some(from) = from {
                        orphans.remove(&from);
                        planned.change = Change::Renamed { from };
                    }
                    planned.wanted = Some(wanted);
                }
            }
            entries.push(planned);
        }
        for id in orphans {
            let (missing, damaged) = self.disk(&id, &mut state)?;
            entries.push(PlannedEntry {
                id,
                change: Change::Orphaned,
                steps: Vec::new(),
                missing,
                damaged,
                wanted: None,
            });
        }
        state.remember(&self.state, &self.paths);
        Ok(Plan { entries, fingerprint: self.fingerprint.clone() })
    }

    fn wanted(&self, entry: &Entry, generations: &BTreeMap<EntryId, String>) -> Result<Wanted, Error> {
        let mut images = Vec::new();
        let mut content = Vec::new();
        for picture in entry.images() {
            match picture {
                Picture::Url(url) => content.push(url.clone()),
                Picture::File(file) => {
                    let path = self.paths.root.join(file);
                    let Some(sha256) = sha256(&path)? else {
                        let text = format!(
                            "{} works from `{}`, which is no file; restore it, or correct `image`",
                            entry.id,
                            path.display()
                        );
                        return Err(Error::new(ErrorKind::Io, text));
                    };
                    content.push(sha256.clone());
                    images.push(sha256);
                }
            }
        }
        let base = match &entry.make {
            Make::Animation { model, .. } => {
                let base = generations.get(&EntryId::new(Section::Models, model));
                Some(base.ok_or_else(|| {
                    let text =
                        format!("{} needs models.{}, which cannot be read; mend that entry", entry.id, quoted(model));
                    Error::new(ErrorKind::Io, text)
                })?)
            }
            _ => None,
        };
        let generation = hash::generation(entry, &content, base.map(String::as_str));
        Ok(Wanted { entry: entry.clone(), images, generation })
    }

    fn is_same(&self, orphan: &EntryId, id: &EntryId, wanted: &Wanted) -> bool {
        let versions = self.lock.entry(orphan).map(|entry| &entry.versions);
        orphan.section == id.section && versions.is_some_and(|versions| versions.contains_key(&wanted.generation))
    }

    /// The files of an entry that are not on disk, and those that are others than the lock says.
    fn disk(&self, id: &EntryId, state: &mut super::state::State) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Error> {
        let (mut missing, mut damaged) = (Vec::new(), Vec::new());
        for (path, file) in self.lock.entry(id).iter().flat_map(|entry| &entry.files) {
            // A file on its way is the business of the run that goes on.
            let Some(expected) = file.sha256.as_ref().filter(|_| file.moved_from.is_none()) else { continue };
            match state.sha256(&self.paths.root, path)? {
                None => missing.push(path.into()),
                Some(found) if found == *expected || Some(&found) == file.pending.as_ref() => {}
                Some(_) => damaged.push(path.into()),
            }
        }
        Ok((missing, damaged))
    }

    fn steps(&self, wanted: &Wanted, locked: Option<&LockedEntry>, missing: &[PathBuf]) -> Vec<PlannedStep> {
        let entry = &wanted.entry;
        let version = locked.and_then(|locked| locked.versions.get(&wanted.generation));
        let mut steps = Vec::new();
        let mut add = |step, record: Option<&Record>, price| {
            let progress = record.map_or(Progress::Planned, Record::progress);
            if progress != Progress::Done {
                let begun = !matches!(progress, Progress::Planned);
                steps.push(PlannedStep { step, begun, price });
            }
        };
        let generate = version.and_then(|version| version.generate.as_ref());
        let unsent = generate.is_none_or(|record| record.progress() == Progress::Planned);
        if unsent && wanted.images.iter().any(|sha256| !self.lock.uploads.contains_key(sha256)) {
            add(Step::Upload, None, None);
        }
        let is_animation = matches!(entry.make, Make::Animation { .. });
        add(if is_animation { Step::Animate } else { Step::Generate }, generate, entry.price);
        if let Some(hash) = hash::optimization(entry, &wanted.generation) {
            add(Step::Optimize, version.and_then(|version| version.optimize.get(&hash)), None);
        }
        if let (Some(hash), Make::Model { convert_price, .. }) =
            (hash::conversion(entry, &wanted.generation), &entry.make)
        {
            add(Step::Convert, version.and_then(|version| version.convert.get(&hash)), *convert_price);
        }
        let download = version.and_then(|version| hash::download(&self.definition, entry, &wanted.generation, version));
        let published = locked.and_then(|locked| locked.published.as_ref());
        let is_whole = download.is_some() && download.as_ref() == published && missing.is_empty();
        if !is_whole || locked.is_some_and(|locked| locked.publishing.is_some() || !steps.is_empty()) {
            steps.push(PlannedStep { step: Step::Download, begun: false, price: None });
        }
        steps
    }
}

/// What is new about an entry that the lock may have.
fn change(wanted: &Wanted, locked: Option<&LockedEntry>, planned: &PlannedEntry) -> Change {
    let Some(locked) = locked else { return Change::New };
    let Some(version) = locked.versions.get(&wanted.generation) else {
        return if locked.versions.is_empty() { Change::New } else { Change::Changed };
    };
    if let Some(why) = stopped(wanted, version) {
        return Change::Stopped { why };
    }
    let is_unfinished = version.records().any(|record| record.progress() != Progress::Done)
        || locked.publishing.is_some()
        || locked.files.values().any(|file| file.moved_from.is_some())
        || locked.published.is_none()
        // An operation of an earlier prompt goes on, and the run records what it costs.
        || locked.records().any(|record| record.progress() == Progress::Started);
    match () {
        () if is_unfinished => Change::Unfinished,
        () if !planned.damaged.is_empty() => Change::Damaged,
        () if planned.steps.is_empty() => Change::Unchanged,
        () if planned.missing.is_empty() => Change::Extended,
        () => Change::Missing,
    }
}

/// Why a step that the entry needs is stopped.
fn stopped(wanted: &Wanted, version: &Version) -> Option<String> {
    let optimize = hash::optimization(&wanted.entry, &wanted.generation);
    let convert = hash::conversion(&wanted.entry, &wanted.generation);
    let needed = [
        version.generate.as_ref(),
        optimize.and_then(|hash| version.optimize.get(&hash)),
        convert.and_then(|hash| version.convert.get(&hash)),
    ];
    needed.into_iter().flatten().find_map(|record| match record.progress() {
        Progress::Failed => record.failed.clone(),
        Progress::Conflict => record.conflict.clone(),
        _ => None,
    })
}
