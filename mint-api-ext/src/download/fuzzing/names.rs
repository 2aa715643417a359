//! Names of files.

use super::super::file_name::{checked_path, sanitised, with_image_extension};
use super::super::manifest;
use super::super::selection::Selected;
#[cfg(feature = "unpack")]
use super::super::unpack::directory_of;
use super::{assert_distinct, assert_valid};
use crate::asset::{Asset, AssetKind, PackItem};
use crate::fuzzing::mint;

/// What downloads put behind a name for their own files.
const OURS: [&str; 7] = [".part", ".part.json", ".part.written", ".lock", ".new", ".unpacking", ".replaced"];

/// The first line says how files are named: ``, `stem NAME` or `by`. Each other line is a file: its kind, its name, its URL
/// and its item, separated by tabs.
///
/// No name leads out of the directory, no two are one on any system, and none is of the downloads' own files. Directories of
/// archives count as names.
pub fn names(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let naming = lines.next().unwrap_or_default();
    let assets: Vec<Asset> = lines.take(50).map(asset).collect();
    for name in assets.iter().filter_map(|asset| asset.file_name.as_deref()) {
        let safe = sanitised(name);
        assert_valid(&safe);
        assert_eq!(sanitised(&safe), safe, "{name:?} made safe is not safe");
        if let Ok(path) = checked_path(name) {
            assert_eq!(checked_path(&path).as_ref(), Ok(&path), "a checked path is changed");
        }
    }

    let download = mint().download(assets.clone());
    let download = match naming.split_once(' ') {
        Some(("stem", stem)) => download.named(stem),
        None if naming == "by" => download.named_by(|asset| asset.file_name.clone().unwrap_or_default()),
        _ => download,
    };
    #[cfg(feature = "unpack")]
    let download = download.unpack_archives();
    let selected: Vec<_> = assets.into_iter().map(|asset| Selected { asset, pick: None }).collect();
    let Ok(names) = download.names(&selected) else { return };
    assert_eq!(names.len(), selected.len());
    let mut paths = names.clone();
    paths.push(manifest::NAME.to_owned());
    #[cfg(feature = "unpack")]
    for (Selected { asset, .. }, name) in selected.iter().zip(&names) {
        if asset.is_archive() {
            let directory = directory_of(name.as_ref()).to_string_lossy().into_owned();
            assert_safe(&directory);
            paths.push(directory);
        }
    }
    assert_distinct(paths.iter().map(String::as_str));
    for name in &names {
        let images = ["avif", "gif", "jpg", "png", "webp"].map(|extension| with_image_extension(name, extension));
        for name in images.into_iter().flatten().chain([name.clone()]) {
            assert_safe(&name);
        }
    }
}

fn assert_safe(path: &str) {
    for name in path.split('/') {
        assert!(!matches!(name, "." | ".."), "{path:?} leads elsewhere");
        assert_valid(name);
        let folded = name.to_lowercase();
        let is_ours = OURS.iter().any(|end| folded.strip_suffix(end).is_some_and(|stem| !stem.is_empty()));
        assert!(!is_ours, "{path:?} is the name of a file of downloads");
    }
}

fn asset(line: &str) -> Asset {
    let mut fields = line.split('\t');
    let mut next = || fields.next().filter(|field| !field.is_empty());
    let (kind, file_name, url, item) = (next().unwrap_or_default(), next(), next(), next());
    let (kind, packaging) = match kind.strip_prefix("zip ") {
        Some(kind) => (kind, Some("zip".to_owned())),
        None => (kind, None),
    };
    let kind = match kind.split_once(':') {
        Some(("spz", quality)) => AssetKind::Spz(quality.to_owned()),
        _ => match kind {
            "glb" => AssetKind::Glb,
            "optimized" => AssetKind::OptimizedGlb,
            "obj" => AssetKind::Obj,
            "preview" => AssetKind::PreviewImage,
            "rad" => AssetKind::Rad,
            other => AssetKind::Other(other.to_owned()),
        },
    };
    let item = item.map(|name| PackItem { name: name.to_owned(), model_id: "m".to_owned() });
    let file_name = file_name.map(str::to_owned);
    Asset { file_name, packaging, item, ..Asset::new(kind, url.unwrap_or("https://a.b/c")) }
}
