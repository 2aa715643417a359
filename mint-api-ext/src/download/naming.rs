//! How a download names its files.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::download::Download;
use super::file_name::{checked_path, extension, folded, sanitised, unique_file_names, wanted, without_our_ending};
use super::pick::Pick;
use super::selection::Selected;
use crate::asset::{Asset, AssetKind};
use crate::error::{Error, ErrorKind, shown};

/// How a download names its files.
#[derive(Clone, Default)]
pub(super) enum Naming {
    /// By the API's name, or else by the kind.
    #[default]
    ByApi,
    /// By this name, a suffix of the kind, and an extension.
    Stem(String),
    /// By a function, as a relative path.
    By(Arc<dyn Fn(&Asset) -> String + Send + Sync>),
}

impl Download {
    /// Names the files after a thing: `named("rider")` saves `rider.glb`. Default: the API's names, or those of the kinds.
    ///
    /// The name of a file depends on that file alone, so it stays the same whatever else there is:
    ///
    /// | File | Name |
    /// |---|---|
    /// | GLB, FBX, OBJ, STL, USDZ, RAD splats | `rider.glb`, `rider.fbx`, and so on |
    /// | optimized GLB | `rider.optimized.glb`; `rider.glb` if [`preferred`](Self::preferred) chose it |
    /// | picture of [`poster`](Self::poster) | `rider.poster.png`, with the extension of its content |
    /// | preview image, thumbnail | `rider.preview.png`, `rider.thumbnail.webp` |
    /// | SPZ splats | `rider-500k.spz` |
    /// | collider mesh, panorama | `rider.collider.glb`, `rider.panorama.jpg` |
    /// | archive | `rider.obj.zip` |
    /// | unknown kind | `rider.` and the API's name for the file, or else the kind and the extension of the URL |
    /// | of the item Rake of an asset pack | `rider-Rake.glb`, and so on; without `named`, `Rake.glb` |
    ///
    /// The name may have folders, such as `people/rider`. A name that some file system does not accept is an error before
    /// any file is requested ([`ErrorKind::InvalidArgument`]), and so are two files that would get one name; then
    /// use [`named_by`](Self::named_by).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// # let temporary = tempfile::tempdir()?;
    /// let assets = temporary.path().join("assets");
    /// mint.download(&operation).preferred().poster().named("rider").to_dir(&assets).await?.complete()?;
    /// assert!(assets.join("rider.glb").is_file() && assets.join("rider.poster.png").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.naming = Naming::Stem(name.into());
        self
    }

    /// Names the files by a function from a file to its path, relative to the directory or the prefix, with `/` between
    /// folders and with the extension.
    ///
    /// Missing folders are made. The path cannot leave the directory. A path that some file system does not accept is an
    /// error before any file is requested ([`ErrorKind::InvalidArgument`]), and so are two files with one path, in upper or
    /// lower case, and a file with the path of a folder. A folder that is a symbolic link is an error of its file.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::world()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// use mint_api_ext::asset::AssetKind;
    ///
    /// let download = mint.download(&operation).world_runtime().named_by(|asset| match asset.kind {
    ///     AssetKind::Rad => "worlds/desk.rad",
    ///     _ => "worlds/physics/desk.glb",
    /// });
    /// download.to_dir(directory).await?.complete()?;
    /// assert!(directory.join("worlds/physics/desk.glb").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn named_by<P: Into<String>>(mut self, name: impl Fn(&Asset) -> P + Send + Sync + 'static) -> Self {
        self.naming = Naming::By(Arc::new(move |asset| name(asset).into()));
        self
    }

    /// The names of the files, in their order; an error if a name is not valid or two files would get one name.
    pub(super) fn names(&self, selected: &[Selected]) -> Result<Vec<String>, Error> {
        let names = selected.iter().map(|Selected { asset, pick }| {
            let path = match &self.naming {
                Naming::ByApi => return Ok(None),
                Naming::Stem(stem) => checked_path(stem)
                    .map(|stem| match &asset.item {
                        Some(item) => format!("{stem}-{}", in_file_name(&item.name)),
                        None => stem,
                    })
                    .map(|stem| with_suffix(&stem, asset, pick.as_ref()))
                    .map_err(|why| unusable(asset, stem, &why))?,
                Naming::By(name) => name(asset),
            };
            checked_path(&path).map(Some).map_err(|why| unusable(asset, &path, &why))
        });
        let Some(names) = names.collect::<Result<Option<Vec<_>>, _>>()? else {
            let wanted = selected
                .iter()
                .map(|selected| (wanted_by_item(selected), |name: &str| self.unpacked_at(&selected.asset, name)));
            return Ok(unique_file_names(wanted));
        };
        self.check_collisions(selected, &names)?;
        Ok(names)
    }

    fn check_collisions(&self, selected: &[Selected], names: &[String]) -> Result<(), Error> {
        let mut taken: HashMap<String, &Asset> = HashMap::new();
        let named = || selected.iter().map(|selected| &selected.asset).zip(names);
        for (asset, name) in named() {
            for path in std::iter::once(name.clone()).chain(self.unpacked_at(asset, name)) {
                if let Some(other) = taken.insert(folded(&path), asset) {
                    let why = format!("{} gets the path `{path}`, too; use `named_by`", described(other));
                    return Err(unusable(asset, name, &why));
                }
            }
        }
        for (asset, name) in named() {
            for (end, _) in name.match_indices('/') {
                if let Some(other) = taken.get(&folded(&name[..end])) {
                    let why = format!("{} gets the path of its folder `{}`", described(other), &name[..end]);
                    return Err(unusable(asset, name, &why));
                }
            }
        }
        Ok(())
    }

    /// The directory that the file is unpacked into, if it is an archive to unpack.
    #[cfg(feature = "unpack")]
    fn unpacked_at(&self, asset: &Asset, name: &str) -> Option<String> {
        let is_unpacked = self.archives == super::download::Archives::Unpack && asset.is_archive();
        is_unpacked.then(|| super::unpack::directory_of(name.as_ref()).to_string_lossy().into_owned())
    }

    #[cfg(not(feature = "unpack"))]
    fn unpacked_at(&self, _: &Asset, _: &str) -> Option<String> {
        None
    }
}

