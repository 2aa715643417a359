//! Running several futures at a time.

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

/// Runs `at_a_time` futures at once and returns their results in the order of the futures.
///
/// `StreamExt::buffered` would let a finished future block a slot until all before it are finished.
pub(super) async fn in_order<F: Future>(fetches: Vec<F>, at_a_time: usize) -> Vec<F::Output> {
    let mut running = FuturesUnordered::new();
    let mut results = Vec::new();
    for (number, fetch) in fetches.into_iter().enumerate() {
        if running.len() >= at_a_time {
            results.extend(running.next().await);
        }
        running.push(numbered(number, fetch));
    }
    while let Some(result) = running.next().await {
        results.push(result);
    }
    results.sort_unstable_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

async fn numbered<F: Future>(number: usize, fetch: F) -> (usize, F::Output) {
    (number, fetch.await)
}
