//! The HTTP client that fetches files.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mint_api::{BuildError, Transport};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Method, Request, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::call::{causes, transport_error};
use super::connections::{Connection, Connections};
use super::network::Network;
use crate::error::{Error, ErrorKind, check_runtime, shown};

const MAX_REDIRECTS: usize = 5;
/// How long a server may send nothing before the connection counts as broken.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// The largest head of a reply. While it reads an HTTP/1 head, hyper itself allows 100 headers and about 400 KiB.
const MAX_HEAD_BYTES: u32 = 64 * 1024;
const TOO_LARGE_HEAD: &str = "the head of the reply is too large; check the proxy between the server and this client";

/// The HTTP client that fetches files. It has no credentials and no field for any.
#[derive(Clone, Debug)]
pub(crate) struct Downloader {
    clients: Clients,
    network: Network,
    stall_timeout: Duration,
    connections: Connections,
    settings: Arc<Settings>,
}

/// The HTTP clients of a downloader.
#[derive(Clone, Debug)]
struct Clients {
    http: reqwest::Client,
    /// For http to this machine, which takes no proxy of the system, as for the API.
    local: reqwest::Client,
}

/// What all requests have in common, and what further connections to a host need.
#[derive(Debug)]
struct Settings {
    transport: Transport,
    api_is_local: bool,
    user_agent: HeaderValue,
    /// The clients of further connections, made when the first large file needs them; `None` inside if they cannot be made.
    further: OnceLock<Option<Clients>>,
}

/// How the requests of a client to one host share connections.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sharing {
    /// Over HTTP/2, all have one connection.
    AsTheServerLikes,
    /// Each request at the same time has a connection of its own, by HTTP/1.1.
    Never,
}

impl Clients {
    /// `get` follows redirects and checks each. A download has no total timeout.
    fn new(transport: &Transport, api_is_local: bool, sharing: Sharing) -> Result<Self, Error> {
        let configure = |builder: reqwest::ClientBuilder| {
            let builder = builder.connect_timeout(CONNECT_TIMEOUT).http2_max_header_list_size(MAX_HEAD_BYTES);
            builder.redirect(Policy::none())
        };
        let client = |https| match sharing {
            Sharing::AsTheServerLikes => transport.client(https, configure),
            Sharing::Never => transport.http1_client(https, configure),
        };
        let local = client(false)?;
        let http = match client(true) {
            // Files on this machine do not need TLS.
            Err(BuildError::NoCertificates(_) | BuildError::NoTls) if api_is_local => local.clone(),
            result => result?,
        };
        Ok(Self { http, local })
    }
}

impl Downloader {
    /// Makes a client. It fetches files from this machine only if the API is on this machine, too.
    pub(crate) fn new(transport: &Transport, api_is_local: bool, user_agent: &HeaderValue) -> Result<Self, Error> {
        let network = if api_is_local { Network::AlsoThisMachine } else { Network::Public };
        let clients = Clients::new(transport, api_is_local, Sharing::AsTheServerLikes)?;
        let (transport, user_agent, connections) = (transport.clone(), user_agent.clone(), Connections::default());
        let settings = Arc::new(Settings { transport, api_is_local, user_agent, further: OnceLock::new() });
        Ok(Self { clients, network, stall_timeout: STALL_TIMEOUT, connections, settings })
    }

    /// The same, with a TCP connection for each request at the same time. Blocks the first time, since it reads the
    /// certificates of the system. `None` if there can be none.
    pub(crate) fn with_own_connections(&self) -> Option<Self> {
        let Settings { transport, api_is_local, further, .. } = &*self.settings;
        let clients = further.get_or_init(|| Clients::new(transport, *api_is_local, Sharing::Never).ok()).clone()?;
        Some(Self { clients, ..self.clone() })
    }

    /// Counts the first connection of a file.
    pub(crate) fn connection(&self, url: &str) -> Connection {
        self.connections.first(url)
    }

    /// Sets how long a server may send nothing before the connection counts as broken.
    pub(crate) fn stall_after(&mut self, timeout: Duration) {
        self.stall_timeout = timeout;
    }

    /// Also fetches files from this machine and from private addresses.
    pub(crate) fn allow_local_network(&mut self) {
        self.network = Network::AlsoPrivate;
    }

