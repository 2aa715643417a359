//! The exit codes and messages of the built program, on a copy of the vendored files.

use std::fs;
use std::path::{Path, PathBuf};

use openapi_client_codegen::source::sha256;
use openapi_client_codegen::{canonical, parse_json};
use serde_json::json;

use crate::program::Copy;

#[test]
fn what_is_committed_is_in_sync() {
    let said = Copy::new().xtask(&["check"], "");
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.contains("in sync"), "{}", said.stdout);
}

#[test]
fn a_hand_edit_is_found_and_regen_undoes_it() {
    let copy = Copy::new();
    let published = copy.text();
    fs::write(copy.path("openapi.json"), published.replacen("\"title\": \"", "\"title\": \"Our ", 1)).unwrap();

    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(4));
    assert!(said.stderr.contains("changed by hand"), "{}", said.stderr);
    assert!(said.stderr.contains("fix: cargo xtask regen --from FILE"), "{}", said.stderr);

    let page = format!("# The page\n\n````json\n{published}````\n");
    fs::write(copy.folder.path().join("page.md"), page).unwrap();
    let said = copy.xtask(&["regen", "--from", "page.md"], "");
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.contains("unchanged  openapi/openapi.lock"), "{}", said.stdout);
    assert_eq!(copy.xtask(&["check"], "").code, Some(0));
}

#[test]
fn stdin_is_a_source() {
    let copy = Copy::new();
    let newer = copy.text().replacen("\"title\": \"", "\"title\": \"New ", 1);
    let said = copy.xtask(&["regen", "--from", "-"], &newer);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(fs::read_to_string(copy.path("openapi.lock")).unwrap().contains("\"stdin\""));
    assert_eq!(copy.xtask(&["check"], "").code, Some(0));
}

#[test]
fn a_stale_report_is_out_of_date_and_its_fix_works() {
    let copy = Copy::new();
    fs::write(copy.path("lowering.md"), "old\n").unwrap();
    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(4));
    let fix = said.stderr.lines().find_map(|line| line.trim().strip_prefix("fix: cargo xtask ")).unwrap();
    let (command, _) = fix.split_once(" (").unwrap();
    assert_eq!(copy.xtask(&command.split(' ').collect::<Vec<_>>(), "").code, Some(0));
    assert_eq!(copy.xtask(&["check"], "").code, Some(0));
}

#[test]
fn what_cannot_be_done_is_told_apart() {
    for (arguments, stdin, code, message) in [
        (&["regen", "--from", "http://api.mint.gg/openapi.json"][..], "", 1, "is for this machine alone"),
        (&["regen", "--from", "no-such-file"], "", 1, "cannot read `no-such-file`"),
        (&["regen", "--from", "-"], "<html>", 1, "holds no OpenAPI document"),
        (
            &["regen", "--from", "-"],
            r#"{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": {"A": {"$ref": 1}}}}"#,
            1,
            "a reference is a text",
        ),
        (&["regen", "--form", "x"], "", 2, "--form"),
        (&["ci", "no-such-gate"], "", 2, "no-such-gate"),
    ] {
        let copy = Copy::new();
        let said = copy.xtask(arguments, stdin);
        assert_eq!(said.code, Some(code), "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.contains(message), "{arguments:?}: {}", said.stderr);
        assert_eq!(copy.xtask(&["check"], "").code, Some(0), "{arguments:?}");
    }
}

/// The vendored document, with lists in lists that may be null: typify overflows its stack on them, which aborts.
fn overflowing(copy: &Copy) -> String {
    let mut document = parse_json(&copy.text()).unwrap();
    let nested =
        (0..118).fold(json!({"type": "string"}), |inner, _| json!({"type": ["array", "null"], "items": inner}));
    document["components"]["schemas"]["Operation"]["properties"]["nested"] = nested;
    canonical(&document)
}

/// Every file of the copy and its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false => files.push((path.clone(), fs::read(&path).unwrap())),
        }
    }
    files.sort();
    files
}

#[test]
fn a_document_that_overflows_the_generator_is_an_error_and_changes_no_file() {
    let copy = Copy::new();
    let before = files(copy.folder.path());
    let said = copy.xtask(&["regen", "--from", "-"], &overflowing(&copy));
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{}", said.stderr);
    for part in ["error: `stdin` cannot be taken; nothing was written", "R000: the generator aborted", "fix: "] {
        assert!(said.stderr.contains(part), "{part}: {}", said.stderr);
    }
    assert_eq!(files(copy.folder.path()), before);

    let said = copy.xtask(&["regen", "--force", "--from", "-"], &overflowing(&copy));
    assert_eq!((said.code, said.stderr.as_str()), (Some(1), ""));
    assert!(said.stdout.contains("R000"), "{}", said.stdout);
    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stderr.contains("R000"), "{}", said.stderr);
    // What replaces it is compared with it as far as documents alone tell.
    let said = copy.xtask(&["regen", "--from", "-"], &Copy::new().text());
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
}

#[test]
fn what_a_command_can_refresh_comes_before_what_it_cannot() {
    let copy = Copy::new();
    let locked = sha256(&copy.text());
    let broken = copy.text().replacen("\"in\": \"path\"", "\"in\": \"body\"", 1);
    let broken = canonical(&parse_json(&broken).unwrap());
    fs::write(copy.path("openapi.json"), &broken).unwrap();
    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(4));
    assert!(said.stderr.contains("changed by hand") && said.stderr.contains("R101"), "{}", said.stderr);

    let lock = fs::read_to_string(copy.path("openapi.lock")).unwrap();
    fs::write(copy.path("openapi.lock"), lock.replace(&locked, &sha256(&broken))).unwrap();
    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("R101"), "{}", said.stderr);
}

#[test]
fn a_file_that_cannot_be_read_is_no_verdict() {
    let copy = Copy::new();
    fs::remove_file(copy.path("lowering.md")).unwrap();
    fs::create_dir(copy.path("lowering.md")).unwrap();
    let said = copy.xtask(&["check"], "");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("cannot read `") && said.stderr.contains("lowering.md"), "{}", said.stderr);
}

#[test]
fn a_gate_ends_with_the_verdict_of_what_it_runs() {
    let copy = Copy::new();
    let said = copy.xtask(&["ci", "check"], "");
    assert_eq!(said.code, Some(0));
    assert!(said.stdout.ends_with("all gates passed: 1\n"), "{}", said.stdout);

    fs::remove_file(copy.path("openapi.lock")).unwrap();
    let said = copy.xtask(&["ci", "check"], "");
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("again: cargo xtask check"), "{}", said.stdout);
    assert!(said.stdout.ends_with("1 of 1 gates failed\n"), "{}", said.stdout);
}

#[test]
fn the_exit_codes_are_in_the_help() {
    let copy = Copy::new();
    for arguments in [&["--help"][..], &["regen", "--help"], &["check", "--help"], &["ci", "--help"]] {
        let said = copy.xtask(arguments, "");
        assert_eq!(said.code, Some(0));
        assert!(said.stdout.contains("Exit codes:") && said.stdout.contains("  4  "), "{}", said.stdout);
    }
}
