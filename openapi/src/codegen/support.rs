use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize};

/// A value of an open enum that this version does not know.
///
/// Opaque, so that a value that becomes a variant later changes no match: compare [`Self::as_str`] instead.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    #[allow(dead_code)]
    pub(crate) fn new(value: &str) -> Self {
        Self(value.into())
    }

    /// The value as the API spelled it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A point in time (RFC 3339) that keeps the text it came as.
///
/// It is parsed on demand, so that one malformed time does not cost the rest of a reply.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time.
    ///
    /// # Errors
    ///
    /// When the text is not a date and time of RFC 3339.
    pub fn to_utc(&self) -> Result<chrono::DateTime<chrono::Utc>, chrono::ParseError> {
        Ok(chrono::DateTime::parse_from_rfc3339(&self.0)?.to_utc())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        Self(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into())
    }
}

impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        chrono::DateTime::<chrono::Utc>::from(time).into()
    }
}

impl std::str::FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        chrono::DateTime::parse_from_rfc3339(text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = chrono::ParseError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Reads a text without copying it first.
#[allow(dead_code)]
pub(crate) fn deserialize_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(&str) -> T,
) -> Result<T, D::Error> {
    struct Visitor<T>(fn(&str) -> T);

    impl<T> serde::de::Visitor<'_> for Visitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            Ok((self.0)(text))
        }
    }

    deserializer.deserialize_str(Visitor(read))
}

/// Reads integers leniently, wherever they stand in a type: `1.0` is 1.
#[allow(dead_code)]
pub(crate) fn lenient<'de, T: Lenient<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize_lenient(deserializer)
}

pub(crate) trait Lenient<'de>: Sized {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

macro_rules! lenient_integers {
    ($($integer:ty),*) => {
        $(impl<'de> Lenient<'de> for $integer {
            fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Not a visitor of our own: where an application turns on serde_json's `arbitrary_precision`, only
                // serde_json knows how a number comes.
                let number = serde_json::Number::deserialize(deserializer)?;
                integral(&number).and_then(|integer| Self::try_from(integer).ok()).ok_or_else(|| {
                    serde::de::Error::custom(format_args!("{number} is no integer of type {}", stringify!($integer)))
                })
            }
        })*
    };
}

lenient_integers!(i8, u8, i16, u16, i32, u32, i64, u64);

#[allow(dead_code)]
fn integral(number: &serde_json::Number) -> Option<i128> {
    if let Some(integer) = number.as_i64() {
        return Some(integer.into());
    }
    if let Some(integer) = number.as_u64() {
        return Some(integer.into());
    }
    // Beyond 2^64 no integer type takes it anyway, and below it the conversion is exact.
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= u64::MAX as f64)?;
    Some(float as i128)
}

struct LenientValue<T>(T);

impl<'de, T: Lenient<'de>> Deserialize<'de> for LenientValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize_lenient(deserializer).map(Self)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Option<T> {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map(|LenientValue(value)| value))
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Vec<T> {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::deserialize(deserializer)?;
        Ok(values.into_iter().map(|LenientValue(value)| value).collect())
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for BTreeMap<String, T> {
    fn deserialize_lenient<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = BTreeMap::deserialize(deserializer)?;
        Ok(values.into_iter().map(|(key, LenientValue(value))| (key, value)).collect())
    }
}

/// What tells a member of a union from the others.
#[allow(dead_code)]
pub(crate) struct Member {
    /// The JSON types it may be.
    pub(crate) types: &'static [&'static str],
    /// The values of an enum of strings.
    pub(crate) values: &'static [&'static str],
    /// The values of the discriminator that stand for it.
    pub(crate) tags: &'static [&'static str],
    /// Properties that have one of few values, written as JSON.
    pub(crate) constants: &'static [(&'static str, &'static [&'static str])],
    /// The names of its properties.
    pub(crate) names: &'static [&'static str],
    /// The properties that are always there.
    pub(crate) required: &'static [&'static str],
    /// Whether it takes properties of any name.
    pub(crate) any_name: bool,
}

