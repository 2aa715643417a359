//! Digests of a file in the headers of a reply: `Repr-Digest` and `Content-Digest` (RFC 9530), and the obsolete `Digest`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

/// The digests of a whole file that a server sent, in hexadecimal.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Digests {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha512: Option<String>,
}

impl Digests {
    /// Reads the digests from the headers of a reply.
    ///
    /// `Content-Digest` covers the body of this reply, which is the whole file only in a 200.
    pub(super) fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let mut digests = Self::default();
        let names: &[&str] = match status {
            StatusCode::OK => &["repr-digest", "digest", "content-digest"],
            _ => &["repr-digest", "digest"],
        };
        for value in names.iter().flat_map(|name| headers.get_all(*name)) {
            for member in value.to_str().unwrap_or_default().split(',') {
                digests.add(member);
            }
        }
        digests
    }

    /// Adds `sha-256=:base64:` (a dictionary of RFC 9651) or `SHA-256=base64`; the first of each algorithm counts.
    fn add(&mut self, member: &str) {
        let Some((algorithm, value)) = member.split_once('=') else {
            return;
        };
        // RFC 9530 defines no parameters; they follow a `;`.
        let value = value.split(';').next().unwrap_or_default().trim().trim_matches(':');
        let (slot, length) = match algorithm.trim().to_ascii_lowercase().as_str() {
            "sha-256" => (&mut self.sha256, 32),
            "sha-512" => (&mut self.sha512, 64),
            _ => return,
        };
        if let Ok(bytes) = STANDARD.decode(value)
            && bytes.len() == length
            && slot.is_none()
        {
            *slot = Some(hex(&bytes));
        }
    }

    /// Whether checking the file needs a SHA-512.
    pub(super) fn needs_sha512(&self) -> bool {
        self.sha512.is_some() && self.sha256.is_none()
    }
}

/// Formats bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;
    use sha2::{Digest as _, Sha256, Sha512};

    use super::*;

    #[test]
    fn digests_of_either_form() {
        let (short, long) = (STANDARD.encode(Sha256::digest(b"x")), STANDARD.encode(Sha512::digest(b"x")));
        let (sha256, sha512) = (Some(hex(&Sha256::digest(b"x"))), Some(hex(&Sha512::digest(b"x"))));
        let both = Digests { sha256: sha256.clone(), sha512: sha512.clone() };
        let one = Digests { sha256, sha512: None };
        let other = Digests { sha256: None, sha512 };
        for (status, name, value, expected) in [
            (200, "repr-digest", format!("sha-256=:{short}:"), &one),
            (206, "repr-digest", format!("sha-256=:{short}:, sha-512=:{long}:"), &both),
            (206, "repr-digest", format!("md5=:AAAA:,sha-512=:{long}:;q=1"), &other),
            (200, "digest", format!("SHA-256={short}"), &one),
            (200, "content-digest", format!("sha-256=:{short}:"), &one),
            (206, "content-digest", format!("sha-256=:{short}:"), &Digests::default()),
            (200, "repr-digest", "sha-256=:not base64:".into(), &Digests::default()),
            (200, "repr-digest", "sha-256=:AAAA:".into(), &Digests::default()),
            (200, "repr-digest", "nonsense".into(), &Digests::default()),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            assert_eq!(&Digests::of(StatusCode::from_u16(status).unwrap(), &headers), expected, "{name}: {value}");
        }
        // The first of each algorithm counts, of one header and of several.
        let second = STANDARD.encode(Sha256::digest(b"y"));
        for values in [
            vec![format!("sha-256=:{short}:,sha-256=:{second}:")],
            vec![short.clone(), second].into_iter().map(|value| format!("sha-256=:{value}:")).collect(),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("repr-digest", value.parse().unwrap());
            }
            assert_eq!(Digests::of(StatusCode::PARTIAL_CONTENT, &headers), one);
        }
        assert!(other.needs_sha512() && !both.needs_sha512());
    }
}
