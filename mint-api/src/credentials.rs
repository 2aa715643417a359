//! The credentials of a client.

use std::env::{self, VarError};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::token_source::{TokenSource, Tokens};

/// The credentials of a client: an API key, or a [`TokenSource`]. Both are sent as a bearer token (RFC 6750).
///
/// Clones share one token. Neither `Debug` nor `Display` shows a key or a token.
#[derive(Clone)]
pub struct Credentials {
    kind: Kind,
}

/// Values of the `Authorization` header are marked sensitive, so that `Debug` hides them.
#[derive(Clone)]
enum Kind {
    Key(HeaderValue),
    Tokens(Arc<Tokens>),
}

impl Credentials {
    /// Uses an API key, which you create at <https://platform.mint.gg>. White space around it is removed.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the key is empty or has a character that an HTTP header cannot carry.
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
        let authorization = bearer(key).ok_or(InvalidCredentials::NotAHeader)?;
        Ok(Self { kind: Kind::Key(authorization) })
    }

    /// Uses the API key in the environment variable `MINT_API_KEY`.
    ///
    /// # Errors
    ///
    /// [`InvalidCredentials`] when the variable is not set, is empty, or has a character that an HTTP header cannot
    /// carry.
    pub fn from_env() -> Result<Self, InvalidCredentials> {
        match env::var("MINT_API_KEY") {
            Ok(key) => Self::api_key(key),
            Err(VarError::NotPresent) => Err(InvalidCredentials::NotSet),
            Err(VarError::NotUnicode(_)) => Err(InvalidCredentials::NotAHeader),
        }
    }

    /// Uses tokens that expire, for users who signed in with OAuth 2. [`TokenSource`] says when the source is asked.
    ///
    /// After a 401 the client asks the source for a fresh token and sends the request once more; only the `Authorization`
    /// header differs. A second 401 is returned to the caller. With an API key, the first 401 is returned.
    pub fn token_source(source: impl TokenSource + 'static) -> Self {
        Self { kind: Kind::Tokens(Arc::new(Tokens::new(source))) }
    }

    /// Returns the value of the `Authorization` header. The error says why the source gave no token within `patience`.
    pub(crate) async fn authorization(&self, patience: Duration) -> Result<HeaderValue, Arc<str>> {
        match &self.kind {
            Kind::Key(authorization) => Ok(authorization.clone()),
            Kind::Tokens(tokens) => tokens.valid(patience).await,
        }
    }

    /// The token source, if a token that the server refused can be replaced. An API key cannot.
    pub(crate) fn tokens(&self) -> Option<&Tokens> {
        match &self.kind {
            Kind::Key(_) => None,
            Kind::Tokens(tokens) => Some(tokens),
        }
    }
}

/// The `Authorization` header of a key or a token; `None` if an HTTP header cannot carry it.
pub(crate) fn bearer(secret: &str) -> Option<HeaderValue> {
    let visible = secret.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let header = HeaderValue::from_str(&format!("Bearer {secret}")).ok().filter(|_| visible);
    header.map(|mut authorization| {
        authorization.set_sensitive(true);
        authorization
    })
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

/// Why credentials cannot be used. No message contains any part of the key or token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCredentials {
    /// The environment variable `MINT_API_KEY` is not set.
    #[error("there is no API key: set MINT_API_KEY to one made at https://platform.mint.gg")]
    NotSet,
    /// The key is empty.
    #[error("the API key is empty: set MINT_API_KEY to one made at https://platform.mint.gg")]
    Empty,
    /// The key has a character that an HTTP header cannot carry.
    #[error("the API key holds a character no key has, such as a line break: copy it again, whole and alone")]
    NotAHeader,
    /// The token is empty.
    #[error("the access token is empty: see what the authorization server answered")]
    EmptyToken,
    /// The token has a character that an HTTP header cannot carry.
    #[error("the access token holds a character no token has, such as a line break: pass `access_token` alone")]
    TokenNotAHeader,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let header = |key: &str| {
            Credentials::api_key(key).map(|credentials| match credentials.kind {
                Kind::Key(authorization) => authorization,
                Kind::Tokens(_) => panic!("a key is no source of tokens"),
            })
        };
        assert_eq!(header(" key\n").unwrap(), "Bearer key");
        assert!(header("key").unwrap().is_sensitive());
        assert_eq!(header(" \n").unwrap_err(), InvalidCredentials::Empty);
        for key in ["a\nb", "a\0", "schlüssel", "a\tb"] {
            assert_eq!(header(key).unwrap_err(), InvalidCredentials::NotAHeader, "{key:?}");
        }
    }

    #[test]
    fn no_key_is_shown() {
        let credentials = Credentials::api_key("secret").unwrap();
        assert_eq!(format!("{credentials:?} {credentials}"), r#"Credentials("[redacted]") [redacted]"#);
    }
}
