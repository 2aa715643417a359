//! `Range` headers (RFC 9110, section 14).

/// The bytes of a file that a request asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Range {
    Whole,
    /// Both bytes are included.
    Part {
        first: usize,
        last: usize,
    },
    Unsatisfiable,
}

impl Range {
    /// Reads a `Range` header for a file of `total` bytes. A malformed header, or one with several ranges, is ignored.
    pub(crate) fn parse(header: &str, total: usize) -> Self {
        let parsed = header.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
        let Some((first, last)) = parsed.map(|(first, last)| (first.trim(), last.trim())) else {
            return Self::Whole;
        };
        let end = total.saturating_sub(1);
        let bounds = match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
            (Ok(first), Err(_)) if last.is_empty() => (first, end),
            (Err(_), Ok(0)) if first.is_empty() => return Self::Unsatisfiable,
            (Err(_), Ok(length)) if first.is_empty() => (total.saturating_sub(length), end),
            _ => return Self::Whole,
        };
        match bounds {
            (first, _) if first >= total => Self::Unsatisfiable,
            (first, last) => Self::Part { first, last },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |first, last| Range::Part { first, last };
        for (range, expected) in [
            ("bytes=0-", part(0, 9)),
            ("bytes=4-5", part(4, 5)),
            ("bytes=4-99", part(4, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-99", part(0, 9)),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=-0", Range::Unsatisfiable),
            ("bytes=5-4", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("lines=1-2", Range::Whole),
            ("bytes=a-b", Range::Whole),
        ] {
            assert_eq!(Range::parse(range, 10), expected, "{range}");
        }
        assert_eq!(Range::parse("bytes=0-", 0), Range::Unsatisfiable);
    }
}
