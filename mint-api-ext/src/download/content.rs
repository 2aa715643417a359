//! Checks the content of a file by its first and last bytes.

use super::end::{self, End};
use super::format::Format;
use super::sum::Summary;
#[cfg(feature = "glb")]
use crate::asset::glb::Facts;
use crate::asset::{Asset, AssetKind};

/// What the content of a file shows.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Content {
    /// What disagrees with what the API or the server says.
    pub(super) notes: Vec<String>,
    /// Whether the format knows its own length, and the file has it.
    pub(super) knows_its_length: bool,
    /// The extension of an image, by its content.
    pub(super) extension: Option<&'static str>,
    /// What is in a GLB file.
    #[cfg(feature = "glb")]
    pub(super) glb: Option<Facts>,
}

/// Checks the content of a whole file; the error says why it is surely not the file.
pub(super) fn check(asset: &Asset, content_type: Option<&str>, file: &Summary) -> Result<Content, String> {
    let (format, head) = (format(asset, content_type), file.head.as_slice());
    if head.is_empty() {
        return Err(format!("it is empty, so it is {}", format.wrong()));
    }
    let found = Format::of(head);
    let end = if found == Format::Other && is_stl(asset) { end::stl(file) } else { end::of(found, file) };
    if !matches!(end, End::At(_)) && is_page(head) && !may_be_page(asset, head) {
        return Err("the server sent a web page or a JSON document instead of the file".into());
    }
    let mut content = Content::default();
    if format != found && format != Format::Other {
        // An image may be of another format than it is called, since CDNs convert images; so small a file is cut off.
        let is_image = format.is_image() && (found.is_image() || !found.is_model() && head.len() >= SMALLEST_IMAGE);
        if !is_image {
            return Err(format!("it is {}", format.wrong()));
        }
        content.notes.push(format!("it is {}, but {}", format.wrong(), found.right()));
    }
    if let (Format::Glb, Format::Glb, Some(version)) =
        (format, found, glb_version(head).filter(|version| *version != 2))
    {
        return Err(format!("it is of version {version} of GLB; 2 is the one in use"));
    }
    if format.is_image() || is_picture(asset) {
        content.extension = found.image_extension();
    }
    match end {
        End::At(end) => {
            content.knows_its_length = true;
            let after = file.length - end;
            content.notes.extend((after > 0).then(|| format!("it has {after} bytes after its end")));
        }
        End::Unknown => {}
        End::NotFound(why) => content.notes.push(why),
        End::CutOff(why) => return Err(why),
    }
    #[cfg(feature = "glb")]
    if found == Format::Glb && glb_version(head) == Some(2) {
        content.read_glb(head);
    }
    Ok(content)
}

#[cfg(feature = "glb")]
impl Content {
    /// Reads what is in a GLB file; one without JSON has nothing.
    fn read_glb(&mut self, head: &[u8]) {
        if head.get(16..20) != Some(b"JSON") {
            return;
        }
        match Facts::read(head) {
            Ok(facts) => {
                let required = facts.extensions_required.iter();
                self.notes.extend(required.map(|name| format!("it requires `{name}`, which some programs lack")));
                self.glb = Some(facts);
            }
            Err(error) => self.notes.push(error.to_string()),
        }
    }
}

