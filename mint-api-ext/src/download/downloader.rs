//! The HTTP client that fetches files.

use std::net::IpAddr;
use std::time::Duration;

use mint_api::{BuildError, Transport};
use reqwest::redirect::{Attempt, Policy};
use url::{Host, Url};

use crate::error::{Error, ErrorKind};

const MAX_REDIRECTS: usize = 5;
/// How long a connection may bring nothing before it counts as broken.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The HTTP client that fetches files. It is made without credentials and has no place to put any.
#[derive(Clone, Debug)]
pub(crate) struct Downloader {
    http: reqwest::Client,
    network: Network,
}

/// Where files may be fetched from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Network {
    /// Public hosts, by https.
    Public,
    /// This machine as well, by http, too.
    AlsoThisMachine,
}

impl Downloader {
    /// A client that takes files from this machine if `api_is_local`, as then the API is simulated or under test.
    pub(crate) fn new(transport: &Transport, api_is_local: bool) -> Result<Self, Error> {
        let network = if api_is_local { Network::AlsoThisMachine } else { Network::Public };
        let configure = |builder: reqwest::ClientBuilder| {
            builder
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(STALL_TIMEOUT)
                .redirect(Policy::custom(move |attempt| follow(attempt, network)))
        };
        let http = match transport.client(true, configure) {
            // Files on this machine can be fetched without TLS.
            Err(BuildError::NoCertificates(_) | BuildError::NoTls) if api_is_local => {
                transport.client(false, configure)?
            }
            result => result?,
        };
        Ok(Self { http, network })
    }

    /// The reply to a request for a file, if the URL may be fetched and the server sends it.
    pub(crate) async fn get(&self, url: &str) -> Result<reqwest::Response, Error> {
        let refused = |why: &str| Error::new(ErrorKind::Download, format!("could not fetch `{}`: {why}", shown(url)));
        let parsed = Url::parse(url).map_err(|error| refused("it is not a URL").with_source(error))?;
        self.network.admits(&parsed).map_err(refused)?;
        // Bytes as they are stored: sizes and hashes are of these.
        let request = self.http.get(parsed).header(reqwest::header::ACCEPT_ENCODING, "identity");
        request.send().await.map_err(|error| fetch_error(url, error))
    }
}

impl Network {
    /// Whether a URL may be fetched, or why not.
    fn admits(self, url: &Url) -> Result<(), &'static str> {
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => return Err("it names no host"),
        };
        if local {
            return match self {
                Self::AlsoThisMachine => Ok(()),
                Self::Public => Err("it is on this machine, which is only taken when the API is, too"),
            };
        }
        if url.scheme() != "https" {
            return Err("it is not https");
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(address.to_canonical()),
            _ => None,
        };
        match address {
            Some(address) if !is_public(address) => Err("it is a private address"),
            _ => Ok(()),
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_documentation()
                || first == 0
                || first >= 224
                || shared)
        }
        IpAddr::V6(address) => {
            !(address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast())
        }
    }
}

fn follow(attempt: Attempt<'_>, network: Network) -> reqwest::redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error(RedirectRefused("there were more than five redirects"));
    }
    let downgrade = attempt.previous().last().is_some_and(|from| from.scheme() == "https");
    if downgrade && attempt.url().scheme() != "https" {
        return attempt.error(RedirectRefused("it was redirected from https to http"));
    }
    match network.admits(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(_) => attempt.error(RedirectRefused("it was redirected to where files are not taken from")),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct RedirectRefused(&'static str);

/// A URL as a text may show it: without its query and fragment, which may be a secret, and without a password.
pub(crate) fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) => {
            url.set_query(None);
            url.set_fragment(None);
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.into()
        }
        Err(_) => url.split(['?', '#']).next().unwrap_or_default().chars().take(80).collect(),
    }
}

/// The error of a request for a file; no text of it, nor of its causes, holds a query.
pub(crate) fn fetch_error(url: &str, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let refused = crate::call::causes(&error).find_map(|cause| cause.downcast_ref::<RedirectRefused>());
    if let Some(RedirectRefused(why)) = refused {
        return Error::new(ErrorKind::Download, format!("could not fetch `{}`: {why}", shown(url)));
    }
    crate::call::transport_error(format_args!("fetch `{}`", shown(url)), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_files_are_taken_from() {
        use Network::{AlsoThisMachine, Public};
        for (url, public, also_local) in [
            ("https://cdn.mint.gg/a.glb", true, true),
            ("http://cdn.mint.gg/a.glb", false, false),
            ("http://127.0.0.1:80/a", false, true),
            ("https://127.0.0.1/a", false, true),
            ("http://[::1]/a", false, true),
            ("http://cdn.localhost/a", false, true),
            ("https://10.0.0.1/a", false, false),
            ("https://192.168.1.1/a", false, false),
            ("https://169.254.169.254/latest", false, false),
            ("https://100.64.0.1/a", false, false),
            ("https://0.0.0.0/a", false, false),
            ("https://[fe80::1]/a", false, false),
            ("https://[fd00::1]/a", false, false),
            ("https://[::ffff:10.0.0.1]/a", false, false),
            ("https://[::ffff:127.0.0.1]/a", false, false),
            ("https://8.8.8.8/a", true, true),
            ("file:///etc/passwd", false, false),
            ("data:text/plain,a", false, false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(Public.admits(&url).is_ok(), public, "{url}");
            assert_eq!(AlsoThisMachine.admits(&url).is_ok(), also_local, "{url}");
        }
    }

    #[test]
    fn what_is_shown_of_a_url() {
        for (url, text) in [
            ("https://a.b/c.glb?signature=secret#secret", "https://a.b/c.glb"),
            ("https://user:secret@a.b/c", "https://a.b/c"),
            ("not a url?secret", "not a url"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
