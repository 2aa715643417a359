use std::fmt;
use std::mem;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::integers::{Lenient, LenientValue};
use super::numbers::{NumberOrText, NumberOrTextValue};
use super::undecoded::{UNDECODED, Undecoded};

/// A struct that is read from an object and from nothing else: serde's derived code reads a list, too.
pub(crate) trait FromProperties<'de>: Sized {
    const NAMES: &'static [&'static str];

    /// The position of a name among [`Self::NAMES`].
    fn position(name: &str) -> Option<usize>;

    /// Makes the struct in `object`, which is empty before.
    fn from_properties<A: MapAccess<'de>>(properties: Properties<A>, object: &mut Option<Self>)
    -> Result<(), A::Error>;
}

pub(crate) fn read_object<'de, T: FromProperties<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    // A struct is larger than what deserializers return elsewhere, and they move what they return several times.
    let mut object = None;
    deserializer.deserialize_map(ObjectVisitor(&mut object))?;
    object.ok_or_else(|| de::Error::custom("expected an object"))
}

struct ObjectVisitor<'a, T>(&'a mut Option<T>);

impl<'de, T: FromProperties<'de>> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let undecoded = Undecoded::default();
        T::from_properties(Properties { access, names: T::NAMES, position: T::position, undecoded }, self.0)
    }
}

/// The properties of an object that is being read. It is not generic over the struct, so that the search for the next
/// property is compiled once.
pub(crate) struct Properties<A> {
    access: A,
    names: &'static [&'static str],
    position: fn(&str) -> Option<usize>,
    undecoded: Undecoded,
}

/// Reads the property at a position. It is no type parameter, so that what calls it is compiled once.
type Read<'a, P, E> = &'a mut dyn FnMut(&mut P, usize) -> Result<(), E>;

impl<'de, A: MapAccess<'de>> Properties<A> {
    /// Reads each property with `read`, which gets its position among the names of the struct; others are skipped.
    pub(crate) fn each(&mut self, read: Read<'_, Self, A::Error>) -> Result<(), A::Error> {
        while let Some(name) = self.name(|_| ())? {
            match name {
                Name::Known(index) => read(self, index)?,
                Name::Undecoded => self.undecoded = self.access.next_value()?,
                Name::Other => {
                    self.access.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    /// As [`each`](Self::each); another name is an error.
    pub(crate) fn each_known(&mut self, read: Read<'_, Self, A::Error>) -> Result<(), A::Error> {
        let mut other = String::new();
        while let Some(name) = self.name(|name| name.clone_into(&mut other))? {
            match name {
                Name::Known(index) => read(self, index)?,
                Name::Undecoded => return Err(de::Error::unknown_field(UNDECODED, self.names)),
                Name::Other => return Err(de::Error::unknown_field(&other, self.names)),
            }
        }
        Ok(())
    }

    /// As [`each`](Self::each); others are read and kept.
    pub(crate) fn each_or_other<O>(
        &mut self,
        others: &mut impl Extend<(String, O)>,
        read_other: impl Fn(&mut Self, &mut Option<O>) -> Result<(), A::Error>,
        read: Read<'_, Self, A::Error>,
    ) -> Result<(), A::Error> {
        let mut other = String::new();
        while let Some(name) = self.name(|name| name.clone_into(&mut other))? {
            match name {
                Name::Known(index) => read(self, index)?,
                Name::Undecoded => self.undecoded = self.access.next_value()?,
                Name::Other => {
                    let mut value = None;
                    read_other(self, &mut value)?;
                    others.extend(value.map(|value| (mem::take(&mut other), value)));
                }
            }
        }
        Ok(())
    }

    /// The next name; `keep` gets one that the struct lacks.
    #[inline]
    fn name(&mut self, keep: impl FnOnce(&str)) -> Result<Option<Name>, A::Error> {
        self.access.next_key_seed(NameOf { position: self.position, keep })
    }

    pub(crate) fn value<V: Deserialize<'de>>(&mut self, field: &mut Option<V>) -> Result<(), A::Error> {
        *field = Some(self.access.next_value()?);
        Ok(())
    }

    /// As [`value`](Self::value), of a property that may be null. Most are, so that they should move nothing.
    pub(crate) fn option<V: Deserialize<'de>>(&mut self, field: &mut Option<V>) -> Result<(), A::Error> {
        self.access.next_value_seed(InPlace(field))
    }

    pub(crate) fn lenient<V: Lenient<'de>>(&mut self, field: &mut Option<V>) -> Result<(), A::Error> {
        *field = self.access.next_value().map(|LenientValue(value)| Some(value))?;
        Ok(())
    }

    pub(crate) fn number_or_text<V: NumberOrText<'de>>(&mut self, field: &mut Option<V>) -> Result<(), A::Error> {
        *field = self.access.next_value().map(|NumberOrTextValue(value)| Some(value))?;
        Ok(())
    }

    /// What [`salvage`](super::salvage) has set aside.
    pub(crate) fn undecoded(self) -> Undecoded {
        self.undecoded
    }
}

struct InPlace<'a, V>(&'a mut Option<V>);

impl<'de, V: Deserialize<'de>> DeserializeSeed<'de> for InPlace<'_, V> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for InPlace<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 = Some(V::deserialize(deserializer)?);
        Ok(())
    }
}

