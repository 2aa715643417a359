//! The types that typify does not write, or whose deserialization is changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Format;

/// Another name of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// The name of the type.
    pub target: String,
    /// The description of the schema of this name.
    pub description: Option<String>,
}

/// A text of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormattedText {
    /// The format.
    pub format: Format,
    /// The description of the schema.
    pub description: Option<String>,
}

/// An enum of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Enum {
    /// The description of the schema.
    pub description: Option<String>,
    /// The values, in document order.
    pub values: Vec<String>,
    /// The descriptions of values, by value. A value without one is left out.
    pub value_descriptions: BTreeMap<String, String>,
    /// The names that the document gives to values, by value. A value without one is left out.
    pub value_names: BTreeMap<String, String>,
    /// Whether a server sends it, so that it may have values that this version does not know.
    pub open: bool,
}

/// A union.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Union {
    /// The description of the schema.
    pub description: Option<String>,
    /// The members, in document order.
    pub members: Vec<Member>,
    /// The discriminator property. Empty without a discriminator.
    pub tag: String,
    /// Whether a value is exactly one of the members.
    pub exclusive: bool,
    /// Whether a server sends it, so that it may have members that this version does not know.
    pub open: bool,
}

/// A member of a union: its variant, and what distinguishes its values from those of the others.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The name of the variant.
    pub variant: String,
    /// The schema in the prepared document.
    pub schema: Value,
    /// Whether its type holds the union itself, so that it needs a box.
    pub recursive: bool,
    /// The JSON types of its values.
    pub types: BTreeSet<&'static str>,
    /// The values of an enum of strings.
    pub values: Vec<String>,
    /// The format of its texts, if it has a type.
    pub format: Option<Format>,
    /// The values of the discriminator that name it.
    pub tags: Vec<String>,
    /// The properties with an enum or constant, and their values, by their names on the wire.
    pub constants: Vec<(String, Vec<Value>)>,
    /// The names of its properties on the wire.
    pub names: Vec<String>,
    /// The required properties, by their names on the wire.
    pub required: Vec<String>,
    /// Whether it takes properties of any name.
    pub any_name: bool,
    /// Whether it holds numbers that the server may write as text.
    pub is_numeric_text: bool,
    /// The items of a list, or the values of a map.
    pub items: Option<Box<Self>>,
}

/// A list with a schema for each place.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tuple {
    /// The description of the schema.
    pub description: Option<String>,
    /// The places, in their order.
    pub places: Vec<Place>,
    /// Whether its type holds the tuple itself, so that it needs a box.
    pub recursive: bool,
    /// Whether it may be another list: a server sends it, or the document does not fix its length.
    pub open: bool,
}

/// A place in a tuple.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Place {
    /// The schema in the prepared document.
    pub schema: Value,
    /// Whether it holds numbers that the server may write as text.
    pub is_numeric_text: bool,
}

/// A type that a server sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadType {
    /// Whether a client sends it, too.
    pub written: bool,
    /// The properties that may be null, by their names on the wire.
    pub nullable: BTreeSet<String>,
    /// The properties with numbers that the server may write as text, by their names on the wire. An empty name stands for
    /// what is no property: the type itself, its items or its other properties.
    pub numeric_texts: BTreeSet<String>,
}
