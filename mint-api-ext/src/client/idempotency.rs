//! Idempotency keys. The server does the call with a given key once.

use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use mint_api::types::IdempotencyKey;
use uuid::Uuid;

use super::hashes::Sha256;
use super::stable_hasher::StableHasher;
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
pub(crate) fn derived<const PARTS: usize>(parts: [impl AsRef<[u8]>; PARTS]) -> String {
    let mut hash = Sha256::default();
    for part in parts.iter().map(AsRef::as_ref) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// The key of content in a namespace, the same in every process; see [`StableHasher`].
pub(crate) fn of_content(namespace: &str, content: &(impl Hash + ?Sized)) -> String {
    derived([b"content", namespace.as_bytes(), &StableHasher::digest(content)])
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
    use std::collections::BTreeMap;

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

    /// The keys that callers have stored: a change here makes things again that are paid for.
    #[test]
    fn keys_of_content_are_the_same_in_every_version() {
        #[derive(Hash)]
        struct Prop {
            name: &'static str,
            version: u32,
        }
        #[derive(Hash)]
        enum Kind {
            Small,
            Large(u8),
        }
        #[derive(Hash)]
        enum Numbered {
            Nine = 9,
            Ten,
        }
        for (key, expected) in [
            (of_content("props", "lamp"), "a0d49cda-1a08-8f39-b1dd-c289aa88f68f"),
            (of_content("props", &"lamp".to_owned()), "a0d49cda-1a08-8f39-b1dd-c289aa88f68f"),
            (of_content("props", &7_u32), "3334562b-5388-8783-9db1-f065f7b43f4b"),
            (of_content("props", &-1_i64), "d369d440-aeab-818a-a19b-897413eb5f30"),
            (of_content("props", &1_usize), "60c48f35-7208-8cb2-8e63-7737d23422f8"),
            (of_content("props", &-1_isize), "d369d440-aeab-818a-a19b-897413eb5f30"),
            (of_content("props", &true), "13f6c178-ce05-8100-aa93-ac01c110c8a7"),
            (of_content("props", &'a'), "f1da1a6c-df6f-8640-9c9f-c562117626de"),
            (of_content("props", &()), "fe66780d-f866-8a37-ae5c-53c5ddda69b6"),
            (of_content("props", &(1_u8, "a")), "1a62294f-dc9e-8d88-888b-fb04de410b4d"),
            (of_content("props", &Some(5_u16)), "5bf367ea-3679-855f-9b53-accd668e51e5"),
            (of_content("props", &None::<u16>), "7e881a0e-4400-8f44-bec4-0eb91f49c32d"),
            (of_content("props", &Box::new(5_u16)), "b71f3488-8148-8438-baed-d21bb15416d6"),
            (of_content("props", &vec![1_u8, 2]), "48b080d2-2dfb-8cbf-b87b-d892ba667b04"),
            (of_content("props", &["a", "b"]), "01ff0aeb-1694-8125-a5fe-c5edebc2e4dd"),
            (of_content("props", &BTreeMap::from([("a", 1_u8)])), "53a53ece-24db-8759-8baa-ec63546a9a21"),
            (of_content("props", &Prop { name: "lamp", version: 2 }), "2a016431-8a3b-8c30-8a4e-08b40e927567"),
            (of_content("props", &Kind::Small), "7e881a0e-4400-8f44-bec4-0eb91f49c32d"),
            (of_content("props", &Kind::Large(3)), "a4ae960e-2287-849a-aa9d-58004c177a3f"),
            (of_content("props", &Numbered::Nine), "5a689d2b-4043-8b62-b67e-826e5ceb7e9e"),
            (of_content("sounds", "lamp"), "70a0dd94-7878-87a5-9b9e-78c39c13f160"),
        ] {
            assert_eq!(key, expected);
        }
        assert_ne!(of_content("props", &Numbered::Ten), of_content("props", &Numbered::Nine));
        assert_ne!(of_content("props", &("ab", "c")), of_content("props", &("a", "bc")));
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
