//! Checks the content of a file by its first and last bytes.

use super::sum::Summary;
use crate::asset::{Asset, AssetKind};

/// The format that a file should have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Glb,
    Zip,
    Png,
    Jpeg,
    WebP,
    /// A format without a known signature; only web pages and JSON are refused.
    Other,
}

/// Checks the content of a whole file; the error says what is wrong.
pub(super) fn check(asset: &Asset, content_type: Option<&str>, file: &Summary) -> Result<(), String> {
    let format = format(asset, content_type);
    if is_page(&file.head) && !may_be_page(asset) {
        return Err("the server sent a web page or a JSON document instead of the file".into());
    }
    let head = file.head.as_slice();
    match format {
        Format::Glb => glb(head, file.length),
        Format::Zip => zip(file),
        Format::Png if !head.starts_with(b"\x89PNG\r\n\x1a\n") => Err("it is not a PNG image".into()),
        Format::Jpeg if !head.starts_with(b"\xff\xd8\xff") => Err("it is not a JPEG image".into()),
        Format::WebP => webp(head, file.length),
        Format::Png | Format::Jpeg | Format::Other => Ok(()),
    }
}

fn format(asset: &Asset, content_type: Option<&str>) -> Format {
    match asset.kind {
        AssetKind::Glb | AssetKind::OptimizedGlb | AssetKind::ColliderMesh if !asset.is_archive() => Format::Glb,
        AssetKind::Usdz => Format::Zip,
        _ if asset.is_archive() => Format::Zip,
        // The API sends the media type, but no known role.
        AssetKind::Other(_) => match asset.content_type.as_deref().map(media_type).as_deref() {
            Some("model/gltf-binary") => Format::Glb,
            Some("model/vnd.usdz+zip" | "application/zip") => Format::Zip,
            Some(other) => image(other).unwrap_or(Format::Other),
            None => Format::Other,
        },
        AssetKind::Panorama | AssetKind::PreviewImage | AssetKind::Thumbnail => {
            // Images may have any format; the media type says which.
            let types = [asset.content_type.as_deref(), content_type];
            types.into_iter().flatten().find_map(image).unwrap_or(Format::Other)
        }
        _ => Format::Other,
    }
}

/// A media type without its parameters.
fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn image(content_type: &str) -> Option<Format> {
    match media_type(content_type).as_str() {
        "image/png" => Some(Format::Png),
        "image/jpeg" => Some(Format::Jpeg),
        "image/webp" => Some(Format::WebP),
        _ => None,
    }
}

/// Whether a file of this kind may be a web page or JSON; no known kind may.
fn may_be_page(asset: &Asset) -> bool {
    matches!(asset.kind, AssetKind::Other(_))
        && asset.content_type.as_deref().is_none_or(|kind| kind.contains("json") || kind.starts_with("text/"))
}

/// Whether a file begins as an HTML page, an XML or a JSON document does.
fn is_page(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let text = String::from_utf8_lossy(&head[..head.len().min(64)]).to_ascii_lowercase();
    let json = text
        .strip_prefix(['{', '['])
        .is_some_and(|rest| rest.trim_start().starts_with(['"', '{', '[', '}', ']']) && !text.contains('\u{fffd}'));
    json || ["<!doctype html", "<html", "<head", "<?xml", "<error", "<!--"].iter().any(|start| text.starts_with(start))
}

/// Binary glTF: magic, version and length, each 4 bytes, little-endian (glTF 2.0, section 4.4.2).
fn glb(head: &[u8], length: u64) -> Result<(), String> {
    let word = |at: usize| head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    if !head.starts_with(b"glTF") {
        return Err("it is not a GLB file".into());
    }
    match (word(4), word(8)) {
        (Some(2), Some(declared)) if u64::from(declared) == length => Ok(()),
        (Some(2), Some(declared)) => Err(format!("it has {length} bytes, and says that it has {declared}")),
        (Some(2), None) | (None, _) => Err("it ends within its header".into()),
        (Some(version), _) => Err(format!("it is of version {version} of GLB; 2 is the one in use")),
    }
}

/// RIFF: 4 bytes `RIFF`, the size of the rest in 4 bytes, then `WEBP`.
fn webp(head: &[u8], length: u64) -> Result<(), String> {
    let size = head.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    match size {
        Some(size) if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => {
            let whole = u64::from(size) + 8 <= length;
            if whole { Ok(()) } else { Err(format!("it has {length} bytes, and says that it has {}", size + 8)) }
        }
        _ => Err("it is not a WebP image".into()),
    }
}

