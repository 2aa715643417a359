//! The questions at a terminal, which `script` of util-linux pretends to be.

#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use mint_api_ext::simulator::API_KEY;

use crate::support::desk::{Desk, Ran};

/// Runs a command at a terminal at which a person types. `None` where `script` is not installed.
fn typed(desk: &Desk, command: &str, keys: &str) -> Option<Ran> {
    let command = format!("{} {command}", env!("CARGO_BIN_EXE_mint"));
    let child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(desk.folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm-256color")
        .env("MINT_API_BASE_URL", desk.simulator.base_url())
        .env("MINT_API_KEY", API_KEY)
        .env("XDG_STATE_HOME", desk.path("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        // Not captured, so that it is seen.
        let text = "SKIPPED: `script` is not installed, so that the questions at a terminal were not asked\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
        return None;
    };
    // The terminal stays open until the command has ended.
    let mut terminal = child.stdin.take().unwrap();
    terminal.write_all(keys.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(terminal);
    Some(Ran::of(output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_before_anything_is_paid() {
    let desk = Desk::empty().await;
    let Some(ran) = typed(&desk, "generate model lamp --preset fast", "n\n") else { return };
    let ran = ran.ends(3);
    assert!(ran.stdout.contains("This costs about 248 credits. Go on? [y/N]"), "{ran:?}");
    assert_eq!(desk.simulator.operations_started(), 0);
    assert_eq!(desk.run(&["list", "operations", "--all"]).ends(0).stdout, "");
    let ran = typed(&desk, "generate model lamp --preset fast --out lamp", "y\n").unwrap().ends(0);
    assert!(desk.path("lamp/model.glb").is_file(), "{ran:?}");
    // A run of a catalog has bars.
    desk.write("mint.toml", "project = 'test'\n[models.lamp]\nprompt = 'a lamp'");
    let ran = typed(&desk, "sync", "y\n").unwrap().ends(0);
    assert!(ran.stdout.contains("models.lamp") && ran.stdout.contains("files are in place"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_at_a_terminal() {
    let desk = Desk::empty().await;
    let operation = desk.start_model(&["--review"]);
    desk.run(&["wait", &operation]).ends(3);
    let Some(ran) = typed(&desk, &format!("review {operation} --no-color"), "what\ns\n") else { return };
    let ran = ran.ends(3);
    assert!(ran.stdout.matches("[a]pprove").count() == 2 && ran.stdout.contains("nothing was decided"), "{ran:?}");
    let ran = typed(&desk, &format!("review {operation}"), "r\na longer arm\na\n").unwrap().ends(0);
    assert!(ran.stdout.matches("preview of \"a lamp\"").count() == 2, "{ran:?}");
    // A picture of colored half blocks.
    assert!(ran.stdout.contains('\u{2584}'), "{ran:?}");
    assert_eq!(desk.run(&["list", "operations"]).ends(0).stdout, "");
}
