//! The error of building a client.

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used.
    #[error("`{base_url}` cannot be the base URL: {reason}")]
    InvalidBaseUrl {
        /// The base URL, without user name, password, query and fragment, which may be secrets.
        base_url: String,
        /// Why it cannot be used.
        reason: &'static str,
    },
    /// The key or the tokens would be sent unencrypted to another machine.
    #[error("the credentials would be sent unencrypted to `{base_url}`: use https, or http to localhost")]
    InsecureBaseUrl {
        /// The base URL.
        base_url: String,
    },
    /// The base URL is https, and this crate was compiled without TLS.
    #[error(
        "https needs TLS, and this program was built without: enable the feature `rustls`, `aws-lc` or `native-tls`"
    )]
    NoTls,
    /// The system has no CA certificates to verify the server's certificate with.
    #[error(
        "this system has no CA certificates, so no https server can be trusted: install the package `ca-certificates`, \
         or point SSL_CERT_FILE at a file of certificates"
    )]
    NoCertificates(#[source] BoxedError),
    /// A root certificate cannot be read.
    #[error(
        "a root certificate cannot be read: `root_certificates_pem` takes PEM, and `root_certificate_der` takes DER"
    )]
    InvalidCertificate(#[source] Option<BoxedError>),
    /// The user agent has a character that an HTTP header cannot carry.
    #[error("`{0}` cannot be sent as the user agent: use visible ASCII")]
    InvalidUserAgent(String),
    /// The HTTP client could not be built for another reason.
    #[error("the HTTP client could not be made; check the proxy and the certificates it was given")]
    Transport(#[source] BoxedError),
}
