//! File names that every file system accepts.

use std::borrow::Cow;
use std::collections::HashSet;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::manifest;
use crate::asset::Asset;

/// The longest stem of a name, in bytes. File systems accept names of 255 bytes, and `.part.written.new` must fit.
const MAX_BYTES: usize = 120;

/// Names each file, as it is wanted or with a number; the names differ even where file systems ignore case. With each comes
/// the directory that a file of a name is unpacked into, if it is: no other file has that name.
pub(super) fn unique_file_names<D: Fn(&str) -> Option<String>>(
    wanted: impl IntoIterator<Item = (String, D)>,
) -> Vec<String> {
    let mut taken = HashSet::from([manifest::NAME.to_owned()]);
    let names = wanted.into_iter().map(|(wanted, directory)| {
        let (stem, extension) = wanted.rsplit_once('.').unwrap_or((&wanted, "bin"));
        let numbered = (2_u64..).map(|number| format!("{stem}-{number}.{extension}"));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(|name| {
            let paths = [Some(folded(name)), directory(name).map(|directory| folded(&directory))];
            let is_free = paths.iter().flatten().all(|path| !taken.contains(path));
            if is_free {
                taken.extend(paths.into_iter().flatten());
            }
            is_free
        });
        name.unwrap_or_default()
    });
    names.collect()
}

/// The API's name, else the kind's with the extension of the URL.
pub(super) fn wanted(asset: &Asset) -> String {
    if let Some(name) = &asset.file_name {
        return sanitised(name);
    }
    let extension = extension_of_url(&asset.url).unwrap_or_else(|| asset.kind.extension().to_owned());
    sanitised(&format!("{}.{extension}", asset.kind.stem()))
}

/// The extension of the API's name, else of the URL, else of the kind.
pub(super) fn extension(asset: &Asset) -> String {
    let of_name = asset.file_name.as_deref().and_then(extension_of);
    let found = of_name.or_else(|| extension_of_url(&asset.url)).filter(|extension| !is_ours(extension));
    found.unwrap_or_else(|| asset.kind.extension().to_owned())
}

/// Checks a relative path that a caller chose; returns it in NFC, or why not every file system accepts it.
pub(crate) fn checked_path(path: &str) -> Result<String, String> {
    let path = nfc(path).into_owned();
    for part in path.split('/') {
        // A hidden file is fine where the caller wants one.
        let name = part.strip_prefix('.').filter(|name| !name.is_empty() && !name.starts_with('.')).unwrap_or(part);
        if matches!(part, "" | "." | "..") {
            return Err("the path must be relative, and no part of it empty, `.` or `..`".to_owned());
        }
        if sanitised(name) != name {
            return Err(format!("not every file system accepts {part:?}; use {:?}", sanitised(name)));
        }
        if folded(part) == manifest::NAME {
            return Err("the manifest of a download has that name; choose another one".to_owned());
        }
    }
    Ok(path)
}