    /// Requests a file and follows redirects. Every URL on the way must be one that may be fetched.
    pub(crate) async fn get(&self, url: &str, conditions: &HeaderMap) -> Result<Response, Error> {
        check_runtime()?;
        let mut hop = Url::parse(url).map_err(|error| refused(url, "it is not a URL").with_source(error))?;
        self.network.admits(&hop).map_err(|why| refused(url, why))?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(&hop, conditions).await?;
            let Some(next) = redirected(&hop, &response)? else {
                return Ok(response);
            };
            check_hop(&hop, &next, self.network).map_err(|why| refused(url, &why))?;
            hop = next;
        }
        Err(refused(url, "there were more than five redirects"))
    }

    async fn send(&self, url: &Url, conditions: &HeaderMap) -> Result<Response, Error> {
        let is_local = url.scheme() == "http" && mint_api::is_loopback(url);
        let http = if is_local { &self.clients.local } else { &self.clients.http };
        let mut request = Request::new(Method::GET, url.clone());
        let headers = request.headers_mut();
        headers.clone_from(conditions);
        headers.insert(USER_AGENT, self.settings.user_agent.clone());
        // Sizes and hashes are those of the stored bytes, so they must not be compressed on the way.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        match timeout(self.stall_timeout, self.settings.transport.execute(http, request)).await {
            Ok(sent) => bounded(url.as_str(), sent.map_err(|error| fetch_error(url.as_str(), error))?),
            Err(_) => Err(self.stalled(url.as_str())),
        }
    }

    /// Reads the next piece of a body; `None` at its end.
    pub(crate) async fn piece(&self, url: &str, response: &mut Response) -> Result<Option<bytes::Bytes>, Error> {
        match timeout(self.stall_timeout, response.chunk()).await {
            Ok(piece) => piece.map_err(|error| fetch_error(url, error)),
            Err(_) => Err(self.stalled(url)),
        }
    }

    fn stalled(&self, url: &str) -> Error {
        let seconds = self.stall_timeout.as_secs();
        let text =
            format!("could not fetch `{}`: the server sent nothing for {seconds} s; try again later", shown(url));
        Error::new(ErrorKind::Timeout, text)
    }
}

/// Refuses a reply whose head is too large.
fn bounded(url: &str, response: Response) -> Result<Response, Error> {
    let bytes: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEAD_BYTES as usize { Err(refused(url, TOO_LARGE_HEAD)) } else { Ok(response) }
}

/// The URL that a reply redirects to, if it is a redirect.
fn redirected(from: &Url, response: &Response) -> Result<Option<Url>, Error> {
    use StatusCode as S;
    let status = response.status();
    if !matches!(status, S::MOVED_PERMANENTLY | S::FOUND | S::SEE_OTHER | S::TEMPORARY_REDIRECT | S::PERMANENT_REDIRECT)
    {
        return Ok(None);
    }
    let refused = |why| refused(from.as_str(), why);
    let location = response.headers().get(LOCATION).ok_or_else(|| refused("the redirect has no `Location`"))?;
    let location = location.to_str().map_err(|_| refused("the `Location` of the redirect is not a URL"))?;
    let next = from.join(location).map_err(|_| refused("the `Location` of the redirect is not a URL"))?;
    Ok(Some(next))
}

/// Checks whether a redirect may be followed. The error says why not.
fn check_hop(from: &Url, to: &Url, network: Network) -> Result<(), String> {
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err("it was redirected from https to http".into());
    }
    network.admits(to).map_err(|why| format!("it was redirected to `{}`, and {why}", shown(to.as_str())))
}

/// The error of a file that is refused.
pub(crate) fn refused(url: &str, why: &str) -> Error {
    Error::new(ErrorKind::Download, format!("could not fetch `{}`: {why}", shown(url)))
}

/// The error of a request for a file. Neither its text nor its sources contain the query of the URL.
pub(crate) fn fetch_error(url: &str, error: reqwest::Error) -> Error {
    if causes(&error).any(|cause| cause.to_string().contains("message head is too large")) {
        return refused(url, TOO_LARGE_HEAD);
    }
    transport_error(format_args!("fetch `{}`", shown(url)), error.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_that_are_followed() {
        for (from, to, network, why) in [
            ("https://a.b/x", "https://c.d/y?s=1", Network::Public, None),
            ("https://a.b/x", "http://a.b/y", Network::Public, Some("from https to http")),
            ("https://a.b/x", "http://127.0.0.1/y", Network::AlsoThisMachine, Some("from https to http")),
            ("https://a.b/x", "https://127.0.0.1/y?s=1", Network::Public, Some("on this machine")),
            ("https://a.b/x", "https://169.254.169.254/y?s=1", Network::Public, Some("private address")),
            ("http://127.0.0.1/x", "http://127.0.0.1/y", Network::AlsoThisMachine, None),
            ("http://127.0.0.1/x", "http://a.b/y", Network::AlsoThisMachine, Some("not https")),
        ] {
            let checked = check_hop(&Url::parse(from).unwrap(), &Url::parse(to).unwrap(), network);
            match why {
                None => assert_eq!(checked, Ok(()), "{to}"),
                Some(why) => {
                    let text = checked.unwrap_err();
                    assert!(text.contains(why) && !text.contains("s=1"), "{to}: {text}");
                }
            }
        }
    }
}
