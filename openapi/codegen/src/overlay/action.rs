//! One action of an overlay.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::query::Query;

/// One action of an overlay (Overlay 1.1.0, section 4.4.3).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Action {
    /// Selects the nodes it changes.
    pub target: Query,
    /// Its purpose.
    pub description: Option<String>,
    /// Its effect on each node.
    pub modifier: Modifier,
    /// Its fields that start with `x-`.
    pub extensions: Map<String, Value>,
}

/// The effect of an action on the nodes it selects.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Modifier {
    /// Merges a value into each.
    Update(Value),
    /// Merges another node of the document into each.
    Copy(Query),
    /// Removes each.
    Remove,
    /// Nothing: the action has no modifier, or `remove: false` alone.
    Nothing,
}

/// The fields of an action in JSON.
#[derive(Deserialize)]
struct Written {
    target: Query,
    #[serde(default, deserialize_with = "present")]
    description: Option<String>,
    #[serde(default, deserialize_with = "present")]
    update: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    copy: Option<Query>,
    #[serde(default)]
    remove: bool,
    #[serde(flatten)]
    extensions: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { target, description, update, copy, remove, extensions } = Written::deserialize(deserializer)?;
        only_extensions(&extensions).map_err(de::Error::custom)?;
        let modifier = match (remove, update, copy) {
            (true, _, _) => Modifier::Remove,
            (false, Some(_), Some(_)) => {
                return Err(de::Error::custom(
                    "it has both `update` and `copy`, and each takes the effect of the other",
                ));
            }
            (false, Some(update), None) => Modifier::Update(update),
            (false, None, Some(copy)) => Modifier::Copy(copy),
            (false, None, None) => Modifier::Nothing,
        };
        Ok(Self { target, description, modifier, extensions })
    }
}

/// Refuses unknown fields, which are typing errors; extensions start with `x-`.
pub(super) fn only_extensions(fields: &Map<String, Value>) -> Result<(), String> {
    match fields.keys().find(|name| !name.starts_with("x-")) {
        Some(name) => Err(format!("the specification has no field `{name}` here; one of your own starts with `x-`")),
        None => Ok(()),
    }
}

/// Reads a field that may be absent but not `null`.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
