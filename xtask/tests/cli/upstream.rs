//! `regen` and `check --upstream` against a server that stands in for upstream.

use std::sync::Arc;

use crate::program::{Copy, Said};
use crate::server::{self, Server};

/// A copy of the vendored files, and a server that publishes something.
struct Place {
    copy: Arc<Copy>,
    server: Server,
}

impl Place {
    async fn new() -> Self {
        Self { copy: Arc::new(Copy::new()), server: Server::start([]).await }
    }

    fn publish(&self, document: &str) {
        let etag = format!("\"{}\"", openapi_client_codegen::source::sha256(document));
        self.server.set("/openapi.json", server::json(document).header("etag", &etag));
    }

    /// Runs the program beside the server, which shares the thread of the test.
    async fn xtask(&self, arguments: &[&'static str]) -> Said {
        let (copy, base) = (Arc::clone(&self.copy), self.server.url(""));
        let arguments = arguments.to_vec();
        let run = move || copy.xtask(&[&["--upstream-base", base.as_str()], &arguments[..]].concat(), "");
        tokio::task::spawn_blocking(run).await.unwrap()
    }
}

fn with_status(document: &str) -> String {
    let changed = document.replacen("\"preview_ready\",", "\"preview_ready\",\n              \"paused\",", 1);
    assert_ne!(changed, document);
    changed
}

fn without_field(document: &str) -> String {
    let mut document = openapi_client_codegen::parse_json(document).unwrap();
    let operation = &mut document["components"]["schemas"]["Operation"];
    operation["properties"].as_object_mut().unwrap().shift_remove("createdAt").unwrap();
    operation["required"].as_array_mut().unwrap().retain(|name| name != "createdAt");
    openapi_client_codegen::canonical(&document)
}

#[tokio::test]
async fn every_exit_code_of_check() {
    let place = Place::new().await;
    let published = place.copy.text();

    place.publish(&published);
    let said = place.xtask(&["check", "--upstream"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", said.stdout);
    assert!(said.stdout.contains("upstream publishes the same document"), "{}", said.stdout);

    place.publish(&with_status(&published));
    let said = place.xtask(&["check", "--upstream"]).await;
    assert_eq!(said.code, Some(4), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("paused") && said.stderr.contains("fix: cargo xtask regen"), "{}", said.stderr);

    place.publish(&without_field(&published));
    let said = place.xtask(&["check", "--upstream", "--format", "markdown"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(5), ""), "{}", said.stdout);
    assert!(said.stdout.starts_with("# ") && said.stdout.contains("createdAt"), "{}", said.stdout);

    place.server.set("/openapi.json", server::status(500));
    let said = place.xtask(&["check", "--upstream", "--format", "json"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(1), ""), "{}", said.stdout);
    let json: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&json["state"], &json["upstream"]["state"]), (&"unknown".into(), &"unknown".into()));

    // Without the option nothing is asked.
    place.server.requests();
    assert_eq!(place.xtask(&["check"]).await.code, Some(0));
    assert_eq!(place.server.requests(), [""; 0]);
    assert_eq!(place.copy.text(), published);
}

#[tokio::test]
async fn upstream_is_taken_and_then_nothing_changes() {
    let place = Place::new().await;
    let newer = with_status(&place.copy.text());
    place.publish(&newer);

    let said = place.xtask(&["regen"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", said.stdout);
    assert!(said.stdout.contains("paused") && said.stdout.contains("suggested version bump"), "{}", said.stdout);
    assert_eq!(place.copy.text(), newer);
    let changelog = place.copy.changelog();
    assert!(changelog.contains("paused"), "{changelog}");
    assert_eq!(place.server.requests(), ["/openapi.json"]);

    assert_eq!(place.xtask(&["check", "--upstream"]).await.code, Some(0));
    let said = place.xtask(&["regen"]).await;
    assert_eq!(said.code, Some(0));
    assert!(!said.stdout.contains("\nchanged ") && said.stdout.contains("has not changed"), "{}", said.stdout);
    assert_eq!(place.copy.changelog(), changelog);
    assert_eq!(place.server.requests(), ["/openapi.json?", "/openapi.json?"]);
}

#[tokio::test]
async fn what_upstream_answers_else_changes_nothing() {
    let place = Place::new().await;
    let published = place.copy.text();
    for reply in [
        server::status(404),
        server::ok("text/html", "<html>"),
        server::json(published.as_str()).cut(published.len() / 2),
        server::redirect("http://mint.gg/openapi.json"),
    ] {
        place.server.set("/openapi.json", reply);
        let said = place.xtask(&["regen"]).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
        assert!(said.stderr.starts_with("error: upstream gives no document"), "{}", said.stderr);
        assert_eq!(place.copy.text(), published);
    }
    assert_eq!(place.xtask(&["check"]).await.code, Some(0));
}

#[tokio::test]
async fn what_gives_no_client_is_written_by_force_alone() {
    let place = Place::new().await;
    let broken = place.copy.text().replacen("\"in\": \"path\"", "\"in\": \"body\"", 1);
    place.publish(&broken);
    let said = place.xtask(&["regen"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("nothing was written") && said.stderr.contains("--force"), "{}", said.stderr);
    assert_eq!(place.xtask(&["check"]).await.code, Some(0));

    let said = place.xtask(&["regen", "--force"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(1), ""));
    assert!(said.stdout.contains("broken     no client can be generated"), "{}", said.stdout);
    assert_eq!(place.copy.text(), broken);
}