/// A local header or the end record at the beginning, and an end record that ends the file.
fn zip(file: &Summary) -> Result<(), String> {
    if !file.head.starts_with(b"PK\x03\x04") && !file.head.starts_with(b"PK\x05\x06") {
        return Err("it is not a zip archive".into());
    }
    match end_record(&file.tail) {
        Some(_) => Ok(()),
        None => Err("it has no end record, so it is not a whole zip archive".into()),
    }
}

/// The end record of a zip archive: 22 bytes, the last two of them the length of the comment that follows.
pub(super) fn end_record(tail: &[u8]) -> Option<&[u8]> {
    let last = tail.len().checked_sub(22)?;
    (0..=last).rev().find_map(|at| {
        let record = &tail[at..at + 22];
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        (record.starts_with(b"PK\x05\x06") && at + 22 + comment == tail.len()).then_some(record)
    })
}

#[cfg(test)]
mod tests {
    use super::super::sum::Sum;
    use super::*;

    fn of(kind: AssetKind, content_type: Option<&str>, bytes: &[u8]) -> Result<(), String> {
        let mut sum = Sum::default();
        sum.add(bytes);
        check(&Asset::new(kind, "u"), content_type, &sum.finish())
    }

    #[test]
    fn a_file_of_another_kind_is_what_the_api_says() {
        for (content_type, bytes, wrong) in [
            ("model/gltf-binary", &b"glTF\x02\0\0\0\x0c\0\0\0"[..], false),
            ("model/gltf-binary", b"ID3", true),
            ("image/png", b"\xff\xd8\xff", true),
            ("application/zip", b"ID3", true),
            ("audio/mpeg", b"ID3", false),
            ("audio/mpeg", b"<html>", true),
            ("application/json; charset=utf-8", b"{}", false),
        ] {
            let mut sum = Sum::default();
            sum.add(bytes);
            let kind = AssetKind::Other("audio_file".into());
            let asset = Asset { content_type: Some(content_type.into()), ..Asset::new(kind, "u") };
            assert_eq!(check(&asset, None, &sum.finish()).is_err(), wrong, "{content_type} {bytes:?}");
        }
    }

    #[test]
    fn a_file_is_what_it_is_called() {
        let zip = [&b"PK\x03\x04...PK\x05\x06"[..], &[0; 16], &[2, 0], b"ok"].concat();
        let webp = b"RIFF\x04\0\0\0WEBP";
        for (kind, content_type, bytes, wrong) in [
            (AssetKind::Glb, None, &b"glTF\x02\0\0\0\x0c\0\0\0"[..], ""),
            (AssetKind::Glb, None, b"glTF\x02\0\0\0\x0d\0\0\0", "says that it has 13"),
            (AssetKind::Glb, None, b"glTF\x01\0\0\0\x0c\0\0\0", "version 1"),
            (AssetKind::ColliderMesh, None, b"glTF", "within its header"),
            (AssetKind::Glb, None, b"", "not a GLB"),
            (AssetKind::Glb, None, b"solid x", "not a GLB"),
            (AssetKind::Glb, None, b" <!DOCTYPE HTML>", "web page"),
            (AssetKind::Stl, None, b"<html>", "web page"),
            (AssetKind::Obj, None, b"{\"error\": 1}", "JSON"),
            (AssetKind::Spz("1".into()), None, b"<?xml version='1.0'?><Error>", "web page"),
            (AssetKind::Stl, None, b"solid x", ""),
            (AssetKind::Other("scene".into()), None, b"{}", ""),
            (AssetKind::Usdz, None, &zip, ""),
            (AssetKind::Usdz, None, &zip[..zip.len() - 1], "end record"),
            (AssetKind::Usdz, None, b"x", "not a zip"),
            (AssetKind::Thumbnail, Some("image/webp"), webp, ""),
            (AssetKind::Thumbnail, Some("image/webp"), &webp[..11], "WebP"),
            (AssetKind::Panorama, Some("image/jpeg; q=1"), b"\xff\xd8\xff\xe0", ""),
            (AssetKind::Panorama, Some("image/jpeg"), b"\x89PNG", "not a JPEG"),
            (AssetKind::PreviewImage, Some("image/png"), b"\x89PNG\r\n\x1a\n", ""),
            (AssetKind::PreviewImage, Some("image/png"), b"\xff\xd8\xff", "not a PNG"),
            (AssetKind::PreviewImage, Some("image/avif"), b"anything", ""),
        ] {
            let result = of(kind.clone(), content_type, bytes);
            match wrong {
                "" => assert_eq!(result, Ok(()), "{kind}"),
                wrong => assert!(result.as_ref().is_err_and(|why| why.contains(wrong)), "{kind} {result:?}"),
            }
        }
    }
}