/// The members of a union that a value may be, the likeliest first.
///
/// Scalars are told apart by their JSON type, objects by the discriminator, else by properties with one value, else by
/// the names of their properties.
#[allow(dead_code)]
pub(crate) fn candidates(value: &serde_json::Value, tag: &str, members: &[Member]) -> Vec<usize> {
    use serde_json::Value;

    let ranks: &[&str] = match value {
        Value::Null => &[],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if number.is_f64() => &["number", "integer"],
        Value::Number(_) => &["integer", "number"],
        Value::String(_) => &["string"],
        Value::Array(_) => &["array"],
        Value::Object(_) => &["object"],
    };
    let rank = |member: &Member| ranks.iter().position(|name| member.types.contains(name));
    let mut fitting: Vec<usize> = (0..members.len()).filter(|index| rank(&members[*index]).is_some()).collect();
    match value {
        Value::Object(object) => {
            if let Some(Value::String(found)) = object.get(tag).filter(|_| !tag.is_empty()) {
                let tagged = |index: &usize| members[*index].tags.contains(&found.as_str());
                // A value that stands for no member is a new one.
                let untagged = |index: &usize| members[*index].tags.is_empty();
                let any = fitting.iter().any(tagged);
                fitting.retain(|index| if any { tagged(index) } else { untagged(index) });
            }
            if fitting.len() > 1 { by_properties(object, members, fitting) } else { fitting }
        }
        Value::String(text) => {
            let has = |index: &usize| members[*index].values.contains(&text.as_str());
            fitting.sort_by_key(|index| (!has(index), !members[*index].values.is_empty(), members[*index].types.len()));
            fitting
        }
        _ => {
            fitting.sort_by_key(|index| (members[*index].types.len() == 6, rank(&members[*index])));
            fitting
        }
    }
}