/// No image format has smaller files.
const SMALLEST_IMAGE: usize = 12;

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
        _ if is_picture(asset) => {
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

fn is_picture(asset: &Asset) -> bool {
    matches!(asset.kind, AssetKind::Panorama | AssetKind::PreviewImage | AssetKind::Thumbnail)
}

fn is_stl(asset: &Asset) -> bool {
    asset.kind == AssetKind::Stl
        || matches!(asset.content_type.as_deref().map(media_type).as_deref(), Some("model/stl" | "application/sla"))
}

/// Whether a file of this kind may begin as a web page, XML or JSON does: one of an unknown kind whose media type allows
/// it, and a picture in SVG.
fn may_be_page(asset: &Asset, head: &[u8]) -> bool {
    if !matches!(asset.kind, AssetKind::Other(_)) {
        return is_picture(asset) && head.windows(4).any(|window| window == b"<svg");
    }
    match asset.content_type.as_deref().map(media_type).as_deref() {
        // Servers call files so whose type they do not know.
        None | Some("application/octet-stream" | "binary/octet-stream") => true,
        Some(kind) => kind.contains("json") || kind.contains("xml") || kind.starts_with("text/"),
    }
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

fn glb_version(head: &[u8]) -> Option<u32> {
    head.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::sum::Sum;
    use super::*;

    fn of(kind: AssetKind, content_type: Option<&str>, bytes: &[u8]) -> Result<Content, String> {
        check(&Asset::new(kind, "u"), content_type, &sum(bytes))
    }

    fn sum(bytes: &[u8]) -> Summary {
        let mut sum = Sum::default();
        sum.add(bytes);
        sum.finish()
    }

    #[test]
    fn a_file_of_another_kind_is_what_the_api_says() {
        for (content_type, bytes, wrong) in [
            ("model/gltf-binary", &b"glTF\x02\0\0\0\x0c\0\0\0"[..], false),
            ("model/gltf-binary", b"ID3", true),
            ("image/png", b"\xff\xd8\xff", false),
            ("application/zip", b"ID3", true),
            ("audio/mpeg", b"ID3", false),
            ("audio/mpeg", b"<html>", true),
            ("application/json; charset=utf-8", b"{}", false),
        ] {
            let kind = AssetKind::Other("audio_file".into());
            let asset = Asset { content_type: Some(content_type.into()), ..Asset::new(kind, "u") };
            assert_eq!(check(&asset, None, &sum(bytes)).is_err(), wrong, "{content_type} {bytes:?}");
        }
    }

    #[test]
    fn a_file_is_what_it_is_called() {
        let zip = [&b"PK\x03\x04...PK\x05\x06"[..], &[0; 16], &[2, 0], b"ok"].concat();
        let webp = b"RIFF\x04\0\0\0WEBP";
        let glb = b"glTF\x02\0\0\0\x0c\0\0\0";
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
            (AssetKind::Panorama, Some("image/jpeg; q=1"), b"\xff\xd8\xff\xe0\xff\xd9", ""),
            (AssetKind::Panorama, Some("image/jpeg"), b"\x89PNG", "not a JPEG"),
            (AssetKind::PreviewImage, Some("image/png"), b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB\x60\x82", ""),
            (AssetKind::PreviewImage, Some("image/png"), b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB\x60", "without its end"),
            (AssetKind::Thumbnail, Some("image/jpeg"), glb, "not a JPEG"),
            (AssetKind::Thumbnail, None, b"<?xml version='1.0'?><Error>", "web page"),
            (AssetKind::PreviewImage, Some("image/png"), b"ab", "not a PNG"),
            (AssetKind::PreviewImage, Some("image/avif"), b"anything", ""),
            (AssetKind::Stl, None, b"", "empty"),
        ] {
            let result = of(kind.clone(), content_type, bytes);
            match wrong {
                "" => assert_eq!(result.map(|content| content.notes), Ok(vec![]), "{kind}"),
                wrong => assert!(result.as_ref().is_err_and(|why| why.contains(wrong)), "{kind} {result:?}"),
            }
        }
    }

    #[cfg(feature = "glb")]
    #[test]
    fn what_is_in_a_glb() {
        let glb = |json: &str| {
            let length = json.len() as u32;
            let headers = [&b"glTF\x02\0\0\0"[..], &(20 + length).to_le_bytes(), &length.to_le_bytes(), b"JSON"];
            [&headers.concat(), json.as_bytes()].concat()
        };
        // Longer than what is kept of other files.
        let names = format!("{{\"extensionsRequired\": [\"A\", \"B\"], \"meshes\": [{}{{}}]}}", "{},".repeat(1000));
        let content = of(AssetKind::Glb, None, &glb(&names)).unwrap();
        assert_eq!(content.glb.map(|facts| facts.meshes), Some(1001));
        assert_eq!(content.notes.len(), 2);
        assert!(content.notes[0].contains("`A`"), "{:?}", content.notes);
        let content = of(AssetKind::Glb, None, &glb("{ no JSON")).unwrap();
        assert!(content.glb.is_none() && content.notes[0].contains("not glTF"), "{:?}", content.notes);
    }

    /// Files as other programs write them, and what is noted of them.
    #[test]
    fn a_file_that_merely_disagrees_is_taken() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB\x60\x82";
        let long = |start: &[u8], byte: u8| [start, &vec![byte; 70_000]].concat();
        let (long_png, long_jpeg) = (long(png, 1), long(b"\xff\xd8\xff\xe0", 1));
        let glb = b"glTF\x02\0\0\0\x0c\0\0\0 \0\0";
        let animated = [&b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\0\0\0\0\0\0"[..]].concat();
        let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
        let ktx2 = b"\xabKTX 20\xbb\r\n\x1a\n\0\0\0\0";
        let usdz = [&b"PK\x03\x04"[..], &[0; 60], b"PK\x05\x06", &[0; 18]].concat();
        let padded = [usdz.as_slice(), &[0; 64]].concat();
        let long_usdz = long(&usdz, 0);
        let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03";
        let spz = |version: u8| [b"NGSP", &[version, 0, 0, 0][..], &[1, 0, 0, 0]].concat();
        let (spz4, binary_stl) = (spz(4), [&b"solid but binary"[..], &[0; 68], &[0; 50]].concat());
        let spz_kind = || AssetKind::Spz("500k".into());
        let other = |name: &str| AssetKind::Other(name.into());
        for (kind, content_type, bytes, note) in [
            (AssetKind::PreviewImage, Some("image/webp"), &png[..], "not a WebP image, but a PNG image"),
            (AssetKind::Thumbnail, Some("image/webp"), b"\xff\xd8\xff\xe0 and after", "but a JPEG image"),
            (AssetKind::Panorama, Some("image/jpeg"), avif, "but an AVIF image"),
            (AssetKind::PreviewImage, Some("image/png"), ktx2, "but of another format"),
            (AssetKind::PreviewImage, Some("image/jpeg"), b"\xff\xd8\xff\xe0...\xff\xd9 trailing", ""),
            (AssetKind::PreviewImage, Some("image/webp"), &animated, ""),
            (AssetKind::Glb, None, glb, "3 bytes after its end"),
            (AssetKind::Usdz, None, &usdz, ""),
            (AssetKind::Usdz, None, &padded, "64 bytes after its end"),
            (AssetKind::Usdz, None, &long_usdz, "its end was not found"),
            (AssetKind::PreviewImage, Some("image/png"), &long_png, "may be cut off"),
            (AssetKind::PreviewImage, Some("image/jpeg"), &long_jpeg, "may be cut off"),
            (AssetKind::PreviewImage, Some("image/webp"), b"GIF89a and after", "but a GIF image"),
            (AssetKind::Thumbnail, Some("image/svg+xml"), b"<?xml version='1.0'?><svg/>", ""),
            (AssetKind::Stl, None, b"solid lamp\nfacet normal 0 0 1", ""),
            (AssetKind::Stl, None, &binary_stl, ""),
            (AssetKind::Fbx, None, b"Kaydara FBX Binary  \0\x1a\0", ""),
            (AssetKind::Fbx, None, b"; FBX 7.4.0 project file", ""),
            (AssetKind::Obj, None, b"\xef\xbb\xbf# a comment\nv 0 0 0", ""),
            (spz_kind(), None, gzip, ""),
            (spz_kind(), None, &spz4, ""),
            (other("audio_file"), Some("audio/mpeg"), b"ID3\x04\0\0\0\0\0\0", ""),
            (other("audio_file"), Some("audio/mpeg"), b"\xff\xfb\x90\x64", ""),
            (other("audio_file"), Some("audio/wav"), b"RIFF\x24\0\0\0WAVEfmt ", ""),
            (other("scene"), Some("application/octet-stream"), b"{\"asset\": {\"version\": \"2.0\"}}", ""),
            (other("scene"), Some("model/gltf+json"), b"glTF\x01\0\0\0\x0c\0\0\0", ""),
            (other("scene"), Some("model/vnd.collada+xml"), b"not xml", ""),
        ] {
            let asset_type = content_type.filter(|_| matches!(kind, AssetKind::Other(_))).map(str::to_owned);
            let asset = Asset { content_type: asset_type, ..Asset::new(kind.clone(), "u") };
            let content = check(&asset, content_type, &sum(bytes)).unwrap_or_else(|why| panic!("{kind}: {why}"));
            match note {
                "" => assert!(content.notes.is_empty(), "{kind}: {content:?}"),
                note => assert!(content.notes[0].contains(note), "{kind}: {content:?}"),
            }
        }
    }
}
