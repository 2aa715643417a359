//! `cargo xtask codegen` and `cargo xtask explain`, as the built program.

use std::fs;
use std::path::Path;

use openapi_client_codegen::Code;
use openapi_client_codegen::diff::Rule;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Said, xtask};

/// A document with two operations, one with a body of the schema `A`.
fn document(schemas: Value) -> Value {
    let reply = json!({"204": {"description": "Done."}});
    let body =
        json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"post": {"operationId": "sendA", "requestBody": body, "responses": reply}},
            "/b": {"get": {"operationId": "getB", "responses": reply}},
        },
        "components": {"schemas": schemas},
    })
}

fn fine() -> Value {
    let list = json!({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}});
    document(json!({"A": {"type": "object", "properties": {"a": list}}}))
}

#[test]
fn rust_goes_to_stdout_or_into_a_file() {
    let said = xtask(&["codegen", "--spec", "-"], &fine().to_string());
    assert_eq!(said.code, Some(0));
    assert!(
        said.stderr.starts_with("widened: W005 ") && said.stderr.ends_with("\n2 of 2 operations\n"),
        "{}",
        said.stderr
    );
    assert!(said.stdout.contains("pub struct Client"), "{}", said.stdout);

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("a.yaml"), "# YAML takes JSON\n".to_owned() + &fine().to_string()).unwrap();
    let (spec, rust, report) = (path("a.yaml"), path("a.rs"), path("a.md"));
    let again = xtask(&["codegen", "--spec", &spec, "--out", &rust, "--report", &report], "");
    assert_eq!((again.code, again.stdout.as_str(), &again.stderr), (Some(0), "", &said.stderr));
    assert_eq!(fs::read_to_string(rust).unwrap(), said.stdout);
    assert!(fs::read_to_string(report).unwrap().contains("W005"));
}

#[test]
fn an_operation_that_is_rejected_does_not_take_the_others_along() {
    let mut document = fine();
    let content = &mut document["paths"]["/a"]["post"]["requestBody"]["content"];
    *content = json!({"multipart/mixed": {"schema": {"type": "array"}}});
    let said = xtask(&["codegen", "--spec", "-"], &document.to_string());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.starts_with("rejected: R103 sendA, body: "), "{}", said.stderr);
    assert!(said.stderr.contains("/paths/~1a/post") && said.stderr.ends_with("1 of 2 operations\n"), "{}", said.stderr);
    assert!(said.stdout.contains("pub fn get_b") && !said.stdout.contains("pub fn send_a"));
}

#[test]
fn what_is_left_out_is_told_by_its_name() {
    let mut document = fine();
    let shapes = json!({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "object"}}}});
    document["paths"]["/a"]["post"]["parameters"] = json!([{"name": "shapes", "in": "query", "schema": shapes}]);
    let said = xtask(&["codegen", "--spec", "-", "--strict"], &document.to_string());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.contains("widened: W119 sendA, parameter `shapes` in query: "), "{}", said.stderr);

    document["paths"]["/a"]["post"]["parameters"][0]["required"] = true.into();
    let said = xtask(&["codegen", "--spec", "-"], &document.to_string());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.starts_with("rejected: R101 sendA, parameter `shapes` in query: "), "{}", said.stderr);
    let said = xtask(&["codegen", "--spec", "-", "--strict"], &document.to_string());
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    assert!(said.stderr.contains("1 of 2 operations") && said.stderr.contains("--strict"), "{}", said.stderr);
}

#[test]
fn operations_are_selected() {
    let said = xtask(&["codegen", "--spec", "-", "--only", "GET /b"], &fine().to_string());
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), "1 of 1 operations\n"));
    assert!(said.stdout.contains("pub fn get_b") && !said.stdout.contains("pub fn send_a"));
    assert!(!said.stdout.contains("pub struct A "), "nothing needs it");
    let said = xtask(&["codegen", "--spec", "-", "--only", "getB", "--only", "sendC"], &fine().to_string());
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    assert!(said.stderr.contains("no operation `sendC`") && said.stderr.contains("--only"), "{}", said.stderr);
}

/// typify would overflow its stack on it, which aborts.
#[test]
fn a_cycle_of_all_of_is_a_rejection() {
    let document = document(json!({
        "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"type": "object", "properties": {"a": {"type": "string"}}}]},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "properties": {"b": {"type": "string"}}}]},
    }));
    let said = xtask(&["codegen", "--spec", "-"], &document.to_string());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.starts_with("rejected: R") && !said.stderr.contains("aborted"), "{}", said.stderr);
    assert!(said.stdout.contains("pub fn get_b") && !said.stdout.contains("pub fn send_a"));
}

/// Lists in lists that may be null: typify overflows its stack on them, which aborts.
fn overflowing() -> Value {
    let list = |inner: Value, _| json!({"type": ["array", "null"], "items": inner});
    document(json!({"A": (0..122).fold(json!({"type": "string"}), list)}))
}

