use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::json_reader::JsonReader;

/// JSON that is read twice: once to see what it is, then as that. It borrows the texts that it can.
#[derive(Clone, Debug)]
pub(crate) enum Json<'de> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'de, str>),
    List(Vec<Self>),
    Object(Vec<(Cow<'de, str>, Self)>),
}

impl Json<'_> {
    /// The property of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.properties().iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// The properties of an object, none of anything else.
    pub(crate) fn properties(&self) -> &[(Cow<'_, str>, Self)] {
        match self {
            Self::Object(properties) => properties,
            _ => &[],
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is what a discriminator calls by this name: mappings have names for numbers and booleans, too.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        match self {
            Self::Text(text) => text == name,
            Self::Number(number) => is_worth(number, name),
            Self::Bool(value) => value.to_string().eq_ignore_ascii_case(name),
            _ => false,
        }
    }

    /// Whether it is the value that `json` spells as serde_json does; numbers are compared by their worth.
    pub(crate) fn is_spelled(&self, json: &str) -> bool {
        match self {
            Self::Text(text) if !json.contains('\\') => {
                json.strip_prefix('"').and_then(|json| json.strip_suffix('"')) == Some(text)
            }
            Self::Number(number) => is_worth(number, json),
            other => {
                let spelled = Value::from(other.clone()).to_string();
                spelled == json
            }
        }
    }
}

/// Whether a text spells a number: `1.0` is `1`.
fn is_worth(number: &Number, text: &str) -> bool {
    number.to_string() == text
        || number.as_f64().zip(text.parse().ok()).is_some_and(|(number, spelled): (f64, f64)| {
            // Beyond this, different integers are the same float.
            number == spelled && number.abs() < 9_007_199_254_740_992.0
        })
}

impl From<Json<'_>> for Value {
    fn from(json: Json<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => Self::Number(number),
            Json::Text(text) => Self::String(text.into_owned()),
            Json::List(list) => list.into_iter().map(Self::from).collect(),
            Json::Object(properties) => {
                // Not collected, which would compile a sort.
                let mut map = Map::new();
                for (name, value) in properties {
                    map.insert(name.into_owned(), value.into());
                }
                Self::Object(map)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

macro_rules! visit_integers {
    ($($visit:ident: $integer:ty),*) => {
        $(fn $visit<E: de::Error>(self, integer: $integer) -> Result<Self::Value, E> {
            Number::deserialize(integer.into_deserializer()).map(Json::Number)
        })*
    };
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    visit_integers!(visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128);

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = access.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::with_capacity(16);
        while let Some((Name(name), value)) = access.next_entry()? {
            properties.push((name, value));
        }
        keep_last(&mut properties);
        // Where an application turns on serde_json's `arbitrary_precision`, a number comes as an object with one name
        // that only serde_json knows what to make of.
        let is_private = matches!(&*properties, [(name, _)] if name.starts_with("$serde_json::private::"));
        let object = Json::Object(properties);
        let number = is_private.then(|| Number::deserialize(JsonReader::new(&object)).ok()).flatten();
        Ok(number.map_or(object, Json::Number))
    }
}

/// The name of a property.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Text(name) => Ok(Self(name)),
            _ => Err(de::Error::custom("the name of a property is a text")),
        }
    }
}

