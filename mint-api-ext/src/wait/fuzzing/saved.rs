//! Saved operations.

use std::sync::Arc;

use super::super::poller::Poller;
use super::super::rules::Rules;
use super::super::wait::Deadline;
use super::super::{OperationHandle, SavedOperation};
use crate::fuzzing::mint;

/// The input is JSON. A saved operation that is read is written and read again as the same, merged with itself is itself, and
/// goes on: a step of its wait knows what to do, and what it leaves is a saved operation of the same start.
pub fn saved_operation(data: &[u8]) {
    let Ok(saved) = serde_json::from_slice::<SavedOperation>(data) else { return };
    let read_again = |saved: &SavedOperation| -> SavedOperation {
        let text = serde_json::to_string(saved).expect("a saved operation is JSON");
        serde_json::from_str(&text).expect("what was saved is read")
    };
    assert_eq!(read_again(&saved), saved);
    let mut merged = saved.clone();
    if merged.merge(&saved).is_ok() {
        assert_eq!(merged, saved, "merged with itself it is another one");
    }
    let Ok(handle) = mint().attach_saved(&saved) else { return };
    check_same_start(&saved, &handle);
    let (poller, first) = Poller::resume(handle.clone(), Arc::new(Rules::default()), Deadline::Inherited);
    assert!(first.is_none(), "a reply that was not saved");
    poller.action();
    poller.pause();
    let paused = handle.save();
    assert_eq!(read_again(&paused), paused);
    let handle = mint().attach_saved(&paused).expect("what a step left can be taken up");
    check_same_start(&saved, &handle);
    assert_eq!(handle.save(), paused, "what a step left changes when it is taken up");
}

fn check_same_start(saved: &SavedOperation, handle: &OperationHandle) {
    let now = handle.save();
    assert_eq!((&now.id, &now.idempotency_key, &now.acted_on), (&saved.id, &saved.idempotency_key, &saved.acted_on));
    assert_eq!(now.started_at.is_some(), saved.started_at.is_some(), "when it was started is forgotten");
    assert!(now.deadline.is_some() || saved.deadline.is_none(), "the deadline is forgotten");
}
