//! The commands for single things, on operations of a catalog.

use mint_api_ext::simulator::Route;

use crate::support::desk::Desk;

const LAMP: &str = "[models.lamp]\nprompt = 'a lamp'\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_catalog_does_itself_is_refused() {
    let desk = Desk::of(LAMP).await;
    desk.run(&["sync", "--yes"]).ends(0);
    let call = desk.run(&["list", "operations", "--all", "--json"]).ends(0).object("operation");
    let operation = call["operation"].as_str().unwrap();
    let model = desk.run(&["show", operation, "--json"]).ends(0).object("operation")["resource"].clone();
    for id in [operation, model.as_str().unwrap()] {
        for (arguments, way) in [
            (&["optimize", id, "--level", "light"][..], "write `optimize = \"light\"` in [models.lamp]"),
            (&["convert", id, "--to", "usdz,obj"], "write `convert = [\"usdz\", \"obj\"]` in [models.lamp]"),
            (&["animate", id, "waves"], "with `model = \"lamp\"`"),
        ] {
            let ran = desk.run(&[arguments, &["--yes"]].concat()).ends(2);
            assert!(ran.stderr.contains("belongs to models.lamp") && ran.stderr.contains(way), "{ran:?}");
        }
    }
    desk.write("mint.toml", &format!("project = 'test'\n{LAMP}optimize = 'light'\n"));
    desk.run(&["sync", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2);
    // Elsewhere, it is a model as any other.
    desk.write("mint.toml", "project = 'test'");
    std::fs::remove_file(desk.path("mint.lock")).unwrap();
    desk.run(&["convert", operation, "--to", "usdz", "--yes"]).ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_operation_is_made_again_by_the_catalog() {
    let desk = Desk::of(LAMP).await;
    desk.simulator.fail_next("transient_generation_failure", "It did not work out.");
    desk.run(&["sync", "--yes"]).ends(1);
    let call = desk.run(&["list", "operations", "--all", "--json"]).ends(0).object("operation");
    assert_eq!(call["state"], "failed");
    let ran = desk.run(&["retry", call["operation"].as_str().unwrap(), "--yes"]).ends(2);
    assert!(ran.stderr.contains("`mint sync --again models.lamp`"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 1);
    // A lock that cannot be read may have it.
    let lock = desk.text("mint.lock");
    desk.write("mint.lock", "format = 2");
    desk.run(&["retry", call["operation"].as_str().unwrap(), "--yes"]).ends(2);
    assert_eq!(desk.simulator.operations_started(), 1);
    desk.write("mint.lock", &lock);
    desk.run(&["sync", "--yes", "--again", "models.lamp"]).ends(0);
}

/// The operation is the same after a decision, so that the next run waits for it and records what it cost.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_an_entry_is_decided_on() {
    let desk = Desk::of(&format!("budget = 1000\n{LAMP}review = true\n")).await;
    desk.run(&["sync", "--yes"]).ends(3);
    let listed = desk.run(&["list", "operations"]).ends(0);
    assert!(listed.stdout.contains("generate models.lamp  (`mint sync`)"), "{listed:?}");
    let call = desk.run(&["list", "operations", "--json"]).ends(0).object("operation");
    let operation = call["operation"].as_str().unwrap();
    desk.run(&["revise", operation, "a longer arm", "--yes"]).ends(3);
    // It is listed once, though the journal has it, too.
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, listed.stdout);
    desk.run(&["approve", operation, "--yes", "--no-wait"]).ends(0);
    // Its price is held until its cost is known.
    let two = format!("budget = 1000\n{LAMP}review = true\n[models.desk]\nprompt = 'a desk'\n");
    desk.write("mint.toml", &format!("project = 'test'\n{two}"));
    desk.run(&["sync", "--yes"]).ends(5);
    assert_eq!(desk.simulator.operations_started(), 1);
    assert!(desk.path("assets/models/lamp.glb").is_file());
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
    let total = desk.run(&["credits", "--by-entry", "--json"]).ends(0).object("total");
    assert_eq!(total["credits"].as_f64().unwrap(), desk.spent());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_catalog_whose_fate_is_unknown_is_listed() {
    let desk = Desk::of("[audio.bell]\nprompt = 'a bell'\nfiles = ['all']\n").await;
    desk.run(&["generate", "audio", "another bell", "--yes", "--no-wait"]).ends(0);
    desk.simulator.lose_next_reply(Route::GenerateAudio);
    desk.run_without_retries(&["sync", "--yes"]).ends(6);
    let ran = desk.run(&["list", "operations"]).ends(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[0].contains("another bell") && lines[0].contains("(`mint wait op_"), "{ran:?}");
    assert!(lines[1].contains("unknown") && lines[1].contains("generate audio.bell  (`mint sync`)"), "{ran:?}");
    assert_eq!(desk.run(&["list", "operations", "--limit", "1"]).ends(0).stdout.trim_end(), lines[1]);
    desk.write("mint.lock", "format = 2");
    let ran = desk.run(&["list", "operations"]).ends(1);
    assert!(
        ran.stdout.contains("another bell") && ran.stdout.contains("problem: ") && ran.stdout.contains("mint.lock")
    );
}
