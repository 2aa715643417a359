//! A clock that goes with tokio's, and can be set.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use mint_api_ext::client::Clock;
use tokio::time::Instant;

/// A clock that goes with tokio's.
#[derive(Clone, Debug)]
pub(crate) struct TokioClock(Arc<Mutex<(Instant, SystemTime)>>);

impl TokioClock {
    pub(crate) fn new() -> Self {
        let began = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        Self(Arc::new(Mutex::new((Instant::now(), began))))
    }

    pub(crate) fn set_back(&self, by: Duration) {
        self.0.lock().unwrap().1 -= by;
    }

    pub(crate) fn set_forward(&self, by: Duration) {
        self.0.lock().unwrap().1 += by;
    }
}

impl Clock for TokioClock {
    fn now(&self) -> SystemTime {
        let (since, time) = *self.0.lock().unwrap();
        time + since.elapsed()
    }
}
