//! TLS by rustls. reqwest would take its cryptography from the process, or AWS-LC.

use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::super::Versions;
use super::Encoded;
use crate::build_error::BuildError;

/// Sets the TLS library, and which certificates are trusted: these, and those of the system if the client is for https.
pub(in crate::transport) fn configure(
    builder: ClientBuilder,
    https: bool,
    versions: Versions,
    certificates: &[Encoded],
) -> Result<ClientBuilder, BuildError> {
    let provider = provider();
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError::Transport(error.into()))?;
    let certificates: Vec<_> = certificates.iter().map(decoded).collect::<Result<_, _>>()?;
    let certificates: Vec<_> = certificates.into_iter().flatten().collect();
    let trusted = trusted(&certificates)?;
    let config = match https {
        true => config.dangerous().with_custom_certificate_verifier(Arc::new(verifier(certificates, provider)?)),
        // The certificates of the system are not read: there may be none.
        false => config.with_root_certificates(trusted),
    };
    let mut config = config.with_no_client_auth();
    // By ALPN (RFC 7301); reqwest does not add them to a configuration it is given.
    config.alpn_protocols = match versions {
        Versions::All => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        Versions::Http1 => vec![b"http/1.1".to_vec()],
    };
    Ok(builder.tls_backend_preconfigured(config))
}

/// The cryptography that the application has installed for its process, or else that of the feature.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| {
        #[cfg(feature = "aws-lc")]
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        #[cfg(not(feature = "aws-lc"))]
        let provider = rustls::crypto::ring::default_provider();
        Arc::new(provider)
    })
}

/// Verifies as the operating system does.
fn verifier(certificates: Vec<CertificateDer<'static>>, provider: Arc<CryptoProvider>) -> Result<Verifier, BuildError> {
    // Android has no place for further certificates.
    #[cfg(target_os = "android")]
    let verifier = match certificates.is_empty() {
        true => Verifier::new(provider),
        false => Err(rustls::Error::General("Android takes no certificates besides its own".to_owned())),
    };
    #[cfg(not(target_os = "android"))]
    let verifier = Verifier::new_with_extra_roots(certificates, provider);
    verifier.map_err(|error| match &error {
        // Only the text says so.
        rustls::Error::General(text) if text.contains("CA certificates") => BuildError::NoCertificates(error.into()),
        _ => BuildError::Transport(error.into()),
    })
}

/// Checks that each certificate can be trusted at all.
fn trusted(certificates: &[CertificateDer<'static>]) -> Result<RootCertStore, BuildError> {
    let mut trusted = RootCertStore::empty();
    for certificate in certificates {
        trusted.add(certificate.clone()).map_err(|error| BuildError::InvalidCertificate(Some(error.into())))?;
    }
    Ok(trusted)
}

fn decoded(certificates: &Encoded) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    match certificates {
        Encoded::Der(der) => Ok(vec![CertificateDer::from(der.clone())]),
        Encoded::Pem(pem) => {
            let decoded = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
            match decoded.map_err(|error| BuildError::InvalidCertificate(Some(error.into())))? {
                none if none.is_empty() => Err(BuildError::InvalidCertificate(None)),
                certificates => Ok(certificates),
            }
        }
    }
}
