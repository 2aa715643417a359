//! `mint-assets.json`: what the files of a catalog are, in the form that Mint's own skills read.

mod file;
mod record;

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use mint_api::types::ArtifactManifest;

use super::lock_file::{LockedEntry, LockedFile};
use super::os_lock::OsLock;
use super::{Catalog, EntryId, Section, hash};
use crate::client::{Mint, blocking};
use crate::error::Error;
use crate::read::AssetType;
use file::RegistryFile;

/// How many manifests are read at once.
const CONCURRENCY: usize = 4;

/// Whether a name is a key that Mint's skills accept.
pub(super) fn is_key(name: &str) -> bool {
    let is_edge = |character| matches!(character, '-' | '.');
    (1..=120).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
        && !name.contains("--")
        && !name.starts_with(is_edge)
        && !name.ends_with(is_edge)
}

/// An entry whose files are in place.
struct Published<'a> {
    id: &'a EntryId,
    /// The type and the id of what was made, such as `model` and `model_1`.
    asset: (&'a str, &'a str),
    files: &'a BTreeMap<String, LockedFile>,
}

impl Catalog {
    /// Writes the registry that the definition names, such as `registry = "mint-assets.json"`, and says whether it changed.
    /// Without a registry, or with one that is up to date, it does nothing and sends nothing.
    ///
    /// The form is version 1 of that of Mint's own skills for Three.js. Each entry whose files are in place has a record
    /// under its name. What another record says stays, and so does the `transform` of a record, which a person edits. A world
    /// whose manifest says how to stream it has the mode `remote_stream`, with the URLs to stream from, unless they are
    /// signed; every other asset has the mode `local_files`, with the paths of its files. For each new record it reads the
    /// artifact manifest, which costs nothing; where the server refuses that, the record says what the files say.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the file there is no registry of version 1;
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) while a run goes on; [`ErrorKind::Io`](crate::ErrorKind::Io); and as
    /// [`Mint::artifact_manifest`]. The file is then as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::StreamExt as _;
    /// use mint_api_ext::catalog::Catalog;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// let definition = "project = 'harbour-7f3a'\nregistry = 'mint-assets.json'\n[models.lamp]\nprompt = 'a brass lamp'";
    /// std::fs::write(directory.join("mint.toml"), definition)?;
    /// let catalog = Catalog::open(directory)?;
    /// let mut run = catalog.run(&mint, catalog.plan()?);
    /// while let Some(event) = run.next().await {
    ///     println!("{}", event?);
    /// }
    /// assert!(Catalog::open(directory)?.write_registry(&mint).await?);
    /// assert!(std::fs::read_to_string(directory.join("mint-assets.json"))?.contains("assets/models/lamp.glb"));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn write_registry(&self, mint: &Mint) -> Result<bool, Error> {
        if self.is_registry_current()? {
            return Ok(false);
        }
        let _lock = OsLock::acquire(&self.paths.os_lock).await?;
        let path = self.paths.definition.clone();
        // A run may have changed it since.
        let now = blocking(move || Self::open(path)).await?;
        let Some(mut registry) = now.read_registry()? else { return Ok(false) };
        let stale: Vec<_> = now.published().filter(|entry| !registry.is_current(entry)).collect();
        let read = stale.iter().map(|entry| async move { Ok::<_, Error>((entry, manifest(mint, entry).await?)) });
        let records: Vec<_> = stream::iter(read).buffered(CONCURRENCY).try_collect().await?;
        for (entry, manifest) in &records {
            registry.put(entry, manifest.as_ref(), |key| now.has_entry_named(key));
        }
        blocking(move || registry.write()).await
    }

    /// Whether the registry says what the lock says, or the definition names none. It needs no network.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when the file there is no registry of version 1;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io).
    pub fn is_registry_current(&self) -> Result<bool, Error> {
        Ok(match self.read_registry()? {
            Some(registry) => self.published().all(|entry| registry.is_current(&entry)),
            None => true,
        })
    }

    /// Removes the records of entries that are pruned.
    pub(super) fn forget_in_registry(&self, pruned: &[(EntryId, LockedEntry)]) -> Result<(), Error> {
        let Some(mut registry) = self.read_registry()? else { return Ok(()) };
        for (id, entry) in pruned.iter().filter(|(id, _)| !self.has_entry_named(&id.name)) {
            let made = entry.records().filter_map(|record| record.resource.as_deref()?.split_once('/'));
            registry.forget(&id.name, &made.collect::<Vec<_>>());
        }
        registry.write().map(drop)
    }

    fn read_registry(&self) -> Result<Option<RegistryFile>, Error> {
        let read = |path: &String| RegistryFile::read(self.paths.root.join(path), &self.definition.out);
        self.definition.registry.as_ref().map(read).transpose()
    }

    fn has_entry_named(&self, name: &str) -> bool {
        self.definition.entries.keys().any(|id| id.name == name)
    }

    fn published(&self) -> impl Iterator<Item = Published<'_>> {
        self.definition.entries.iter().filter_map(|(id, entry)| {
            let locked = self.lock.entry(id)?;
            let published = locked.published.as_ref()?;
            let is_published = |generation: &str, version| {
                hash::download(&self.definition, entry, generation, version).as_ref() == Some(published)
            };
            let (_, version) =
                locked.versions.iter().find(|(generation, version)| is_published(generation, version))?;
            let asset = version.generate.as_ref()?.resource.as_deref()?.split_once('/')?;
            let is_in_place = |file: &LockedFile| file.pending.is_none() && file.moved_from.is_none();
            locked.files.values().all(is_in_place).then_some(Published { id, asset, files: &locked.files })
        })
    }
}

/// The manifest of an entry; `None` where the server refuses it, as it does by plan and by account.
async fn manifest(mint: &Mint, entry: &Published<'_>) -> Result<Option<ArtifactManifest>, Error> {
    let (asset_type, id) = entry.asset;
    let read = match entry.id.section {
        Section::Animations => mint.animation_manifest(id).await,
        _ => mint.artifact_manifest(AssetType::from(asset_type), id).await,
    };
    match read {
        Ok(manifest) => Ok(Some(manifest)),
        Err(error)
            if error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 403 | 404 | 409 | 422 | 501)) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn keys() {
        for name in ["lamp", "lamp-2", "a.b_c", "7"] {
            assert!(is_key(name), "{name}");
        }
        for name in ["", "Lamp", "lämp", "a b", "a--b", "-a", "a-", ".a", "a.", &"a".repeat(121)] {
            assert!(!is_key(name), "{name}");
        }
    }
}
