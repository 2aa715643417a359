use std::borrow::Cow;
use std::cell::RefCell;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Error;

use super::json::Json;
use super::objects::OBJECT;
use super::undecoded::UNDECODED;

/// How many bytes are read again at most, in all attempts together.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Reads a reply. A property that is not of its type costs only itself where the object can be without it: the object
/// keeps it in its `Undecoded`.
///
/// # Errors
///
/// Those of serde_json, when the reply is no JSON, or lacks what its type cannot be without.
pub fn read_reply<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(body).or_else(|error| match error.is_data() {
        true => salvage(body).ok_or(error),
        false => Err(error),
    })
}

/// Reads again and again, each time without the innermost property that failed.
fn salvage<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut json: Json<'_> = serde_json::from_slice(body).ok()?;
    for _ in 0..=MAX_BYTES / body.len().max(1024) {
        let path = RefCell::default();
        match T::deserialize(Traced { json: &json, path: &path }) {
            Ok(value) => return Some(value),
            Err(_) => json.set_aside(path.into_inner())?,
        }
    }
    None
}

/// A step from a value to one in it.
#[derive(Clone, Copy, Debug)]
struct Step {
    index: usize,
    /// Whether it leads to the property of a struct, and not into a list or a map.
    is_property: bool,
}

impl Json<'_> {
    /// Sets aside the innermost property of a struct on the path: its object keeps it. Returns `None` without such a property.
    fn set_aside(&mut self, mut path: Vec<Step>) -> Option<()> {
        while path.pop_if(|step| !step.is_property).is_some() {}
        let Step { index, .. } = path.pop()?;
        let object = path.into_iter().try_fold(self, |json, step| json.child_mut(step.index))?;
        let Self::Object(properties) = object else { return None };
        let (name, mut value) = properties.remove(index);
        value.restore();
        let found = properties.iter().position(|(name, _)| name == UNDECODED);
        let kept = found.unwrap_or_else(|| {
            properties.push((Cow::Borrowed(UNDECODED), Json::Object(Vec::new())));
            properties.len() - 1
        });
        if let Self::Object(kept) = &mut properties[kept].1 {
            kept.push((name, value));
        }
        Some(())
    }

    fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match self {
            Self::List(list) => list.get_mut(index),
            Self::Object(properties) => properties.get_mut(index).map(|(_, value)| value),
            Self::Scalar(_) | Self::Text(_) => None,
        }
    }

    /// Puts back what was moved within the value.
    fn restore(&mut self) {
        match self {
            Self::List(list) => list.iter_mut().for_each(Self::restore),
            Self::Object(properties) => {
                if let Some(found) = properties.iter().position(|(name, _)| name == UNDECODED)
                    && let (_, Self::Object(kept)) = properties.remove(found)
                {
                    properties.extend(kept);
                }
                properties.iter_mut().for_each(|(_, value)| value.restore());
            }
            Self::Scalar(_) | Self::Text(_) => {}
        }
    }
}

/// JSON that is read while the path to the value being read is kept. After an error, it leads to the value that failed.
#[derive(Clone, Copy)]
struct Traced<'a> {
    json: &'a Json<'a>,
    path: &'a RefCell<Vec<Step>>,
}

/// What is in a list, a map or a struct.
struct Inside<'a> {
    of: Traced<'a>,
    is_struct: bool,
    next: usize,
}

impl<'de> Inside<'de> {
    fn read<S: DeserializeSeed<'de>>(&mut self, seed: S, json: &'de Json<'de>) -> Result<S::Value, Error> {
        let path = self.of.path;
        path.borrow_mut().push(Step { index: self.next, is_property: self.is_struct });
        let value = seed.deserialize(Traced { json, path })?;
        path.borrow_mut().pop();
        self.next += 1;
        Ok(value)
    }
}

impl<'de> SeqAccess<'de> for Inside<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        match self.of.json {
            Json::List(list) => list.get(self.next).map(|item| self.read(seed, item)).transpose(),
            _ => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Inside<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let next = self.of.json.properties().get(self.next);
        next.map(|(name, _)| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (_, value) = &self.of.json.properties()[self.next];
        self.read(seed, value)
    }
}

