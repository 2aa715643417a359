//! The formats that the check of the content knows.

/// The format that a file should have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    Glb,
    Zip,
    Png,
    Jpeg,
    WebP,
    /// A format without a known signature; only web pages and JSON are refused.
    Other,
}

impl Format {
    /// The format by the first bytes of a file.
    pub(super) fn of(head: &[u8]) -> Self {
        const SIGNATURES: [(&[u8], Format); 6] = [
            (b"glTF", Format::Glb),
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"\xff\xd8\xff", Format::Jpeg),
            (b"RIFF", Format::WebP),
        ];
        let signed = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, format)| *format);
        match signed {
            // RIFF holds sounds and films, too.
            Some(Self::WebP) if head.get(8..12).is_some_and(|kind| kind != b"WEBP") => Self::Other,
            signed => signed.unwrap_or(Self::Other),
        }
    }

    pub(super) fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::WebP)
    }

    pub(super) fn image_extension(self) -> Option<&'static str> {
        match self {
            Self::Png => Some("png"),
            Self::Jpeg => Some("jpg"),
            Self::WebP => Some("webp"),
            Self::Glb | Self::Zip | Self::Other => None,
        }
    }

    pub(super) fn right(self) -> &'static str {
        match self {
            Self::Glb => "a GLB file",
            Self::Zip => "a zip archive",
            Self::Png => "a PNG image",
            Self::Jpeg => "a JPEG image",
            Self::WebP => "a WebP image",
            Self::Other => "of another format",
        }
    }

    pub(super) fn wrong(self) -> &'static str {
        match self {
            Self::Glb => "not a GLB file",
            Self::Zip => "not a zip archive",
            Self::Png => "not a PNG image",
            Self::Jpeg => "not a JPEG image",
            Self::WebP => "not a WebP image",
            Self::Other => "no file",
        }
    }
}
