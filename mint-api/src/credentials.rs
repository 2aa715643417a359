//! What authenticates a call.

use std::env::{self, VarError};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::token_source::{TokenSource, Tokens};

/// What authenticates a call: an API key or the tokens of a [`TokenSource`], sent as a bearer token (RFC 6750).
///
/// Clones of it share one token. Neither `Debug` nor `Display` shows a key or a token.
#[derive(Clone)]
pub struct Credentials {
    kind: Kind,
}

/// Each value of the `Authorization` header is marked sensitive.
#[derive(Clone)]
enum Kind {
    Key(HeaderValue),
    Tokens(Arc<Tokens>),
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
        let authorization = bearer(key).ok_or(InvalidCredentials::NotAHeader)?;
        Ok(Self { kind: Kind::Key(authorization) })
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

    /// Tokens that expire, for users who signed in by OAuth 2; see [`TokenSource`] for when it is asked.
    ///
    /// When the server answers 401, it is asked for a fresh token, and the request is sent once more, with the same body
    /// and the same headers but this one. A second 401 is the answer. With an API key, the first one is.
    pub fn token_source(source: impl TokenSource + 'static) -> Self {
        Self { kind: Kind::Tokens(Arc::new(Tokens::new(source))) }
    }

    /// The value of the `Authorization` header; why there is none, when the source gives no token in this time.
    pub(crate) async fn authorization(&self, patience: Duration) -> Result<HeaderValue, Arc<str>> {
        match &self.kind {
            Kind::Key(authorization) => Ok(authorization.clone()),
            Kind::Tokens(tokens) => tokens.valid(patience).await,
        }
    }

    /// The source of fresh tokens, where a refused one can be replaced.
    pub(crate) fn tokens(&self) -> Option<&Tokens> {
        match &self.kind {
            Kind::Key(_) => None,
            Kind::Tokens(tokens) => Some(tokens),
        }
    }
}

/// The header for a key or a token, unless a header cannot carry it.
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

/// Why credentials cannot be used. No message holds any part of the key or token.
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
    /// The token is empty.
    #[error("the access token is empty: see what the authorization server answered")]
    EmptyToken,
    /// The token holds what an HTTP header cannot carry.
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
}
