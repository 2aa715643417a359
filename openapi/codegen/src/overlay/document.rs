//! Reading an overlay document.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use super::action::{Action, Modifier, only_extensions, present};
use super::provenance::Provenance;
use crate::document::parse_json;
use crate::error::Error;

/// An overlay: what to change in a document (Overlay 1.1.0, section 4.4.1).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Overlay {
    /// The version of the specification it is written for.
    pub version: Version,
    /// Its title and version.
    pub info: Info,
    /// The document it is for, as a URI reference. It is not followed: the caller says which document is changed.
    pub extends: Option<String>,
    /// Its actions, in order; at least one.
    pub actions: Vec<Action>,
    /// Its fields that start with `x-`.
    pub extensions: Map<String, Value>,
}

/// The title and version of an overlay (Overlay 1.1.0, section 4.4.2).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Info {
    /// Its title.
    pub title: String,
    /// Its own version.
    pub version: String,
    /// Its description.
    #[serde(default, deserialize_with = "present")]
    pub description: Option<String>,
    /// Its fields that start with `x-`.
    #[serde(flatten)]
    pub extensions: Map<String, Value>,
}

/// A version of the specification, without its patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Version {
    /// 1.0: no `copy`; a list that updates a list becomes one element.
    V1_0,
    /// 1.1.
    V1_1,
}

/// The fields of an overlay in JSON.
#[derive(Deserialize)]
struct Written {
    overlay: Version,
    info: Info,
    #[serde(default, deserialize_with = "present")]
    extends: Option<String>,
    actions: Vec<Value>,
    #[serde(flatten)]
    extensions: Map<String, Value>,
}

impl Overlay {
    /// Reads an overlay written as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] when the text is not JSON, else as [`from_value`](Self::from_value).
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::from_value(parse_json(text)?)
    }

    /// Reads an overlay that was parsed from any format.
    ///
    /// # Errors
    ///
    /// [`Error::Overlay`], with a line for each action that the specification does not allow, or for another wrong field.
    pub fn from_value(value: Value) -> Result<Self, Error> {
        let Written { overlay: version, info, extends, actions: written, extensions } =
            Written::deserialize(value).map_err(|error| Error::Overlay(error.to_string()))?;
        only_extensions(&extensions).map_err(Error::Overlay)?;
        only_extensions(&info.extensions).map_err(|why| Error::Overlay(format!("info: {why}")))?;
        if written.is_empty() {
            return Err(Error::Overlay("`actions` is empty; an overlay has at least one".into()));
        }

        let mut wrong = Vec::new();
        let mut actions = Vec::new();
        let mut seen = HashSet::new();
        for (index, written) in written.into_iter().enumerate() {
            if !seen.insert(written.to_string()) {
                wrong.push(format!("actions[{index}]: the same action occurs twice"));
            }
            match Action::deserialize(written) {
                Ok(Action { modifier: Modifier::Copy(_), .. }) if version == Version::V1_0 => {
                    wrong.push(format!("actions[{index}]: `copy` is of Overlay 1.1"));
                }
                Ok(action) => actions.push(action),
                Err(error) => wrong.push(format!("actions[{index}]: {error}")),
            }
        }
        one_error(&wrong)?;
        Ok(Self { version, info, extends, actions, extensions })
    }

    /// The provenance of each action, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Overlay`], with a line for each action whose `x-provenance` is missing or invalid.
    pub fn provenances(&self) -> Result<Vec<Provenance>, Error> {
        let mut wrong = Vec::new();
        let mut provenances = Vec::new();
        for (index, action) in self.actions.iter().enumerate() {
            match Provenance::of(action) {
                Ok(provenance) => provenances.push(provenance),
                Err(why) => wrong.push(format!("actions[{index}] (`{}`): {why}", action.target)),
            }
        }
        one_error(&wrong)?;
        Ok(provenances)
    }
}

/// One error for all lines.
fn one_error(wrong: &[String]) -> Result<(), Error> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Overlay(wrong.join("\n")))
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match text.split('.').collect::<Vec<_>>()[..] {
            ["1", "0", patch] if is_number(patch) => Ok(Self::V1_0),
            ["1", "1", patch] if is_number(patch) => Ok(Self::V1_1),
            _ => Err(de::Error::custom(format!("`{text}` is not a supported version of Overlay: use 1.0 or 1.1"))),
        }
    }
}
