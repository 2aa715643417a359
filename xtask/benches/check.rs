//! Measures `cargo xtask check`, offline, on the files of this workspace.
//!
//! `cargo bench -p xtask` starts the built program, as a person or a workflow does.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::process::Command;
use std::time::{Duration, Instant};

/// The bound; people stop running a slower check.
const MOST: Duration = Duration::from_secs(1);

/// The number of runs; odd, so that there is a median.
const RUNS: usize = 9;

fn main() {
    let mut times: Vec<_> = (0..RUNS).map(|_| run()).collect();
    times.sort();
    let (least, middle, most) = (times[0], times[RUNS / 2], times[RUNS - 1]);
    let verdict = if middle <= MOST { "as it should be" } else { "TOO MUCH" };
    println!("check: {middle:.2?} ({least:.2?} to {most:.2?}), at most {MOST:.0?}: {verdict}");
}

fn run() -> Duration {
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("check").output().expect("the program can be started");
    let took = start.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    took
}
