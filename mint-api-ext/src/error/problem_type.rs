//! The types of problem documents. The API writes them as a URL or as a bare word.

pub(crate) const IDEMPOTENCY_CONFLICT: &str = "idempotency-conflict";

/// Whether a type means that the server is still doing another attempt with the same idempotency key.
///
/// Mint does not document such a type. The IETF draft of the header `Idempotency-Key` asks for a 409 in this case, and
/// leaves the name of the type to the server.
pub(crate) fn is_key_in_progress(slug: &str) -> bool {
    slug.contains("idempoten") && slug.contains("progress")
}

/// The last segment of a problem type; `None` for `about:blank`, which means no type (RFC 9457, section 4.2.1).
pub(crate) fn slug(type_: &str) -> Option<&str> {
    let path = type_.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let slug = path.rsplit('/').next().unwrap_or_default();
    (!slug.is_empty() && slug != "about:blank").then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for (type_, expected) in [
            ("https://api.mint.gg/problems/idempotency-conflict", Some(IDEMPOTENCY_CONFLICT)),
            ("https://docs.mint.gg/problems/idempotency-conflict/?a=b#c", Some(IDEMPOTENCY_CONFLICT)),
            ("/problems/idempotency-conflict", Some(IDEMPOTENCY_CONFLICT)),
            ("idempotency-conflict", Some(IDEMPOTENCY_CONFLICT)),
            ("not-an-idempotency-conflict", Some("not-an-idempotency-conflict")),
            ("about:blank", None),
            ("", None),
            ("?a/b", None),
        ] {
            assert_eq!(slug(type_), expected, "{type_}");
        }
    }
}
