//! The statuses of operations.

use std::time::Duration;

use tokio::time::Instant;

use super::time::Time;

pub(crate) fn is_success(status: &str) -> bool {
    matches!(status, "succeeded" | "partially_succeeded")
}

pub(crate) fn is_over(status: &str) -> bool {
    is_success(status) || matches!(status, "failed" | "canceled")
}

/// The current status of a timeline that began at `start`, and when that status began.
pub(crate) fn current_status<'a>(
    timeline: &'a [(String, Duration)],
    start: Instant,
    time: &Time,
) -> (&'a str, Instant) {
    let mut left = start.elapsed();
    let mut updated = start;
    let mut current = "queued";
    for (index, (status, duration)) in timeline.iter().enumerate() {
        let duration = time.scaled(*duration);
        current = status;
        if left < duration || index + 1 == timeline.len() {
            break;
        }
        left -= duration;
        updated += duration;
    }
    (current, updated)
}
