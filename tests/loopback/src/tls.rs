use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificate of every TLS server, in PEM, for `127.0.0.1` and `localhost`. It is self-signed, so a client must add it
/// to its trusted certificates.
pub const CERTIFICATE: &[u8] = include_bytes!("tls/certificate.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// Gives clients that reqwest makes the cryptography of ring, as an application does that turns on no TLS feature of reqwest.
pub fn install_cryptography() {
    // Another thread may have done so.
    let _ = ring::default_provider().install_default();
}

/// Accepts TLS connections, and offers HTTP/2 before HTTP/1.1 by ALPN (RFC 7301).
pub(crate) fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate in PEM");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key in PEM");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions that the provider has");
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key);
    let mut config = config.expect("a key that fits the certificate");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
