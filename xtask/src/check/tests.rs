use expect_test::{Expect, expect};
use mint_loopback::Reply;

use super::*;
use crate::source::{Fetcher, Source, Upstream as Place, Vendored};
use crate::testing::server::{self, Server};
use crate::testing::{DOCUMENT, Fixture, edit};

/// Checks a workspace against a server that publishes this.
async fn check_with(fixture: &Fixture, reply: Reply) -> (Report, Server) {
    let server = Server::start([("/openapi.json", reply)]).await;
    let source = Source::Upstream(Place::at(&server.url("")));
    let taken = source.take(&Fetcher::default(), Vendored::read(&fixture.workspace).as_ref()).await;
    (Report::of(&fixture.workspace, Some(taken)).unwrap(), server)
}

fn changed(from: &str, to: &str) -> String {
    assert!(DOCUMENT.contains(from), "{from}");
    DOCUMENT.replacen(from, to, 1)
}

/// A document in which a reply lost a field.
fn breaking() -> String {
    changed("\"name\": {", "\"title\": {")
}

/// A document in which a reply has one field more.
fn growing() -> String {
    changed("\"name\": {", "\"size\": {\"type\": \"integer\"}, \"name\": {")
}

#[tokio::test]
async fn the_end_says_how_upstream_compares() {
    for (document, end) in [
        (DOCUMENT.to_owned(), Exit::Done),
        (DOCUMENT.replace('\n', " "), Exit::Done),
        (
            changed(
                "\"title\": \"Small API\",\n    \"version\": \"1.0.0\"",
                "\"version\": \"1.0.0\", \"title\": \"Small API\"",
            ),
            Exit::OutOfDate,
        ),
        (growing(), Exit::OutOfDate),
        (breaking(), Exit::Breaking),
        // No client can be generated, so the breaks are unknown.
        (changed("3.1.0", "4.0.0"), Exit::Failed),
        ("<html>".into(), Exit::Failed),
    ] {
        let (report, _) = check_with(&Fixture::in_sync(), server::json(document.as_str())).await;
        assert_eq!(report.end(), end, "{document}");
        assert_eq!(report.findings, []);
    }
    let (report, _) = check_with(&Fixture::in_sync(), server::status(404)).await;
    assert_eq!(report.end(), Exit::Failed);
}

#[tokio::test]
async fn what_breaks_comes_before_what_is_unknown_and_that_before_what_is_out_of_date() {
    for (reply, end) in [
        (server::json(DOCUMENT), Exit::OutOfDate),
        (server::status(404), Exit::Failed),
        (server::json(breaking()), Exit::Breaking),
    ] {
        let fixture = Fixture::in_sync();
        edit(&fixture.workspace.lowering(), "# What became", "# What becomes");
        let (report, _) = check_with(&fixture, reply).await;
        assert_eq!((report.findings.len(), report.end()), (1, end));
    }
}

#[tokio::test]
async fn a_document_that_has_not_changed_is_not_sent_again() {
    let fixture = Fixture::in_sync();
    let reply = server::json(DOCUMENT).header("ETag", "\"1\"");
    let server = Server::start([("/openapi.json", reply)]).await;
    let check = async || {
        let source = Source::Upstream(Place::at(&server.url("")));
        let taken = source.take(&Fetcher::default(), Vendored::read(&fixture.workspace).as_ref()).await.unwrap();
        fixture.take(&taken, 2).unwrap();
        Report::of(&fixture.workspace, Some(Ok(taken))).unwrap().end()
    };
    assert_eq!(check().await, Exit::Done);
    assert_eq!(check().await, Exit::Done);
    assert_eq!(server.requests(), ["/openapi.json", "/openapi.json?"]);

    // What the lock describes must be there for the condition to mean something.
    edit(&fixture.workspace.document(), "Small API", "Our API");
    assert_eq!(check().await, Exit::Done);
    assert_eq!(server.requests(), ["/openapi.json"]);
}

/// Compares a report, without the port of the server and without what the comparison itself says.
#[track_caller]
fn check_text(report: &Report, text: &str, server: &Server, expected: Expect) {
    let mut text = text.replace(&server.url(""), "http://server");
    if let Some(Upstream::Drifted(drifted)) = &report.upstream {
        for (format, place) in [(Format::Text, "<drift>\n"), (Format::Markdown, "<drift>\n")] {
            text = text.replace(&format.of(&drifted.drift), place);
        }
    }
    expected.assert_eq(&text);
}

