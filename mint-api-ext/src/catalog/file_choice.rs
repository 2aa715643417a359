//! The files of an entry, as a definition names them.

use std::fmt;
use std::str::FromStr;

use mint_api::types::ConversionFormat;

use crate::asset::AssetKind;
use crate::download::Download;

/// A word of `files`: the files of an entry to download.
///
/// | Word | Files |
/// |---|---|
/// | `all` | every file |
/// | `glb` | the model to show: the optimized GLB, else the original one |
/// | `original` | the original GLB, as `NAME.original.glb` |
/// | `poster` | the preview image, else the thumbnail |
/// | `splat:500k` | the SPZ splats of this quality, or the nearest |
/// | `runtime` | the RAD splats and the collider mesh of a world |
/// | `fbx`, `obj`, `stl`, `usdz` | the model in this format |
/// | `rad`, `collider`, `panorama`, `preview`, `thumbnail` | the file of this kind |
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct FileChoice(Choice);

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Choice {
    All,
    Glb,
    Poster,
    Splat(String),
    Runtime,
    /// A word, and the kind that it names.
    Kind(&'static str, AssetKind),
}

/// The words, with an example of the one that has a parameter.
pub(super) const WORDS: &[&str] = &[
    "all",
    "glb",
    "original",
    "poster",
    "splat:500k",
    "runtime",
    "fbx",
    "obj",
    "stl",
    "usdz",
    "rad",
    "collider",
    "panorama",
    "preview",
    "thumbnail",
];

impl FileChoice {
    /// Every file.
    pub(super) const ALL: Self = Self(Choice::All);
    /// The model to show.
    pub(super) const GLB: Self = Self(Choice::Glb);
    /// The world to walk through.
    pub(super) const RUNTIME: Self = Self(Choice::Runtime);

    /// The download of these files, named after an entry.
    pub(super) fn of(&self, download: Download, name: &str) -> Download {
        match self.0 {
            Choice::Kind("original", _) => self.selected(download).named(format!("{name}.original")),
            _ => self.selected(download).named(name),
        }
    }

    /// The download of these files of an asset pack, named after its items.
    pub(super) fn of_pack(&self, download: Download) -> Download {
        match self.0 {
            Choice::Kind("original", _) => self.selected(download).named("original"),
            _ => self.selected(download),
        }
    }

    fn selected(&self, download: Download) -> Download {
        match &self.0 {
            Choice::All => download,
            Choice::Glb => download.preferred(),
            Choice::Poster => download.poster(),
            Choice::Splat(quality) => download.splat(quality),
            Choice::Runtime => download.world_runtime(),
            Choice::Kind(_, kind) => download.only([kind.clone()]),
        }
    }

    /// Whether a conversion to this format makes the files.
    pub(super) fn is_converted_to(&self, format: ConversionFormat) -> bool {
        matches!(&self.0, Choice::Kind(word, _) if *word == format.as_str())
    }
}

impl FromStr for FileChoice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let kind = |kind| {
            let known = WORDS.iter().find(|known| **known == word);
            Ok(Self(Choice::Kind(known.copied().unwrap_or_default(), kind)))
        };
        match word {
            "all" => Ok(Self::ALL),
            "glb" => Ok(Self::GLB),
            "poster" => Ok(Self(Choice::Poster)),
            "runtime" => Ok(Self::RUNTIME),
            "original" => kind(AssetKind::Glb),
            "fbx" => kind(AssetKind::Fbx),
            "obj" => kind(AssetKind::Obj),
            "stl" => kind(AssetKind::Stl),
            "usdz" => kind(AssetKind::Usdz),
            "rad" => kind(AssetKind::Rad),
            "collider" => kind(AssetKind::ColliderMesh),
            "panorama" => kind(AssetKind::Panorama),
            "preview" => kind(AssetKind::PreviewImage),
            "thumbnail" => kind(AssetKind::Thumbnail),
            _ => match word.strip_prefix("splat:").filter(|quality| !quality.is_empty()) {
                Some(quality) => Ok(Self(Choice::Splat(quality.to_owned()))),
                None => Err("names no files".to_owned()),
            },
        }
    }
}

impl fmt::Display for FileChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Choice::All => f.write_str("all"),
            Choice::Glb => f.write_str("glb"),
            Choice::Poster => f.write_str("poster"),
            Choice::Splat(quality) => write!(f, "splat:{quality}"),
            Choice::Runtime => f.write_str("runtime"),
            Choice::Kind(word, _) => f.write_str(word),
        }
    }
}
