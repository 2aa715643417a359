use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time (RFC 3339) that keeps the text it came as.
///
/// It is parsed on demand, so that one malformed time does not cost the rest of a reply.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Timestamp(Box<str>);

impl Timestamp {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time.
    ///
    /// # Errors
    ///
    /// When the text is not a date and time of RFC 3339.
    pub fn to_utc(&self) -> Result<chrono::DateTime<chrono::Utc>, chrono::ParseError> {
        Ok(chrono::DateTime::parse_from_rfc3339(&self.0)?.to_utc())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        Self(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into())
    }
}

impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        chrono::DateTime::<chrono::Utc>::from(time).into()
    }
}

impl std::str::FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        chrono::DateTime::parse_from_rfc3339(text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = chrono::ParseError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_text() {
        let time: Timestamp = serde_json::from_str("\"2026-07-01T10:00:00.000+02:00\"").unwrap();
        assert_eq!(time.as_str(), "2026-07-01T10:00:00.000+02:00");
        assert_eq!(time.to_utc().unwrap().to_rfc3339(), "2026-07-01T08:00:00+00:00");
        let malformed: Timestamp = serde_json::from_str("\"yesterday\"").unwrap();
        assert!(malformed.to_utc().is_err());
        assert!("yesterday".parse::<Timestamp>().is_err());
    }
}
