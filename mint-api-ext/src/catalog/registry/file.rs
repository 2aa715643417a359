//! The file of a registry: what it says already, and how it is written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mint_api::types::ArtifactManifest;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Published;
use super::record::{Record, Transform};
use crate::catalog::disk::{read_text, write_text};
use crate::download::Durability;
use crate::error::{Error, ErrorKind};

const VERSION: u64 = 1;

/// A registry on disk. What this version does not know stays as it is.
pub(super) struct RegistryFile {
    path: PathBuf,
    /// The text on disk.
    text: Option<String>,
    content: Content,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    registry_version: u64,
    asset_root: String,
    assets: BTreeMap<String, Stored>,
    #[serde(flatten)]
    others: BTreeMap<String, Box<RawValue>>,
}

/// A record as it stands in the file, or a new one.
#[derive(Serialize)]
#[serde(untagged)]
enum Stored {
    Kept(Box<RawValue>),
    New(Box<Record>),
}

/// What is looked at in a record of the file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Known {
    source: KnownSource,
    transform: Option<Transform>,
    mode: String,
    artifacts: BTreeMap<String, KnownArtifact>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct KnownSource {
    asset_type: String,
    asset_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KnownArtifact {
    local_path: String,
    byte_size: Option<u64>,
}

impl Known {
    /// `None` of another form, such as one that a person wrote.
    fn of(stored: &Stored) -> Option<Self> {
        match stored {
            Stored::Kept(text) => serde_json::from_str(text.get()).ok(),
            Stored::New(_) => None,
        }
    }
}

impl RegistryFile {
    /// Reads a registry. One that does not exist is empty.
    pub(super) fn read(path: PathBuf, out: &str) -> Result<Self, Error> {
        let text = read_text(&path)?;
        let content = match &text {
            Some(text) => Content::parse(text, out).map_err(|why| {
                let shown = path.display();
                let text = format!(
                    "`{shown}` is no registry of assets of version {VERSION}: {why}; mend it, or let `registry` name another \
                     file"
                );
                Error::new(ErrorKind::InvalidArgument, text)
            })?,
            None => Content::new(out),
        };
        Ok(Self { path, text, content })
    }

    /// Whether an entry has its record.
    pub(super) fn is_current(&self, entry: &Published<'_>) -> bool {
        let Some(known) = self.content.assets.get(&entry.id.name).and_then(Known::of) else { return false };
        if known.source.asset_id != entry.asset.1 {
            return false;
        }
        let recorded: BTreeMap<_, _> =
            known.artifacts.values().map(|artifact| (&artifact.local_path, artifact.byte_size)).collect();
        known.mode == "remote_stream"
            || (known.artifacts.len() == entry.files.len()
                && recorded == entry.files.iter().map(|(path, file)| (path, file.bytes)).collect())
    }

    /// Writes the record of an entry in the place of the one before, whose transform it takes. If the asset has a record under a
    /// name that no entry has any longer, it was renamed, and that record is the one before.
    pub(super) fn put(
        &mut self,
        entry: &Published<'_>,
        manifest: Option<&ArtifactManifest>,
        is_entry: impl Fn(&str) -> bool,
    ) {
        let name = &entry.id.name;
        let former = self.content.assets.iter().find(|(key, stored)| {
            !is_entry(key) && Known::of(stored).is_some_and(|known| known.source.asset_id == entry.asset.1)
        });
        let former = former.map(|(key, _)| key.clone());
        let renamed = former.and_then(|key| self.content.assets.remove(&key));
        let before = self.content.assets.get(name).or(renamed.as_ref()).and_then(Known::of);
        let transform = before.and_then(|known| known.transform).unwrap_or_default();
        let record = Record::of(entry, manifest, transform);
        self.content.assets.insert(name.clone(), Stored::New(Box::new(record)));
    }

    /// Removes the record of this name, if it is one of these assets, which are given by type and id.
    pub(super) fn forget(&mut self, name: &str, assets: &[(&str, &str)]) {
        let known = self.content.assets.get(name).and_then(Known::of);
        if known.is_some_and(|Known { source, .. }| assets.contains(&(&source.asset_type, &source.asset_id))) {
            self.content.assets.remove(name);
        }
    }

    /// Replaces the file, if that changes it. It says whether it did.
    pub(super) fn write(&self) -> Result<bool, Error> {
        let text = serde_json::to_string_pretty(&self.content).map_err(|error| {
            let text = format!("could not write `{}`: {error}", self.path.display());
            Error::new(ErrorKind::Io, text)
        })? + "\n";
        let is_empty = self.text.is_none() && self.content.assets.is_empty();
        if is_empty || self.text.as_ref() == Some(&text) {
            return Ok(false);
        }
        write_text(&self.path, &text, Durability::Synced)?;
        Ok(true)
    }
}

impl Content {
    fn new(out: &str) -> Self {
        Self { registry_version: VERSION, asset_root: out.to_owned(), assets: BTreeMap::new(), others: BTreeMap::new() }
    }

    fn parse(text: &str, out: &str) -> Result<Self, String> {
        type Fields = BTreeMap<String, Box<RawValue>>;
        let mut others: Fields = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let version = others.remove("registryVersion");
        let version = version.as_ref().map_or("missing", |version| version.get());
        if version != VERSION.to_string() {
            return Err(format!("`registryVersion` is {}", crate::error::quoted(version)));
        }
        let asset_root = others.remove("assetRoot").and_then(|root| serde_json::from_str(root.get()).ok());
        let assets: Fields = match others.remove("assets") {
            Some(assets) => serde_json::from_str(assets.get()).map_err(|error| format!("`assets`: {error}"))?,
            None => Fields::new(),
        };
        let assets = assets.into_iter().map(|(key, record)| (key, Stored::Kept(record))).collect();
        Ok(Self { asset_root: asset_root.unwrap_or_else(|| out.to_owned()), assets, others, ..Self::new(out) })
    }
}
