//! The type of an image, by its first bytes.

/// A type of image: its media type (<https://www.iana.org/assignments/media-types>) and its usual extension.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ImageType {
    pub(super) media_type: &'static str,
    pub(super) extension: &'static str,
}

const fn image(media_type: &'static str, extension: &'static str) -> ImageType {
    ImageType { media_type, extension }
}

/// The names of the known types, for a text.
pub(super) const KNOWN: &str = "PNG, JPEG, WebP, GIF, AVIF, HEIC, BMP or TIFF";

/// The type of an image; `None` for an unknown type, or for bytes that are not an image.
pub(super) fn of(bytes: &[u8]) -> Option<ImageType> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    match bytes {
        _ if begins(b"\x89PNG\r\n\x1a\n") => Some(image("image/png", "png")),
        _ if begins(b"\xff\xd8\xff") => Some(image("image/jpeg", "jpg")),
        _ if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Some(image("image/webp", "webp")),
        _ if begins(b"GIF87a") || begins(b"GIF89a") => Some(image("image/gif", "gif")),
        // ISO base media (ISO/IEC 14496-12): the size of the first box, then its type and its main brand.
        _ if bytes.get(4..8) == Some(b"ftyp") => match bytes.get(8..12) {
            Some(b"avif" | b"avis") => Some(image("image/avif", "avif")),
            Some(b"heic" | b"heix" | b"hevc" | b"hevx") => Some(image("image/heic", "heic")),
            _ => None,
        },
        // The size of the file comes first, then reserved bytes, which are zero.
        _ if begins(b"BM") && bytes.get(6..10) == Some(&[0; 4]) => Some(image("image/bmp", "bmp")),
        _ if begins(b"II*\0") || begins(b"MM\0*") => Some(image("image/tiff", "tiff")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_by_content() {
        for (bytes, media_type) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF89a", Some("image/gif")),
            (b"\0\0\0\x20ftypavif", Some("image/avif")),
            (b"\0\0\0\x18ftypheic", Some("image/heic")),
            (b"\0\0\0\x18ftypisom", None),
            (b"BM\x10\0\0\0\0\0\0\0", Some("image/bmp")),
            (b"BMP is a format", None),
            (b"II*\0\x08", Some("image/tiff")),
            (b"MM\0*\0", Some("image/tiff")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"glTF\x02\0\0\0", None),
            (b"\x89PNG", None),
            (b"", None),
        ] {
            assert_eq!(of(bytes).map(|image| image.media_type), media_type, "{bytes:?}");
        }
    }
}