#[tokio::test]
async fn every_format_tells_everything() {
    let fixture = Fixture::in_sync();
    edit(&fixture.workspace.lowering(), "# What became", "# What becomes");
    let (report, server) = check_with(&fixture, server::json(breaking())).await;
    let (stdout, stderr) = report.render(Format::Text);
    check_text(
        &report,
        &stdout,
        &server,
        expect![[r#"

            version 1.0.0 at `http://server/openapi.json`

            <drift>
        "#]],
    );
    check_text(
        &report,
        &stderr,
        &server,
        expect![[r##"
        error: `openapi/lowering.md` is stale
          line 1 is    "# What becomes of the document on its way to Rust"
          it should be "# What became of the document on its way to Rust"
          fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)
        error: upstream publishes another document
          what changed stands in the report
          fix: cargo xtask regen
    "##]],
    );
    let (stdout, stderr) = report.render(Format::Markdown);
    check_text(
        &report,
        &stdout,
        &server,
        expect![[r##"
            # The document of the API: upstream breaks clients

            ## `openapi/lowering.md` is stale

            ```text
            line 1 is    "# What becomes of the document on its way to Rust"
            it should be "# What became of the document on its way to Rust"
            ```

            Fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)

            Upstream publishes version 1.0.0 at <http://server/openapi.json> (SHA-256 `d4de735b68c3adb7026369d6ee6a299e7de6d98d399ec2ae2b27aeb3c0be4465`).

            <drift>

            Take it by `cargo xtask regen`.
        "##]],
    );
    assert_eq!(stderr, "");
    let (stdout, stderr) = report.render(Format::Json);
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["upstream"]["drift"]["changes"][0]["wire"], "breaking");
    assert_eq!((json["state"].as_str(), stderr.as_str()), (Some("breaking"), ""));

    let turned = changed(
        "\"title\": \"Small API\",\n    \"version\": \"1.0.0\"",
        "\"version\": \"1.0.0\", \"title\": \"Small API\"",
    );
    let (report, server) = check_with(&fixture, server::json(turned)).await;
    let (stdout, _) = report.render(Format::Json);
    check_text(
        &report,
        &stdout,
        &server,
        expect![[r##"
            {
              "state": "out_of_date",
              "findings": [
                {
                  "kind": "out_of_date",
                  "what": "`openapi/lowering.md` is stale",
                  "why": "line 1 is    \"# What becomes of the document on its way to Rust\"\nit should be \"# What became of the document on its way to Rust\"",
                  "fix": "cargo xtask regen --from openapi/openapi.json (at the root of the workspace)"
                }
              ],
              "upstream": {
                "state": "drifted",
                "origin": {
                  "kind": "url",
                  "location": "http://server/openapi.json"
                },
                "version": "1.0.0",
                "sha256": "2dfa1a764cb25538d751b21e50da9febda15fa3f8b9f44acfe33a035478a63b2",
                "notes": [],
                "obstacles": [],
                "superseded": [],
                "drift": {
                  "changes": [],
                  "rust": {
                    "bump": null,
                    "others": [],
                    "unknown": null
                  },
                  "suggestion": {
                    "bump": null,
                    "why": "nothing changed"
                  }
                }
              }
            }
        "##]],
    );
}

#[tokio::test]
async fn what_upstream_and_the_overlay_both_say_is_told() {
    let ping = r#""paths": {"/ping": {"get": {"operationId": "ping", "responses": {"200": {"description": "Up."}}}},"#;
    let (report, server) = check_with(&Fixture::in_sync(), server::json(changed("\"paths\": {", ping))).await;
    check_text(
        &report,
        &report.render(Format::Markdown).0,
        &server,
        expect![[r#"
            # The document of the API: upstream breaks clients

            Upstream publishes version 1.0.0 at <http://server/openapi.json> (SHA-256 `a30590962cfc39ac70378d09c6f22e778891e79b5644430ca6fee916bde893f5`).

            ## The overlay says what upstream says by now

            - actions[0] (`$.paths`) is superseded: the document has /paths/~1ping

            <drift>

            Take it by `cargo xtask regen`.
        "#]],
    );
    assert!(report.render(Format::Text).1.contains("overlay: actions[0]"));
}

#[tokio::test]
async fn what_cannot_be_taken_is_told() {
    let body = r#""parameters": [{"in": "body", "name": "c", "required": true, "schema": {"type": "string"}},"#;
    let document = changed("\"parameters\": [", body);
    let (report, server) = check_with(&Fixture::in_sync(), server::json(document)).await;
    check_text(
        &report,
        &report.render(Format::Text).1,
        &server,
        expect![[r#"
        error: upstream publishes another document
          what changed stands in the report
          it cannot be taken as it is: no client can be generated
            1 construct(s) of the document cannot be turned into Rust:
              R101 at /paths/~1things~1{id}/get/parameters/0: a parameter in `body`; the generator writes path, query, header and cookie
            fix: add the rule that is missing to `openapi/codegen/src/lower`
          fix: cargo xtask regen
    "#]],
    );
    assert!(report.render(Format::Markdown).0.contains("\n## no client can be generated\n"));
    assert_eq!(report.end(), Exit::Breaking);
}

#[tokio::test]
async fn no_answer_is_told() {
    let (report, server) = check_with(&Fixture::in_sync(), server::status(503)).await;
    check_text(
        &report,
        &report.render(Format::Markdown).0,
        &server,
        expect![[r#"
        # The document of the API: it could not be told whether it is in sync

        ## upstream gives no document

        ```text
        cannot fetch `http://server/openapi.json`: it answered 503 Service Unavailable
        cannot fetch `http://server/api-reference/openapi.json`: it answered 404 Not Found
        cannot fetch `http://server/llms.txt`: it answered 404 Not Found
        ```

        Fix: save the document, or its docs page, and pass it: cargo xtask regen --from FILE
    "#]],
    );
}

#[test]
fn in_sync_is_told() {
    let report = Report::of(&Fixture::in_sync().workspace, None).unwrap();
    assert_eq!(report.render(Format::Text).0, "openapi/openapi.json and what is made from it are in sync\n");
    assert_eq!(report.render(Format::Markdown).0, "# The document of the API: in sync\n");
    expect![[r#"
        {
          "state": "in_sync",
          "findings": [],
          "upstream": null
        }
    "#]]
    .assert_eq(&report.render(Format::Json).0);
    assert_eq!(report.end(), Exit::Done);
}
