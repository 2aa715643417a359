//! Idempotency keys. The server does the call with a given key once.

use std::sync::{Mutex, PoisonError};

use mint_api::types::IdempotencyKey;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::{Error, ErrorKind};
use crate::retry::Jitter;

/// Makes keys: random UUIDs (RFC 9562, version 4), or the sequence of a seed.
#[derive(Debug)]
pub(crate) struct Keys(Option<Mutex<Jitter>>);

impl Keys {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed.map(|seed| Mutex::new(Jitter::seeded(seed))))
    }

    pub(crate) fn next(&self) -> String {
        let uuid = match &self.0 {
            None => Uuid::new_v4(),
            Some(jitter) => {
                let mut jitter = jitter.lock().unwrap_or_else(PoisonError::into_inner);
                let bytes = (u128::from(jitter.bits()) << 64 | u128::from(jitter.bits())).to_be_bytes();
                uuid::Builder::from_random_bytes(bytes).into_uuid()
            }
        };
        uuid.to_string()
    }
}

/// The key of a call that acts on a state of an operation: a UUID of these parts (RFC 9562, version 8), the same in every
/// process.
pub(crate) fn derived(parts: [&str; 4]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// Checks a caller's key: 1 to 255 printable ASCII characters, without spaces at its ends.
pub(crate) fn check(key: &str) -> Result<IdempotencyKey, Error> {
    let why = match IdempotencyKey::try_from(key) {
        Ok(key) if key.bytes().all(|byte| matches!(byte, b' '..=b'~')) && key.trim() == key.as_str() => return Ok(key),
        Ok(_) => "has characters that a header cannot carry".to_owned(),
        Err(error) => format!("is {error}"),
    };
    let text = format!("the idempotency key {why}; use 1 to 255 printable characters of ASCII, such as a UUID");
    Err(Error::new(ErrorKind::InvalidArgument, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_a_seed_fixes_their_sequence() {
        let random = Keys::new(None);
        assert_ne!(random.next(), random.next());
        let (one, two) = (Keys::new(Some(7)), Keys::new(Some(7)));
        let first = one.next();
        assert_eq!(first, two.next());
        assert_ne!(first, one.next());
        assert_eq!((first.len(), &first[14..15]), (36, "4"));
    }

    #[test]
    fn a_derived_key_is_the_same_in_every_version() {
        let key = derived(["approve", "op_1", "preview_ready", "2026-01-01T00:00:00Z"]);
        assert_eq!(key, "e5f0aab9-6dfe-8241-b8fc-9fc16137b521");
        assert_ne!(derived(["a", "bc", "", ""]), derived(["ab", "c", "", ""]));
    }

    #[test]
    fn keys_of_the_caller() {
        for key in ["a", "order 7/retry", &"k".repeat(255)] {
            assert_eq!(check(key).unwrap().as_str(), key);
        }
        for key in ["", &"k".repeat(256), "a\nb", "ä", " a"] {
            let error = check(key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains("idempotency key"), "{error}");
        }
    }
}