/// The members that an object may be by its properties.
///
/// A member fits if a name that only it has is present, or if all present names are its own. Of several that fit, the
/// one with most of the names comes first, then the one the document names first.
fn by_properties(
    object: &serde_json::Map<String, serde_json::Value>,
    members: &[Member],
    mut fitting: Vec<usize>,
) -> Vec<usize> {
    let agreement = |index: usize| {
        let mut agreement = 0_i32;
        for (name, values) in members[index].constants {
            let Some(found) = object.get(*name).filter(|value| !value.is_null()) else { continue };
            let found = found.to_string();
            match (values.contains(&found.as_str()), values.len()) {
                (true, 1) => agreement += 2,
                (true, _) => agreement += 1,
                (false, 1) => return None,
                (false, _) => agreement -= 1,
            }
        }
        Some(agreement)
    };
    fitting.retain(|index| agreement(*index).is_some());
    let has = |index: usize, name: &str| members[index].names.contains(&name);
    let present = |index: usize| object.keys().filter(|name| has(index, name)).count();
    let complete = |index: usize| members[index].required.iter().all(|name| object.contains_key(*name));
    let all = fitting.clone();
    let fits = |index: usize| {
        let only_here = |name: &String| all.iter().all(|other| has(*other, name) == (*other == index));
        let of_its_own = !object.is_empty() && present(index) == object.len();
        of_its_own
            || object.keys().any(only_here)
            || members[index].any_name
            || agreement(index).is_some_and(|agreement| agreement > 0)
            || (object.is_empty() && !members[index].required.is_empty() && complete(index))
    };
    fitting.retain(|index| fits(*index));
    fitting.sort_by_key(|index| {
        let agreement = agreement(*index).unwrap_or_default();
        (-agreement, !complete(*index), std::cmp::Reverse(present(*index)), members[*index].any_name)
    });
    // Names alone decide for one member. If that one does not decode, another would drop what is not its own.
    if fitting.iter().all(|index| members[*index].constants.is_empty()) {
        fitting.truncate(1);
    }
    fitting
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes a value as one segment of a path: all but the unreserved characters are encoded (RFC 3986, section 2.3).
#[allow(dead_code)]
pub(crate) fn encode_path(segment: &str) -> Result<String, InvalidPathSegment> {
    if matches!(segment, "" | "." | "..") {
        return Err(InvalidPathSegment(segment.to_owned()));
    }
    Ok(utf8_percent_encode(segment, UNRESERVED).to_string())
}

/// A value that would change which resource a path names (RFC 3986, section 5.2.4).
#[derive(Debug)]
#[allow(dead_code)]
pub(crate) struct InvalidPathSegment(String);

impl<E> From<InvalidPathSegment> for progenitor_client::Error<E> {
    fn from(InvalidPathSegment(segment): InvalidPathSegment) -> Self {
        Self::InvalidRequest(format!("`{segment}` cannot stand in a path: pass a value that is not empty, `.` or `..`"))
    }
}

/// A URL as a text may show it: without what could be a secret, even where it is no URL.
#[allow(dead_code)]
pub(crate) fn shown_url(url: &str) -> String {
    let Some((before, _)) = url.split_once(['?', '#']) else {
        return match url.rsplit_once('@') {
            Some((_, after)) => format!("…@{after}"),
            None => url.to_owned(),
        };
    };
    // A password may hold these characters, too, where nobody encoded them.
    if url.contains('@') { "…".to_owned() } else { before.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_urls() {
        for (url, shown) in [
            ("https://a.b/c", "https://a.b/c"),
            ("https://a.b?c", "https://a.b"),
            ("https://a.b#c?d", "https://a.b"),
            ("https://user:secret@a.b/c", "…@a.b/c"),
            ("https://user:se@cret@a.b", "…@a.b"),
            ("https://user:sec?ret@a.b", "…"),
            ("https://user:sec#ret@a.b", "…"),
            ("https://a.b?mail=c@d&key=secret", "…"),
            ("", ""),
        ] {
            assert_eq!(shown_url(url), shown, "{url}");
        }
    }

    #[test]
    fn path_segments() {
        for (segment, encoded) in [
            ("op_1-A.~", Some("op_1-A.~")),
            ("a/b\\c", Some("a%2Fb%5Cc")),
            ("a:b;c&d%e é", Some("a%3Ab%3Bc%26d%25e%20%C3%A9")),
            ("...", Some("...")),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            assert_eq!(encode_path(segment).ok().as_deref(), encoded, "{segment}");
        }
    }

    const OBJECT: Member = Member {
        types: &["object"],
        values: &[],
        tags: &[],
        constants: &[],
        names: &[],
        required: &[],
        any_name: false,
    };

    #[test]
    fn members_by_names() {
        let members =
            [Member { names: &["shared", "pano"], ..OBJECT }, Member { names: &["shared", "glb", "obj"], ..OBJECT }];
        for (names, member) in [
            (&[][..], None),
            (&["shared"], Some(0)),
            (&["shared", "glb"], Some(1)),
            (&["glb", "new"], Some(1)),
            (&["shared", "new"], None),
            (&["new"], None),
            (&["pano", "glb", "obj"], Some(1)),
            (&["pano", "glb"], Some(0)),
        ] {
            let object = names.iter().map(|name| ((*name).to_owned(), serde_json::Value::Null)).collect();
            let value = serde_json::Value::Object(object);
            assert_eq!(candidates(&value, "", &members).first().copied(), member, "{value}");
        }
        assert!(candidates(&serde_json::json!("text"), "", &members).is_empty());
    }

    #[test]
    fn members_by_type_tag_and_constant() {
        let members = [
            Member { types: &["string"], ..OBJECT },
            Member { types: &["string"], values: &["a"], ..OBJECT },
            Member { types: &["number"], ..OBJECT },
            Member { tags: &["cat"], names: &["kind", "claws"], ..OBJECT },
            Member { tags: &["dog"], names: &["kind", "claws"], ..OBJECT },
            Member { constants: &[("is", &["true"])], names: &["is"], ..OBJECT },
            Member { constants: &[("is", &["false"])], names: &["is"], ..OBJECT },
            Member { types: &["array"], ..OBJECT },
        ];
        for (value, expected) in [
            (serde_json::json!("a"), &[1, 0][..]),
            (serde_json::json!("b"), &[0, 1]),
            (serde_json::json!(1), &[2]),
            (serde_json::json!({"kind": "dog", "claws": 1}), &[4]),
            (serde_json::json!({"is": false}), &[6]),
            (serde_json::json!([]), &[7]),
            (serde_json::json!(true), &[]),
        ] {
            assert_eq!(candidates(&value, "kind", &members), expected, "{value}");
        }
    }

    #[test]
    fn integers() {
        let read = |text: &str| {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            lenient::<Option<i64>, _>(&mut deserializer).ok()
        };
        for (text, integer) in [
            ("1", Some(Some(1))),
            ("1.0", Some(Some(1))),
            ("-2e3", Some(Some(-2000))),
            ("null", Some(None)),
            ("9223372036854775807", Some(Some(i64::MAX))),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e300", None),
            ("\"1\"", None),
        ] {
            assert_eq!(read(text), integer, "{text}");
        }
    }

    #[test]
    fn times_keep_their_text() {
        let time: Timestamp = serde_json::from_str("\"2026-07-01T10:00:00.000+02:00\"").unwrap();
        assert_eq!(time.as_str(), "2026-07-01T10:00:00.000+02:00");
        assert_eq!(time.to_utc().unwrap().to_rfc3339(), "2026-07-01T08:00:00+00:00");
        let malformed: Timestamp = serde_json::from_str("\"yesterday\"").unwrap();
        assert!(malformed.to_utc().is_err());
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
