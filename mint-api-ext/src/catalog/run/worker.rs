//! The work on one entry, from its pictures to its files.

use std::path::Path;

use super::super::definition::{Make, Picture};
use super::super::disk::io_error;
use super::super::lock_file::{Record, Upload};
use super::super::plan::Wanted;
use super::super::{Change, Entry, EntryId, Event, PlannedEntry, Section, Step, Waiting, hash};
use super::context::Context;
use super::paid::Call;
use super::requests;
use crate::client::{Sha256, blocking};
use crate::download::hex;
use crate::error::{Error, ErrorKind};

/// The work on one entry.
pub(super) struct Worker<'a> {
    pub(super) run: &'a Context,
    pub(super) planned: &'a PlannedEntry,
}

/// Why the work on an entry stops before its files are in place.
#[derive(Debug)]
pub(super) enum Stop {
    Waits(Waiting),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What became of an entry that stopped nowhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Done {
    Published,
    Unchanged,
}

impl Worker<'_> {
    pub(super) async fn work(&self) -> Result<Done, Stop> {
        let Some(wanted) = &self.planned.wanted else {
            return match &self.planned.change {
                Change::Unreadable(error) => Err(Error::new(error.kind(), error.to_string()).into()),
                _ => Ok(Done::Unchanged),
            };
        };
        let id = &wanted.entry.id;
        let overwrites = self.run.settings.overwrite.contains(id);
        self.finish_moves(id).await?;
        if self.planned.steps.is_empty() && !self.run.settings.again.contains(id) {
            return match self.planned.damaged.is_empty() {
                true => Ok(Done::Unchanged),
                false if overwrites => self.download(wanted).await,
                false => Err(Stop::Waits(Waiting::ChangedByHand { files: self.planned.damaged.clone() })),
            };
        }
        let generated = self.generate(wanted).await?;
        self.optimize(wanted, &generated).await?;
        self.convert(wanted, &generated).await?;
        self.download(wanted).await
    }

    pub(super) fn say(&self, event: Event) {
        self.run.say(event);
    }

    pub(super) fn is_reviewed(&self, entry: &Entry) -> bool {
        matches!(entry.make, Make::Model { review: true, .. } | Make::World { review: true, .. })
    }

    fn planned_price(&self, step: Step) -> Option<f64> {
        self.planned.steps.iter().find(|planned| planned.step == step).and_then(|planned| planned.price)
    }

    async fn generate(&self, wanted: &Wanted) -> Result<Record, Stop> {
        let (entry, version) = (&wanted.entry, wanted.generation.as_str());
        let step = if entry.id.section == Section::Animations { Step::Animate } else { Step::Generate };
        let call = Call { entry, version, step, hash: version.to_owned(), price: self.planned_price(step) };
        self.make(&call, async |key: &str, name: &str| {
            let base = self.base(entry).await?;
            let images = self.upload(wanted).await?;
            Ok(requests::generation(&self.run.mint, entry, images, base.as_deref(), (key, name))?)
        })
        .await
    }

    async fn optimize(&self, wanted: &Wanted, generated: &Record) -> Result<(), Stop> {
        let (entry, version) = (&wanted.entry, wanted.generation.as_str());
        let (Some(hash), Make::Model { optimize: Some(level), .. }) = (hash::optimization(entry, version), &entry.make)
        else {
            return Ok(());
        };
        let call = Call { entry, version, step: Step::Optimize, hash, price: self.planned_price(Step::Optimize) };
        let model = resource(entry, generated)?;
        self.make(&call, async |key: &str, _: &str| {
            Ok(self.run.mint.optimize_model(model, *level).with_idempotency_key(key).save()?)
        })
        .await?;
        Ok(())
    }

    async fn convert(&self, wanted: &Wanted, generated: &Record) -> Result<(), Stop> {
        let (entry, version) = (&wanted.entry, wanted.generation.as_str());
        let (Some(hash), Make::Model { convert, .. }) = (hash::conversion(entry, version), &entry.make) else {
            return Ok(());
        };
        let call = Call { entry, version, step: Step::Convert, hash, price: self.planned_price(Step::Convert) };
        let model = resource(entry, generated)?;
        self.make(&call, async |key: &str, _: &str| {
            Ok(self.run.mint.convert_model(model, convert.iter().copied()).with_idempotency_key(key).save()?)
        })
        .await?;
        Ok(())
    }

    /// The id of the model that an animation moves.
    async fn base(&self, entry: &Entry) -> Result<Option<String>, Stop> {
        let Make::Animation { model, .. } = &entry.make else { return Ok(None) };
        let id = EntryId::new(Section::Models, model);
        let version = self.run.generations.get(&id);
        let made = self.run.journal.read(|lock, _| {
            let record = lock.entry(&id)?.versions.get(version?)?.generate.clone()?;
            record.done_at.is_some().then_some(record)
        });
        match made {
            Some(record) => Ok(Some(resource(entry, &record)?.to_owned())),
            None => {
                let text = format!("{} needs {id}, which is not made yet; run again once it is", entry.id);
                Err(Error::new(ErrorKind::NotSucceeded, text).into())
            }
        }
    }

    /// Uploads the pictures that are files, each once, and returns the URLs of all.
    async fn upload(&self, wanted: &Wanted) -> Result<Vec<String>, Stop> {
        let mut sums = wanted.images.iter();
        let mut urls = Vec::new();
        for picture in wanted.entry.images() {
            urls.push(match picture {
                Picture::Url(url) => url.clone(),
                Picture::File(file) => match sums.next() {
                    Some(sha256) => self.upload_file(file, sha256).await?,
                    None => continue,
                },
            });
        }
        Ok(urls)
    }

    async fn upload_file(&self, file: &Path, sha256: &str) -> Result<String, Stop> {
        let run = self.run;
        // Two entries with one picture upload it once.
        let _turn = run.uploads.lock().await;
        if let Some(url) = run.journal.read(|lock, _| lock.uploads.get(sha256).map(|upload| upload.url.clone())) {
            return Ok(url);
        }
        let (path, expected) = (run.root.join(file), sha256.to_owned());
        let bytes = blocking(move || {
            let bytes = std::fs::read(&path).map_err(|error| io_error("read", &path, error))?;
            if hex(&Sha256::digest(&bytes)) == expected {
                return Ok(bytes);
            }
            let text = format!("`{}` changed since the plan was made; run again", path.display());
            Err(Error::new(ErrorKind::Io, text))
        })
        .await?;
        let key = hash::upload_key(&run.project, sha256);
        let image = run.mint.upload_image(bytes).with_idempotency_key(&key).send().await?;
        let upload = Upload { key, url: image.url.clone() };
        run.journal.update(|lock, _| lock.uploads.insert(sha256.to_owned(), upload)).await?;
        Ok(image.url)
    }
}

/// The id of what a call made.
fn resource<'r>(entry: &Entry, record: &'r Record) -> Result<&'r str, Error> {
    let id = record.resource.as_deref().and_then(|resource| resource.split_once('/')).map(|(_, id)| id);
    id.ok_or_else(|| {
        let text = format!("the operation of {} named nothing that it made; look at it in the Mint app", entry.id);
        Error::new(ErrorKind::Decode, text)
    })
}
