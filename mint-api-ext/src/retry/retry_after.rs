//! `Retry-After` (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

/// Parses a delay: a number of seconds, or a date. `date` is the `Date` of the reply; the delay counts from it, so that the
/// clock of this machine does not matter.
///
/// A date in the past gives zero. Without a valid `Date`, the clock of this machine is used. `None` for any other text.
pub(crate) fn parse(text: &str, date: Option<&str>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_dates_and_nonsense() {
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        for (text, seconds) in [
            ("0", Some(0)),
            (" 9 ", Some(9)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", Some(30)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse(text, date), seconds.map(Duration::from_secs), "{text}");
        }
        // The longest delay does not overflow.
        assert_eq!(parse("18446744073709551615", date), Some(Duration::from_secs(u64::MAX)));
    }
}
