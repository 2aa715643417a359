//! The formats that the check of the content knows.

/// The format that a file has, or should have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    Glb,
    Zip,
    Png,
    Jpeg,
    WebP,
    Avif,
    Gif,
    /// FBX in its binary form.
    Fbx,
    Ktx2,
    /// A sound or a film in RIFF.
    Riff,
    /// A sound, a film or a picture in the ISO base media format, such as MP4.
    IsoMedia,
    /// A format without a known signature; only web pages and JSON are refused.
    Other,
}

impl Format {
    /// The format by the first bytes of a file.
    pub(super) fn of(head: &[u8]) -> Self {
        const SIGNATURES: [(&[u8], Format); 10] = [
            (b"glTF", Format::Glb),
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"\xff\xd8\xff", Format::Jpeg),
            (b"RIFF", Format::WebP),
            (b"GIF87a", Format::Gif),
            (b"GIF89a", Format::Gif),
            (b"Kaydara FBX Binary  \0", Format::Fbx),
            (b"\xabKTX 20\xbb\r\n\x1a\n", Format::Ktx2),
        ];
        let signed = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, format)| *format);
        match signed {
            Some(Self::WebP) if head.get(8..12).is_some_and(|kind| kind != b"WEBP") => Self::Riff,
            Some(format) => format,
            // The size of the first box, its type and the main brand (ISO/IEC 14496-12).
            None if head.get(4..8) == Some(b"ftyp") => match head.get(8..12) {
                Some(b"avif" | b"avis") => Self::Avif,
                _ => Self::IsoMedia,
            },
            None => Self::Other,
        }
    }

    pub(super) fn is_image(self) -> bool {
        self.image_extension().is_some()
    }

    pub(super) fn image_extension(self) -> Option<&'static str> {
        match self {
            Self::Png => Some("png"),
            Self::Jpeg => Some("jpg"),
            Self::WebP => Some("webp"),
            Self::Avif => Some("avif"),
            Self::Gif => Some("gif"),
            Self::Glb | Self::Zip | Self::Fbx | Self::Ktx2 | Self::Riff | Self::IsoMedia | Self::Other => None,
        }
    }

    /// Whether files of this format are never pictures.
    pub(super) fn is_model(self) -> bool {
        matches!(self, Self::Glb | Self::Zip | Self::Fbx)
    }

    /// What the file is, after `it is`.
    pub(super) fn right(self) -> &'static str {
        match self {
            Self::Glb => "a GLB file",
            Self::Zip => "a zip archive",
            Self::Png => "a PNG image",
            Self::Jpeg => "a JPEG image",
            Self::WebP => "a WebP image",
            Self::Avif => "an AVIF image",
            Self::Gif => "a GIF image",
            Self::Fbx => "a binary FBX file",
            Self::Ktx2 | Self::Riff | Self::IsoMedia | Self::Other => "of another format",
        }
    }

    /// What the file is not, after `it is`.
    pub(super) fn wrong(self) -> &'static str {
        match self {
            Self::Glb => "not a GLB file",
            Self::Zip => "not a zip archive",
            Self::Png => "not a PNG image",
            Self::Jpeg => "not a JPEG image",
            Self::WebP => "not a WebP image",
            Self::Avif | Self::Gif | Self::Fbx | Self::Ktx2 | Self::Riff | Self::IsoMedia | Self::Other => "no file",
        }
    }
}
