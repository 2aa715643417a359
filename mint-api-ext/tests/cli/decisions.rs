//! The exit codes of runs that do not end well.

use mint_api_ext::simulator::{Reply, Route};

use crate::support::desk::Desk;

const LAMP: &str = "[models.lamp]\nprompt = 'a lamp'\n";

#[tokio::test(flavor = "multi_thread")]
async fn usage_errors_come_before_anything_runs() {
    let desk = Desk::of(LAMP).await;
    for arguments in [
        &["sink"][..],
        &[],
        &["sync", "--again", "lamp", "--yes"],
        &["sync", "--again", "models.desk", "--yes"],
        &["sync", "--budget", "-1", "--yes"],
        &["sync", "--budget", "NaN", "--yes"],
        &["simulator", "--port", "70000"],
        &["completions", "sh"],
    ] {
        desk.run(arguments).ends(2);
    }
    desk.write("mint.toml", "project = 'test'\n[models.lamp]\npromt = 'a lamp'");
    let ran = desk.run(&["sync", "--yes"]).ends(2);
    assert!(ran.stderr.contains("mint.toml:3:1"), "{ran:?}");
    assert!(desk.simulator.api_requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_operation() {
    let desk = Desk::of(LAMP).await;
    desk.simulator.fail_next("generation_failed", "The prompt was too vague.");
    let ran = desk.run(&["sync", "--yes"]).ends(1);
    assert!(ran.stdout.contains("problem: models.lamp: ") && ran.stdout.contains("too vague"), "{ran:?}");
    // Another run pays for nothing, and asks nothing.
    desk.run(&["sync"]).ends(1);
    assert_eq!(desk.simulator.operations_started(), 1);
    desk.run(&["sync", "--yes", "--again", "models.lamp"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_waits_for_a_person() {
    let desk = Desk::of("[models.lamp]\nprompt = 'a lamp'\nreview = true").await;
    let ran = desk.run(&["sync", "--yes"]).ends(3);
    assert!(ran.stdout.contains("waits for review"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_are_missing() {
    let desk = Desk::of(LAMP).await;
    desk.run(&["sync", "--yes", "--budget", "100"]).ends(5);
    assert_eq!(desk.simulator.operations_started(), 0);
    desk.run(&["sync", "--yes", "--budget", "1000"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_budget_of_the_command_takes_the_place_of_the_definitions() {
    let desk = Desk::of("budget = 1\n[models.lamp]\nprompt = 'a lamp'").await;
    desk.run(&["sync", "--yes"]).ends(5);
    desk.run(&["sync", "--yes", "--budget", "1000"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_reached() {
    let desk = Desk::of(LAMP).await;
    desk.simulator.reply_next(Route::EstimatePricing, Reply::problem(503));
    desk.run_without_retries(&["sync", "--yes"]).ends(6);
    desk.simulator.reply_next(Route::GenerateModel, Reply::problem(503));
    desk.run_without_retries(&["sync", "--yes"]).ends(6);
    assert_eq!(desk.simulator.operations_started(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused() {
    let desk = Desk::of(LAMP).await;
    desk.simulator.revoke_token(mint_api_ext::simulator::API_KEY);
    desk.run(&["sync", "--yes"]).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_cannot_be_read() {
    let desk = Desk::of("[models.lamp]\nprompt = 'a lamp'\nimage = 'gone.png'").await;
    desk.run(&["sync", "--dry-run"]).ends(1);
    desk.run(&["sync", "--yes"]).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_unknown_fate() {
    let desk = Desk::of("[audio.bell]\nprompt = 'a bell'\nfiles = ['all']\n").await;
    desk.simulator.lose_next_reply(Route::GenerateAudio);
    desk.run_without_retries(&["sync", "--yes"]).ends(6);
    // The server may have forgotten the key since.
    let aged = |line: &str| match line.starts_with("sent_at") {
        true => "sent_at = \"2020-01-01T00:00:00Z\"\n".to_owned(),
        false => format!("{line}\n"),
    };
    let lock: String = desk.text("mint.lock").lines().map(aged).collect();
    desk.write("mint.lock", &lock);
    let ran = desk.run(&["sync"]).ends(6);
    assert!(ran.stdout.contains("(`mint sync --resend audio.bell`)"), "{ran:?}");
    let ran = desk.run(&["sync", "--resend", "audio.bell"]).ends(2);
    assert!(ran.stderr.contains("another call for audio.bell"), "{ran:?}");
    desk.run(&["sync", "--resend", "audio.bell", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 1);
}
