//! The security schemes by which a client authenticates.

/// A security scheme (OpenAPI 3.1.1, section 4.8.27).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityScheme {
    /// The name of the method that takes its credentials.
    pub method: String,
    /// Its name in the document.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// How its credentials are sent.
    pub kind: SchemeKind,
}

/// How the credentials of a security scheme are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeKind {
    /// A key in the header of this name.
    KeyInHeader(String),
    /// A key in the query parameter of this name.
    KeyInQuery(String),
    /// A key in the cookie of this name.
    KeyInCookie(String),
    /// A user name and a password (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750), also one of OAuth 2 or OpenID Connect.
    Bearer,
    /// Credentials after the name of another scheme in the header `Authorization` (RFC 9110, section 11.4).
    Other(String),
}