impl Naming {
    /// Whether the content of a picture may change the extension of its name.
    pub(super) fn leaves_extension_open(&self, asset: &Asset) -> bool {
        !matches!(self, Self::By(_)) && asset.file_name.is_none()
    }
}

/// The name of a file after its item, else as the API or the kind names it.
fn wanted_by_item(Selected { asset, pick }: &Selected) -> String {
    match &asset.item {
        // Together they may be too long.
        Some(item) => sanitised(&with_suffix(&in_file_name(&item.name), asset, pick.as_ref())),
        None => wanted(asset),
    }
}

/// The name of an item as a part of a file name.
fn in_file_name(item: &str) -> String {
    sanitised(&item.replace(['/', '\\'], "_"))
}

/// The name of a file after a thing, by its own kind and pick alone.
fn with_suffix(stem: &str, asset: &Asset, pick: Option<&Pick>) -> String {
    let extension = match extension(asset) {
        _ if asset.is_archive() => "zip".to_owned(),
        extension => extension,
    };
    let suffix = match (pick, &asset.kind) {
        (Some(Pick::Preferred | Pick::PreferredWithoutDraco), _) => String::new(),
        (Some(Pick::Poster), _) => ".poster".to_owned(),
        (_, AssetKind::Spz(quality)) => format!("-{}", sanitised(quality)),
        (_, AssetKind::OptimizedGlb) => ".optimized".to_owned(),
        (_, AssetKind::ColliderMesh) => ".collider".to_owned(),
        (_, AssetKind::Panorama) => ".panorama".to_owned(),
        (_, AssetKind::PreviewImage) => ".preview".to_owned(),
        (_, AssetKind::Thumbnail) => ".thumbnail".to_owned(),
        (_, AssetKind::Other(kind)) => match &asset.file_name {
            Some(name) => return without_our_ending(format!("{stem}.{}", sanitised(name))),
            None => format!(".{}", sanitised(kind)),
        },
        // An archive does not show the format of the model in it.
        (_, kind) if extension == "zip" => format!(".{}", kind.extension()),
        _ => String::new(),
    };
    without_our_ending(format!("{stem}{suffix}.{extension}"))
}

fn described(asset: &Asset) -> String {
    format!("{} (`{}`)", asset.kind, shown(&asset.url))
}

fn unusable(asset: &Asset, path: &str, why: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("could not save {} as {path:?}: {why}", described(asset)))
}

impl fmt::Debug for Naming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByApi => f.write_str("ByApi"),
            Self::Stem(stem) => f.debug_tuple("Stem").field(stem).finish(),
            Self::By(_) => f.write_str("By"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_depends_on_the_file_alone() {
        use AssetKind::*;
        let url = |name: &str| format!("https://a.b/{name}?signature=1");
        let check = |kind: AssetKind, url: &str, pick: Option<Pick>, name: &str| {
            assert_eq!(with_suffix("rider", &Asset::new(kind, url), pick.as_ref()), name);
        };
        check(Glb, &url("x.glb"), None, "rider.glb");
        check(OptimizedGlb, &url("x.glb"), None, "rider.optimized.glb");
        check(OptimizedGlb, &url("x.glb"), Some(Pick::Preferred), "rider.glb");
        check(Usdz, &url("x"), None, "rider.usdz");
        check(Rad, &url("x.rad"), None, "rider.rad");
        check(ColliderMesh, &url("x.glb"), None, "rider.collider.glb");
        check(PreviewImage, &url("x.png"), None, "rider.preview.png");
        check(PreviewImage, &url("x.png"), Some(Pick::Poster), "rider.poster.png");
        check(Thumbnail, &url("x"), Some(Pick::Poster), "rider.poster.webp");
        check(Spz("500k".into()), &url("x.spz"), Some(Pick::Splat("1m".into())), "rider-500k.spz");
        check(Spz("../a:b".into()), &url("x.spz"), None, "rider-a_b.spz");
        check(Other("audio".into()), &url("x.mp3"), None, "rider.audio.mp3");
        // Downloads use this extension themselves.
        check(Glb, &url("x.part"), None, "rider.glb");
        check(Obj, &url("x.zip"), None, "rider.obj.zip");
        let archive = Asset { packaging: Some("zip".into()), ..Asset::new(Fbx, &url("x")) };
        assert_eq!(with_suffix("rider", &archive, None), "rider.fbx.zip");
        let clip = Asset { file_name: Some("../wave.glb".into()), ..Asset::new(Other("clip".into()), &url("x")) };
        assert_eq!(with_suffix("rider", &clip, None), "rider.wave.glb");
        // What comes together may have such an ending, too.
        let hidden = Asset { file_name: Some(".new".into()), ..Asset::new(Other("clip".into()), &url("x")) };
        assert_eq!(with_suffix("rider", &hidden, None), "rider.new_");
        check(Other("part".into()), &url("x.json"), None, "rider.part_.json");
        let named = Asset { file_name: Some("lamp.jpeg".into()), ..Asset::new(Panorama, &url("x.png")) };
        assert_eq!(with_suffix("rider", &named, None), "rider.panorama.jpeg");
    }
}
