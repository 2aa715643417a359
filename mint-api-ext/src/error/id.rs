//! Ids, as the API makes them.

use super::{Error, ErrorKind};

/// Checks an id of a `kind`, such as `model`: one or more of `A-Z`, `a-z`, `0-9`, `_` and `-`.
///
/// The API says nothing of its form; these are the characters that every client of it is known to accept, and none
/// of them has a meaning in a path.
pub(crate) fn check(kind: &str, id: &str) -> Result<(), Error> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !id.is_empty() && id.bytes().all(valid) {
        return Ok(());
    }
    let why = if id.is_empty() {
        format!("the id of the {kind} is empty")
    } else {
        // Cut, since it may be anything; quoted, since it may hold control characters.
        let shown: String = id.chars().take(80).collect();
        format!("{shown:?} cannot be the id of the {kind}, which has only letters, digits, `_` and `-`")
    };
    Err(Error::new(ErrorKind::InvalidArgument, format!("{why}; pass the `id` that the API gave the {kind}")))
}
