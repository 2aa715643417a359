use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Request;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};

use super::cookies::append_cookie;
use super::error::Error;

/// A source of access tokens, such as those of OAuth 2 (RFC 6749). It is asked before each request.
///
/// A `String` or `&'static str` always gives the same token. A function that returns a future is asked for each token. Keep a
/// token that a server issued for as long as it is valid.
///
/// # Errors
///
/// Without a token nothing is sent, and the call ends as [`Error::Custom`] with the text of the source's error.
pub trait TokenSource: Send + Sync {
    /// Returns a token that is valid now.
    fn token(&self) -> TokenFuture<'_>;
}

/// What [`TokenSource::token`] returns: a future that ends with a token or an error.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<String, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

impl TokenSource for String {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

impl TokenSource for &'static str {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(std::future::ready(Ok((*self).to_owned())))
    }
}

impl<F, R> TokenSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<String, Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self())
    }
}

/// Where a request has the credentials of a scheme.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Header(&'static str),
    Query(&'static str),
    Cookie(&'static str),
    /// In the header `Authorization`, after the name of the scheme (RFC 9110, section 11.6.2).
    Authorization(&'static str),
}

/// The credentials of a client, by the methods that set them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(BTreeMap<&'static str, (Place, Arc<dyn TokenSource>)>);

impl Secrets {
    pub(crate) fn with(mut self, method: &'static str, place: Place, source: impl TokenSource + 'static) -> Self {
        self.0.insert(method, (place, Arc::new(source)));
        self
    }

    /// Adds the credentials of the first alternative for which there are some.
    ///
    /// A client without any credentials sends none: its HTTP client may, or a server of a test that needs none.
    pub(crate) async fn authorize<E>(&self, request: &mut Request, alternatives: &[&[&str]]) -> Result<(), Error<E>> {
        if self.0.is_empty() {
            return Ok(());
        }
        let has_all = |methods: &&&[&str]| methods.iter().all(|method| self.0.contains_key(method));
        let Some(methods) = alternatives.iter().filter(|methods| !methods.is_empty()).find(has_all) else {
            return match alternatives.iter().any(|methods| methods.is_empty()) {
                true => Ok(()),
                false => Err(Error::InvalidRequest(missing(alternatives))),
            };
        };
        for (method, (place, source)) in methods.iter().filter_map(|method| self.0.get_key_value(method)) {
            let secret = source.token().await;
            let secret = secret.map_err(|why| Error::Custom(format!("there are no credentials `{method}`: {why}")))?;
            if place.write(secret.trim(), request).is_none() {
                let why = "are empty, or have a character that no header can carry, such as a line break";
                return Err(Error::InvalidRequest(format!("the credentials `{method}` {why}")));
            }
        }
        Ok(())
    }
}

fn missing(alternatives: &[&[&str]]) -> String {
    let together = |methods: &&[&str]| methods.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(" and ");
    let each: Vec<_> = alternatives.iter().map(together).collect();
    format!("the operation needs other credentials than the client has: set {} of `Credentials`", each.join(", or "))
}

/// Shows the names of the methods, and no secret.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Place {
    /// Adds a secret to a request. A header, cookie or query parameter that the caller set stays as it is. `None` if the
    /// place cannot hold the secret.
    fn write(self, secret: &str, request: &mut Request) -> Option<()> {
        if secret.is_empty() {
            return None;
        }
        let (name, value) = match self {
            Self::Query(name) => {
                if !request.url().query_pairs().any(|(given, _)| given == name) {
                    request.url_mut().query_pairs_mut().append_pair(name, secret);
                }
                return Some(());
            }
            Self::Cookie(name) => {
                let headers = request.headers_mut();
                let given = headers.get(COOKIE).map(|cookies| String::from_utf8_lossy(cookies.as_bytes()).into_owned());
                let is_it = |cookie: &str| cookie.split_once('=').is_some_and(|(given, _)| given == name);
                if !given.is_some_and(|cookies| cookies.split("; ").any(is_it)) {
                    append_cookie(headers, name, secret).ok()?;
                    headers.get_mut(COOKIE)?.set_sensitive(true);
                }
                return Some(());
            }
            Self::Header(name) => (HeaderName::from_bytes(name.as_bytes()).ok()?, secret.to_owned()),
            Self::Authorization(scheme) => (AUTHORIZATION, format!("{scheme} {secret}")),
        };
        let mut value = HeaderValue::from_str(&value).ok()?;
        // `Debug` does not show it then.
        value.set_sensitive(true);
        request.headers_mut().entry(name).or_insert(value);
        Some(())
    }
}

/// A user name and a password as one text (RFC 7617, section 2).
pub(crate) fn basic(user: &str, password: &str) -> impl TokenSource + 'static {
    let text = match user.contains(':') {
        true => Err("a user name has no colon (RFC 7617, section 2)"),
        false => Ok(base64(format!("{user}:{password}").as_bytes())),
    };
    move || std::future::ready(text.clone().map_err(Into::into))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| bits << 8 | usize::from(chunk.get(index).copied().unwrap_or_default()));
        for index in 0..4 {
            let digit = char::from(ALPHABET[bits >> (18 - 6 * index) & 63]);
            text.push(if index <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

/// Follows redirects within one origin: reqwest would send a key in a header of its own name to any other server, too.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn within_origin() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(|attempt| {
        let first = attempt.previous().first().map(|url| url.origin());
        match first == Some(attempt.url().origin()) {
            true if attempt.previous().len() > 10 => attempt.error("too many redirects"),
            true => attempt.follow(),
            false => attempt.stop(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standard() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("ÿ>?", "w78+Pw=="),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded, "{text}");
        }
    }
}