/// Of several properties of one name, the last one counts.
fn keep_last(properties: &mut Vec<(Cow<'_, str>, Json<'_>)>) {
    let repeats = match properties.len() {
        ..=16 => {
            // Most names have marks of their own, so that few are compared.
            let mark = |name: &str| {
                let first = name.bytes().next().unwrap_or_default();
                1_u64 << ((name.len() * 4 + usize::from(first)) % 64)
            };
            let mut marks = 0;
            properties.iter().enumerate().any(|(index, (name, _))| {
                let is_new = marks & mark(name) == 0;
                marks |= mark(name);
                !is_new && properties[..index].iter().any(|(before, _)| before == name)
            })
        }
        count => properties.iter().map(|(name, _)| name).collect::<HashSet<_>>().len() < count,
    };
    if repeats {
        let mut seen = HashSet::new();
        properties.reverse();
        properties.retain(|(name, _)| seen.insert(name.clone()));
        properties.reverse();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Json<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn json_comes_back_as_it_was() {
        for text in [
            "null",
            "true",
            "-7",
            "18446744073709551615",
            "0.5",
            r#""text""#,
            r#""an \"escaped\" text""#,
            r#"[1,"a",[],{}]"#,
            r#"{"a":{"b":null},"c":[false]}"#,
        ] {
            assert_eq!(Value::from(read(text)).to_string(), text);
            assert_eq!(Value::deserialize(JsonReader::new(&read(text))).unwrap().to_string(), text);
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(Value::from(Json::deserialize(&value).unwrap()), value);
            assert!(read(text).is_spelled(text), "{text}");
            assert!(!read(text).is_spelled("1"), "{text}");
        }
    }

    #[test]
    fn numbers_are_compared_by_their_worth() {
        for (json, text, expected) in [
            ("1", "1.0", true),
            ("1.0", "1", true),
            ("1e3", "1000", true),
            ("1", "2", false),
            ("9007199254740993", "9007199254740992", false),
            ("9007199254740993", "9007199254740993", true),
        ] {
            assert_eq!(read(json).is_spelled(text), expected, "{json} {text}");
            assert_eq!(read(json).is_called(text), expected, "{json} {text}");
        }
        for (json, name, expected) in [
            ("true", "True", true),
            ("true", "False", false),
            (r#""1""#, "1", true),
            (r#""a""#, "A", false),
            ("null", "null", false),
        ] {
            assert_eq!(read(json).is_called(name), expected, "{json} {name}");
        }
    }

    #[test]
    fn texts_are_borrowed() {
        let Json::Object(properties) = read(r#"{"a": "b", "\u0063": "\n"}"#) else { panic!() };
        assert!(matches!(properties[0], (Cow::Borrowed("a"), Json::Text(Cow::Borrowed("b")))));
        assert!(
            matches!(&properties[1], (Cow::Owned(name), Json::Text(Cow::Owned(text))) if name == "c" && text == "\n")
        );
    }

    #[test]
    fn of_equal_names_the_last_one_counts() {
        assert_eq!(Value::from(read(r#"{"a": 1, "b": 2, "a": 3}"#)), json!({"a": 3, "b": 2}));
        // All of one mark.
        assert_eq!(read(r#"{"ab": 1, "ac": 2, "ad": 3}"#).properties().len(), 3);
        assert_eq!(read(r#"{"ab": 1, "ac": 2, "ab": 3}"#).properties().len(), 2);
        let names: Vec<_> = (0..40).map(|name| format!(r#""{name}": {name}"#)).collect();
        let twice = format!(r#"{{"39": 0, {}}}"#, names.join(", "));
        let read = read(&twice);
        assert_eq!(read.properties().len(), 40);
        assert_eq!(Value::from(read)["39"], 39);
    }

    #[test]
    fn numbers_of_arbitrary_precision_are_numbers() {
        // What serde_json hands out under that feature; without it, an object like any other.
        let text = r#"{"$serde_json::private::Number": "0.10"}"#;
        assert_eq!(Value::from(read(text)), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn types_are_read_from_it() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Newtype(i64);

        #[derive(Debug, PartialEq, Deserialize)]
        enum Either {
            Left,
            Right(Newtype),
        }

        #[derive(Debug, PartialEq, Deserialize)]
        struct Read {
            float: f64,
            none: Option<bool>,
            some: Option<Newtype>,
            list: Vec<Either>,
            map: BTreeMap<String, (u8, char)>,
        }

        let json = read(
            r#"{"float": 1, "none": null, "some": 2, "list": ["Left", {"Right": 3}], "map": {"k": [4, "c"]}, "more": []}"#,
        );
        let expected = Read {
            float: 1.0,
            none: None,
            some: Some(Newtype(2)),
            list: vec![Either::Left, Either::Right(Newtype(3))],
            map: BTreeMap::from([("k".to_owned(), (4, 'c'))]),
        };
        assert_eq!(Read::deserialize(JsonReader::new(&json)).unwrap(), expected);
        assert!(Either::deserialize(JsonReader::new(&read("[]"))).is_err());
        assert!(<(u8, u8)>::deserialize(JsonReader::new(&read("[1, 2, 3]"))).is_err());
    }
}
