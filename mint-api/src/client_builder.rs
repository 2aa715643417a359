//! Making a client.

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
    /// Starts making a client for the production server.
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

    /// The base URL that requests go to, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.baseurl
    }

    /// Whether requests go to this machine.
    pub fn is_local(&self) -> bool {
        url::Url::parse(&self.baseurl).is_ok_and(|url| crate::is_loopback(&url))
    }

    /// How long one request may take.
    pub fn request_timeout(&self) -> Duration {
        self.inner().request_timeout
    }

    /// How requests reach the network, to make another HTTP client that reaches it the same way.
    pub fn transport(&self) -> &Transport {
        &self.inner().transport
    }
}

/// Makes a [`Client`].
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
    /// The server that requests go to.
    ///
    /// [`Server::Custom`] takes any base URL that is https, or http to a loopback address, `localhost` or
    /// `*.localhost`; a trailing slash makes no difference.
    pub fn server(mut self, server: Server) -> Self {
        self.server = server;
        self
    }

    /// The proxy and the certificates.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// How long one request may take, from connecting to the last byte of the reply. Default: 30 seconds.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// How large the body of a reply may be, in bytes. Default: 16 MiB.
    ///
    /// A larger one is an error, and no more than this is read.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// How many requests may be sent in any second, by this client and all its clones together. Default: no limit.
    ///
    /// They are spaced evenly; further ones wait their turn, which the request timeout does not count.
    pub fn requests_per_second(mut self, requests: NonZeroU32) -> Self {
        self.requests_per_second = Some(requests);
        self
    }

    /// Names a program in the user agent, such as `my-game/1.2` (RFC 9110, section 10.1.5), before this crate's name.
    pub fn user_agent_product(mut self, product: impl Into<String>) -> Self {
        self.products.push(product.into());
        self
    }

    /// Makes the client. No request is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a base URL that cannot be used, and where the system or the program lacks what https needs.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = BaseUrl::parse(self.server.url())?;
        let user_agent = self.products.iter().map(String::as_str).chain([USER_AGENT]).collect::<Vec<_>>().join(" ");
        let user_agent =
            HeaderValue::from_str(&user_agent).map_err(|_| BuildError::InvalidUserAgent(user_agent.clone()))?;
        let timeout = self.request_timeout;
        let http = self.transport.client(base_url.https, |builder| builder.timeout(timeout))?;
        let seam = Seam {
            credentials: self.credentials,
            user_agent,
            max_body_bytes: self.max_body_bytes,
            pace: self.requests_per_second.map(Pace::per_second),
            request_timeout: timeout,
            transport: self.transport,
        };
        Ok(Client::new_with_client(&base_url.text, http, seam))
    }
}
