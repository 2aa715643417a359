//! What is written down before it is sent, and how it goes on.

use std::time::Duration;

use mint_api_ext::simulator::{Reply, Route};

use crate::support::desk::{Desk, Ran};

const BELL: [&str; 5] = ["generate", "audio", "a bell", "--yes", "--no-wait"];

/// Starts a sound of which no reply arrives, and returns the key in the journal.
fn start_unknown(desk: &Desk) -> String {
    desk.simulator.lose_next_reply(Route::GenerateAudio);
    let ran = desk.run_without_retries(&BELL).ends(6);
    let listed = desk.run(&["list", "operations", "--json"]).ends(0).object("operation");
    assert_eq!((listed["state"].as_str(), listed["operation"].as_str()), (Some("unknown"), None));
    let key = listed["idempotency_key"].as_str().unwrap().to_owned();
    assert!(ran.stderr.contains(&format!("`mint resend {key}`")), "{ran:?}");
    key
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_unknown_fate_is_sent_again_with_its_key() {
    let desk = Desk::empty().await;
    let key = start_unknown(&desk);
    // Nothing else sends it.
    desk.run(&["wait"]).ends(0);
    assert!(desk.run(&["list", "operations"]).ends(0).stdout.contains(&format!("(`mint resend {key}`)")));
    let ran = desk.run(&["resend", &key]).ends(2);
    assert!(ran.stderr.contains("audio \"a bell\"") && ran.stderr.contains("--yes"), "{ran:?}");
    desk.run(&["resend", &key, "--yes", "--out", "bell"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 1);
    let sent = desk.simulator.api_requests();
    let sent = sent.iter().filter(|request| request.target.ends_with("audio:generate"));
    let bodies: Vec<_> =
        sent.map(|request| (request.headers["idempotency-key"].clone(), request.body.clone())).collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|sent| *sent == bodies[0] && sent.0 == key.as_str()));
    // It has an operation now, so that it is not sent again.
    let ran = desk.run(&["resend", &key, "--yes"]).ends(2);
    assert!(ran.stderr.contains("run `mint wait op_"), "{ran:?}");
    desk.run(&["resend", "another", "--yes"]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_second_attempt_says_nothing_about_the_first() {
    let desk = Desk::empty().await;
    let key = start_unknown(&desk);
    desk.simulator.reply_next(Route::GenerateAudio, Reply::problem(401));
    desk.run(&["resend", &key, "--yes"]).ends(1);
    assert!(desk.run(&["list", "operations"]).stdout.contains(&key));
    let other = Ran::of(
        desk.keyless(&["resend", &key, "--yes"])
            .env("MINT_API_KEY", mint_api_ext::simulator::API_KEY)
            .env("MINT_API_BASE_URL", "http://127.0.0.1:1")
            .output()
            .unwrap(),
    );
    assert!(other.ends(2).stderr.contains("was sent to http://127.0.0.1:"));
    desk.run(&["resend", &key, "--forget"]).ends(0);
    assert_eq!(desk.run(&["list", "operations", "--all"]).ends(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_sending_and_the_reply() {
    let desk = Desk::empty().await;
    let mut child = desk.spawn(&BELL);
    let is_sent = || desk.simulator.api_requests().iter().any(|request| request.target.ends_with("audio:generate"));
    while !is_sent() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let listed = desk.run(&["list", "operations", "--json"]).ends(0).object("operation");
    match listed["operation"].as_str() {
        Some(operation) => desk.run(&["wait", operation]).ends(0),
        None => desk.run(&["resend", listed["idempotency_key"].as_str().unwrap(), "--yes"]).ends(0),
    };
    assert_eq!(desk.simulator.operations_started(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_at_once_lose_no_line() {
    let desk = Desk::empty().await;
    let children: Vec<_> = (0..8).map(|_| desk.spawn(&BELL)).collect();
    for child in children {
        Ran::of(child.wait_with_output().unwrap()).ends(0);
    }
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout.lines().count(), 8);
    // All at once wait for all.
    let children: Vec<_> = (0..3).map(|_| desk.spawn(&["wait"])).collect();
    for child in children {
        Ran::of(child.wait_with_output().unwrap()).ends(0);
    }
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
    assert_eq!(desk.run(&["list", "operations", "--all", "--limit", "5"]).ends(0).stdout.lines().count(), 5);
    assert_eq!(desk.simulator.operations_started(), 8);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_reads_the_journal() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::empty().await;
    desk.run(&BELL).ends(0);
    let mode = std::fs::metadata(desk.path("state/mint/starts")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_cannot_be_written_down() {
    let desk = Desk::empty().await;
    desk.write("state", "a file");
    let ran = desk.run(&BELL).ends(1);
    assert!(ran.stderr.contains("journal of what was started"), "{ran:?}");
    let mut stateless = desk.keyless(&BELL);
    let ran = stateless.env_remove("XDG_STATE_HOME").env("MINT_API_KEY", mint_api_ext::simulator::API_KEY).output();
    assert!(Ran::of(ran.unwrap()).ends(2).stderr.contains("XDG_STATE_HOME"));
    assert_eq!(desk.simulator.operations_started(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_cannot_be_read_hides_no_other() {
    let desk = Desk::empty().await;
    desk.run(&BELL).ends(0);
    desk.write("state/mint/starts/broken.json", "{");
    desk.write("state/mint/starts/newer.json", "{\"format\": 2}");
    let ran = desk.run(&["list", "operations"]).ends(1);
    assert_eq!(ran.stdout.matches("problem:").count(), 2, "{ran:?}");
    assert!(ran.stdout.contains("op_0001") && ran.stdout.contains("reads format 1"), "{ran:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn interrupted_while_waiting() {
    let desk = Desk::slow().await;
    let child = desk.spawn(&["generate", "audio", "a bell", "--yes"]);
    while !desk.run(&["list", "operations"]).stdout.contains("op_0001") {}
    let signal = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(6);
    assert!(ran.stderr.contains("run `mint wait op_0001` to go on"), "{ran:?}");
    assert!(desk.run(&["list", "operations"]).ends(0).stdout.contains("(`mint wait op_0001`)"));
    assert_eq!(desk.simulator.operations_started(), 1);
}
