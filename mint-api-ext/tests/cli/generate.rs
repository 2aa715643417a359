//! `mint generate`, and work on what it made.

use mint_api_ext::simulator::Route;
use serde_json::json;

use crate::support::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_with_its_files() {
    let desk = Desk::empty().await;
    for (arguments, file) in [
        (&["model", "a lamp", "--preset", "fast", "--only", "glb,poster"][..], "model.glb"),
        (&["world", "a harbour", "--only", "runtime"], "world.rad"),
        (&["pack", "kitchen tools", "--items", "2", "--style", "low poly"], "mint-manifest.json"),
        (&["audio", "a bell", "--seconds", "3", "--kind", "sound_effect"], "mint-manifest.json"),
    ] {
        let out = format!("out/{}", arguments[0]);
        let ran = desk.run(&[&["generate"], arguments, &["--yes", "--out", &out, "--json"]].concat()).ends(0);
        assert!(desk.path(&out).join(file).is_file(), "{ran:?}");
        assert_eq!(ran.object("ended")["status"], "succeeded");
        assert!(ran.object("downloaded")["files"].as_u64().unwrap() > 0, "{ran:?}");
        assert!(!ran.stdout.contains('?') && !ran.stderr.contains('?'), "{ran:?}");
    }
    assert_eq!(desk.simulator.operations_started(), 4);
    // Everything has ended.
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
    let ran = desk.run(&["list", "operations", "--all"]).ends(0);
    assert_eq!(ran.stdout.lines().filter(|line| line.contains("succeeded")).count(), 4, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_paid_without_a_terminal_or_leave() {
    let desk = Desk::empty().await;
    for (arguments, price) in [
        (&["generate", "model", "a lamp", "--preset", "fast"][..], "about 248 credits"),
        (&["generate", "world", "a harbour"], "no estimate"),
        (&["generate", "world", "a harbour", "--assume-credits", "1650"], "1650 credits, as assumed"),
        (&["generate", "pack", "tools", "--items", "3"], "no estimate"),
        (&["generate", "audio", "a bell"], "no estimate"),
        (&["api", "POST", "/v1/models:generate"], "no estimate"),
    ] {
        let ran = desk.run(arguments).ends(2);
        assert!(ran.stderr.contains(price) && ran.stderr.contains("--yes"), "{ran:?}");
    }
    assert_eq!(desk.simulator.operations_started(), 0);
    assert_eq!(desk.run(&["list", "operations", "--all"]).ends(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_and_arguments_are_checked_before_anything_is_sent() {
    let desk = Desk::empty().await;
    desk.run(&["generate", "model", "a lamp", "--yes", "--max-credits", "100"]).ends(5);
    let ran = desk.run(&["generate", "world", "a harbour", "--yes", "--max-credits", "100"]).ends(5);
    assert!(ran.stderr.contains("gives no estimate"), "{ran:?}");
    let requests = desk.simulator.api_requests().len();
    for arguments in [
        &["model", ""][..],
        &["model", "a lamp", "--preset", "best"],
        &["model", "a lamp", "--image", "gone.png"],
        &["model", "a lamp", "--max-credits", "-1"],
        &["model", "a lamp", "--only", "glb"],
        &["model", "a lamp", "--no-wait", "--out", "x"],
        &["model", "a lamp", "--only", "gbl", "--out", "x"],
        &["pack", "tools", "--items", "1"],
        &["audio", "a bell", "--seconds", "-1"],
        &[],
    ] {
        desk.run(&[&["generate"], arguments, &["--yes"]].concat()).ends(2);
    }
    assert_eq!(desk.simulator.api_requests().len(), requests);
    assert_eq!(desk.run(&["list", "operations", "--all"]).ends(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_uploaded_once() {
    let desk = Desk::empty().await;
    std::fs::write(desk.path("a.png"), b"\x89PNG\r\n\x1a\n1").unwrap();
    std::fs::write(desk.path("b.png"), b"\x89PNG\r\n\x1a\n2").unwrap();
    for _ in 0..2 {
        let arguments =
            ["generate", "model", "this lamp", "--image", "a.png", "--image", "b.png", "--yes", "--no-wait"];
        desk.run(&arguments).ends(0);
    }
    let requests = desk.simulator.api_requests();
    let of = |path: &str| requests.iter().filter(|request| request.target.ends_with(path)).collect::<Vec<_>>();
    let keys: std::collections::HashSet<_> =
        of("reference-images").iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert_eq!((of("reference-images").len(), keys.len()), (4, 2));
    let body: serde_json::Value = serde_json::from_slice(&of("models:generate")[0].body).unwrap();
    assert_eq!(body["sourceImages"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn work_on_a_model() {
    let desk = Desk::empty().await;
    let operation = desk.start_model(&[]);
    desk.run(&["wait", &operation]).ends(0);
    let model = desk.run(&["show", &operation, "--json"]).ends(0).object("operation")["resource"].clone();
    let model = model.as_str().unwrap();
    let ran = desk.run(&["estimate", "optimize", &operation, "--json"]).ends(0);
    assert!(ran.object("estimate")["estimated_total"].as_f64().unwrap() > 0.0);
    desk.run(&["optimize", &operation]).ends(2);
    desk.run(&["optimize", &operation, "--yes", "--level", "light"]).ends(0);
    let ran = desk.run(&["optimize", model, "--yes"]).ends(0);
    assert!(ran.stdout.contains("optimized already"), "{ran:?}");
    desk.run(&["convert", model, "--to", "usdz,obj"]).ends(2);
    let ran = desk.run(&["convert", model, "--to", "usdz,obj", "--yes", "--out", "converted"]).ends(0);
    assert!(
        std::fs::read_dir(desk.path("converted"))
            .unwrap()
            .any(|file| { file.unwrap().file_name().to_string_lossy().ends_with(".usdz") }),
        "{ran:?}"
    );
    desk.run(&["convert", model, "--yes"]).ends(2);
    desk.run(&["convert", model, "--to", "dwg", "--yes"]).ends(2);
    desk.run(&["animate", &operation, "waves", "--height", "0", "--yes"]).ends(2);
    desk.run(&["animate", &operation, "waves", "--height", "1.75", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 4);
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_refused_leaves_nothing_behind() {
    let desk = Desk::empty().await;
    desk.simulator.reply_next(Route::GenerateAudio, mint_api_ext::simulator::Reply::problem(422));
    desk.run(&["generate", "audio", "a bell", "--yes"]).ends(1);
    let ran = desk.run(&["list", "operations", "--all", "--json"]).ends(0);
    assert_eq!(ran.objects().len(), 1, "{ran:?}");
    assert_eq!(ran.object("end"), json!({"exit_code": 0}));
}
