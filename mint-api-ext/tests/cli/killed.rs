//! A run that is killed or interrupted, and run again.

use std::time::Duration;

use crate::support::desk::{Desk, Ran};

const CATALOG: &str = "[models.lamp]\nprompt = 'a lamp'\n[audio.bell]\nprompt = 'a bell'\nfiles = ['all']\n";

/// A folder, and a server whose operations go on when they are polled first.
async fn desk() -> Desk {
    Desk::at_speed(10_000.0).await.with(CATALOG)
}

/// Starts a run, and waits until the server has so many requests or the run has ended.
fn start(desk: &Desk, requests: usize) -> std::process::Child {
    let mut child = desk.spawn(&["sync", "--yes"]);
    while desk.simulator.api_requests().len() < requests && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_run_again() {
    let clean = desk().await;
    clean.run(&["sync", "--yes"]).ends(0);
    let requests = clean.simulator.api_requests().len();
    let mut desks = Vec::new();
    for _ in 0..requests {
        desks.push(desk().await);
    }
    std::thread::scope(|scope| {
        for (desk, moment) in desks.iter().zip(1..) {
            let spent = clean.spent();
            scope.spawn(move || kill_at(desk, moment, spent));
        }
    });
}

/// Kills a run at a request, and runs again.
fn kill_at(desk: &Desk, moment: usize, spent: f64) {
    let mut child = start(desk, moment);
    child.kill().unwrap();
    child.wait().unwrap();
    desk.run(&["sync", "--yes"]).ends(0);
    desk.run(&["verify"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2, "killed at request {moment}");
    assert_eq!(desk.spent(), spent, "killed at request {moment}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn interrupted_and_run_again() {
    let desk = desk().await;
    // The estimate is the first; by the second, the run is under way.
    let child = start(&desk, 2);
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(6);
    assert!(ran.stderr.contains("run `mint sync` to go on"), "{ran:?}");
    desk.run(&["sync", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2);
}