fn nfc(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// A name as the file systems compare it that ignore case.
pub(crate) fn folded(name: &str) -> String {
    // Upper case first: some letters have two lower cases.
    nfc(&name.to_uppercase().to_lowercase()).into_owned()
}

/// The name with the extension of an image, if it has another; `None` for an extension that no content asks for.
pub(super) fn with_image_extension(name: &str, extension: &str) -> Option<String> {
    let (stem, now) = name.rsplit_once('.')?;
    let is_known = ["avif", "gif", "jpg", "png", "webp"].contains(&extension);
    let is_same = now == extension || now == "jpeg" && extension == "jpg";
    (is_known && !is_same).then(|| format!("{stem}.{extension}"))
}

fn extension_of_url(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    extension_of(url.path_segments()?.next_back()?)
}

fn extension_of(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let fits = (1..=5).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (fits && !stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// Replaces characters and names that are special to any file system; the rules of Windows apply everywhere.
pub(super) fn sanitised(name: &str) -> String {
    let mut safe = sanitised_once(name);
    // What a cut leaves may have another extension, or end otherwise.
    loop {
        let again = sanitised_once(&safe);
        if again == safe {
            return safe;
        }
        safe = again;
    }
}

fn sanitised_once(name: &str) -> String {
    // A path is reduced to its last part.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let forbidden =
        |character: char| character.is_control() || "<>:\"|?*".contains(character) || is_invisible(character);
    // NFC, so that names that look the same are the same.
    let name = nfc(name).replace(forbidden, "_");
    let name = name.trim_matches([' ', '.']);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 16 => (stem, Some(extension)),
        _ => (name, None),
    };
    let stem = match cut(stem) {
        "" => "file".to_owned(),
        stem if is_reserved(stem) => format!("_{stem}"),
        stem => stem.to_owned(),
    };
    let name = match extension {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem,
    };
    // After the cut, which may have made such an ending.
    without_our_ending(name)
}

/// The beginning of a stem that is not too long.
fn cut(stem: &str) -> &str {
    let mut end = stem.len().min(MAX_BYTES);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    stem[..end].trim_end_matches([' ', '.'])
}

/// Changes a name with an ending that downloads use for their own files.
pub(super) fn without_our_ending(name: String) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) if is_ours(extension) => format!("{name}_"),
        Some((stem, extension)) if is_beside_a_part(extension) && folded(stem).ends_with(".part") => {
            format!("{stem}_.{extension}")
        }
        _ => name,
    }
}

/// Whether downloads have a file of that name, or may have one, beside the files they were asked for.
#[cfg(feature = "unpack")]
pub(super) fn is_of_downloads(name: &str) -> bool {
    folded(name) == manifest::NAME || without_our_ending(name.to_owned()) != name
}

/// Whether a character is invisible or changes the direction of text, which can disguise an extension.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether downloads use this extension for their own files.
fn is_ours(extension: &str) -> bool {
    ["part", "lock", "new", "unpacking", "replaced"].contains(&folded(extension).as_str())
}

/// Whether downloads use this extension for a file beside a partial file.
fn is_beside_a_part(extension: &str) -> bool {
    ["json", "written"].contains(&folded(extension).as_str())
}