macro_rules! as_json {
    ($($deserialize:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.json.$deserialize(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Traced<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let inside = Inside { of: self, is_struct: false, next: 0 };
        match self.json {
            Json::List(_) => visitor.visit_seq(inside),
            Json::Object(_) => visitor.visit_map(inside),
            Json::Scalar(_) | Json::Text(_) => self.json.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.json {
            Json::Object(_) if name == OBJECT => visitor.visit_map(Inside { of: self, is_struct: true, next: 0 }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.json.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json.deserialize_enum(name, variants, visitor)
    }

    as_json! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier
        deserialize_ignored_any
    }

    serde::forward_to_deserialize_any! { unit_struct seq tuple tuple_struct map }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::emit::support::objects::{FromProperties, Properties, optional, read_object, required};
    use crate::emit::support::undecoded::Undecoded;

    #[derive(Debug)]
    struct Node {
        id: u8,
        child: Option<Box<Self>>,
        list: Option<Vec<Self>>,
        map: Option<BTreeMap<String, Self>>,
        undecoded: Undecoded,
    }

    impl<'de> FromProperties<'de> for Node {
        const NAMES: &'static [&'static str] = &["id", "child", "list", "map"];

        fn position(name: &str) -> Option<usize> {
            Self::NAMES.iter().position(|known| *known == name)
        }

        fn from_properties<A: MapAccess<'de>>(mut properties: Properties<A, Self>) -> Result<Self, A::Error> {
            let (mut id, mut child, mut list, mut map) = (None, None, None, None);
            while let Some(index) = properties.next()? {
                match index {
                    0 => id = Some(properties.value()?),
                    1 => child = Some(properties.value()?),
                    2 => list = Some(properties.value()?),
                    _ => map = Some(properties.value()?),
                }
            }
            Ok(Self {
                id: required(id, "id")?,
                child: optional(child, "child")?,
                list: optional(list, "list")?,
                map: optional(map, "map")?,
                undecoded: properties.undecoded(),
            })
        }
    }

    impl<'de> serde::Deserialize<'de> for Node {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            read_object(deserializer)
        }
    }

    fn read(json: &serde_json::Value) -> serde_json::Result<Node> {
        read_reply(json.to_string().as_bytes())
    }

    fn kept(undecoded: &Undecoded) -> serde_json::Value {
        undecoded.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    #[test]
    fn only_the_innermost_property_is_lost() {
        for (given, lost) in [
            (json!({"id": 1}), json!({})),
            (json!({"id": 1, "child": 7}), json!({"child": 7})),
            (json!({"id": 1, "child": [1], "list": {}, "map": []}), json!({"child": [1], "list": {}, "map": []})),
            // An object that cannot be without it is lost as a whole, with what was lost in it before.
            (json!({"id": 1, "child": {"list": 7}}), json!({"child": {"list": 7}})),
            (json!({"id": 1, "child": {"list": 7, "id": "x"}}), json!({"child": {"list": 7, "id": "x"}})),
            // An item of a list or of a map is no property.
            (json!({"id": 1, "list": [{"id": 1}, 7]}), json!({"list": [{"id": 1}, 7]})),
            (json!({"id": 1, "map": {"a": {"id": 256}}}), json!({"map": {"a": {"id": 256}}})),
        ] {
            assert_eq!(kept(&read(&given).unwrap().undecoded), lost, "{given}");
        }
        let node = read(&json!({"id": 1, "list": [{"id": 2}, {"id": 3, "map": 4}]})).unwrap();
        assert!(node.undecoded.is_empty());
        assert_eq!(kept(&node.list.unwrap()[1].undecoded), json!({"map": 4}));
        let node = read(&json!({"id": 1, "map": {"a": {"id": 2, "child": {"id": 3, "child": 4}}}})).unwrap();
        assert_eq!(kept(&node.map.unwrap()["a"].child.as_ref().unwrap().undecoded), json!({"child": 4}));
    }

    #[test]
    fn a_whole_that_cannot_be_read_is_an_error() {
        for given in [json!({}), json!([1]), json!({"id": "x"}), json!({"id": -1, "child": 7}), json!(null)] {
            assert!(read(&given).is_err(), "{given}");
        }
        assert!(read_reply::<Node>(br#"{"id": 1, "child": 7"#).is_err());
        assert!(read_reply::<Vec<Node>>(br#"[{"id": 1, "child": 7}, {}]"#).is_err());
        assert_eq!(read_reply::<Vec<Node>>(br#"[{"id": 1, "child": 7}]"#).unwrap()[0].id, 1);
    }

    #[test]
    fn a_reply_with_the_name_of_what_is_kept_is_read() {
        let node = read(&json!({"id": 1, (UNDECODED): {"a": 1}, "child": {"id": 2, (UNDECODED): 7}})).unwrap();
        assert_eq!(node.id, 1);
        let node = read(&json!({"id": 1, (UNDECODED): 7, "child": 3})).unwrap();
        assert_eq!(node.id, 1);
    }

    #[test]
    fn many_lost_properties_end_in_bounded_work() {
        let list = |items: usize| -> Vec<_> { (0..items).map(|_| json!({"id": 1, "child": 7})).collect() };
        let read = read(&json!({"id": 1, "list": list(500)})).unwrap().list.unwrap();
        assert!(read.iter().all(|node| node.undecoded.get("child").is_some()));
        let text = json!(list(20_000)).to_string();
        assert!(read_reply::<Vec<Node>>(text.as_bytes()).is_err());
    }
}
