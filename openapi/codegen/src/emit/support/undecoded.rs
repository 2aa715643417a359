use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The name of the property under which an object has its [`Undecoded`] while it is read. No API has such a name.
pub(crate) const UNDECODED: &str = "\0undecoded";

/// The properties of an object whose values are not of their documented types, as they came, by their names in JSON.
///
/// They are written back when the object is serialized.
#[derive(Clone, Default)]
// In a box, since every object has one and hardly any uses it.
pub struct Undecoded(Option<Box<Map<String, Value>>>);

impl Undecoded {
    /// Whether every property was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of a property that could not be read.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// The properties that could not be read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|properties| properties.iter()).map(|(name, value)| (name.as_str(), value))
    }
}

impl<'de> Deserialize<'de> for Undecoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Object(properties) if !properties.is_empty() => Self(Some(Box::new(properties))),
            _ => Self::default(),
        })
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Undecoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}
