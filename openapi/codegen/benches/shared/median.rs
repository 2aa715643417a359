//! What the benchmarks that run once and again measure by.

use std::time::{Duration, Instant};

/// The median time of so many runs; an odd number has one.
pub(crate) fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut times: Vec<_> = (0..runs).map(time).collect();
    times.sort();
    times[runs / 2]
}
