use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::json::Json;
use super::json_reader::JsonReader;

/// A type whose values are written as the texts of a format.
pub trait Format: fmt::Display + FromStr {
    /// The name of the format in OpenAPI, such as `uuid`.
    const NAME: &'static str;
}

/// A text of a format, such as a UUID, that keeps the text it came as.
///
/// It is parsed on demand, so that one malformed text does not cost the rest of a reply. One that a program makes, from a
/// value or a text, is as its type writes it.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Formatted<T>(Box<str>, PhantomData<fn() -> T>);

impl<T: Format> Formatted<T> {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// When the text is not of the format.
    pub fn value(&self) -> Result<T, T::Err> {
        self.0.parse()
    }
}

impl<T> fmt::Debug for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Formatted").field(&self.0).finish()
    }
}

impl<T> fmt::Display for Formatted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: Format> From<T> for Formatted<T> {
    fn from(value: T) -> Self {
        Self(value.to_string().into(), PhantomData)
    }
}

impl<T: Format> FromStr for Formatted<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        text.parse::<T>().map(Self::from)
    }
}

impl<T: Format> TryFrom<&str> for Formatted<T> {
    type Error = T::Err;

    fn try_from(text: &str) -> Result<Self, T::Err> {
        text.parse()
    }
}

impl<T: Format> TryFrom<String> for Formatted<T> {
    type Error = T::Err;

    fn try_from(text: String) -> Result<Self, T::Err> {
        text.parse()
    }
}

impl<'de, T> Deserialize<'de> for Formatted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Deserialize::deserialize(deserializer)?, PhantomData))
    }
}

impl<T> Serialize for Formatted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Reads a member of a union if the text is of its format.
pub(crate) fn of_format<'de, T: Format, V: Deserialize<'de>>(json: &'de Json<'de>) -> Option<V> {
    let is_malformed = matches!(json, Json::Text(text) if text.parse::<T>().is_err());
    if is_malformed { None } else { V::deserialize(JsonReader::new(json)).ok() }
}

/// The members of a union that a text may be: those of a format before the first for any text.
pub(crate) fn formats_first(
    members: impl IntoIterator<Item = usize>,
    formatted: &[usize],
    any_text: &[usize],
) -> Vec<usize> {
    let mut members: Vec<_> = members.into_iter().collect();
    if let Some(first) = members.iter().position(|member| any_text.contains(member)) {
        members[first..].sort_by_key(|member| !formatted.contains(member));
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Format for std::net::Ipv4Addr {
        const NAME: &'static str = "ipv4";
    }

    type Ipv4 = Formatted<std::net::Ipv4Addr>;

    #[test]
    fn a_text_that_came_is_kept_and_one_that_is_made_is_of_the_format() {
        for (text, value) in [("127.0.0.1", Some([127, 0, 0, 1])), ("127.0.0.256", None), ("", None)] {
            let read: Ipv4 = serde_json::from_value(text.into()).unwrap();
            assert_eq!((read.as_str(), read.value().ok()), (text, value.map(Into::into)));
            assert_eq!(serde_json::to_value(&read).unwrap(), text);
            assert_eq!(Ipv4::try_from(text).is_ok(), value.is_some());
        }
        assert_eq!(Ipv4::from(std::net::Ipv4Addr::LOCALHOST), "127.0.0.1".parse().unwrap());
        assert!(serde_json::from_str::<Ipv4>("1").is_err());
    }

    #[test]
    fn a_member_of_a_union_is_of_its_format() {
        let read = |text: &'static str| of_format::<std::net::Ipv4Addr, Ipv4>(&Json::Text(text.into())).is_some();
        assert_eq!((read("10.0.0.1"), read("10.0.0")), (true, false));
        // An enum that has the text, any text, an enum that has not.
        for (members, expected) in [(&[3, 1, 0, 2][..], [3, 0, 1, 2]), (&[0, 1, 2, 3], [0, 1, 2, 3])] {
            assert_eq!(formats_first(members.iter().copied(), &[0], &[1]), expected);
        }
        assert_eq!(formats_first([2, 0], &[0], &[1]), [2, 0]);
    }
}
