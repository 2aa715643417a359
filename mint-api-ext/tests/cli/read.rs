//! The commands that read.

use crate::support::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn many_operations_and_what_they_made() {
    let desk = Desk::empty().await;
    let ids = [desk.start_model(&[]), desk.start_model(&["--name", "the second"])];
    let ran = desk.run(&["wait", &ids[0], &ids[1], &ids[0], "--json"]).ends(0);
    assert_eq!(ran.objects().iter().filter(|object| object["type"] == "ended").count(), 2, "{ran:?}");
    // One that is not known stops no other.
    let ran = desk.run(&["wait", "op_99", &ids[0]]).ends(1);
    assert!(ran.stdout.contains("op_99") && ran.stdout.contains("succeeded"), "{ran:?}");
    desk.run(&["wait", "a/b"]).ends(2);

    let ran = desk.run(&["list", "models", "--json"]).ends(0);
    assert_eq!(ran.objects().len(), 3, "{ran:?}");
    assert_eq!(desk.run(&["list", "models", "--limit", "1"]).ends(0).stdout.lines().count(), 1);
    assert_eq!(desk.run(&["list", "worlds"]).ends(0).stdout, "");

    let shown = desk.run(&["show", &ids[0]]).ends(0);
    assert!(shown.stdout.contains("prompt         a lamp") && shown.stdout.contains("glb"), "{shown:?}");
    let model = desk.run(&["show", &ids[0], "--json"]).ends(0).object("operation")["resource"].clone();
    let ran = desk.run(&["show", model.as_str().unwrap(), "--json"]).ends(0);
    assert!(ran.object("model")["files"].as_array().unwrap().iter().any(|file| file["kind"] == "glb"), "{ran:?}");
    assert!(!ran.stdout.contains("?") && !shown.stdout.contains("?"), "{ran:?}");
    desk.run(&["show", "nothing"]).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_other_people_do_not_reach_the_terminal_as_they_are() {
    let desk = Desk::empty().await;
    let id = desk.start_model(&["--name", "a\u{1b}[2Jb"]);
    desk.run(&["wait", &id]).ends(0);
    let model = desk.run(&["show", &id, "--json"]).ends(0).object("operation")["resource"].clone();
    for command in [&["show", model.as_str().unwrap()], &["list", "models"]] {
        let ran = desk.run(command).ends(0);
        assert!(ran.stdout.contains("a [2Jb") && !ran.stdout.contains('\u{1b}'), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads() {
    let desk = Desk::empty().await;
    let id = desk.start_model(&[]);
    desk.run(&["wait", &id]).ends(0);
    let ran = desk.run(&["download", &id, "--only", "glb,thumbnail", "--json"]).ends(0);
    assert!(desk.path(&id).join("model.glb").is_file(), "{ran:?}");
    assert_eq!(ran.object("downloaded")["files"], 2);
    assert!(!ran.stdout.contains("http"), "{ran:?}");
    let ran = desk.run(&["download", &id, "--only", "glb", "--json"]).ends(0);
    assert_eq!(ran.object("file")["obtained"], "already_there");
    // A file of somebody else is not replaced, and what is not there is an error.
    std::fs::create_dir(desk.path("mine")).unwrap();
    desk.write("mine/model.glb", "mine");
    desk.run(&["download", &id, "--only", "glb", "--out", "mine"]).ends(1);
    assert_eq!(desk.text("mine/model.glb"), "mine");
    desk.run(&["download", &id, "--only", "panorama"]).ends(1);
    desk.run(&["download", "nothing"]).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_and_credits() {
    let desk = Desk::of("[models.lamp]\nprompt = 'a lamp'\n[audio.bell]\nprompt = 'a bell'\nfiles = ['all']").await;
    let ran = desk.run(&["estimate", "model", "--preset", "fast"]).ends(0);
    assert!(ran.stdout.starts_with("about 248 credits"), "{ran:?}");
    assert!(desk.run(&["credits"]).ends(0).stdout.starts_with("100000 credits available"));
    assert!(desk.run(&["credits", "--by-entry"]).ends(0).stdout.contains("0  in all"));
    desk.run(&["sync", "--yes"]).ends(0);
    let ran = desk.run(&["credits", "--by-entry", "--json"]).ends(0);
    let total = ran.object("total");
    assert_eq!(total["credits"].as_f64().unwrap(), desk.spent(), "{ran:?}");
    assert_eq!(ran.objects().iter().filter(|object| object["type"] == "entry").count(), 2, "{ran:?}");
    let lock = desk.text("mint.lock");
    for broken in [lock.replace("format = 1", "format = 2"), format!("<<<<<<< ours\n{lock}"), "format = 1\n[".into()] {
        desk.write("mint.lock", &broken);
        let ran = desk.run(&["credits", "--by-entry"]).ends(2);
        assert!(ran.stderr.contains("mint.lock"), "{ran:?}");
    }
}
