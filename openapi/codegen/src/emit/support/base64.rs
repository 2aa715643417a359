use std::fmt;
use std::str::FromStr;

use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::display::Base64Display;
use ::base64::engine::general_purpose::{self, GeneralPurpose, GeneralPurposeConfig};
use ::base64::engine::{DecodePaddingMode, Engine as _};

use super::formatted::Formatted;

/// The types of bytes that are a text in one of the alphabets.
macro_rules! bytes {
    ($(#[doc = $docs:literal] $bytes:ident $written:expr;)*) => {
        $(
            #[doc = $docs]
            #[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
            pub struct $bytes(pub Vec<u8>);

            impl fmt::Display for $bytes {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    Base64Display::new(&self.0, &$written).fmt(f)
                }
            }

            impl FromStr for $bytes {
                type Err = ::base64::DecodeError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    decoded(text).map(Self)
                }
            }

            impl From<Vec<u8>> for Formatted<$bytes> {
                fn from(bytes: Vec<u8>) -> Self {
                    $bytes(bytes).into()
                }
            }

            impl From<&[u8]> for Formatted<$bytes> {
                fn from(bytes: &[u8]) -> Self {
                    bytes.to_vec().into()
                }
            }

            impl<const N: usize> From<&[u8; N]> for Formatted<$bytes> {
                fn from(bytes: &[u8; N]) -> Self {
                    bytes.to_vec().into()
                }
            }
        )*
    };
}

bytes! {
    /// Bytes that are a text in Base64 (RFC 4648, section 4).
    Base64 general_purpose::STANDARD;
    /// Bytes that are a text in Base64 for URLs and names of files (RFC 4648, section 5).
    Base64Url general_purpose::URL_SAFE;
}

fn decoded(text: &str) -> Result<Vec<u8>, ::base64::DecodeError> {
    // Some servers break lines, leave out the padding, or use the other alphabet.
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text: String = text.split_ascii_whitespace().collect();
    GeneralPurpose::new(&alphabet, config).decode(text)
}

#[cfg(test)]
mod tests {
    use super::super::formatted::Format;
    use super::*;

    impl Format for Base64 {
        const NAME: &'static str = "byte";
    }

    impl Format for Base64Url {
        const NAME: &'static str = "base64url";
    }

    #[test]
    fn bytes_are_read_as_servers_write_them() {
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("AQI/+w==", Some(b"\x01\x02\x3f\xfb")),
            ("AQI/+w", Some(b"\x01\x02\x3f\xfb")),
            ("AQI_-w==", Some(b"\x01\x02\x3f\xfb")),
            ("AQI/\r\n+w==\n", Some(b"\x01\x02\x3f\xfb")),
            ("AQI_+w==", None),
            ("AQI/+", None),
            ("\u{e9}", None),
        ] {
            assert_eq!(text.parse::<Base64>().ok().map(|Base64(bytes)| bytes).as_deref(), bytes, "{text:?}");
            assert_eq!(text.parse::<Base64Url>().ok().map(|Base64Url(bytes)| bytes).as_deref(), bytes, "{text:?}");
        }
        assert_eq!(Formatted::<Base64>::from(b"\x01\x02\x3f\xfb").as_str(), "AQI/+w==");
        assert_eq!(Formatted::<Base64Url>::from(b"\x01\x02\x3f\xfb").as_str(), "AQI_-w==");
    }
}
