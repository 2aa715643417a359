//! From an empty folder to files, and on.

use std::fs;

use crate::support::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_files_and_to_nothing() {
    let desk = Desk::empty().await;
    desk.write(".gitignore", "target");
    let ran = desk.run(&["init"]).ends(0);
    assert!(ran.stdout.starts_with("wrote `mint.toml`"), "{ran:?}");
    assert_eq!(desk.text(".gitignore"), "target\n.mint/\n");

    let written = desk.text("mint.toml");
    let ran = desk.run(&["init"]).ends(2);
    assert!(ran.stderr.contains("`mint.toml` exists, and was not changed"), "{ran:?}");
    assert_eq!((desk.text("mint.toml"), desk.text(".gitignore")), (written, "target\n.mint/\n".to_owned()));

    let ran = desk.run(&["sync", "--dry-run"]).ends(4);
    assert!(ran.stdout.contains("new        models.lamp: generate 248 credits, download"), "{ran:?}");
    assert!(desk.simulator.operations_started() == 0 && !desk.path("mint.lock").exists());

    // Standard input is no terminal.
    let ran = desk.run(&["sync"]).ends(2);
    assert!(ran.stderr.contains("this run pays 248 credits") && ran.stderr.contains("--yes"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 0);

    let ran = desk.run(&["sync", "--yes"]).ends(0);
    assert_eq!(ran.stdout, "1 made, 0 unchanged, 0 waiting, 0 failed\n");
    assert!(ran.stderr.contains("models.lamp: generate is operation"), "{ran:?}");
    assert!(desk.path("assets/models/lamp.glb").is_file());
    desk.run(&["verify"]).ends(0);
    desk.run(&["sync", "--dry-run"]).ends(0);

    // Neither a key nor a server is needed where there is nothing to do.
    let offline = desk.keyless(&["sync"]).env_remove("MINT_API_BASE_URL").output().unwrap();
    assert_eq!(offline.status.code(), Some(0), "{offline:?}");

    fs::write(desk.path("assets/models/lamp.glb"), "mine").unwrap();
    let ran = desk.run(&["verify", "--quiet"]).ends(4);
    assert!(ran.stdout.contains("lamp.glb` was changed") && ran.stdout.lines().count() == 1, "{ran:?}");
    desk.run(&["sync", "--dry-run"]).ends(4);
    let ran = desk.run(&["sync", "--yes"]).ends(3);
    assert!(ran.stdout.contains("(`mint sync --overwrite models.lamp`)"), "{ran:?}");
    assert_eq!(desk.text("assets/models/lamp.glb"), "mine");
    desk.run(&["sync", "--overwrite", "models.lamp"]).ends(0);
    desk.run(&["verify"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 1);

    let project = desk.text("mint.toml").lines().find(|line| line.starts_with("project")).unwrap().to_owned();
    desk.write("mint.toml", &project);
    let ran = desk.run(&["prune"]).ends(0);
    assert!(ran.stdout.contains("1 files removed, 0 kept"), "{ran:?}");
    assert!(!desk.path("assets/models/lamp.glb").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_written_at_the_end() {
    let desk = Desk::empty().await;
    desk.write("mint.toml", "project = 'p'\nregistry = 'mint-assets.json'\n[models.lamp]\nprompt = 'a lamp'");
    let ran = desk.run(&["sync", "--yes"]).ends(0);
    assert!(ran.stderr.contains("mint-assets.json is written"), "{ran:?}");
    let written = desk.text("mint-assets.json");
    assert!(written.contains("assets/models/lamp.glb"), "{written}");

    fs::remove_file(desk.path("mint-assets.json")).unwrap();
    let ran = desk.run(&["sync", "--dry-run"]).ends(4);
    assert!(ran.stderr.contains("the registry is out of date"), "{ran:?}");
    desk.run(&["sync"]).ends(0);
    assert_eq!(desk.text("mint-assets.json"), written);
    desk.run(&["sync", "--dry-run"]).ends(0);

    // Nothing is bought while it cannot be written.
    desk.write("mint-assets.json", "{}");
    desk.write("mint.toml", "project = 'p'\nregistry = 'mint-assets.json'\n[models.lamp]\nprompt = 'another lamp'");
    let ran = desk.run(&["sync", "--yes"]).ends(2);
    assert!(ran.stderr.contains("mint-assets.json` is no registry of assets"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projects_have_different_names() {
    let (one, other) = (Desk::empty().await, Desk::empty().await);
    one.run(&["init"]).ends(0);
    other.run(&["init"]).ends(0);
    assert_ne!(one.text("mint.toml"), other.text("mint.toml"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_attempt_needs_leave() {
    let desk = Desk::of("[audio.bell]\nprompt = 'a bell'\nfiles = ['all']\nprice = 20").await;
    desk.run(&["sync", "--yes"]).ends(0);
    let ran = desk.run(&["sync", "--again", "audio.bell"]).ends(2);
    assert!(ran.stderr.contains("the full price of another call for audio.bell"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 1);
    desk.run(&["sync", "--again", "audio.bell", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2);
}
