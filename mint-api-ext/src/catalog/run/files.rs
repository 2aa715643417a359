//! The files of an entry: downloaded into staging, then put in place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::definition::Make;
use super::super::disk::{move_file, remove_file, sha256};
use super::super::lock_file::{LockFile, LockedEntry, LockedFile, Record, Version};
use super::super::plan::Wanted;
use super::super::state::State;
use super::super::{EntryId, Event, Section, Waiting, hash};
use super::worker::{Done, Stop, Worker};
use crate::asset::{Assets, Source};
use crate::download::{Clobber, FetchedFile};
use crate::error::{Error, ErrorKind};
use crate::read::AssetType;

/// A file in staging.
#[derive(Clone, Debug)]
struct Staged {
    from: PathBuf,
    artifact: String,
    bytes: u64,
    sha256: String,
}

/// The files of a download, by their paths from the directory of the definition.
type StagedFiles = BTreeMap<String, Staged>;

impl Worker<'_> {
    /// Downloads the files of an entry and puts them in place.
    pub(super) async fn download(&self, wanted: &Wanted) -> Result<Done, Stop> {
        let run = self.run;
        let (id, generation) = (&wanted.entry.id, &wanted.generation);
        let version = run.journal.read(|lock, _| lock.entry(id)?.versions.get(generation).cloned());
        let version = version.unwrap_or_default();
        let Some(download) = hash::download(&run.definition, &wanted.entry, generation, &version) else {
            let text = format!("{id} has no record of what was made; run again");
            return Err(Error::new(ErrorKind::Io, text).into());
        };
        if self.finish_swap(id, &download).await? {
            return self.published(wanted, &download).await;
        }
        let staging = run.staging.join(id.section.as_str()).join(&download);
        let turn = run.turns.acquire().await;
        let files = self.fetch(wanted, &version, &staging).await?;
        drop(turn);
        self.check_foreign(id, &files).await?;
        self.settle_earlier(id, &files).await?;
        self.swap(id, &download, files).await?;
        self.published(wanted, &download).await
    }

    /// Fetches the files that the entry names.
    async fn fetch(&self, wanted: &Wanted, version: &Version, staging: &Path) -> Result<StagedFiles, Stop> {
        let entry = &wanted.entry;
        let generated = version.generate.clone().unwrap_or_default();
        let main = self.assets(&entry.id, &generated).await?;
        if !main.without_file().is_empty() {
            // A pack that succeeded in part keeps what was made.
            self.say(Event::Incomplete { entry: entry.id.clone(), missing: main.without_file().to_vec() });
        }
        let converted = match (hash::conversion(entry, &wanted.generation), &entry.make) {
            (Some(hash), Make::Model { convert, .. }) => {
                let record = version.convert.get(&hash).cloned().unwrap_or_default();
                Some((convert, self.assets_of_operation(&entry.id, &record).await?))
            }
            _ => None,
        };
        let mut files = StagedFiles::new();
        let mut add = |file: FetchedFile| {
            let name = file.path.strip_prefix(staging).unwrap_or(&file.path).to_string_lossy().replace('\\', "/");
            let at = format!("{}/{}/{name}", self.run.definition.out, entry.id.section);
            let artifact = file.kind.artifact_id().to_owned();
            files.insert(at, Staged { from: file.path, artifact, bytes: file.bytes, sha256: file.sha256 });
        };
        for choice in &entry.files {
            let assets = match &converted {
                Some((formats, assets)) if formats.iter().any(|format| choice.is_converted_to(*format)) => assets,
                _ => &main,
            };
            let download = self.run.mint.download(assets.clone()).lock_timeout(std::time::Duration::from_secs(5));
            let fetched = match entry.id.section {
                // The files of a pack are named after its items, in a folder.
                Section::Packs => choice.of_pack(download.optional()).to_dir(staging.join(&entry.id.name)).await?,
                _ => choice.of(download, &entry.id.name).to_dir(staging).await?,
            };
            fetched.complete()?.into_iter().for_each(&mut add);
        }
        // A conversion is downloaded, also if `files` does not name its format.
        if let Some((_, assets)) = &converted {
            let download = self.run.mint.download(assets.clone()).named(&entry.id.name);
            download.to_dir(staging).await?.complete()?.into_iter().for_each(&mut add);
        }
        Ok(files)
    }

    /// The files of what was generated.
    async fn assets(&self, id: &EntryId, record: &Record) -> Result<Assets, Stop> {
        let mint = &self.run.mint;
        match record.resource.as_deref().and_then(|resource| resource.split_once('/')) {
            Some(("model", model)) => Ok(Assets::from(&mint.model(model).await?)),
            Some(("world", world)) => Ok(Assets::from(&mint.world(world).await?)),
            Some(("asset_pack", pack)) => Ok(Source::AssetPack(pack.to_owned()).read(mint).await?),
            Some((kind, resource)) if record.operation.is_none() => {
                Ok(Assets::from(&mint.artifact_manifest(AssetType::from(kind), resource).await?))
            }
            _ => self.assets_of_operation(id, record).await,
        }
    }

    async fn assets_of_operation(&self, id: &EntryId, record: &Record) -> Result<Assets, Stop> {
        let Some(operation) = &record.operation else {
            let text = format!(
                "the operation of {id} was known to `.mint/` alone, which was lost, so that its files are not found; run with \
                 `again` for the entry to make another attempt, which costs credits again"
            );
            return Err(Error::new(ErrorKind::Io, text).into());
        };
        Ok(Assets::from(&self.run.mint.operation(operation).await?))
    }

    /// Stops if a file would replace one that a person changed or put there.
    async fn check_foreign(&self, id: &EntryId, files: &StagedFiles) -> Result<(), Stop> {
        if self.run.settings.overwrite.contains(id) {
            return Ok(());
        }
        let locked = self.run.journal.read(|lock, _| lock.entry(id).cloned()).unwrap_or_default();
        let (root, files) = (self.run.root.clone(), files.clone());
        let foreign = self.run.journal.blocking(move || {
            let mut foreign = Vec::new();
            for (path, staged) in &files {
                if let Some(found) = sha256(&root.join(path))?
                    && found != staged.sha256
                    && !locked.files.get(path).is_some_and(|file| is_ours(file, &found))
                {
                    foreign.push(PathBuf::from(path));
                }
            }
            Ok(foreign)
        });
        match foreign.await? {
            foreign if foreign.is_empty() => Ok(()),
            files => Err(Stop::Waits(Waiting::ChangedByHand { files })),
        }
    }

    /// Settles the files that an earlier download was putting in place, and this one does not have.
    async fn settle_earlier(&self, id: &EntryId, files: &StagedFiles) -> Result<(), Stop> {
        let locked = self.run.journal.read(|lock, _| lock.entry(id).cloned()).unwrap_or_default();
        let (root, names) = (self.run.root.clone(), files.keys().cloned().collect::<Vec<_>>());
        let settled = self.run.journal.blocking(move || {
            let mut settled = Vec::new();
            for (path, file) in locked.files {
                if file.pending.is_some() && !names.contains(&path) {
                    let found = sha256(&root.join(&path))?;
                    let sha256 = if found == file.pending { found } else { file.sha256 };
                    settled.push((path, LockedFile { sha256, pending: None, ..file }));
                }
            }
            Ok(settled)
        });
        let settled = settled.await?;
        if settled.is_empty() {
            return Ok(());
        }
        let settle = |lock: &mut LockFile, _: &mut State| {
            let entry = lock.entry_mut(id);
            for (path, file) in settled {
                match file.sha256 {
                    Some(_) => drop(entry.files.insert(path, file)),
                    None => drop(entry.files.remove(&path)),
                }
            }
        };
        Ok(self.run.journal.update(settle).await?)
    }

    /// Puts the files of a download in place: first the lock says what is coming, then they get their names.
    async fn swap(&self, id: &EntryId, download: &str, files: StagedFiles) -> Result<(), Stop> {
        self.run
            .journal
            .update(|lock, _| {
                let entry = lock.entry_mut(id);
                entry.publishing = Some(download.to_owned());
                for (path, staged) in &files {
                    let file = entry.files.entry(path.clone()).or_default();
                    file.pending = Some(staged.sha256.clone());
                    file.artifact = Some(staged.artifact.clone());
                    file.bytes = Some(staged.bytes);
                }
            })
            .await?;
        let root = self.run.root.clone();
        let moves = self.run.journal.blocking(move || {
            for (path, staged) in files {
                let to = root.join(&path);
                if sha256(&to)?.as_ref() != Some(&staged.sha256) {
                    move_file(&staged.from, &to, Clobber::Replace)?;
                }
            }
            Ok(())
        });
        Ok(moves.await?)
    }

    /// Finishes a swap that was interrupted, if everything for it is on disk.
    async fn finish_swap(&self, id: &EntryId, download: &str) -> Result<bool, Stop> {
        let locked = self.run.journal.read(|lock, _| lock.entry(id).cloned()).unwrap_or_default();
        if locked.publishing.as_deref() != Some(download) {
            return Ok(false);
        }
        let run = self.run;
        let overwrites = run.settings.overwrite.contains(id);
        let (root, staging) = (run.root.clone(), run.staging.join(id.section.as_str()).join(download));
        let prefix = format!("{}/{}/", run.definition.out, id.section);
        let finished = run.journal.blocking(move || {
            let mut moves = Vec::new();
            for (path, file) in &locked.files {
                let Some(pending) = &file.pending else { continue };
                let (from, to) = (staging.join(path.strip_prefix(&prefix).unwrap_or(path)), root.join(path));
                match sha256(&to)? {
                    Some(found) if found == *pending => {}
                    Some(found) if !overwrites && !is_ours(file, &found) => return Ok(false),
                    _ if sha256(&from)?.as_ref() == Some(pending) => moves.push((from, to)),
                    _ => return Ok(false),
                }
            }
            moves.into_iter().try_for_each(|(from, to)| move_file(&from, &to, Clobber::Replace)).map(|()| true)
        });
        Ok(finished.await?)
    }

    /// Writes down that the files are in place, and removes those of the version before.
    async fn published(&self, wanted: &Wanted, download: &str) -> Result<Done, Stop> {
        let run = self.run;
        let id = &wanted.entry.id;
        let locked = run.journal.read(|lock, _| lock.entry(id).cloned()).unwrap_or_default();
        let (gone, kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
            locked.files.into_iter().partition(|(_, file)| file.pending.is_none());
        let root = run.root.clone();
        run.journal
            .blocking(move || {
                for (path, file) in gone {
                    let full = root.join(&path);
                    if let Some(found) = sha256(&full)?
                        && is_ours(&file, &found)
                    {
                        remove_file(&root, &full)?;
                    }
                }
                Ok(())
            })
            .await?;
        let files: Vec<_> = kept.keys().map(PathBuf::from).collect();
        let settled = |file: LockedFile| LockedFile { sha256: file.pending, pending: None, moved_from: None, ..file };
        let kept: BTreeMap<_, _> = kept.into_iter().map(|(path, file)| (path, settled(file))).collect();
        run.journal
            .update(|lock, _| {
                let entry = lock.entry_mut(id);
                entry.files = kept;
                entry.published = Some(download.to_owned());
                entry.publishing = None;
                // An earlier version stays: going back to it costs nothing.
                entry.versions.retain(|hash, version| *hash == wanted.generation || version.is_worth_keeping());
            })
            .await?;
        let staging = run.staging.join(id.section.as_str()).join(download);
        let _ = run.journal.blocking(move || Ok(std::fs::remove_dir_all(staging))).await;
        self.say(Event::Published { entry: id.clone(), files });
        Ok(Done::Published)
    }

    /// Moves the files of an entry that was renamed.
    pub(super) async fn finish_moves(&self, id: &EntryId) -> Result<(), Stop> {
        let locked = self.run.journal.read(|lock, _| lock.entry(id).cloned()).unwrap_or_default();
        if locked.files.values().all(|file| file.moved_from.is_none()) {
            return Ok(());
        }
        let root = self.run.root.clone();
        let foreign = self.run.journal.blocking(move || {
            let mut foreign = Vec::new();
            for (path, file) in &locked.files {
                let Some(from) = &file.moved_from else { continue };
                let (from, to) = (root.join(from), root.join(path));
                match sha256(&to)? {
                    Some(found) if is_ours(file, &found) => remove_file_if_ours(&root, &from, file)?,
                    Some(_) => foreign.push(PathBuf::from(path)),
                    // A file that is at neither place is missing, and one that a person changed moves along.
                    None if sha256(&from)?.is_some() => move_file(&from, &to, Clobber::Keep)?,
                    None => {}
                }
            }
            Ok(foreign)
        });
        let foreign = foreign.await?;
        if !foreign.is_empty() {
            return Err(Stop::Waits(Waiting::ChangedByHand { files: foreign }));
        }
        let done = |entry: &mut LockedEntry| entry.files.values_mut().for_each(|file| file.moved_from = None);
        Ok(self.run.journal.update(|lock, _| done(lock.entry_mut(id))).await?)
    }
}

fn remove_file_if_ours(root: &Path, path: &Path, file: &LockedFile) -> Result<(), Error> {
    match sha256(path)? {
        Some(found) if is_ours(file, &found) => remove_file(root, path),
        _ => Ok(()),
    }
}

/// Whether a run wrote this content, or was about to.
fn is_ours(file: &LockedFile, found: &str) -> bool {
    [&file.sha256, &file.pending].into_iter().flatten().any(|sha256| sha256 == found)
}
