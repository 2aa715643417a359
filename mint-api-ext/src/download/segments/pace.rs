//! How many connections a file gets: a pure state machine of the time and the bytes that have arrived.

use std::time::Duration;

use tokio::time::Instant;

/// How long the speed is measured.
const WINDOW: Duration = Duration::from_millis(100);
/// How much of what further connections can bring they must: twice the connections must be 1.5 times as fast.
const WORTH: f64 = 0.5;
/// New connections are slow at first; as long as each window is so much faster than the one before, another one follows.
const RISING: f64 = 1.1;
const WINDOWS: u32 = 10;
/// What comes so fast, in bytes a second, waits for the disk and the hash, and not for the network.
const FAST: f64 = 200_000_000.0;
/// How long a server that refuses connections is not asked for more, at first; twice as long each time that it does again.
const PATIENCE: Duration = Duration::from_secs(10);

/// The number of connections of a file. It begins with one and doubles as long as that is worth it.
#[derive(Clone, Debug)]
pub(in crate::download) struct Pace {
    most: usize,
    connections: usize,
    /// With how many connections the last step began, and their speed; `None` if it is not to be judged.
    before: Option<(usize, f64)>,
    is_settled: bool,
    /// When more are tried again, after the server has refused some.
    again: Option<Instant>,
    patience: Duration,
    window: Option<Window>,
    /// The speed of the last window, and how many there were with these connections.
    last: f64,
    windows: u32,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    bytes: u64,
}

impl Pace {
    pub(in crate::download) fn new(most: usize) -> Self {
        Self {
            most,
            connections: 1,
            before: None,
            is_settled: most < 2,
            again: None,
            patience: PATIENCE,
            window: None,
            last: 0.0,
            windows: 0,
        }
    }

    pub(in crate::download) fn connections(&self) -> usize {
        self.connections
    }

    /// Whether the server may send the file over several connections.
    pub(in crate::download) fn may_have_more(&self) -> bool {
        self.most > 1
    }

    /// Notes that so many bytes of the file have arrived, and that so many connections bring bytes.
    pub(in crate::download) fn arrived(&mut self, now: Instant, bytes: u64, open: usize) {
        if self.again.is_some_and(|again| now >= again) {
            (self.again, self.before) = (None, None);
            self.is_settled = self.connections >= self.most;
            self.step(self.connections);
        }
        // A window begins when all connections are open, and again when the file does.
        let Some(window) = self.window.filter(|window| bytes >= window.bytes && open >= self.connections) else {
            self.window = Some(Window { since: now, bytes }).filter(|_| open >= self.connections);
            return;
        };
        let elapsed = now - window.since;
        if self.is_settled || elapsed < WINDOW {
            return;
        }
        let speed = (bytes - window.bytes) as f64 / elapsed.as_secs_f64();
        let is_rising = self.windows > 0 && speed > self.last * RISING || self.windows == 0;
        self.window = Some(Window { since: now, bytes });
        let previous = std::mem::replace(&mut self.last, speed);
        self.windows += 1;
        match self.before {
            Some((fewer, before)) if speed < before * self.worth(fewer) => {
                if !is_rising || self.windows >= WINDOWS {
                    self.step(fewer);
                    self.is_settled = true;
                }
            }
            // It may yet become slow: some servers send the first bytes faster. A window with some of those tells nothing.
            _ if speed.max(previous) >= FAST => {}
            _ if self.connections < self.most => {
                // What piled up while no byte was read does not count: more than its share a connection cannot bring.
                let share =
                    self.before.map_or(f64::MAX, |(fewer, before)| before * self.connections as f64 / fewer as f64);
                self.before = Some((self.connections, speed.min(share)));
                self.step((self.connections * 2).min(self.most));
            }
            _ => self.is_settled = true,
        }
    }

    /// Whether the window under way, of which a third has passed, is so slow that further connections may follow it.
    pub(in crate::download) fn may_rise_soon(&self, now: Instant, bytes: u64) -> bool {
        self.window.is_some_and(|window| {
            let elapsed = now - window.since;
            elapsed * 3 >= WINDOW && (bytes.saturating_sub(window.bytes) as f64) < FAST * elapsed.as_secs_f64()
        })
    }

    /// How much faster the connections must be than so many fewer.
    fn worth(&self, fewer: usize) -> f64 {
        1.0 + (self.connections as f64 / fewer as f64 - 1.0) * WORTH
    }

    /// The server does not send this file over more connections than these.
    pub(in crate::download) fn cap(&mut self, connections: usize) {
        self.most = self.most.min(connections.max(1));
        if self.connections > self.most {
            self.step(self.most);
        }
        self.is_settled |= self.connections == self.most;
    }

    /// The server refuses more connections than these for now.
    pub(in crate::download) fn ease(&mut self, now: Instant, connections: usize) {
        if self.connections > connections.max(1) {
            self.step(connections.max(1));
        }
        // Those that are refused at about the same time count once.
        if self.again.is_none() {
            self.again = now.checked_add(self.patience);
            self.patience = self.patience.saturating_mul(2);
        }
        self.is_settled = true;
    }

