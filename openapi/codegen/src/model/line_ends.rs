//! The ends of lines.

use std::borrow::Cow;

/// A text with a line feed at the end of each line, in place of a carriage return or both.
pub(crate) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text.into(),
    }
}
