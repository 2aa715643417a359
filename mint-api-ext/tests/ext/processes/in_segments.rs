//! Downloads over several connections in processes of their own.

use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use mint_loopback::{Connection, Loopback, Request};

use super::{LOST, command, in_flight, reply, sha256, text, wanted_kills};
use crate::support::say::say;

/// A file that is just large enough for segments.
const SEGMENTED: usize = 17 * 1024 * 1024;
/// The most bytes that a process gets before it is killed.
const MOST_BEFORE_KILL: u64 = 10 * 1024 * 1024;
/// A file larger than what a download may need of memory.
#[cfg(target_os = "linux")]
const LARGE: usize = 64 * 1024 * 1024;
/// How many processes are killed at the same time, since each waits for its server most of the time.
const LANES: u64 = 5;

/// What a kill costs.
#[derive(Clone)]
struct Cost {
    /// How many bytes were read and are fetched again.
    twice: u64,
    /// How many connections were open.
    open: u64,
}

/// The odd lanes sync what they write.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_in_segments_that_is_killed_is_continued() {
    let file: Bytes = (0..SEGMENTED).map(|n| (n * 31 % 251) as u8).collect();
    let expected = sha256(&file);
    let lanes = (0..LANES).map(|lane| {
        let (file, expected) = (file.clone(), expected.clone());
        async move {
            // 5 MB a second for each connection, so that there are several.
            let slow = move |request: &Request| reply(&file, request).drip(50_000, Duration::from_millis(10));
            let server = Loopback::start_unbuffered(slow).await;
            tokio::task::spawn_blocking(move || kill_amid_segments(&server, &expected, lane)).await
        }
    });
    // All of them end before one fails: else the server would, while they wait for it.
    let costs: Vec<_> = futures::future::join_all(lanes).await.into_iter().map(Result::unwrap).collect();
    let costs = costs.concat();
    if costs.is_empty() {
        return say("SKIPPED: this system does not tell what is on its way, so what is fetched twice was not counted");
    }
    let several = costs.iter().filter(|cost| cost.open > 1).count() as u64;
    assert!(several > wanted_kills() / 4, "only {several} kills were amid several connections");
    let most = costs.iter().map(|cost| cost.twice / cost.open).max().unwrap_or(0);
    assert!(most <= LOST, "{most} bytes a connection are fetched twice");
    say(&format!(
        "{} kills, {several} of them amid several connections: {most} bytes a connection were fetched twice at most",
        wanted_kills()
    ));
}

/// The share of a lane of the kills; what they cost. What one leaves, the next child continues, until the file is whole.
fn kill_amid_segments(server: &Loopback, expected: &str, lane: u64) -> Vec<Cost> {
    let url = server.url("/a.stl");
    let (mut seed, mut kills, mut costs) = (lane + 9, 0, Vec::new());
    let mut directory = tempfile::tempdir().unwrap();
    // How many bytes had been read by the last kill, and over how many open connections.
    let mut before: Option<(u64, u64)> = None;
    loop {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let is_last = kills == wanted_kills() / LANES;
        let moment = if is_last { u64::MAX } else { (seed >> 20) % MOST_BEFORE_KILL };
        let number = server.connections().len();
        let of_child = || server.connections().split_off(number);
        let mut command = command(&url, directory.path(), 8);
        if lane % 2 == 1 {
            command.env("MINT_TEST_SYNC", "1");
        }
        let mut child = command.spawn().unwrap();
        let sent = |connections: &[Connection]| connections.iter().map(|connection| connection.sent).sum::<u64>();
        while sent(&of_child()) < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        // Stopped first, so that what it has read by now stays the same while it is counted.
        let _ = Command::new("kill").args(["-STOP", &child.id().to_string()]).stderr(Stdio::null()).status();
        server.freeze();
        let connections = of_child();
        let held = in_flight(&connections);
        child.kill().unwrap();
        let text = text(&child.wait_with_output().unwrap());
        let continued: Option<u64> = text.lines().find_map(|line| line.strip_prefix("continued: ")?.parse().ok());
        if let (Some((had, open)), Some(continued)) = (before, continued) {
            costs.push(Cost { twice: had.saturating_sub(continued), open });
        }
        let whole = directory.path().join("model.stl");
        if text.contains("saved: ") {
            assert!(text.contains(&format!("saved: {expected}")), "{text}");
            assert_eq!(sha256(&std::fs::read(whole).unwrap()), expected);
            let names = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.collect();
            names.sort();
            assert_eq!(names, ["mint-manifest.json", "model.stl"]);
            if is_last {
                return costs;
            }
            (directory, before) = (tempfile::tempdir().unwrap(), None);
            continue;
        }
        assert!(!is_last && !whole.exists(), "{text}");
        kills += 1;
        let open = held.as_ref().map_or(0, |held| held.iter().flatten().count() as u64);
        before = match (held, continued) {
            (Some(held), Some(_)) => {
                Some((continued.unwrap_or(0) + sent(&connections) - held.iter().flatten().sum::<u64>(), open.max(1)))
            }
            // The first download of the file.
            (Some(held), None) if before.is_none() => {
                Some((sent(&connections) - held.iter().flatten().sum::<u64>(), open.max(1)))
            }
            // It had not begun yet.
            _ => before,
        };
    }
}

/// What the process needs does not grow with the file, nor much with the connections.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_download_in_segments_needs_little_memory() {
    let file: Bytes = (0..LARGE).map(|n| (n * 31 % 251) as u8).collect();
    let slow = move |request: &Request| reply(&file, request).drip(200_000, Duration::from_millis(10));
    let server = Loopback::start(slow).await;
    let url = server.url("/a.stl");
    let directory = tempfile::tempdir().unwrap();
    let child = command(&url, directory.path(), 16).spawn().unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    let text = text(&output);
    let kib = |what: &str| -> u64 { text.lines().find_map(|line| line.strip_prefix(what)?.parse().ok()).expect(&text) };
    let above = kib("peak: ") - kib("idle: ");
    say(&format!("{} connections needed {above} KiB at most", server.connections().len()));
    assert!(above <= 32 * 1024, "{above} KiB");
}
