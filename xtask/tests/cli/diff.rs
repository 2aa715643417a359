//! `cargo xtask diff`, as a user runs it: exit codes, formats and revisions.

use std::fs;
use std::path::Path;
use std::process::Command;

use mint_openapi::{OPENAPI_JSON, OVERLAY_JSON};

use crate::program::{Copy, Said};

/// A copy of the vendored files, and variants of the document beside them.
struct Repository(Copy);

impl Repository {
    fn new() -> Self {
        let repository = Self(Copy::new());
        repository.write("same.json", OPENAPI_JSON);
        repository.write("other.json", &with_status());
        repository.write("broken.json", &without_id());
        repository.write("odd.json", &OPENAPI_JSON.replacen("\"tags\"", "\"odd\"", 1));
        repository
    }

    fn path(&self) -> &Path {
        self.0.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn diff(&self, arguments: &[&str]) -> Said {
        self.0.xtask(&[&["diff"], arguments].concat(), "")
    }
}

fn with_status() -> String {
    OPENAPI_JSON.replacen("\"canceled\"", "\"canceled\", \"paused\"", 1)
}

fn without_id() -> String {
    let mut document: serde_json::Value = serde_json::from_str(OPENAPI_JSON).unwrap();
    let operation = &mut document["components"]["schemas"]["Operation"];
    operation["properties"].as_object_mut().unwrap().remove("id").unwrap();
    operation["required"].as_array_mut().unwrap().retain(|name| name != "id");
    document.to_string()
}

#[test]
fn exit_codes_tell_what_breaks() {
    let repository = Repository::new();
    for (arguments, code, told) in [
        (&["openapi/openapi.json", "same.json"][..], 0, "suggested version bump: none, because nothing changed"),
        (&["openapi/openapi.json", "other.json"], 4, "D310 `Operation.status`: the value `\"paused\"` is new"),
        (&["openapi/openapi.json", "broken.json"], 5, "D341 `Operation.id`: the required property is gone"),
        (&["openapi/openapi.json", "no-such-file"], 1, "cannot read `no-such-file`"),
        (&["openapi/openapi.json"], 2, "<NEW>"),
        (&[], 2, "OLD"),
        (&["--rev", "HEAD", "same.json", "other.json"], 2, "cannot be used with"),
        (&["--rev", "HEAD"], 1, "cannot read `HEAD:./openapi/openapi.json`"),
        (&["--rev=--output=x"], 1, "does not start with `-`"),
    ] {
        let said = repository.diff(arguments);
        assert_eq!(said.code, Some(code), "{arguments:?}: {}{}", said.stdout, said.stderr);
        let text = if said.stdout.is_empty() { &said.stderr } else { &said.stdout };
        assert!(text.contains(told), "{arguments:?}: {text}");
    }
}

#[test]
fn what_no_rule_knows_is_no_verdict() {
    let repository = Repository::new();
    let said = repository.diff(&["same.json", "odd.json"]);
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stdout.contains("D000 `odd`: `odd` changes"), "{}", said.stdout);
}

#[test]
fn a_program_and_a_pull_request_get_their_formats() {
    let repository = Repository::new();
    let said = repository.diff(&["--format", "json", "same.json", "other.json"]);
    assert_eq!(said.code, Some(4));
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(report["changes"][0]["code"], "D310");
    assert_eq!(report["suggestion"]["bump"], "minor");
    let said = repository.diff(&["--format", "markdown", "same.json", "other.json"]);
    assert!(said.stdout.starts_with("## 1 change risky on the wire\n\n- **D310** "), "{}", said.stdout);
}

#[test]
fn a_revision_is_compared_with_the_tree() {
    let repository = Repository::new();
    fs::remove_file(repository.0.path("overlay.json")).unwrap();
    repository.git(&["init", "--quiet"]);
    repository.git(&["add", "openapi"]);
    repository.git(&["commit", "--quiet", "-m", "one"]);
    assert_eq!(repository.diff(&["--rev", "HEAD"]).code, Some(0));
    repository.write("openapi/openapi.json", &with_status());
    let said = repository.diff(&["--rev", "HEAD"]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stdout.contains("D310"), "{}", said.stdout);

    // An overlay that only the tree has is no change of what is published; one that both have counts.
    repository.write("openapi/overlay.json", OVERLAY_JSON);
    assert_eq!(repository.diff(&["--rev", "HEAD"]).stdout, said.stdout);
    repository.git(&["add", "openapi"]);
    repository.git(&["commit", "--quiet", "-m", "two"]);
    repository
        .write("openapi/overlay.json", &OVERLAY_JSON.replacen("\"/v1/worlds:generate\"", "\"/v1/worlds:make\"", 1));
    let said = repository.diff(&["--rev", "HEAD"]);
    assert_eq!(said.code, Some(5), "{}", said.stderr);
    assert!(
        said.stdout.contains("/v1/worlds:make is new") && said.stdout.contains("/v1/worlds:generate is gone"),
        "{}",
        said.stdout
    );
}
