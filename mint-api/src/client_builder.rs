//! Building a client.

use std::num::NonZeroU32;
use std::time::Duration;

use http::HeaderValue;
use progenitor_client::ClientInfo as _;

use crate::base_url::BaseUrl;
use crate::build_error::BuildError;
use crate::generated::{Client, Server};
use crate::pace::Pace;
use crate::seam::Seam;
use crate::{Credentials, Transport};

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

impl Client {
    /// Starts building a client for the production server.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder {
            credentials,
            server: Server::default(),
            transport: Transport::default(),
            request_timeout: Duration::from_secs(30),
            max_body_bytes: 16 * 1024 * 1024,
            products: Vec::new(),
            requests_per_second: None,
        }
    }

    /// The base URL of all requests, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.baseurl
    }

    /// Whether the base URL names this machine; see [`is_loopback`](crate::is_loopback).
    pub fn is_local(&self) -> bool {
        url::Url::parse(&self.baseurl).is_ok_and(|url| crate::is_loopback(&url))
    }

    /// The `User-Agent` of each request.
    pub fn user_agent(&self) -> &HeaderValue {
        &self.inner().user_agent
    }

    /// How long one request may take.
    pub fn request_timeout(&self) -> Duration {
        self.inner().request_timeout
    }

    /// The proxy and the certificates of this client, to build another HTTP client with the same ones.
    pub fn transport(&self) -> &Transport {
        &self.inner().transport
    }
}

/// Builds a [`Client`]; made by [`Client::builder`].
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use mint_api::{Client, Credentials, Server};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder(Credentials::from_env()?)
///     .server(Server::Development)
///     .request_timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    credentials: Credentials,
    server: Server,
    transport: Transport,
    request_timeout: Duration,
    max_body_bytes: usize,
    products: Vec<String>,
    requests_per_second: Option<NonZeroU32>,
}

impl ClientBuilder {
    /// Sets the server that requests go to. Default: the production server.
    ///
    /// [`Server::Custom`] accepts any https URL, and http URLs of a loopback address, `localhost` or `*.localhost`. A
    /// trailing slash is ignored.
    pub fn server(mut self, server: Server) -> Self {
        self.server = server;
        self
    }

    /// Sets the proxy and the certificates. Default: those of the system.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Sets how long one request may take, from connecting to the last byte of the reply. Default: 30 seconds.
    ///
    /// A request that takes longer ends as [`Error::CommunicationError`](crate::Error::CommunicationError) or
    /// [`Error::ResponseBodyError`](crate::Error::ResponseBodyError).
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets the largest body of a reply, in bytes. Default: 16 MiB.
    ///
    /// The client stops reading a larger body at the limit, and the call ends as
    /// [`Error::ResponseBodyError`](crate::Error::ResponseBodyError) with [`BodyTooLarge`](crate::BodyTooLarge) among
    /// its sources.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Limits how many requests this client and all its clones together send in any second. Default: no limit.
    ///
    /// Requests are spaced evenly. A request that must wait is delayed, and the delay does not count towards the request
    /// timeout.
    pub fn requests_per_second(mut self, requests: NonZeroU32) -> Self {
        self.requests_per_second = Some(requests);
        self
    }

    /// Adds a product to the user agent, such as `my-game/1.2` (RFC 9110, section 10.1.5), before this crate's own.
    ///
    /// [`build`](Self::build) rejects a product that an HTTP header cannot carry.
    pub fn user_agent_product(mut self, product: impl Into<String>) -> Self {
        self.products.push(product.into());
        self
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the base URL, the user agent or a certificate cannot be used, and when https is needed but the
    /// program lacks TLS or the system lacks CA certificates.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = BaseUrl::parse(self.server.url())?;
        let user_agent = self.products.iter().map(String::as_str).chain([USER_AGENT]).collect::<Vec<_>>().join(" ");
        let user_agent =
            HeaderValue::from_str(&user_agent).map_err(|_| BuildError::InvalidUserAgent(user_agent.clone()))?;
        let http = self.transport.client(base_url.https, |http| http.timeout(self.request_timeout))?;
        let seam = Seam {
            credentials: self.credentials,
            user_agent,
            max_body_bytes: self.max_body_bytes,
            pace: self.requests_per_second.map(Pace::per_second),
            request_timeout: self.request_timeout,
            transport: self.transport,
        };
        Ok(Client::new_with_client(&base_url.text, http, seam))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::identity;

    use super::*;
    use crate::testing::Script;

    fn builder() -> ClientBuilder {
        Client::builder(Credentials::api_key("key").unwrap())
    }

    #[test]
    fn what_is_not_set() {
        let client = builder().server(Server::Custom("http://localhost:80/".into())).build().unwrap();
        assert_eq!((client.base_url(), client.is_local()), ("http://localhost", true));
        assert_eq!(client.user_agent(), USER_AGENT);
        assert_eq!(client.request_timeout(), Duration::from_secs(30));
        assert_eq!(client.inner().max_body_bytes, 16_777_216);
        assert!(client.inner().pace.is_none());
    }

    #[test]
    fn what_is_set() {
        let client = Script::default().serves(builder()).user_agent_product("my-game/1.2").user_agent_product("b/3");
        let client = client.request_timeout(Duration::from_secs(7)).max_body_bytes(9);
        let client = client.requests_per_second(NonZeroU32::MIN).build().unwrap();
        assert_eq!(client.base_url(), "http://localhost/base");
        assert_eq!(client.user_agent(), &format!("my-game/1.2 b/3 {USER_AGENT}"));
        assert_eq!(client.request_timeout(), Duration::from_secs(7));
        assert_eq!(client.inner().max_body_bytes, 9);
        assert!(client.inner().pace.is_some());
        let proxied = Transport::default().proxy(reqwest::Proxy::all("http://localhost:1").unwrap());
        let client = builder().server(Server::Custom("http://localhost".into())).transport(proxied).build().unwrap();
        assert!(format!("{:?}", client.transport()).contains("proxies: 1"), "{:?}", client.transport());
        let error = builder().user_agent_product("a\nb").build().unwrap_err();
        assert!(matches!(error, BuildError::InvalidUserAgent(_)), "{error:?}");
    }

    #[test]
    fn only_this_machine_is_local() {
        let is_local = |url: &str| {
            let seam = Script::default().serves(builder()).build().unwrap().inner().clone();
            let http = seam.transport.client(false, identity).unwrap();
            Client::new_with_client(url, http, seam).is_local()
        };
        assert_eq!(["https://127.0.0.1", "https://api.mint.gg", "no URL"].map(is_local), [true, false, false]);
    }
}
