//! The texts of `--help`, and the envelope of `--json`.

use std::fmt::Write as _;

use expect_test::expect_file;
use serde_json::Value;

use crate::support::desk::{Desk, Ran, mint};

#[test]
fn help() {
    let mut text = String::new();
    for arguments in [
        &["--help"][..],
        &["init", "--help"],
        &["sync", "--help"],
        &["verify", "--help"],
        &["prune", "--help"],
        &["generate", "--help"],
        &["generate", "model", "--help"],
        &["generate", "world", "--help"],
        &["generate", "pack", "--help"],
        &["generate", "audio", "--help"],
        &["wait", "--help"],
        &["resend", "--help"],
        &["download", "--help"],
        &["show", "--help"],
        &["list", "--help"],
        &["review", "--help"],
        &["approve", "--help"],
        &["revise", "--help"],
        &["resume", "--help"],
        &["retry", "--help"],
        &["optimize", "--help"],
        &["convert", "--help"],
        &["animate", "--help"],
        &["estimate", "--help"],
        &["estimate", "model", "--help"],
        &["estimate", "optimize", "--help"],
        &["credits", "--help"],
        &["gallery", "--help"],
        &["api", "--help"],
        &["simulator", "--help"],
        &["completions", "--help"],
    ] {
        let ran = Ran::of(mint(arguments).output().unwrap()).ends(0);
        assert!(ran.stdout.contains("Examples:\n  "), "{ran:?}");
        writeln!(text, "$ mint {}\n{}", arguments.join(" "), ran.stdout.replace("mint.exe", "mint")).unwrap();
    }
    expect_file!["help.txt"].assert_eq(&text);
}

#[test]
fn completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Ran::of(mint(&["completions", shell, "--json"]).output().unwrap()).ends(0);
        assert!(ran.stdout.contains("dry-run") && ran.stderr.is_empty(), "{shell}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn envelope() {
    let desk = Desk::of("[models.lamp]\nprompt = 'a lamp'").await;
    let mut text = String::new();
    let mut show = |arguments: &[&str], code: i32| {
        let ran = desk.run(&[arguments, &["--json"]].concat()).ends(code);
        for object in ran.objects() {
            assert_eq!(object["version"], 1);
            assert_eq!(object["command"], arguments[0]);
        }
        assert_eq!(ran.objects().last().unwrap()["data"]["exit_code"], code);
        writeln!(text, "$ mint {} --json\n{}", arguments.join(" "), ran.stdout).unwrap();
    };
    show(&["sync", "--dry-run"], 4);
    show(&["sync"], 2);
    show(&["sync", "--yes"], 0);
    show(&["sync"], 0);
    show(&["verify"], 0);
    std::fs::write(desk.path("assets/models/lamp.glb"), "mine").unwrap();
    show(&["verify"], 4);
    show(&["sync", "--yes"], 3);
    desk.write("mint.toml", "project = 'test'");
    show(&["prune"], 0);
    expect_file!["envelope.txt"].assert_eq(&text);
}

/// The envelopes of the commands for single things. What differs from run to run is left out.
#[tokio::test(flavor = "multi_thread")]
async fn envelope_of_single_things() {
    let desk = Desk::empty().await;
    let mut text = String::new();
    let mut show = |arguments: &[&str], code: i32| {
        let ran = desk.run(&[arguments, &["--json"]].concat()).ends(code);
        writeln!(text, "$ mint {} --json", arguments.join(" ")).unwrap();
        for mut object in ran.objects() {
            leave_out(&mut object, &desk.simulator.base_url());
            writeln!(text, "{object}").unwrap();
        }
        writeln!(text).unwrap();
    };
    desk.simulator.fail_next("transient_generation_failure", "It did not work out.");
    show(&["generate", "model", "a lamp", "--yes", "--no-wait"], 0);
    show(&["list", "operations"], 0);
    show(&["wait"], 1);
    show(&["retry", "op_0001", "--yes", "--out", "lamp", "--only", "glb"], 0);
    show(&["download", "op_0002", "--out", "lamp", "--only", "glb"], 0);
    show(&["show", "op_0002"], 0);
    show(&["list", "models"], 0);
    show(&["optimize", "op_0002", "--yes"], 0);
    show(&["optimize", "op_0002", "--yes"], 0);
    show(&["convert", "op_0002", "--to", "usdz", "--yes"], 0);
    show(&["animate", "op_0002", "waves", "--yes"], 0);
    show(&["generate", "model", "a desk", "--review", "--yes"], 3);
    show(&["review", "op_0006"], 3);
    show(&["revise", "op_0006", "a longer leg", "--yes"], 3);
    show(&["approve", "op_0006", "--yes"], 0);
    show(&["estimate", "model"], 0);
    show(&["credits"], 0);
    show(&["api", "GET", "/v1/me"], 0);
    show(&["resend", "nothing"], 2);
    desk.simulator.add_credits(300.0 - desk.simulator.credits());
    show(&["generate", "model", "a boat", "--yes"], 5);
    desk.simulator.add_credits(1000.0);
    show(&["resume", "op_0007", "--yes"], 0);
    desk.write("mint.toml", "project = 'test'");
    show(&["gallery"], 0);
    expect_file!["envelope_single.txt"].assert_eq(&text);
}

/// Replaces times, random keys and the address of the server.
fn leave_out(value: &mut Value, server: &str) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "idempotency_key" || name.ends_with("_at") => {
                        *text = "...".to_owned()
                    }
                    field => leave_out(field, server),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, server)),
        Value::String(text) => *text = text.replace(server, "http://server"),
        _ => {}
    }
}

#[test]
fn man_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("man");
    Ran::of(mint(&["man", path.to_str().unwrap()]).output().unwrap()).ends(0);
    for page in ["mint.1", "mint-sync.1", "mint-generate-model.1"] {
        let page = std::fs::read_to_string(path.join(page)).unwrap();
        assert!(page.contains(".SH OPTIONS") && page.contains("Examples:"), "{page}");
    }
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let ran = Ran::of(mint(&["man", taken.to_str().unwrap()]).output().unwrap()).ends(1);
    assert!(ran.stderr.contains("could not write the man pages"), "{ran:?}");
}

#[test]
fn no_color_reaches_help_and_usage_errors() {
    let run = |arguments: &[&str]| {
        let ran = mint(arguments).env("CLICOLOR_FORCE", "1").output().unwrap();
        let ran = Ran::of(ran);
        ran.stdout + &ran.stderr
    };
    for arguments in [&["sync", "--help"][..], &["sink"], &["sync", "--bugdet", "5"]] {
        assert!(run(arguments).contains('\u{1b}'), "{arguments:?}");
        assert!(!run(&[&["--no-color"], arguments].concat()).contains('\u{1b}'), "{arguments:?}");
    }
}

/// A signal of a terminal is no part of what programs read.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_colored_without_a_terminal() {
    let desk = Desk::of("[models.lamp]\nprompt = 'a lamp'\nreview = true").await;
    let ran = desk.run(&["sync", "--yes"]).ends(3);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
}
