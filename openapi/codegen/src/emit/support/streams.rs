use std::error::Error as StdError;
use std::fmt;

use super::decode_error::DecodeError;

/// How many bytes an item of a stream has at most.
pub(crate) const MAX_ITEM_BYTES: usize = 16 * 1024 * 1024;

/// Why a stream gave an error in the place of an item.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// The connection broke, or the reply took too long. The stream ends.
    Connection(reqwest::Error),
    /// An item is not of its documented type. The stream goes on.
    InvalidItem(RawItem, DecodeError),
    /// The reply is not what its media type says, such as an event that is not UTF-8. The stream ends.
    Malformed(Box<dyn StdError + Send + Sync>),
    /// An item has more than 16 MiB. The stream ends.
    TooLarge,
}

/// An item as it came. `Debug` gives its length only, since it may hold a secret.
#[derive(Clone)]
pub struct RawItem(Vec<u8>);

impl RawItem {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The bytes of the item: the data of an event, or the text of a JSON value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for RawItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawItem({} bytes)", self.0.len())
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(error) => write!(f, "the stream broke off: {error}"),
            Self::InvalidItem(raw, error) => {
                write!(f, "an item of the stream ({} bytes) is not of its documented type: {error}", raw.0.len())
            }
            Self::Malformed(error) => write!(f, "the stream is malformed: {error}"),
            Self::TooLarge => write!(f, "an item of the stream has more than {MAX_ITEM_BYTES} bytes"),
        }
    }
}

impl StdError for StreamError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connection(error) => Some(error),
            Self::InvalidItem(_, error) => Some(error),
            Self::Malformed(error) => Some(&**error),
            Self::TooLarge => None,
        }
    }
}
