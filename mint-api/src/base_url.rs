//! The base URLs that a client accepts.

use url::{Host, Url};

use crate::build_error::BuildError;
use crate::generated::support::shown_url;

/// A base URL that credentials may be sent to: https, or http to this machine. It has no trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    pub(crate) text: String,
    pub(crate) https: bool,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        let invalid = |reason: &'static str| BuildError::InvalidBaseUrl { base_url: shown_url(text), reason };
        if text.trim().is_empty() {
            return Err(invalid("it is empty; leave it out for https://api.mint.gg"));
        }
        let url = Url::parse(text.trim()).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => invalid("it must start with https://"),
            _ => invalid("it is not a URL"),
        })?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(invalid("it must start with https:// and a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("it must not hold a user name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it must not hold a query or a fragment"));
        }
        let https = url.scheme() == "https";
        if !https && !is_loopback(&url) {
            return Err(BuildError::InsecureBaseUrl { base_url: shown_url(text) });
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), https })
    }
}

/// Whether a URL names this machine: a loopback address, `localhost` or `*.localhost` (RFC 6761, section 6.3).
///
/// Only the text of the URL decides. No host name is resolved.
///
/// # Examples
///
/// ```
/// let is_loopback = |url| url::Url::parse(url).is_ok_and(|url| mint_api::is_loopback(&url));
/// assert!(is_loopback("http://api.mint.localhost") && is_loopback("http://[::1]:8080"));
/// assert!(!is_loopback("https://api.mint.gg"));
/// ```
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        // An IPv6 address may contain an IPv4 address (RFC 4291, section 2.5.5.2).
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            // A fully qualified name may end in a dot.
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for (text, result) in [
            ("https://api.mint.gg", Ok("https://api.mint.gg")),
            ("https://api.mint.gg/", Ok("https://api.mint.gg")),
            (" https://api.mint.gg/proxy// ", Ok("https://api.mint.gg/proxy")),
            ("http://127.0.0.1:80/", Ok("http://127.0.0.1")),
            ("http://[::1]:8080", Ok("http://[::1]:8080")),
            ("http://[::ffff:127.0.0.1]", Ok("http://[::ffff:7f00:1]")),
            ("http://api.mint.localhost", Ok("http://api.mint.localhost")),
            ("http://localhost:1", Ok("http://localhost:1")),
            ("http://localhost.:1", Ok("http://localhost.:1")),
            ("http://api.mint.gg", Err("http://api.mint.gg")),
            ("http://localhost.mint.gg", Err("https")),
            ("http://127.0.0.1.mint.gg", Err("https")),
            ("http://10.0.0.1", Err("https")),
            ("http://[::ffff:10.0.0.1]", Err("https")),
            ("api.mint.gg", Err("must start with https://")),
            ("localhost:8080", Err("must start with https://")),
            ("", Err("it is empty")),
            ("ftp://api.mint.gg", Err("must start with https://")),
            ("https://key@api.mint.gg", Err("user name")),
            ("https://:secret@api.mint.gg", Err("password")),
            ("https://api.mint.gg?key=secret", Err("query")),
            ("https://api.mint.gg#secret", Err("fragment")),
            ("https://", Err("not a URL")),
        ] {
            match (BaseUrl::parse(text), result) {
                (Ok(url), Ok(expected)) => {
                    assert_eq!((url.text.as_str(), url.https), (expected, expected.starts_with("https")));
                }
                (Err(error), Err(expected)) => {
                    let error = error.to_string();
                    assert!(error.contains(expected), "{text}: {error}");
                    assert!(!error.contains("secret") && !error.contains("key@"), "{error}");
                }
                (got, expected) => panic!("{text}: {got:?} instead of {expected:?}"),
            }
        }
    }
}
