//! What holds for every input: a function for each fuzz target of `tests/fuzz/client`, which panics where it does not.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

#[cfg(feature = "catalog")]
pub use crate::catalog::fuzzing::{definition, lock};
use crate::client::{Clock, Credentials, Mint};
#[cfg(feature = "unpack")]
pub use crate::download::fuzzing::unpack::unpack;
pub use crate::download::fuzzing::{names::names, transfer::transfer};
pub use crate::request::fuzzing::saved_request;
pub use crate::wait::fuzzing::{saved::saved_operation, wait::wait};

/// A client for checks that send no request. Its clock always shows the same time.
pub(crate) fn mint() -> &'static Mint {
    static MINT: LazyLock<Mint> = LazyLock::new(|| {
        let credentials = Credentials::api_key("key").expect("a key");
        Mint::builder(credentials).clock(Noon).seed(1).build().expect("a client")
    });
    &MINT
}

/// A noon in UTC.
#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_014_400)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Checks the seeds and the regressions of a target.
    #[track_caller]
    fn replay(target: &str, check: impl Fn(&[u8])) {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/client");
        for kind in ["seeds", "regressions"] {
            let Ok(entries) = fs::read_dir(fuzz.join(kind).join(target)) else {
                assert_eq!(kind, "regressions", "`{target}` has no seeds");
                continue;
            };
            for entry in entries {
                check(&fs::read(entry.unwrap().path()).unwrap());
            }
        }
    }

    #[test]
    fn names_of_files() {
        replay("names", names);
    }

    #[test]
    fn decisions_of_transfers() {
        replay("transfer", transfer);
    }

    #[test]
    fn unpacked_archives() {
        replay("unpack", |data| unpack(data, tempfile::tempdir().unwrap().path()));
    }

    #[test]
    fn waits() {
        replay("wait", wait);
    }

    #[test]
    fn saved_operations() {
        replay("saved_operation", saved_operation);
    }

    #[test]
    fn saved_requests() {
        replay("saved_request", |data| assert!(saved_request(data), "no call takes it up"));
    }

    #[test]
    fn definitions_of_catalogs() {
        replay("definition", definition);
    }

    #[test]
    fn locks_of_catalogs() {
        replay("lock", lock);
    }
}
