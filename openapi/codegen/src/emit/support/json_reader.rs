use std::cell::RefCell;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde_json::Error;

use super::json::Json;

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

    fn inside(self) -> Inside<'a> {
        Inside { of: self, is_struct: false, next: 0 }
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut inside = self.inside();
        let read = visitor.visit_seq(&mut inside)?;
        inside.end().map(|()| read)
    }

    /// The error for a value of another type than asked for.
    #[cold]
    fn unexpected(self, expected: &dyn Expected) -> Error {
        let found = match self.json {
            Json::Null => Unexpected::Unit,
            Json::Bool(value) => Unexpected::Bool(*value),
            Json::Number(_) => Unexpected::Other("number"),
            Json::Text(text) => Unexpected::Str(text),
            Json::List(_) => Unexpected::Seq,
            Json::Object(_) => Unexpected::Map,
        };
        Error::invalid_type(found, expected)
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
        self.enter();
        let value = seed.deserialize(JsonReader { json, ..self.of })?;
        self.leave();
        Ok(value)
    }

    #[inline]
    fn enter(&self) {
        if let Some(path) = self.of.path {
            path.borrow_mut().push(Step { index: self.next, is_property: self.is_struct });
        }
    }

    #[inline]
    fn leave(&mut self) {
        if let Some(path) = self.of.path {
            path.borrow_mut().pop();
        }
        self.next += 1;
    }

    /// The next item of a list.
    fn item(&self) -> Option<&'de Json<'de>> {
        match self.of.json {
            Json::List(list) => list.get(self.next),
            _ => None,
        }
    }

    /// A tuple has as many items as its type.
    fn end(&self) -> Result<(), Error> {
        match self.item() {
            Some(_) => Err(Error::invalid_length(self.next + 1, &"fewer items")),
            None => Ok(()),
        }
    }
}

// For references, so that what is left can be seen.
impl<'de> SeqAccess<'de> for &mut Inside<'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        match self.item() {
            Some(item) => self.read(seed, item).map(Some),
            None => Ok(None),
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
        match self.of.json.properties().get(self.next) {
            Some((name, _)) => seed.deserialize(Name { name, of_property: &mut self.is_struct }).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.of.json.properties().get(self.next) {
            Some((_, value)) => self.read(seed, value),
            None => Err(Error::custom("a value is read before its name")),
        }
    }
}

/// The name of a value in an object. A struct asks for the names of its properties as identifiers, and a map for its keys as
/// other types.
struct Name<'a, 'de> {
    name: &'de str,
    of_property: &'a mut bool,
}

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.name)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        *self.of_property = true;
        visitor.visit_borrowed_str(self.name)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.name.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct ignored_any
    }
}

macro_rules! deserialize_numbers {
    ($($deserialize:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.json {
                // Not as any: a number of arbitrary precision is told what it is read as.
                Json::Number(number) => number.$deserialize(visitor),
                _ => Err(self.unexpected(&visitor)),
            }
        })*
    };
}

macro_rules! deserialize_texts {
    ($($deserialize:ident)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.json {
                Json::Text(text) => visitor.visit_borrowed_str(text),
                _ => Err(self.unexpected(&visitor)),
            }
        })*
    };
}

// A visitor that asks for one type of JSON gets no other, as from serde_json. That is also less to compile.
impl<'de> Deserializer<'de> for JsonReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json {
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => number.deserialize_any(visitor),
            Json::Null => visitor.visit_unit(),
            Json::Text(text) => visitor.visit_borrowed_str(text),
            Json::List(_) => self.list(visitor),
            Json::Object(_) => visitor.visit_map(&mut self.inside()),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json {
            Json::Bool(value) => visitor.visit_bool(*value),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json {
            Json::List(_) => self.list(visitor),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.json {
            Json::Object(_) => visitor.visit_map(&mut self.inside()),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    deserialize_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }

    deserialize_texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

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
            Json::Object(_) => visitor.visit_enum(MapAccessDeserializer::new(&mut self.inside())),
            _ => Err(self.unexpected(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple tuple_struct struct }
}
