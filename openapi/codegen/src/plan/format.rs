//! The formats of texts that have types in Rust.

/// A format of texts whose values have a type in Rust. The generated client needs the crate of that type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// `base64url`, or `contentEncoding: base64url` (RFC 4648, section 5): bytes, by the crate `base64` (0.22 or 0.23). They are
    /// written with padding, as that section says, and read with and without.
    Base64Url,
    /// `byte`, or `contentEncoding: base64` (RFC 4648, section 4): bytes, by the crate `base64` (0.22 or 0.23).
    Byte,
    /// `date` (RFC 3339, section 5.6): `chrono::NaiveDate`.
    Date,
    /// `ip`, an address of either version: `std::net::IpAddr`.
    Ip,
    /// `ipv4` (RFC 2673, section 3.2): `std::net::Ipv4Addr`.
    Ipv4,
    /// `ipv6` (RFC 4291, section 2.2): `std::net::Ipv6Addr`.
    Ipv6,
    /// `uri` (RFC 3986), also written `url`: `url::Url`, by the crate `url` (2).
    Uri,
    /// `uuid` (RFC 9562): `uuid::Uuid`, by the crate `uuid` (1).
    Uuid,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] =
        &[Self::Base64Url, Self::Byte, Self::Date, Self::Ip, Self::Ipv4, Self::Ipv6, Self::Uri, Self::Uuid];

    /// Whether its texts are bytes in Base64, which most texts could be.
    pub(crate) fn is_base64(self) -> bool {
        matches!(self, Self::Base64Url | Self::Byte)
    }

    /// The value of `format` in a document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64Url => "base64url",
            Self::Byte => "byte",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Uri => "uri",
            Self::Uuid => "uuid",
        }
    }

    /// The format that a document calls so.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "url" { "uri" } else { name };
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}
