//! How many connections fetch files from each host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

/// The most connections to one host, unless more files than that are fetched at once.
const MOST: usize = 16;

/// The connections of all downloads of a client, by host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections(Arc<Mutex<HashMap<String, usize>>>);

/// A connection in use; dropped, it is free for others.
#[derive(Debug)]
pub(crate) struct Connection {
    of: Connections,
    host: String,
}

impl Connections {
    /// The first connection of a file, which every file has.
    pub(crate) fn first(&self, url: &str) -> Connection {
        let host = Url::parse(url).map(|url| host(&url)).unwrap_or_default();
        *self.counts().entry(host.clone()).or_default() += 1;
        Connection { of: self.clone(), host }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// One more to the same host; `None` if there are enough.
    pub(crate) fn another(&self) -> Option<Self> {
        let mut counts = self.of.counts();
        let count = counts.get_mut(&self.host).filter(|count| **count < MOST)?;
        *count += 1;
        Some(Self { of: self.of.clone(), host: self.host.clone() })
    }

    /// Counts it at the host that answered, which redirects or a fresh URL may have led to; whether that one has not too many.
    pub(crate) fn move_to(&mut self, url: &Url) -> bool {
        let host = host(url);
        if host == self.host {
            return true;
        }
        let moved = Self { of: self.of.clone(), host };
        let is_within = {
            let mut counts = self.of.counts();
            let count = counts.entry(moved.host.clone()).or_default();
            *count += 1;
            *count <= MOST
        };
        *self = moved;
        is_within
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut counts = self.of.counts();
        if let Some(count) = counts.get_mut(&self.host) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_one_and_all_together_have_sixteen() {
        let connections = Connections::default();
        let first = connections.first("https://a.b/x?s=1");
        let second = connections.first("https://a.b/y");
        let more: Vec<_> = std::iter::from_fn(|| first.another()).collect();
        assert_eq!(more.len(), MOST - 2);
        assert!(second.another().is_none());
        assert!(connections.first("https://c.d/x").another().is_some());
        let third = connections.first("https://a.b/z");
        drop(more);
        assert!(third.another().is_some());
        drop((first, second, third));
        assert!(connections.counts().is_empty());
    }

    #[test]
    fn counted_at_the_host_that_answers() {
        let connections = Connections::default();
        let mut first = connections.first("https://a.b/x");
        let other = Url::parse("https://c.d/x?s=1").unwrap();
        let more: Vec<_> = (0..MOST).map(|_| connections.first("https://c.d/y")).collect();
        // The first one of a file is always had.
        assert!(!first.move_to(&other) && first.another().is_none());
        drop(more);
        let mut second = connections.first("https://a.b/y");
        assert!(second.move_to(&other) && second.move_to(&other));
        assert_eq!(*connections.counts(), HashMap::from([("c.d".to_owned(), 2)]));
    }
}
