//! The wanted assets, as a person wrote them down.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use mint_api::types::{AudioKind, ConversionFormat, GenerationPreset, OptimizationLevel, RiggingPose};

use super::{EntryId, FileChoice};

/// A `mint.toml`: the project, its settings and its entries. [`Definition::parse`](Self::parse) reads one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Definition {
    /// The name of the project, which every idempotency key of the catalog depends on.
    pub project: String,
    /// The credits that one run may spend, with the unsettled work of earlier runs.
    pub budget: Option<f64>,
    /// How long the server surely remembers an idempotency key, written in seconds. Default: one hour.
    pub key_lifetime: Option<Duration>,
    /// The directory of the files, relative to that of the definition. Default: `assets`.
    pub out: String,
    /// What the lock records.
    pub lock: Recorded,
    /// The registry to write, relative to the directory of the definition: see
    /// [`Catalog::write_registry`](super::Catalog::write_registry). Default: none.
    pub registry: Option<String>,
    /// The entries, by name.
    pub entries: BTreeMap<EntryId, Entry>,
}

/// What `mint.lock` records, set by `lock = "full"` or `lock = "public"`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Recorded {
    /// Everything.
    #[default]
    Full,
    /// Everything but the ids of operations and the costs, for a public repository. Those are in `.mint/`.
    Public,
}

/// A wanted asset.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name.
    pub id: EntryId,
    /// The prompt.
    pub prompt: String,
    /// The files to download.
    pub files: Vec<FileChoice>,
    /// The price of the generation in credits, as a person states it.
    pub price: Option<f64>,
    /// What is made.
    pub make: Make,
}

/// What an entry makes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Make {
    /// `[models.NAME]`.
    #[non_exhaustive]
    Model {
        /// The tier of quality.
        preset: Option<GenerationPreset>,
        /// The pose of a character.
        pose: Option<RiggingPose>,
        /// The pictures to work from.
        images: Vec<Picture>,
        /// Whether the generation stops at its preview.
        review: bool,
        /// The level to optimize the model with.
        optimize: Option<OptimizationLevel>,
        /// The formats to convert the model to.
        convert: Vec<ConversionFormat>,
        /// The price of the conversion in credits, as a person states it.
        convert_price: Option<f64>,
    },
    /// `[worlds.NAME]`.
    #[non_exhaustive]
    World {
        /// The tier of quality.
        preset: Option<GenerationPreset>,
        /// The pictures to work from.
        images: Vec<Picture>,
        /// Whether the generation stops at its preview.
        review: bool,
    },
    /// `[packs.NAME]`.
    #[non_exhaustive]
    Pack {
        /// The tier of quality.
        preset: Option<GenerationPreset>,
        /// How many items, from 2 to 25.
        count: u32,
        /// The kind of pack.
        pack_type: Option<String>,
        /// The style that the items share.
        style: Option<String>,
    },
    /// `[audio.NAME]`.
    #[non_exhaustive]
    Audio {
        /// The tier of quality.
        preset: Option<GenerationPreset>,
        /// The kind of sound.
        kind: Option<AudioKind>,
        /// The length in seconds.
        seconds: Option<f64>,
    },
    /// `[animations.NAME]`.
    #[non_exhaustive]
    Animation {
        /// The name of the model entry to animate.
        model: String,
        /// The height of the model in metres.
        height: Option<f64>,
    },
}

/// A picture that a generation works from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Picture {
    /// A file, relative to the directory of the definition. It is uploaded once, by content.
    File(PathBuf),
    /// A public https URL.
    Url(String),
}

impl Entry {
    /// The pictures to work from.
    pub fn images(&self) -> &[Picture] {
        match &self.make {
            Make::Model { images, .. } | Make::World { images, .. } => images,
            Make::Pack { .. } | Make::Audio { .. } | Make::Animation { .. } => &[],
        }
    }
}
