//! Previews, missing credits and failures.

use crate::support::desk::{CREDITS, Desk};

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_revised_and_approved() {
    let desk = Desk::empty().await;
    let operation = desk.start_model(&["--review"]);
    let ran = desk.run(&["wait", &operation]).ends(3);
    assert!(ran.stdout.contains(&format!("(`mint review {operation}`)")), "{ran:?}");
    // Without a terminal, a review shows the preview and says how to decide.
    let ran = desk.run(&["review", &operation]).ends(3);
    assert!(ran.stderr.contains(&format!("`mint approve {operation}`")), "{ran:?}");
    let picture = ran.stdout.lines().find_map(|line| line.trim().strip_prefix("picture: ")).unwrap_or_default();
    assert!(desk.path(picture).is_file(), "{ran:?}");
    desk.run(&["revise", &operation, ""]).ends(2);
    desk.run(&["revise", &operation, "a longer arm"]).ends(2);
    desk.run(&["revise", &operation, "a longer arm", "--yes"]).ends(3);
    desk.run(&["approve", &operation]).ends(2);
    desk.run(&["approve", &operation, "--yes", "--out", "lamp"]).ends(0);
    assert!(desk.path("lamp/model.glb").is_file());
    let ran = desk.run(&["approve", &operation, "--yes"]).ends(2);
    assert!(ran.stderr.contains("mint show"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 1);
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_retried_as_the_advice_says() {
    let desk = Desk::empty().await;
    desk.simulator.fail_next("transient_generation_failure", "It did not work out.");
    let operation = desk.start_model(&[]);
    let ran = desk.run(&["wait", &operation]).ends(1);
    assert!(ran.stdout.contains("another attempt may succeed"), "{ran:?}");
    desk.run(&["retry", &operation]).ends(2);
    desk.run(&["retry", &operation, "--yes"]).ends(0);

    desk.simulator.fail_next("moderation_blocked", "The prompt is not allowed.");
    let operation = desk.start_model(&[]);
    desk.run(&["wait", &operation]).ends(1);
    let ran = desk.run(&["retry", &operation, "--yes"]).ends(2);
    assert!(ran.stderr.contains(&format!("`mint retry --anyway {operation}`")), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 3);
    desk.run(&["retry", &operation, "--yes", "--anyway"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_goes_on_once_there_are_credits() {
    let desk = Desk::empty().await;
    // Enough for the start, and not for the final model.
    desk.simulator.add_credits(300.0 - CREDITS);
    let operation = desk.start_model(&[]);
    let ran = desk.run(&["wait", &operation]).ends(5);
    assert!(ran.stdout.contains(&format!("(`mint resume {operation}`)")), "{ran:?}");
    let ran = desk.run(&["resume", &operation]).ends(2);
    assert!(ran.stderr.contains("which needs 598 credits") && ran.stderr.contains("--yes"), "{ran:?}");
    desk.run(&["resume", &operation, "--yes"]).ends(5);
    desk.simulator.add_credits(1000.0);
    desk.run(&["resume", &operation, "--yes", "--out", "lamp"]).ends(0);
    assert!(desk.path("lamp/model.glb").is_file());
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
    assert_eq!(desk.simulator.operations_started(), 1);
    desk.run(&["resume", &operation, "--yes"]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_on_or_is_not_known_is_refused() {
    let desk = Desk::slow().await;
    let operation = desk.start_model(&[]);
    for command in ["approve", "resume", "retry", "review"] {
        let ran = desk.run(&[command, &operation]).ends(2);
        assert!(ran.stderr.contains(&format!("`mint wait {operation}`")), "{ran:?}");
        desk.run(&[command, "op_9"]).ends(1);
        desk.run(&[command, "../x"]).ends(2);
    }
}