/// Whether Windows reserves the name for a device, whatever its extension.
pub(crate) fn is_reserved(stem: &str) -> bool {
    let base = stem.split('.').next().unwrap_or(stem).trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        base.strip_prefix(prefix).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(base.as_str(), "CON" | "CONIN$" | "CONOUT$" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::AssetKind;

    #[test]
    fn names_are_safe_everywhere() {
        for (name, safe) in [
            ("model.glb", "model.glb"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\x.glb", "x.glb"),
            ("/", "file"),
            ("..", "file"),
            ("", "file"),
            (".hidden", "hidden"),
            ("a:b*c?.glb", "a_b_c_.glb"),
            ("a\0\n.glb", "a__.glb"),
            ("trailing. ", "trailing"),
            ("NUL", "_NUL"),
            ("conin$.glb", "_conin$.glb"),
            ("CONOUT$", "_CONOUT$"),
            ("con.glb", "_con.glb"),
            ("com1.tar.gz", "_com1.tar.gz"),
            ("COM10.glb", "COM10.glb"),
            ("lampe-été.glb", "lampe-été.glb"),
            ("lampe-e\u{301}te\u{301}.glb", "lampe-été.glb"),
            ("blg.\u{202e}exe", "blg._exe"),
            ("model.glb.part", "model.glb.part_"),
            ("model.glb.part.json", "model.glb.part_.json"),
            ("model.glb.part.written", "model.glb.part_.written"),
            ("model.glb.LOCK", "model.glb.LOCK_"),
        ] {
            assert_eq!(sanitised(name), safe, "{name:?}");
        }
        // What the cut leaves is looked at, too.
        let cut = |kept: &str| sanitised(&format!("{kept}{}", "y".repeat(30)));
        assert_eq!(cut(&format!("{}.part", "x".repeat(115))), format!("{}.part_", "x".repeat(115)));
        assert_eq!(cut(&format!("{}.part.json", "x".repeat(110))), format!("{}.part_.json", "x".repeat(110)));
        let spaced = format!("{} .extension of seventeen", "x".repeat(117));
        assert_eq!(sanitised(&spaced), format!("{}.e", "x".repeat(117)));
        assert_eq!(sanitised(&format!("con.{}", "x".repeat(150))), format!("_con.{}", "x".repeat(MAX_BYTES - 5)));
        let long = sanitised(&format!("{}.glb", "é".repeat(200)));
        assert!(long.len() <= MAX_BYTES + 4 && long.ends_with("é.glb"), "{long}");
    }

    #[test]
    fn paths_that_a_caller_may_choose() {
        for path in ["rider.glb", "a/b/rider.glb", ".cache/rider.glb", "été.glb", "rider", "a.b/c.tar.gz"] {
            assert_eq!(checked_path(path).as_deref(), Ok(path));
        }
        assert_eq!(checked_path("e\u{301}te\u{301}.glb").as_deref(), Ok("été.glb"));
        let long = format!("{}.glb", "x".repeat(MAX_BYTES + 1));
        for (path, why) in [
            ("", "must be relative"),
            ("/etc/passwd", "must be relative"),
            ("a//b", "must be relative"),
            ("a/", "must be relative"),
            ("../a", "must be relative"),
            ("a/../b", "must be relative"),
            ("./a", "must be relative"),
            ("...", "use \"file\""),
            ("..a", "use \"a\""),
            ("a\\b.glb", "use \"b.glb\""),
            ("C:/a.glb", "use \"C_\""),
            ("a:b.glb", "use \"a_b.glb\""),
            ("a./b", "use \"a\""),
            ("nul", "use \"_nul\""),
            ("con/a.glb", "use \"_con\""),
            ("a\0b", "use \"a_b\""),
            ("a\u{202e}b", "use \"a_b\""),
            ("a.glb.part", "use \"a.glb.part_\""),
            ("a.unpacking/b.glb", "use \"a.unpacking_\""),
            ("a/Mint-Manifest.JSON", "the manifest"),
            (&long, "use \"xxx"),
        ] {
            let error = checked_path(path).expect_err(path);
            assert!(error.contains(why), "{path}: {error}");
        }
        for (one, other) in [("A.glb", "a.GLB"), ("ας", "ΑΣ"), ("ασ", "ας"), ("straße", "STRASSE")] {
            assert_eq!(folded(one), folded(other));
        }
    }

    #[test]
    fn names_are_unique_and_follow_the_url() {
        let named = |name: &str| Asset { file_name: Some(name.into()), ..Asset::new(AssetKind::Glb, "u") };
        let of = |kind, url| Asset::new(kind, url);
        let assets = [
            of(AssetKind::Glb, "https://a/b/c.GLB?x=y.png"),
            of(AssetKind::PreviewImage, "https://a/b/c.png"),
            of(AssetKind::Thumbnail, "https://a/b/c"),
            of(AssetKind::Spz("500k/../x".into()), "not a url"),
            named("a.glb"),
            named("A.GLB"),
            named("a.glb"),
            named("Mint-Manifest.json"),
        ];
        assert_eq!(
            unique_file_names(assets.iter().map(|asset| (wanted(asset), |_: &str| None))),
            [
                "model.glb",
                "preview.png",
                "thumbnail.webp",
                "x.spz",
                "a.glb",
                "A-2.GLB",
                "a-3.glb",
                "Mint-Manifest-2.json"
            ]
        );
    }

    #[test]
    fn no_file_has_the_name_of_a_directory_that_another_is_unpacked_into() {
        let names = |wanted: &[&str]| {
            let unpacked = |name: &str| name.strip_suffix(".zip").map(str::to_owned);
            unique_file_names(wanted.iter().map(|wanted| ((*wanted).to_owned(), unpacked)))
        };
        assert_eq!(names(&["a.obj", "a.obj.zip", "A.zip"]), ["a.obj", "a.obj-2.zip", "A.zip"]);
        assert_eq!(names(&["a.zip", "A", "a.zip"]), ["a.zip", "A-2.bin", "a-2.zip"]);
    }
}