    /// Other files have the connections; the step is tried again later.
    pub(in crate::download) fn postpone(&mut self, connections: usize) {
        self.step(connections.max(1));
        self.before = self.before.filter(|(fewer, _)| *fewer < connections);
    }

    /// Measures anew, after a pause.
    pub(in crate::download) fn resume(&mut self) {
        self.window = None;
    }

    fn step(&mut self, connections: usize) {
        self.connections = connections;
        self.window = None;
        self.windows = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The connections after each window of 100 ms, with a server that brings so many bytes a second in all.
    #[track_caller]
    fn check(most: usize, speed: impl Fn(usize, u64) -> u64, expected: &[usize]) {
        let (began, mut pace, mut bytes) = (Instant::now(), Pace::new(most), 0);
        let mut steps = Vec::new();
        for tick in 0..expected.len() as u64 * 10 {
            let connections = pace.connections();
            pace.arrived(began + Duration::from_millis(tick * 10), bytes, connections);
            bytes += speed(connections, tick * 10) / 100;
            if tick % 10 == 5 {
                steps.push(pace.connections());
            }
        }
        assert_eq!(steps, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn doubled_as_long_as_that_is_worth_it() {
        const MB: u64 = 1_000_000;
        let each = |connections: usize, _| connections as u64 * 8 * MB;
        check(8, each, &[1, 2, 4, 8, 8, 8, 8]);
        check(16, each, &[1, 2, 4, 8, 16, 16]);
        check(1, each, &[1, 1, 1]);
        // One connection is as fast as many.
        check(8, |_, _| 8 * MB, &[1, 2, 2, 1, 1]);
        check(8, |connections, _| connections.min(2) as u64 * 8 * MB, &[1, 2, 4, 4, 2, 2]);
    }
    /// One more than can double has to bring half of its share, too; what does not is taken back.
    #[tokio::test(start_paused = true)]
    async fn a_step_that_does_not_double() {
        const MB: u64 = 1_000_000;
        check(3, |connections, _| connections as u64 * 8 * MB, &[1, 2, 3, 3]);
        check(3, |connections, _| connections.min(2) as u64 * 8 * MB, &[1, 2, 3, 3, 2, 2]);
    }

    /// While the second connection is made, bytes pile up, and then arrive all at once.
    #[tokio::test(start_paused = true)]
    async fn what_piled_up_is_no_speed() {
        const MB: u64 = 1_000_000;
        let piled = |connections: usize, at| connections as u64 * 8 * MB * if (100..200).contains(&at) { 3 } else { 1 };
        check(8, piled, &[1, 2, 4, 8, 8]);
    }

    /// What is fast needs no more connections, until it becomes slow.
    #[tokio::test(start_paused = true)]
    async fn a_fast_connection_stays_alone() {
        const MB: u64 = 1_000_000;
        check(8, |_, _| 250 * MB, &[1; 6]);
        let burst = |connections: usize, at| if at < 250 { 250 * MB } else { connections as u64 * 8 * MB };
        check(8, burst, &[1, 1, 1, 1, 2, 4, 8]);
        // Two are fast enough.
        check(8, |connections, _| connections as u64 * 120 * MB, &[1, 2, 2, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_window_is_seen_before_its_end() {
        let (began, mut pace) = (Instant::now(), Pace::new(8));
        let at = |millis| began + Duration::from_millis(millis);
        assert!(!pace.may_rise_soon(began, 0));
        pace.arrived(began, 1_000, 1);
        assert!(!pace.may_rise_soon(at(33), 2_000));
        assert!(pace.may_rise_soon(at(34), 2_000));
        assert!(!pace.may_rise_soon(at(50), 10_001_000));
        assert!(pace.may_rise_soon(at(50), 10_000_999));
    }

    /// Refused at first, then allowed: it rises again, and later each time it is refused.
    #[tokio::test(start_paused = true)]
    async fn it_rises_again_after_failures() {
        let (began, mut pace) = (Instant::now(), Pace::new(8));
        let mut bytes = 0;
        let mut after = |pace: &mut Pace, from: u64, to: u64| {
            for tick in from * 100..to * 100 {
                bytes += pace.connections() as u64 * 80_000;
                pace.arrived(began + Duration::from_millis(tick * 10), bytes, pace.connections());
            }
            pace.connections()
        };
        assert_eq!(after(&mut pace, 0, 2), 8);
        for refused in 0..3 {
            pace.ease(began + Duration::from_secs(2), 8 - refused);
        }
        assert_eq!((after(&mut pace, 2, 11), after(&mut pace, 11, 13)), (6, 8));
        pace.ease(began + Duration::from_secs(13), 1);
        assert_eq!((after(&mut pace, 13, 32), after(&mut pace, 32, 35)), (1, 8));
        // It never rises above what the server cannot do.
        pace.cap(1);
        assert_eq!(after(&mut pace, 35, 100), 1);
    }
}
