use std::cell::RefCell;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::Error;

use super::json::Json;
use super::objects::OBJECT;

/// A step from a value to one in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) index: usize,
    /// Whether it leads to the property of a struct, and not into a list or a map.
    pub(crate) is_property: bool,
}

/// Reads values from [`Json`], and may keep the path to the value being read: after an error, it leads to the one that
/// failed.
#[derive(Clone, Copy)]
pub(crate) struct JsonReader<'a> {
    json: &'a Json<'a>,
    path: Option<&'a RefCell<Vec<Step>>>,
}

impl<'a> JsonReader<'a> {
    pub(crate) fn new(json: &'a Json<'a>) -> Self {
        Self { json, path: None }
    }

    pub(crate) fn with_path(self, path: &'a RefCell<Vec<Step>>) -> Self {
        Self { path: Some(path), ..self }
    }

    fn inside(self, is_struct: bool) -> Inside<'a> {
        Inside { of: self, is_struct, next: 0 }
    }
}

/// What is in a list, a map or a struct.
struct Inside<'a> {
    of: JsonReader<'a>,
    is_struct: bool,
    next: usize,
}

impl<'de> Inside<'de> {
    #[inline]
    fn read<S: DeserializeSeed<'de>>(&mut self, seed: S, json: &'de Json<'de>) -> Result<S::Value, Error> {
        let path = self.of.path;
        if let Some(path) = path {
            path.borrow_mut().push(Step { index: self.next, is_property: self.is_struct });
        }
        let value = seed.deserialize(JsonReader { json, path })?;
        if let Some(path) = path {
            path.borrow_mut().pop();
        }
        self.next += 1;
        Ok(value)
    }

    /// A tuple has as many items as its type.
    fn end(&self, length: usize) -> Result<(), Error> {
        if self.next < length { Err(Error::invalid_length(length, &"fewer items")) } else { Ok(()) }
    }
}

// For references, so that what is left can be seen.
impl<'de> SeqAccess<'de> for &mut Inside<'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        match self.of.json {
            Json::List(list) => list.get(self.next).map(|item| self.read(seed, item)).transpose(),
            _ => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        match self.of.json {
            Json::List(list) => list.len().checked_sub(self.next),
            _ => None,
        }
    }
}

impl<'de> MapAccess<'de> for &mut Inside<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let next = self.of.json.properties().get(self.next);
        next.map(|(name, _)| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.of.json.properties().get(self.next) {
            Some((_, value)) => self.read(seed, value),
            None => Err(Error::custom("a value is read before its name")),
        }
    }
}

macro_rules! deserialize_numbers {
    ($($deserialize:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.json {
                // Not as any: a number of arbitrary precision is told what it is read as.
                Json::Number(number) => number.$deserialize(visitor),
                _ => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for JsonReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json {
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => number.deserialize_any(visitor),
            Json::Null => visitor.visit_unit(),
            Json::Text(text) => visitor.visit_borrowed_str(text),
            Json::List(list) => {
                let mut inside = self.inside(false);
                let read = visitor.visit_seq(&mut inside)?;
                inside.end(list.len()).map(|()| read)
            }
            Json::Object(_) => visitor.visit_map(&mut self.inside(false)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.json {
            Json::Object(_) if name == OBJECT => visitor.visit_map(&mut self.inside(true)),
            _ => self.deserialize_any(visitor),
        }
    }

    deserialize_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.json.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.json {
            Json::Text(text) => visitor.visit_enum((&**text).into_deserializer()),
            Json::Object(_) => visitor.visit_enum(MapAccessDeserializer::new(&mut self.inside(false))),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}
