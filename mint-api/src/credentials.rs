//! What authenticates a call.

use std::env::{self, VarError};
use std::fmt;

use http::HeaderValue;

/// What authenticates a call: an API key, sent as a bearer token (RFC 6750).
///
/// Neither `Debug` nor `Display` shows the key.
#[derive(Clone)]
pub struct Credentials {
    /// The value of the `Authorization` header, marked sensitive.
    authorization: HeaderValue,
}

impl Credentials {
    /// An API key, as made at <https://platform.mint.gg>. White space around it is removed.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the key is empty or holds what an HTTP header cannot carry.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api::Credentials;
    ///
    /// let credentials = Credentials::api_key("secret")?;
    /// assert_eq!(format!("{credentials:?}"), "Credentials(\"[redacted]\")");
    /// # Ok::<(), mint_api::InvalidCredentials>(())
    /// ```
    pub fn api_key(key: impl Into<String>) -> Result<Self, InvalidCredentials> {
        let key = key.into();
        let key = key.trim();
        if key.is_empty() {
            return Err(InvalidCredentials::Empty);
        }
        let visible = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let header = HeaderValue::from_str(&format!("Bearer {key}")).ok().filter(|_| visible);
        let mut authorization = header.ok_or(InvalidCredentials::NotAHeader)?;
        authorization.set_sensitive(true);
        Ok(Self { authorization })
    }

    /// The API key in the environment variable `MINT_API_KEY`.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the variable is not set, is empty, or holds what an HTTP header cannot carry.
    pub fn from_env() -> Result<Self, InvalidCredentials> {
        match env::var("MINT_API_KEY") {
            Ok(key) => Self::api_key(key),
            Err(VarError::NotPresent) => Err(InvalidCredentials::NotSet),
            Err(VarError::NotUnicode(_)) => Err(InvalidCredentials::NotAHeader),
        }
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credentials").field(&"[redacted]").finish()
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why credentials cannot be used. No message holds any part of the key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCredentials {
    /// The environment has no key.
    #[error("there is no API key: set MINT_API_KEY to one made at https://platform.mint.gg")]
    NotSet,
    /// The key is empty.
    #[error("the API key is empty: set MINT_API_KEY to one made at https://platform.mint.gg")]
    Empty,
    /// The key holds what an HTTP header cannot carry.
    #[error("the API key holds a character no key has, such as a line break: copy it again, whole and alone")]
    NotAHeader,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let header = |key: &str| Credentials::api_key(key).map(|credentials| credentials.authorization);
        assert_eq!(header(" key\n").unwrap(), "Bearer key");
        assert!(header("key").unwrap().is_sensitive());
        assert_eq!(header(" \n").unwrap_err(), InvalidCredentials::Empty);
        for key in ["a\nb", "a\0", "schlüssel", "a\tb"] {
            assert_eq!(header(key).unwrap_err(), InvalidCredentials::NotAHeader, "{key:?}");
        }
    }
}
