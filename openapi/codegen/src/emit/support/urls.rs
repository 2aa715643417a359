use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters (RFC 3986, section 2.3).
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes a value as one segment of a path: all but the unreserved characters are encoded.
pub(crate) fn encode_path(segment: &str) -> Result<Cow<'_, str>, InvalidPathSegment> {
    if matches!(segment, "" | "." | "..") {
        return Err(InvalidPathSegment(segment.to_owned()));
    }
    Ok(utf8_percent_encode(segment, UNRESERVED).into())
}

/// A value that would change which resource a path names (RFC 3986, section 5.2.4).
#[derive(Debug)]
pub(crate) struct InvalidPathSegment(String);

impl<E> From<InvalidPathSegment> for super::error::Error<E> {
    fn from(InvalidPathSegment(segment): InvalidPathSegment) -> Self {
        Self::InvalidRequest(format!("`{segment}` cannot stand in a path: pass a value that is not empty, `.` or `..`"))
    }
}

/// A URL as a text may show it: without what could be a secret, even where it is no URL.
pub(crate) fn shown_url(url: &str) -> String {
    let Some((before, _)) = url.split_once(['?', '#']) else {
        return match url.rsplit_once('@') {
            Some((_, after)) => format!("…@{after}"),
            None => url.to_owned(),
        };
    };
    // A password may hold these characters, too, where nobody encoded them.
    if url.contains('@') { "…".to_owned() } else { before.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_urls() {
        for (url, shown) in [
            ("https://a.b/c", "https://a.b/c"),
            ("https://a.b?c", "https://a.b"),
            ("https://a.b#c?d", "https://a.b"),
            ("https://user:secret@a.b/c", "…@a.b/c"),
            ("https://user:se@cret@a.b", "…@a.b"),
            ("https://user:sec?ret@a.b", "…"),
            ("https://user:sec#ret@a.b", "…"),
            ("https://a.b?mail=c@d&key=secret", "…"),
            ("", ""),
        ] {
            assert_eq!(shown_url(url), shown, "{url}");
        }
    }

    #[test]
    fn path_segments() {
        for (segment, encoded) in [
            ("op_1-A.~", Some("op_1-A.~")),
            ("a/b\\c", Some("a%2Fb%5Cc")),
            ("a:b;c&d%e é", Some("a%3Ab%3Bc%26d%25e%20%C3%A9")),
            ("...", Some("...")),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            assert_eq!(encode_path(segment).ok().as_deref(), encoded, "{segment}");
        }
    }
}
