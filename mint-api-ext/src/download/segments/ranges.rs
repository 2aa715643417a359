//! Ranges of the bytes of a file.

use serde::{Deserialize, Serialize};

/// Ranges in ascending order that neither touch nor overlap, each with its first byte and the one after its last.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(in crate::download) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// The first bytes of a file.
    pub(in crate::download) fn first(bytes: u64) -> Self {
        let mut ranges = Self::default();
        ranges.add(0, bytes);
        ranges
    }

    pub(in crate::download) fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let from = self.0.partition_point(|range| range.1 < start);
        let to = self.0.partition_point(|range| range.0 <= end);
        let start = self.0.get(from).filter(|_| from < to).map_or(start, |range| range.0.min(start));
        let end = self.0.get(to.wrapping_sub(1)).filter(|_| from < to).map_or(end, |range| range.1.max(end));
        self.0.splice(from..to, [(start, end)]);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().copied()
    }

    /// How many bytes are in the ranges.
    pub(in crate::download) fn bytes(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    /// How many bytes there are from the first byte of the file to the first hole.
    pub(in crate::download) fn prefix(&self) -> u64 {
        self.0.first().filter(|range| range.0 == 0).map_or(0, |range| range.1)
    }

    /// The first hole at or after `from`, as far as `total`.
    pub(super) fn hole(&self, from: u64, total: u64) -> Option<(u64, u64)> {
        let next = self.0.partition_point(|range| range.1 < from);
        let start = match self.0.get(next) {
            Some(range) if range.0 <= from => range.1,
            _ => from,
        };
        let after = self.0.partition_point(|range| range.0 <= start);
        let end = self.0.get(after).map_or(total, |range| range.0.min(total));
        (start < end).then_some((start, end))
    }

    /// The ranges as a file of so many bytes can have them, whatever order they were stored in.
    pub(in crate::download) fn within(&self, length: u64) -> Self {
        let mut ranges = Self::default();
        self.0.iter().for_each(|(start, end)| ranges.add(*start, (*end).min(length)));
        ranges
    }

    /// The first ranges, at most so many.
    pub(super) fn at_most(&self, ranges: usize) -> Self {
        Self(self.0.iter().take(ranges).copied().collect())
    }
}