/// The value of a property before it is read. It takes the position so that a macro can repeat it.
pub(crate) fn nothing<T>(_: usize) -> Option<T> {
    None
}

/// The value of a property that an object cannot be without.
pub(crate) fn required<T, E: de::Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// As [`optional`], of what [`Properties::option`] read.
pub(crate) fn as_read<T, E>(value: Option<T>, _: &str) -> Result<Option<T>, E> {
    Ok(value)
}

pub(crate) fn optional<T: Default, E>(value: Option<T>, _: &str) -> Result<T, E> {
    Ok(value.unwrap_or_default())
}

pub(crate) fn or_default<T, E>(value: Option<T>, _: &str, default: fn() -> T) -> Result<T, E> {
    Ok(value.unwrap_or_else(default))
}

enum Name {
    Known(usize),
    Undecoded,
    Other,
}

struct NameOf<K> {
    position: fn(&str) -> Option<usize>,
    keep: K,
}

impl<'de, K: FnOnce(&str)> DeserializeSeed<'de> for NameOf<K> {
    type Value = Name;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, K: FnOnce(&str)> Visitor<'de> for NameOf<K> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(match (self.position)(name) {
            Some(index) => Name::Known(index),
            None if name == UNDECODED => Name::Undecoded,
            None => {
                (self.keep)(name);
                Name::Other
            }
        })
    }
}

/// An object that is being written. What did not decode is written as it came.
pub(crate) struct WriteObject<'a, S: Serializer> {
    map: S::SerializeMap,
    undecoded: Option<&'a Undecoded>,
}

impl<'a, S: Serializer> WriteObject<'a, S> {
    pub(crate) fn new(serializer: S) -> Result<Self, S::Error> {
        Ok(Self { map: serializer.serialize_map(None)?, undecoded: None })
    }

    pub(crate) fn undecoded(&mut self, undecoded: &'a Undecoded) {
        self.undecoded = Some(undecoded);
    }

    pub(crate) fn property<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        match self.undecoded.and_then(|undecoded| undecoded.get(name)) {
            Some(_) => Ok(()),
            None => self.map.serialize_entry(name, value),
        }
    }

    pub(crate) fn some<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) -> Result<(), S::Error> {
        match value {
            Some(value) => self.property(name, value),
            None => Ok(()),
        }
    }

    pub(crate) fn unless<T: Serialize>(
        &mut self,
        name: &'static str,
        value: &T,
        skip: fn(&T) -> bool,
    ) -> Result<(), S::Error> {
        if skip(value) { Ok(()) } else { self.property(name, value) }
    }

    /// Writes the properties that have no field.
    pub(crate) fn others<'o, T: Serialize + 'o>(
        &mut self,
        others: impl IntoIterator<Item = (&'o String, &'o T)>,
    ) -> Result<(), S::Error> {
        others.into_iter().try_for_each(|(name, value)| self.map.serialize_entry(name, value))
    }

    pub(crate) fn end(mut self) -> Result<S::Ok, S::Error> {
        let mut undecoded = self.undecoded.into_iter().flat_map(Undecoded::iter);
        undecoded.try_for_each(|(name, value)| self.map.serialize_entry(name, value))?;
        self.map.end()
    }
}

/// Implements reading and writing of a struct as an object. Of each property it gets the position, the field, the name, how
/// it is read, what its field is without it, and how it is written.
macro_rules! object {
    (
        $object:ident $each:ident $(($others:ident $read_other:ident))? $($undecoded:ident)?;
        $($index:tt $field:ident $name:literal $read:ident $absent:ident $(($default:path))? $write:ident $(($skip:path))?;)*
    ) => {
        impl<'de> super::support::FromProperties<'de> for $object {
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn position(name: &str) -> ::std::option::Option<usize> {
                match name {
                    $($name => Some($index),)*
                    _ => None,
                }
            }

            // For an object without properties.
            #[allow(unused_mut, unused_variables)]
            fn from_properties<__A: ::serde::de::MapAccess<'de>>(
                mut properties: super::support::Properties<__A>,
                object: &mut ::std::option::Option<Self>,
            ) -> ::std::result::Result<(), __A::Error> {
                let mut fields = ($(super::support::nothing($index),)*);
                $(let mut $others = ::std::default::Default::default();)?
                properties.$each(
                    $(&mut $others, super::support::Properties::$read_other,)?
                    &mut |properties, index| match index {
                        $($index => properties.$read(&mut fields.$index),)*
                        _ => Ok(()),
                    },
                )?;
                *object = Some(Self {
                    $($field: super::support::$absent(fields.$index, $name $(, $default)?)?,)*
                    $($others,)?
                    $($undecoded: properties.undecoded(),)?
                });
                Ok(())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $object {
            fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                super::support::read_object(deserializer)
            }
        }

        impl ::serde::Serialize for $object {
            fn serialize<__S: ::serde::Serializer>(&self, serializer: __S) -> ::std::result::Result<__S::Ok, __S::Error> {
                #[allow(unused_mut)]
                let mut object = super::support::WriteObject::new(serializer)?;
                $(object.undecoded(&self.$undecoded);)?
                $(object.$write($name, &self.$field $(, $skip)?)?;)*
                $(object.others(&self.$others)?;)?
                object.end()
            }
        }
    };
}
pub(crate) use object;
