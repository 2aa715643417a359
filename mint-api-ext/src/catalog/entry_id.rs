//! The name of an entry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, quoted};

/// The tables of a definition that hold entries.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Section {
    /// `[models.NAME]`.
    Models,
    /// `[worlds.NAME]`.
    Worlds,
    /// `[packs.NAME]`.
    Packs,
    /// `[audio.NAME]`.
    Audio,
    /// `[animations.NAME]`.
    Animations,
}

impl Section {
    /// Every section, in the order of a plan.
    pub const ALL: &[Self] = &[Self::Models, Self::Worlds, Self::Packs, Self::Audio, Self::Animations];

    pub(super) fn named(table: &str) -> Option<Self> {
        Self::ALL.iter().find(|section| section.as_str() == table).copied()
    }

    /// The name of the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Worlds => "worlds",
            Self::Packs => "packs",
            Self::Audio => "audio",
            Self::Animations => "animations",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of an entry: its section and its name there, written `models.lamp`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct EntryId {
    /// The table that the entry is in.
    pub section: Section,
    /// The name in that table.
    pub name: String,
}

impl EntryId {
    /// Makes a name of its two parts.
    pub fn new(section: Section, name: impl Into<String>) -> Self {
        Self { section, name: name.into() }
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.name)
    }
}

impl FromStr for EntryId {
    type Err = Error;

    /// Reads `models.lamp`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for another form.
    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('.').filter(|(_, name)| !name.is_empty());
        match parts.and_then(|(word, name)| Some(Self::new(Section::named(word)?, name))) {
            Some(id) => Ok(id),
            None => {
                let text =
                    format!("`{}` names no entry; write the table and the name, such as `models.lamp`", quoted(text));
                Err(Error::new(ErrorKind::InvalidArgument, text))
            }
        }
    }
}
