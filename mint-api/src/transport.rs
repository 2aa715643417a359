//! The proxy and the certificates of HTTP clients.

#[cfg(any(feature = "_rustls", feature = "native-tls"))]
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Request, Response};

use crate::build_error::BuildError;
use crate::network::Network;

/// How long an HTTP/2 connection may be silent, in use or idle, before the client sends a ping.
const PING_AFTER: Duration = Duration::from_secs(15);
/// How long the other end has to answer a ping. A dead connection is closed 25 s after its last frame: before the request
/// that found it silent times out by default (30 s), so that the next one takes another connection.
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// The proxy and the certificates of HTTP clients.
///
/// A user cannot set headers or redirects here, since those decide where a key is sent. `MintBuilder::transport` of
/// `mint-api-ext` and [`ClientBuilder::transport`](crate::ClientBuilder::transport) take it.
///
/// # Examples
///
/// ```
/// use mint_api::Transport;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Transport::default().proxy(reqwest::Proxy::https("http://proxy.example.com:3128")?);
/// # #[cfg(any(feature = "rustls", feature = "aws-lc", feature = "native-tls"))]
/// # let _transport = {
/// // From a file: std::fs::read("company-ca.pem")?
/// # let pem = "";
/// transport.root_certificates_pem(pem)
/// # };
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// A text that holds no certificate is found when the client is built: [`BuildError::InvalidCertificate`], which
/// `mint-api-ext` returns as an error of the kind `Configuration`.
#[derive(Clone, Default)]
pub struct Transport {
    proxies: Vec<reqwest::Proxy>,
    #[cfg(any(feature = "_rustls", feature = "native-tls"))]
    certificates: Vec<tls::Encoded>,
    network: Option<Arc<dyn Network>>,
}

/// The versions of HTTP that a client speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Versions {
    /// Over TLS, the server chooses HTTP/2 or HTTP/1.1.
    All,
    Http1,
}

impl Transport {
    /// Sends requests through a proxy. Default: the proxy of the system, except for http to this machine.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Trusts the certificates in a PEM text (RFC 7468), one or more, in addition to those of the system.
    ///
    /// A text without a certificate is an error when the client is built: [`BuildError::InvalidCertificate`].
    #[cfg(any(feature = "_rustls", feature = "native-tls"))]
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(tls::Encoded::Pem(pem.into()));
        self
    }

    /// Trusts a certificate in DER (RFC 5280), in addition to those of the system.
    ///
    /// Bytes that are not a certificate are an error when the client is built: [`BuildError::InvalidCertificate`] or
    /// [`BuildError::Transport`].
    #[cfg(any(feature = "_rustls", feature = "native-tls"))]
    pub fn root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(tls::Encoded::Der(der.into()));
        self
    }

    /// Builds an HTTP client. It follows no redirects and sends no `Referer`, unless `configure` changes that.
    ///
    /// An HTTP/2 connection that is silent for 15 s, in use or idle, gets a ping (RFC 9113, section 6.7), and is closed if no
    /// answer comes within 10 s. A connection that died unnoticed, such as behind a NAT that forgot it, would otherwise take
    /// every further request, and each would time out.
    ///
    /// Pass `https: false` for a client that talks only to this machine. It ignores the proxy of the system, and is built
    /// even if the system has no certificates.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoTls`], [`BuildError::NoCertificates`], [`BuildError::InvalidCertificate`] or
    /// [`BuildError::Transport`].
    pub fn client(
        &self,
        https: bool,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, BuildError> {
        self.build(https, Versions::All, configure)
    }

    /// Builds an HTTP client as [`client`](Self::client) does, but one that speaks HTTP/1.1 only. Requests at the same time
    /// get a connection each; over HTTP/2, all requests to a host share one.
    ///
    /// # Errors
    ///
    /// As of [`client`](Self::client).
    pub fn http1_client(
        &self,
        https: bool,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, BuildError> {
        self.build(https, Versions::Http1, configure)
    }

    /// Sends requests through this network, if they are to one of its servers; for tests.
    #[doc(hidden)]
    pub fn network(mut self, network: impl Network + 'static) -> Self {
        self.network = Some(Arc::new(network));
        self
    }

    pub(crate) fn has_network(&self) -> bool {
        self.network.is_some()
    }

    /// Sends a request by a client that [`client`](Self::client) built. All requests for replies and files are sent here.
    #[doc(hidden)]
    pub async fn execute(&self, client: &reqwest::Client, request: Request) -> reqwest::Result<Response> {
        let Some(network) = &self.network else {
            return client.execute(request).await;
        };
        match network.execute(request) {
            Ok(response) => response.await,
            Err(request) => client.execute(*request).await,
        }
    }

    fn build(
        &self,
        https: bool,
        versions: Versions,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, BuildError> {
        let tls = cfg!(any(feature = "_rustls", feature = "native-tls"));
        if https && !tls {
            return Err(BuildError::NoTls);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .http2_keep_alive_interval(PING_AFTER)
            .http2_keep_alive_timeout(PONG_WITHIN)
            .http2_keep_alive_while_idle(true);
        if versions == Versions::Http1 {
            builder = builder.http1_only();
        }
        if !https {
            // A proxy would see the key unencrypted, and cannot reach this machine.
            builder = builder.no_proxy();
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.clone());
        }
        // Without this, reqwest chooses by its own features, which any crate in the program may turn on.
        #[cfg(any(feature = "_rustls", feature = "native-tls"))]
        {
            builder = tls::configure(builder, https, versions, &self.certificates)?;
        }
        configure(builder).build().map_err(|error| BuildError::Transport(error.into()))
    }
}

// Shows only counts: the URL of a proxy may contain a password.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut transport = f.debug_struct("Transport");
        transport.field("proxies", &self.proxies.len());
        #[cfg(any(feature = "_rustls", feature = "native-tls"))]
        transport.field("certificates", &self.certificates.len());
        transport.finish()
    }
}
