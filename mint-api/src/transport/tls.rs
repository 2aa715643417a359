//! TLS of an HTTP client: by rustls, or by the library of the operating system.

#[cfg(not(feature = "native-tls"))]
mod rustls;

#[cfg(feature = "native-tls")]
use super::Versions;
#[cfg(feature = "native-tls")]
use crate::build_error::BuildError;

#[cfg(not(feature = "native-tls"))]
pub(super) use self::rustls::configure;

/// Certificates, not decoded yet.
#[derive(Clone)]
pub(super) enum Encoded {
    Pem(Vec<u8>),
    Der(Vec<u8>),
}

/// Sets the TLS library, and which certificates are trusted: these, and those of the system if the client is for https.
#[cfg(feature = "native-tls")]
pub(super) fn configure(
    builder: reqwest::ClientBuilder,
    https: bool,
    // The builder has told them to reqwest.
    _versions: Versions,
    certificates: &[Encoded],
) -> Result<reqwest::ClientBuilder, BuildError> {
    let certificates: Vec<_> = certificates.iter().map(decoded).collect::<Result<_, _>>()?;
    let certificates = certificates.into_iter().flatten();
    let builder = builder.tls_backend_native();
    Ok(match https {
        true => builder.tls_certs_merge(certificates),
        false => builder.tls_certs_only(certificates),
    })
}

#[cfg(feature = "native-tls")]
fn decoded(certificates: &Encoded) -> Result<Vec<reqwest::Certificate>, BuildError> {
    let decoded = match certificates {
        Encoded::Pem(pem) => reqwest::Certificate::from_pem_bundle(pem),
        Encoded::Der(der) => reqwest::Certificate::from_der(der).map(|certificate| vec![certificate]),
    };
    match decoded {
        Ok(certificates) if certificates.is_empty() => Err(BuildError::InvalidCertificate(None)),
        result => result.map_err(|error| BuildError::InvalidCertificate(Some(error.into()))),
    }
}
