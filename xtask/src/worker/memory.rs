//! A bound on the memory of a process.

/// How much a document may take. The largest published ones take a few hundred MB.
pub(crate) const LIMIT: u64 = 4 * 1024 * 1024 * 1024;

/// Bounds the memory of this process from here on: an allocation beyond it aborts.
///
/// Systems without such a bound ignore it; the bound on time holds everywhere.
#[cfg(target_os = "linux")]
pub(crate) fn bound() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { maximum, .. } = getrlimit(Resource::As);
    let current = Some(maximum.map_or(LIMIT, |maximum| maximum.min(LIMIT)));
    // Only raising a bound can be refused, and this one is not above what was there.
    let _ = setrlimit(Resource::As, Rlimit { current, maximum });
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn bound() {}
