//! How HTTP clients reach the network.

use std::error::Error as _;
use std::fmt;

use crate::build_error::BuildError;

/// How HTTP clients reach the network: the proxy and the certificates.
///
/// It says nothing of headers or redirects: those decide where a key goes, and are not for a user to set.
#[derive(Clone, Default)]
pub struct Transport {
    proxies: Vec<reqwest::Proxy>,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    certificates: Vec<Encoded>,
}

/// Certificates as they were given.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[derive(Clone)]
enum Encoded {
    Pem(Vec<u8>),
    Der(Vec<u8>),
}

impl Transport {
    /// Sends requests through a proxy. Without one, the proxy of the system is used, but not for http to this machine.
    pub fn proxy(mut self, proxy: reqwest::Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Trusts the certificates of a PEM file (RFC 7468), one or more, beside those of the system.
    ///
    /// A text that holds no certificate is an error when the client is made: [`BuildError::InvalidCertificate`].
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(Encoded::Pem(pem.into()));
        self
    }

    /// Trusts a certificate in DER (RFC 5280), beside those of the system.
    ///
    /// Bytes that are no certificate are an error when the client is made: [`BuildError::InvalidCertificate`] or
    /// [`BuildError::Transport`].
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(Encoded::Der(der.into()));
        self
    }

    /// Makes an HTTP client. It follows no redirects and sends no `Referer` unless `configure` says otherwise.
    ///
    /// A client that is not for https (`https` is false) is for this machine: it is made even where the system has no
    /// certificates, and takes no notice of the proxy of the system.
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
        let tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        if https && !tls {
            return Err(BuildError::NoTls);
        }
        let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).referer(false);
        // Said, not left to the default: that follows the features any crate of the program turned on.
        #[cfg(feature = "native-tls")]
        {
            builder = builder.tls_backend_native();
        }
        #[cfg(all(feature = "rustls", not(feature = "native-tls")))]
        {
            builder = builder.tls_backend_rustls();
        }
        if !https {
            // The system's proxy would see the key in the clear, and has no way back to this machine.
            builder = builder.no_proxy();
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.clone());
        }
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        {
            let certificates: Vec<_> = self.certificates.iter().map(decoded).collect::<Result<_, _>>()?;
            let certificates = certificates.into_iter().flatten();
            builder = match https {
                true => builder.tls_certs_merge(certificates),
                // Without certificates of its own, the client would read those of the system, and fail for want of any.
                false => builder.tls_certs_only(certificates),
            };
        }
        configure(builder).build().map_err(|error| match lacks_certificates(&error) {
            true => BuildError::NoCertificates(error),
            false => BuildError::Transport(error),
        })
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn decoded(certificates: &Encoded) -> Result<Vec<reqwest::Certificate>, BuildError> {
    let decoded = match certificates {
        Encoded::Pem(pem) => reqwest::Certificate::from_pem_bundle(pem),
        Encoded::Der(der) => reqwest::Certificate::from_der(der).map(|certificate| vec![certificate]),
    };
    match decoded {
        Ok(certificates) if certificates.is_empty() => Err(BuildError::InvalidCertificate(None)),
        result => result.map_err(|error| BuildError::InvalidCertificate(Some(error))),
    }
}

// Counts only: the URL of a proxy may hold a password.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut transport = f.debug_struct("Transport");
        transport.field("proxies", &self.proxies.len());
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        transport.field("certificates", &self.certificates.len());
        transport.finish()
    }
}

/// Whether a client could not be made for want of certificates; the verifier tells it in words only.
fn lacks_certificates(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.to_string().contains("CA certificates") {
            return true;
        }
        source = error.source();
    }
    false
}
