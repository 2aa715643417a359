//! Downloading files to a folder.

use std::path::Path;
use std::str::FromStr;

use mint_api_ext::asset::{AssetKind, Assets};
use mint_api_ext::download::{Download, Obtained, Report};
use serde_json::json;

use crate::exit_code::Code;
use crate::failure::Failure;
use crate::session::Session;

const WORDS: &str = "glb, original, poster, splat:500k, runtime, fbx, obj, stl, usdz, rad, collider, panorama, preview \
                     or thumbnail";

/// A word of `--only`. The words are those of `files` in mint.toml.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum FileWord {
    All,
    Glb,
    Poster,
    Runtime,
    Splat(String),
    Kind(AssetKind),
}

impl FromStr for FileWord {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Ok(match word {
            "all" => Self::All,
            "glb" => Self::Glb,
            "poster" => Self::Poster,
            "runtime" => Self::Runtime,
            "original" => Self::Kind(AssetKind::Glb),
            "fbx" => Self::Kind(AssetKind::Fbx),
            "obj" => Self::Kind(AssetKind::Obj),
            "stl" => Self::Kind(AssetKind::Stl),
            "usdz" => Self::Kind(AssetKind::Usdz),
            "rad" => Self::Kind(AssetKind::Rad),
            "collider" => Self::Kind(AssetKind::ColliderMesh),
            "panorama" => Self::Kind(AssetKind::Panorama),
            "preview" => Self::Kind(AssetKind::PreviewImage),
            "thumbnail" => Self::Kind(AssetKind::Thumbnail),
            _ => match word.strip_prefix("splat:").filter(|quality| !quality.is_empty()) {
                Some(quality) => Self::Splat(quality.to_owned()),
                None => return Err(format!("write all, {WORDS}")),
            },
        })
    }
}

/// Downloads files to a folder, and reports each.
pub(crate) async fn save(
    session: &Session<'_>,
    assets: impl Into<Assets>,
    out: &Path,
    only: &[FileWord],
) -> Result<Code, Failure> {
    let assets = assets.into();
    let mut codes = Vec::new();
    let mut count = 0;
    for select in selections(only) {
        let mut download = select(session.mint.download(assets.clone()));
        if let Some(progress) = session.output.live_progress() {
            download = download.on_event(move |event| progress.show(event));
        }
        let report = tokio::select! {
            report = download.to_dir(out) => report?,
            () = session.interrupted() => return Err(Failure::new(
                Code::Unknown,
                "interrupted; run the same download again to go on with the files that are not whole",
            )),
        };
        count += report.files.len();
        codes.push(reported(session, report));
    }
    let data = json!({"folder": out, "files": count});
    session.output.result("downloaded", data, format_args!("{count} files in `{}`", out.display()));
    Ok(Code::most_important(codes))
}

type Select<'a> = Box<dyn Fn(Download) -> Download + Send + 'a>;

/// The downloads that together fetch what the words name: one of everything, or one of the picked files and one of kinds.
fn selections(only: &[FileWord]) -> Vec<Select<'_>> {
    if only.is_empty() || only.contains(&FileWord::All) {
        return vec![Box::new(|download| download)];
    }
    let kinds: Vec<_> = only
        .iter()
        .filter_map(|word| match word {
            FileWord::Kind(kind) => Some(kind.clone()),
            _ => None,
        })
        .collect();
    let mut selections: Vec<Select<'_>> = Vec::new();
    if kinds.len() < only.len() {
        selections.push(Box::new(|download| only.iter().fold(download, picked)));
    }
    if !kinds.is_empty() {
        selections.push(Box::new(move |download| download.only(kinds.clone())));
    }
    selections
}

fn picked(download: Download, word: &FileWord) -> Download {
    match word {
        FileWord::Glb => download.preferred(),
        FileWord::Poster => download.poster(),
        FileWord::Runtime => download.world_runtime(),
        FileWord::Splat(quality) => download.splat(quality),
        FileWord::All | FileWord::Kind(_) => download,
    }
}

fn reported(session: &Session<'_>, report: Report) -> Code {
    let output = session.output;
    let mut codes = Vec::new();
    for file in &report.files {
        let obtained = match file.obtained {
            Obtained::AlreadyThere => "already_there",
            _ => "fetched",
        };
        let data = json!({
            "path": file.path, "kind": file.kind.to_string(), "bytes": file.bytes, "sha256": file.sha256, "obtained": obtained,
        });
        output.result("file", data, file.path.display());
    }
    for failure in &report.failures {
        codes.push(Code::of_error(&failure.error).with_something_done());
        let data = json!({"path": failure.path, "text": failure.error.to_string()});
        output.problem("failed", data, &failure.error);
    }
    for error in [report.missing, report.unrecorded].into_iter().flatten() {
        codes.push(Code::of_error(&error).with_something_done());
        output.problem("incomplete", json!({"text": error.to_string()}), &error);
    }
    Code::most_important(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for word in ["all", "glb", "original", "poster", "splat:500k", "runtime", "usdz", "collider", "thumbnail"] {
            assert!(word.parse::<FileWord>().is_ok(), "{word}");
        }
        for word in ["", "gbl", "splat:", "GLB"] {
            assert!(word.parse::<FileWord>().unwrap_err().starts_with("write all, glb"), "{word}");
        }
    }

    #[test]
    fn as_few_downloads_as_the_words_need() {
        let count = |words: &[&str]| {
            let words: Vec<FileWord> = words.iter().map(|word| word.parse().unwrap()).collect();
            selections(&words).len()
        };
        assert_eq!([count(&[]), count(&["all", "usdz"]), count(&["glb", "poster"])], [1, 1, 1]);
        assert_eq!([count(&["usdz", "fbx"]), count(&["glb", "usdz", "poster"])], [1, 2]);
    }
}
