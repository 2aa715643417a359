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

/// Clamps the time to the years 0 to 9999, since RFC 3339 writes a year with four digits.
impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
    fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
        let nearest = |seconds, nanos| chrono::DateTime::from_timestamp(seconds, nanos).unwrap_or(time);
        let time = time.clamp(nearest(-62_167_219_200, 0), nearest(253_402_300_799, 999_999_999));
        Self(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true).into())
    }
}

/// Clamps the time to the years 0 to 9999, since RFC 3339 writes a year with four digits.
impl From<std::time::SystemTime> for Timestamp {
    fn from(time: std::time::SystemTime) -> Self {
        type Utc = chrono::DateTime<chrono::Utc>;
        let delta = |duration| chrono::TimeDelta::from_std(duration).unwrap_or(chrono::TimeDelta::MAX);
        let time = match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Utc::UNIX_EPOCH.checked_add_signed(delta(since)).unwrap_or(Utc::MAX_UTC),
            Err(error) => Utc::UNIX_EPOCH.checked_sub_signed(delta(error.duration())).unwrap_or(Utc::MIN_UTC),
        };
        time.into()
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

    #[test]
    fn every_time_has_a_text_that_is_read_again() {
        use std::time::{Duration, SystemTime};

        let far = |seconds| Duration::from_secs(seconds);
        for (time, text) in [
            (SystemTime::UNIX_EPOCH.checked_add(far(253_402_300_799)), "9999-12-31T23:59:59Z"),
            (SystemTime::UNIX_EPOCH.checked_add(far(253_402_300_800)), "9999-12-31T23:59:59.999999999Z"),
            (SystemTime::UNIX_EPOCH.checked_add(far(1 << 62)), "9999-12-31T23:59:59.999999999Z"),
            (SystemTime::UNIX_EPOCH.checked_sub(far(1)), "1969-12-31T23:59:59Z"),
            (SystemTime::UNIX_EPOCH.checked_sub(far(62_167_219_201)), "0000-01-01T00:00:00Z"),
            (SystemTime::UNIX_EPOCH.checked_sub(far(1 << 62)), "0000-01-01T00:00:00Z"),
        ] {
            // Windows knows no time before 1601.
            let Some(time) = time.map(Timestamp::from) else { continue };
            assert_eq!(time.as_str(), text);
            assert!(time.to_utc().is_ok());
        }
        let leap: Timestamp = "9999-12-31T23:59:60Z".parse().unwrap();
        assert_eq!(
            Timestamp::from(SystemTime::from(leap.to_utc().unwrap())).as_str(),
            "9999-12-31T23:59:59.999999999Z"
        );
        assert_eq!(
            Timestamp::from(chrono::DateTime::<chrono::Utc>::MAX_UTC).as_str(),
            "9999-12-31T23:59:59.999999999Z"
        );
    }
}