#[test]
fn what_gives_no_client_is_told_apart() {
    let mut swagger = fine();
    swagger.as_object_mut().unwrap().remove("openapi");
    swagger["swagger"] = json!("2.0");
    for (text, messages) in [
        (swagger.to_string(), &["R003", "2.0"][..]),
        ("{\"openapi\": ".into(), &["line 1 column 12"]),
        ("openapi: [".into(), &["line 1"]),
        (fine().to_string().replace("3.1.0", "4.0.0"), &["R003"]),
        (overflowing().to_string(), &["R000: the generator aborted"]),
    ] {
        let said = xtask(&["codegen", "--spec", "-"], &text);
        assert!(said.code == Some(1) && said.stdout.is_empty(), "{text}: {}", said.stderr);
        let told = messages.iter().all(|message| said.stderr.contains(message));
        assert!(told && said.stderr.contains("fix: "), "{text}: {}", said.stderr);
    }
}

#[test]
fn a_source_is_one_document_or_one_folder() {
    for (arguments, code, message) in [
        (&["codegen"][..], 2, "--spec"),
        (&["codegen", "--spec", "a", "--corpus", "b"], 2, "cannot be used with"),
        (&["codegen", "--corpus", "b", "--out", "c"], 2, "cannot be used with"),
        (&["codegen", "--spec", "no-such-file"], 1, "cannot read `no-such-file`"),
        (&["codegen", "--corpus", "no-such-folder"], 1, "cannot read `no-such-folder`"),
        (&["codegen", "--corpus", "src"], 1, "no file in it ends in .json, .yaml or .yml"),
    ] {
        let said = xtask(arguments, "");
        assert_eq!(said.code, Some(code), "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.contains(message), "{arguments:?}: {}", said.stderr);
    }
}

fn folder_of(documents: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in documents {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn corpus(folder: &Path) -> Said {
    xtask(&["codegen", "--corpus", folder.to_str().unwrap(), "--no-compile"], "")
}

#[test]
fn a_folder_gives_a_table() {
    let folder = folder_of(&[("b.json", fine().to_string()), ("a.yml", fine().to_string()), ("c.txt", "-".into())]);
    let said = corpus(folder.path());
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<_> = said.stdout.lines().map(cells).collect();
    assert_eq!(rows.len(), 5, "{}", said.stdout);
    for (row, start) in rows[2..].iter().zip([
        ["a.yml", "2", "2", "0"],
        ["b.json", "2", "2", "0"],
        ["2 documents, 2 clients", "4", "4", "0"],
    ]) {
        assert_eq!(row[1..5], start);
    }
}

#[test]
fn a_document_that_is_silently_lost_fails_the_folder() {
    let folder = folder_of(&[("a.json", fine().to_string()), ("b.json", "{\"openapi\": ".into())]);
    let said = corpus(folder.path());
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stdout.contains("line 1 column 12"), "{}", said.stdout);
}

#[test]
fn every_code_is_explained() {
    let said = xtask(&["explain"], "");
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert_eq!(said.stdout.lines().count(), Code::ALL.len() + Rule::ALL.len());
    let changes = Rule::ALL.iter().map(ToString::to_string);
    for code in Code::ALL.iter().map(ToString::to_string).chain(changes) {
        assert!(said.stdout.contains(&format!("{code}  ")), "{code}: {}", said.stdout);
        let said = xtask(&["explain", &code], "");
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
        assert!(said.stdout.starts_with(&format!("{code} ")), "{}", said.stdout);
    }
}

#[test]
fn an_unknown_code_gives_the_list() {
    let said = xtask(&["explain", "L999"], "");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("`L999` is the code of no rule"), "{}", said.stderr);
    assert!(said.stderr.contains("L001  "), "{}", said.stderr);
    assert_eq!(xtask(&["explain", "l001"], "").code, Some(0));
}

/// The child that generates, and the pipe that it reads its document from, once it has begun.
#[cfg(target_os = "linux")]
fn generator(folder: &std::path::Path) -> (std::process::Child, fs::File) {
    use std::process::{Command, Stdio};

    let pipe = folder.join("document");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut generator = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let child = generator.arg("generate-here").arg(folder).stdin(Stdio::piped()).spawn().unwrap();
    // This waits until the other side opens the pipe, which it does once its memory is bounded.
    (child, fs::OpenOptions::new().write(true).open(&pipe).unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn the_memory_of_the_generator_is_bounded() {
    use std::io::Write as _;

    let folder = tempfile::tempdir().unwrap();
    let (mut child, mut document) = generator(folder.path());
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max address space")).unwrap();
    assert!(line.contains(&(4_u64 << 30).to_string()), "{line}");
    document.write_all(fine().to_string().as_bytes()).unwrap();
    drop(document);
    let _parent = child.stdin.take();
    assert!(child.wait().unwrap().success());
    assert!(fs::read_to_string(folder.path().join("answer.json")).unwrap().contains("pub struct Client"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_generator_ends_with_the_process_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, _document) = generator(folder.path());
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
