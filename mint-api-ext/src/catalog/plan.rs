//! What a run would do.

use std::fmt;
use std::path::PathBuf;

use super::{Entry, EntryId, Make};
use crate::client::Mint;
use crate::error::Error;

/// What a run would do, entry by entry; made by [`Catalog::plan`](super::Catalog::plan). Its `Display` is a list for a person.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The entries of the definition, by name, then those that only the lock has.
    pub entries: Vec<PlannedEntry>,
    /// What the plan was made from.
    pub(super) fingerprint: String,
}

/// An entry of a plan.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlannedEntry {
    /// The entry.
    pub id: EntryId,
    /// What is new about it.
    pub change: Change,
    /// What a run does for it, in this order.
    pub steps: Vec<PlannedStep>,
    /// The files that are not on disk.
    pub missing: Vec<PathBuf>,
    /// The files that somebody changed.
    pub damaged: Vec<PathBuf>,
    pub(super) wanted: Option<Wanted>,
}

/// An entry of the definition with the hashes of its content.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) entry: Entry,
    /// The SHA-256 of each picture that is a file, in the order of the pictures.
    pub(super) images: Vec<String>,
    pub(super) generation: String,
}

/// What is new about an entry. The first that applies counts.
#[derive(Debug)]
#[non_exhaustive]
pub enum Change {
    /// A picture cannot be read, or the model of an animation cannot.
    Unreadable(Error),
    /// The entry is in the definition alone.
    New,
    /// The entry has the content of one that was removed: its files are moved, and nothing is bought.
    Renamed {
        /// The name before.
        from: EntryId,
    },
    /// What goes into the generation has changed: it is made anew.
    Changed,
    /// An operation failed, or its key is in conflict: a person decides. [`Run::again`](super::Run::again) makes another
    /// attempt.
    Stopped {
        /// What happened.
        why: String,
    },
    /// A step was begun and has not ended.
    Unfinished,
    /// The definition asks for more steps or other files.
    Extended,
    /// Somebody changed files. [`Run::overwrite`](super::Run::overwrite) replaces them.
    Damaged,
    /// Files are not on disk. They are downloaded again.
    Missing,
    /// Everything is there.
    Unchanged,
    /// The entry is in the lock alone. [`Catalog::prune`](super::Catalog::prune) removes its files.
    Orphaned,
}

impl Change {
    /// The word for a list, such as `new`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::New => "new",
            Self::Renamed { .. } => "renamed",
            Self::Changed => "changed",
            Self::Stopped { .. } => "stopped",
            Self::Unfinished => "unfinished",
            Self::Extended => "extended",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Unchanged => "unchanged",
            Self::Orphaned => "orphaned",
        }
    }
}

/// A step of an entry.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Step {
    /// Pictures are uploaded.
    Upload,
    /// The model, world, pack or sound is generated.
    Generate,
    /// The model is animated.
    Animate,
    /// The model is optimized.
    Optimize,
    /// The model is converted.
    Convert,
    /// The files are downloaded and published.
    Download,
}

impl Step {
    /// The verb, such as `generate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Generate => "generate",
            Self::Animate => "animate",
            Self::Optimize => "optimize",
            Self::Convert => "convert",
            Self::Download => "download",
        }
    }

    /// Whether the step costs credits.
    pub fn is_paid(self) -> bool {
        !matches!(self, Self::Upload | Self::Download)
    }
}

/// A step that a run makes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// Whether it was begun before: it is paid for already, or is about to be.
    pub begun: bool,
    /// Its price in credits: as the definition states it, or after [`Plan::estimate`] as the server estimates it. `None` if
    /// it is unknown or the step is free.
    pub price: Option<f64>,
}

impl Plan {
    /// Whether a run would do anything.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(|entry| entry.steps.is_empty() && !matches!(entry.change, Change::Renamed { .. }))
    }

    /// The sum of the known prices of what is not begun, in credits.
    pub fn total(&self) -> f64 {
        self.unpaid().filter_map(|step| step.price).fold(0.0, |sum, price| sum + price)
    }

    /// How many paid steps have no known price.
    pub fn unpriced(&self) -> usize {
        self.unpaid().filter(|step| step.price.is_none()).count()
    }

    fn unpaid(&self) -> impl Iterator<Item = &PlannedStep> {
        self.entries.iter().flat_map(|entry| &entry.steps).filter(|step| step.step.is_paid() && !step.begun)
    }

    /// Asks the server for the prices that it estimates: those of models. It starts nothing and costs nothing.
    ///
    /// A price of the definition counts where the server gives none. The estimate of an optimization needs the model, so that
    /// it has no price before the model is made.
    ///
    /// # Errors
    ///
    /// Those of [`Mint::estimate`].
    pub async fn estimate(&mut self, mint: &Mint) -> Result<(), Error> {
        let mut known: Vec<(String, f64)> = Vec::new();
        for planned in &mut self.entries {
            let Some(wanted) = &planned.wanted else { continue };
            let Make::Model { preset, .. } = &wanted.entry.make else { continue };
            for step in planned.steps.iter_mut().filter(|step| step.step == Step::Generate && !step.begun) {
                let tier = preset.map(|preset| preset.to_string()).unwrap_or_default();
                let price = match known.iter().find(|(known, _)| *known == tier) {
                    Some((_, price)) => *price,
                    None => {
                        let mut request = mint.generate_model(&wanted.entry.prompt);
                        if let Some(preset) = preset {
                            request = request.generation_preset(*preset);
                        }
                        let credits = request.estimate().await?.credits;
                        let price = credits.estimated_total.max(credits.required_to_start);
                        known.push((tier, price));
                        price
                    }
                };
                step.price = Some(price);
            }
        }
        Ok(())
    }
}

/// One line for each entry with something to do or to know, and the total.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in self.entries.iter().filter(|entry| !matches!(entry.change, Change::Unchanged)) {
            write!(f, "{:10} {}", entry.change.as_str(), entry.id)?;
            match &entry.change {
                Change::Renamed { from } => write!(f, " (was {from})")?,
                Change::Stopped { why } => write!(f, ": {why}")?,
                Change::Unreadable(error) => write!(f, ": {error}")?,
                _ => {}
            }
            for (place, step) in entry.steps.iter().enumerate() {
                let separator = if place == 0 { ": " } else { ", " };
                write!(f, "{separator}{}", step.step.as_str())?;
                match step.price {
                    Some(price) if !step.begun => write!(f, " {price} credits")?,
                    None if step.step.is_paid() && !step.begun => write!(f, " at an unknown price")?,
                    _ => {}
                }
            }
            writeln!(f)?;
        }
        write!(f, "{} credits in all", self.total())?;
        match self.unpriced() {
            0 => Ok(()),
            unpriced => write!(f, ", and {unpriced} steps at an unknown price"),
        }
    }
}
