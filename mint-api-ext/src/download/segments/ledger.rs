//! The ledger of a file that several connections fetch: who fetches which bytes, which are written, which are synced.

use std::collections::BTreeMap;

use super::ranges::Ranges;

/// The smallest and the largest segment. A small one costs a round trip too often, a large one is read again too late.
const SMALLEST: u64 = 1024 * 1024;
const LARGEST: u64 = 16 * 1024 * 1024;
/// What is left of a segment is shared with an idle connection if it has this many bytes; fewer are not worth a round trip.
const WORTH_SHARING: u64 = 256 * 1024;

/// A connection of a file, by its number.
pub(super) type Id = usize;

/// A pure account of a file's bytes. A byte is written, or claimed by one connection, or free.
#[derive(Clone, Debug)]
pub(in crate::download) struct Ledger {
    total: u64,
    pub(super) written: Ranges,
    pub(super) synced: Ranges,
    claims: BTreeMap<Id, Claim>,
    /// How many connections share what is free.
    sharers: u64,
}

/// The segment that a connection fetches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Claim {
    /// Up to here everything is written.
    written: u64,
    /// Up to here the bytes are written or being written.
    taken: u64,
    end: u64,
    /// Where the reply ends, which may be after the segment.
    reply_end: u64,
}

impl Ledger {
    pub(in crate::download) fn new(total: u64, written: Ranges, synced: Ranges) -> Self {
        Self { total, written, synced, claims: BTreeMap::new(), sharers: 1 }
    }

    /// Says how many connections share the file. If there are several, one has no more than a segment.
    pub(super) fn share_among(&mut self, connections: u64) {
        if connections > self.sharers {
            self.claims.values_mut().for_each(|claim| claim.end = claim.end.min(claim.taken.saturating_add(LARGEST)));
        }
        self.sharers = connections;
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn is_whole(&self) -> bool {
        self.written.bytes() == self.total
    }

    /// Claims the beginning of the first free range, for a connection whose reply begins there, if `reply` says so, and goes
    /// on to the end of the file.
    pub(super) fn claim(&mut self, id: Id, reply: Option<u64>) -> Option<(u64, u64)> {
        let (start, end) = self.free(reply.unwrap_or(0))?;
        if reply.is_some_and(|reply| reply != start) {
            return None;
        }
        let end = end.min(start.saturating_add(self.segment()));
        let reply_end = reply.map_or(end, |_| self.total);
        self.claims.insert(id, Claim { written: start, taken: start, end, reply_end });
        Some((start, end))
    }

    /// Claims the second half of the longest segment, if that is worth it.
    pub(super) fn share(&mut self, id: Id) -> Option<(u64, u64)> {
        let longest = self.claims.iter().filter(|(other, _)| **other != id);
        let (other, claim) = longest.max_by_key(|(_, claim)| claim.end - claim.taken)?;
        let (other, left) = (*other, claim.end - claim.taken);
        let end = claim.end;
        if left < WORTH_SHARING {
            return None;
        }
        let start = claim.taken + left / 2;
        let owner = self.claims.get_mut(&other)?;
        (owner.end, owner.reply_end) = (start, start);
        self.claims.insert(id, Claim { written: start, taken: start, end, reply_end: end });
        Some((start, end))
    }

    /// Takes up to `bytes` of a segment for writing: where they go, and how many. 0 if the segment is full. It grows if the
    /// reply goes on and what follows is free.
    pub(super) fn take(&mut self, id: Id, bytes: u64) -> (u64, u64) {
        let Some(mut claim) = self.claims.get(&id).copied() else {
            return (0, 0);
        };
        if claim.taken == claim.end
            && claim.end < claim.reply_end
            && let Some((start, end)) = self.free(claim.end)
            && start == claim.end
        {
            claim.end = end.min(claim.reply_end).min(start.saturating_add(self.segment()));
        }
        let (start, bytes) = (claim.taken, bytes.min(claim.end - claim.taken));
        claim.taken += bytes;
        self.claims.insert(id, claim);
        (start, bytes)
    }

    /// Notes that what was taken before `end` is written.
    pub(super) fn wrote(&mut self, id: Id, end: u64) {
        if let Some(claim) = self.claims.get_mut(&id) {
            let start = std::mem::replace(&mut claim.written, end);
            self.written.add(start, end);
        }
    }

    /// Whether a connection has all of its segment.
    pub(super) fn is_full(&self, id: Id) -> bool {
        self.claims.get(&id).is_none_or(|claim| {
            let grows =
                claim.end < claim.reply_end && self.free(claim.end).is_some_and(|(start, _)| start == claim.end);
            claim.written == claim.end && !grows
        })
    }

    /// Frees what a connection has not written.
    pub(super) fn release(&mut self, id: Id) {
        self.claims.remove(&id);
    }

    /// The first range at or after `from` that is neither written nor claimed.
    fn free(&self, from: u64) -> Option<(u64, u64)> {
        let mut busy = self.written.clone();
        self.claims.values().for_each(|claim| busy.add(claim.written, claim.end));
        busy.hole(from, self.total)
    }

    /// The length of the next segment: ever smaller ones, so that all connections end at about the same time.
    fn segment(&self) -> u64 {
        if self.sharers < 2 {
            return self.total;
        }
        let claimed: u64 = self.claims.values().map(|claim| claim.end - claim.written).sum();
        let free = self.total.saturating_sub(self.written.bytes() + claimed);
        (free / (2 * self.sharers)).clamp(SMALLEST, LARGEST)
    }
}

#[cfg(test)]
mod tests;
