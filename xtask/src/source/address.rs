//! Which URLs may be asked.

use std::net::IpAddr;

use url::{Host, Url};

use crate::problem::Problem;

const FIX: &str = "pass an https URL (http is for this machine alone), without a user name";

/// Reads a URL that a user gave.
///
/// # Errors
///
/// For what is no URL, holds a user name or password, or is neither https nor http to this machine.
pub(crate) fn parse(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).map_err(|error| Problem::new("a URL cannot be used", error, FIX))?;
    check(&url).map_err(|why| Problem::new(format!("`{}` cannot be used", shown(&url)), why, FIX))?;
    Ok(url)
}

/// The URL that `from` leads to by a redirect or a link.
///
/// # Errors
///
/// Why it is not followed: as [`parse`], and from https only to https, not even to this machine.
pub(crate) fn follow(from: &Url, to: &str) -> Result<Url, String> {
    let url = from.join(to).map_err(|error| format!("it leads to what is no URL: {error}"))?;
    let refused = |why: &str| format!("it leads to `{}`, which is not followed: {why}", shown(&url));
    check(&url).map_err(refused)?;
    if from.scheme() == "https" && url.scheme() != "https" {
        return Err(refused("it would leave https"));
    }
    Ok(url)
}

fn check(url: &Url) -> Result<(), &'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or a password");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("anybody on the way can change what comes by http"),
        _ => Err("it is not https"),
    }
}

/// Whether a URL names this machine: a loopback address, `localhost` or `*.localhost` (RFC 6761, section 6.3).
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// A URL as a reader may see it: without user, query and fragment, which may hold secrets.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only without a host, and such a URL has no credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_may_be_asked() {
        for text in ["https://api.mint.gg/a?b", "http://127.0.0.1:1/", "http://[::1]/", "http://a.localhost:80/"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for (text, message) in [
            ("http://api.mint.gg/openapi.json?secret", "by http"),
            ("http://127.0.0.1.mint.gg/", "by http"),
            ("ftp://mint.gg/", "not https"),
            ("file:///secret", "not https"),
            ("https://user:secret@mint.gg/", "a user name"),
            ("https://secret@mint.gg/", "a user name"),
            ("https://", "empty host"),
        ] {
            let problem = parse(text).unwrap_err().to_string();
            assert!(problem.contains(message) && problem.contains("fix: "), "{text}: {problem}");
            assert!(!problem.contains("?secret") && !problem.contains("secret@"), "{text}: {problem}");
        }
    }

    #[test]
    fn urls_that_are_followed() {
        for (from, to, result) in [
            ("https://mint.gg/a/b", "c", Ok("https://mint.gg/a/c")),
            ("https://mint.gg/a", "//docs.mint.gg/b?c", Ok("https://docs.mint.gg/b?c")),
            ("http://localhost/a", "http://127.0.0.1/b", Ok("http://127.0.0.1/b")),
            ("http://localhost/a", "https://mint.gg/b", Ok("https://mint.gg/b")),
            ("https://mint.gg/a", "http://mint.gg/a", Err("by http")),
            ("https://mint.gg/a", "http://localhost/a", Err("leave https")),
            ("http://localhost/a", "http://mint.gg/a?secret", Err("`http://mint.gg/a`")),
            ("https://mint.gg/a", "https://a:secret@mint.gg/", Err("`https://mint.gg/`")),
            ("https://mint.gg/a", "data:text/plain,secret", Err("not https")),
            ("https://mint.gg/a", "https://:x", Err("no URL")),
        ] {
            match (follow(&Url::parse(from).unwrap(), to), result) {
                (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
                (Err(why), Err(part)) => assert!(why.contains(part) && !why.contains("?secret"), "{why}"),
                (found, _) => panic!("{from} {to}: {found:?}"),
            }
        }
    }
}
