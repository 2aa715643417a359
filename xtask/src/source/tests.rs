use std::fs;

use expect_test::{Expect, expect};
use mint_loopback::Reply;
use openapi_client_codegen::parse_json;
use serde_json::json;

use super::*;
use crate::testing::server::{self, Server};

const INDEX: &str = "# Docs\n\n\
    - [Start](/start.md): not about the API\n\
    - [About](/api-reference/about.md)\n\
    - [Get](/api-reference/get.md): gets a thing\n\
    - [List](/api-reference/list.md)\n";

/// A docs page that shows one operation and the component it needs.
fn page(path: &str, name_type: &str) -> String {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {path: {"get": {}}},
        "components": {"schemas": {"Thing": {"properties": {"name": {"type": name_type}}}}},
    });
    format!("# Title\n\n```json\n{document}\n```\n")
}

/// A server with pages, and no whole document.
async fn documentation() -> Server {
    Server::start([
        ("/llms.txt", server::ok("text/plain; charset=utf-8", INDEX)),
        ("/api-reference/about.md", server::ok("text/markdown", "# About\n")),
        ("/api-reference/get.md", server::ok("text/markdown", page("/things/{id}", "string"))),
        ("/api-reference/list.md", server::ok("text/markdown", page("/things", "string"))),
    ])
    .await
}

fn document(version: &str) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "T", "version": version}, "paths": {}})
}

async fn take(from: &str, vendored: Option<&Vendored>) -> Result<Taken, Problem> {
    let source = Source::parse(Some(Path::new(from)), Upstream::default())?;
    source.take(&Fetcher::default(), vendored).await
}

async fn take_upstream(server: &Server, vendored: Option<&Vendored>) -> Result<Taken, Problem> {
    let source = Source::parse(None, Upstream::at(&server.url("/")))?;
    source.take(&Fetcher::default(), vendored).await
}

/// A text without the port of the server, which is another one each time.
fn without_port(text: &str, server: &Server) -> String {
    text.replace(&server.url(""), "http://server")
}

fn vendored(location: String, etag: Option<&str>) -> Vendored {
    Vendored {
        document: document("0"),
        lock: Lock {
            origin: Origin { kind: OriginKind::Url, location },
            date: "2026-01-01".into(),
            etag: etag.map(str::to_owned),
            sha256: String::new(),
            version: "0".into(),
        },
        path: PathBuf::from("openapi.json"),
    }
}

#[tokio::test]
async fn a_document_or_a_page_is_fetched() {
    let json = document("1").to_string();
    let yaml = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n";
    let page = format!("# T\n\n```yaml\n{yaml}```\n");
    for (content_type, body) in [
        ("application/json; charset=utf-8", json.as_str()),
        ("application/vnd.oai.openapi+json", &json),
        ("APPLICATION/YAML", yaml),
        ("application/octet-stream", yaml),
        ("text/markdown", &page),
        ("text/plain", &page),
    ] {
        let server = Server::start([("/it", server::ok(content_type, body).header("ETag", "\"1\""))]).await;
        let taken = take(&server.url("/it"), None).await.unwrap();
        assert_eq!(taken.document, document("1"), "{content_type}");
        assert_eq!(taken.etag.as_deref(), Some("\"1\""));
        assert_eq!(taken.origin, Origin { kind: OriginKind::Url, location: server.url("/it") });
    }
    let server = Server::start([("/it", server::status(200))]).await;
    assert!(take(&server.url("/it"), None).await.unwrap_err().what.contains("holds no OpenAPI document"));
}

#[track_caller]
fn check_problem(problem: &Problem, server: &Server, expected: Expect) {
    assert!(problem.to_string().contains("\n  fix: "), "{problem}");
    expected.assert_eq(&without_port(&format!("{}: {}", problem.what, problem.why), server));
}

#[tokio::test]
async fn what_a_server_can_do_wrong() {
    let json = document("1").to_string();
    for (reply, expected) in [
        (server::status(404), expect!["cannot fetch `http://server/it`: it answered 404 Not Found"]),
        (server::status(500), expect!["cannot fetch `http://server/it`: it answered 500 Internal Server Error"]),
        (server::status(304), expect!["cannot fetch `http://server/it`: it answered 304 Not Modified"]),
        (
            server::ok("text/html; charset=utf-8", "<!DOCTYPE html><p>Welcome</p>"),
            expect![
                "cannot fetch `http://server/it`: its content type is `text/html`; a document is JSON, YAML or Markdown"
            ],
        ),
        (
            server::json("<!DOCTYPE html><p>Welcome</p>"),
            expect![
                "`http://server/it` holds no OpenAPI document: not a readable OpenAPI document: it is a page in HTML, or XML"
            ],
        ),
        (
            server::ok("image/png", json.as_str()),
            expect![
                "cannot fetch `http://server/it`: its content type is `image/png`; a document is JSON, YAML or Markdown"
            ],
        ),
        (
            server::json(json.as_str()).cut(json.len() / 2),
            expect![
                "cannot fetch `http://server/it`: the reply broke off after 32 bytes: error decoding response body: error reading a body from connection: end of file before message length reached"
            ],
        ),
        (
            server::json(&json[..40]),
            expect![
                "`http://server/it` holds no OpenAPI document: not a readable JSON document: EOF while parsing a string at line 1 column 40"
            ],
        ),
        (
            server::json(b"{\"openapi\": \"\xff\"}".as_slice()),
            expect!["cannot fetch `http://server/it`: byte 13 is not UTF-8"],
        ),
        (
            server::json(json.as_str()).header("Content-Encoding", "gzip"),
            expect!["cannot fetch `http://server/it`: its content is encoded as `gzip`, which was not asked for"],
        ),
        (
            server::json(vec![b' '; 20_000_001]),
            expect!["cannot fetch `http://server/it`: it has more than 20 MB, so it is hardly an API description"],
        ),
        // The announced length is enough to refuse it: nothing is waited for.
        (
            server::json(vec![b' '; 20_000_001]).stall(10_000_000),
            expect!["cannot fetch `http://server/it`: it has more than 20 MB, so it is hardly an API description"],
        ),
        (
            server::json(vec![b' '; 1 << 16]).endless(),
            expect!["cannot fetch `http://server/it`: it has more than 20 MB, so it is hardly an API description"],
        ),
        (server::redirect("/it"), expect!["cannot fetch `http://server/it`: it redirects more than 5 times"]),
        (
            server::redirect("http://api.mint.gg/openapi.json?secret"),
            expect![
                "cannot fetch `http://server/it`: it leads to `http://api.mint.gg/openapi.json`, which is not followed: anybody on the way can change what comes by http"
            ],
        ),
        (server::status(302), expect!["cannot fetch `http://server/it`: it answered 302 Found"]),
    ] {
        let server = Server::start([("/it", reply)]).await;
        let problem = take(&format!("{}?key=secret", server.url("/it")), None).await.unwrap_err();
        check_problem(&problem, &server, expected);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let server = Server::start([]).await;
    let url = server.url("/it");
    drop(server);
    let problem = take(&url, None).await.unwrap_err();
    assert!(problem.why.contains("refused") || problem.why.contains("reset"), "{problem}");
}

#[tokio::test]
async fn a_server_that_is_slow() {
    for reply in [Reply::never(), server::json(document("1").to_string()).stall(20)] {
        let server = Server::start([("/it", reply)]).await;
        let pause = async {
            server.stalled().await;
            tokio::time::pause();
        };
        let url = server.url("/it");
        let (taken, ()) = tokio::join!(take(&url, None), pause);
        let problem = taken.unwrap_err();
        assert_eq!(problem.why, "there was no whole reply within 60 s");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn redirects_are_followed_to_a_bound() {
    let steps: Vec<_> = (0..8).map(|step| (format!("/{step}"), server::redirect(&format!("{}?x", step + 1)))).collect();
    let server = Server::start(steps.iter().map(|(path, reply)| (path.as_str(), reply.clone()))).await;
    server.set("/8?x", server::json(document("1").to_string()));
    for step in 3..8 {
        server.set(&format!("/{step}?x"), server::redirect(&format!("/{}?x", step + 1)));
    }
    let taken = take(&server.url("/3"), None).await.unwrap();
    assert_eq!(taken.origin.location, server.url("/3"));
    assert_eq!(server.requests(), ["/3", "/4?x", "/5?x", "/6?x", "/7?x", "/8?x"]);
    let problem = take(&server.url("/2"), None).await.unwrap_err();
    assert_eq!(problem.why, "it redirects more than 5 times");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_version_that_is_known_is_not_fetched_again() {
    let server = Server::start([("/it", server::json(document("1").to_string()).header("ETag", "W/\"1\""))]).await;
    let url = server.url("/it");
    let known = vendored(url.clone(), Some("W/\"1\""));

    let taken = take(&url, Some(&known)).await.unwrap();
    assert_eq!(
        (taken.document, taken.origin, taken.path),
        (document("0"), known.lock.origin.clone(), Some(known.path.clone()))
    );
    assert_eq!(taken.notes, [format!("`{url}` has not changed: its ETag is the one in the lock")]);
    assert_eq!(server.requests(), ["/it?"]);

    for (url, known) in [
        (url.clone(), vendored(url.clone(), None)),
        (url.clone(), vendored("https://api.mint.gg/openapi.json".into(), Some("W/\"1\""))),
        (format!("{url}?a"), known.clone()),
    ] {
        server.set("/it?a", server::json(document("1").to_string()));
        assert_eq!(take(&url, Some(&known)).await.unwrap().document, document("1"));
        assert!(server.requests() == [url.strip_prefix(&server.url("")).unwrap()], "{url}");
    }

    server.set("/it", server::json(document("2").to_string()).header("ETag", "W/\"2\""));
    let taken = take(&url, Some(&known)).await.unwrap();
    assert_eq!((taken.document, taken.etag.as_deref()), (document("2"), Some("W/\"2\"")));
    assert_eq!(server.requests(), ["/it?"]);
}

#[tokio::test]
async fn upstream_is_asked_at_three_places() {
    let server = documentation().await;
    let taken = take_upstream(&server, None).await.unwrap();
    assert_eq!(taken.origin, Origin { kind: OriginKind::Index, location: server.url("/llms.txt") });
    let paths: Vec<_> = taken.document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/things/{id}", "/things"]);
    expect![[r#"
        cannot fetch `http://server/openapi.json`: it answered 404 Not Found
        cannot fetch `http://server/api-reference/openapi.json`: it answered 404 Not Found
        pages with a document: 2
        pages without a document: http://server/api-reference/about.md"#]]
    .assert_eq(&without_port(&taken.notes.join("\n"), &server));
    expect![[r#"
        /openapi.json
        /api-reference/openapi.json
        /llms.txt
        /api-reference/about.md
        /api-reference/get.md
        /api-reference/list.md"#]]
    .assert_eq(&server.requests().join("\n"));

    server.set("/api-reference/openapi.json", server::json(document("2").to_string()));
    let taken = take_upstream(&server, None).await.unwrap();
    assert_eq!(taken.origin.location, server.url("/api-reference/openapi.json"));
    assert_eq!((taken.document, taken.notes.len()), (document("2"), 1));

    server.set("/openapi.json", server::json(document("1").to_string()));
    let taken = take_upstream(&server, None).await.unwrap();
    assert_eq!(taken.origin.location, server.url("/openapi.json"));
    assert_eq!((taken.document, taken.notes), (document("1"), vec![]));
}

#[tokio::test]
async fn the_second_place_is_asked_on_condition() {
    let server = documentation().await;
    server.set("/api-reference/openapi.json", server::json("{}").header("ETag", "\"2\""));
    let known = vendored(server.url("/api-reference/openapi.json"), Some("\"2\""));
    let taken = take_upstream(&server, Some(&known)).await.unwrap();
    assert_eq!(taken.document, document("0"));
    assert_eq!(server.requests(), ["/openapi.json", "/api-reference/openapi.json?"]);
}

#[tokio::test]
async fn upstream_may_have_none() {
    let server = documentation().await;
    server.set("/openapi.json", server::status(500));
    server.set("/api-reference/list.md", server::ok("text/markdown", page("/things", "integer")));
    let problem = take_upstream(&server, None).await.unwrap_err();
    check_problem(
        &problem,
        &server,
        expect![[r#"
        upstream gives no document: cannot fetch `http://server/openapi.json`: it answered 500 Internal Server Error
        cannot fetch `http://server/api-reference/openapi.json`: it answered 404 Not Found
        the pages of `http://server/llms.txt` do not make one document: the pages do not agree on 1 thing(s):
        /components/schemas/Thing, at /components/schemas/Thing/properties/name/type
          `http://server/api-reference/get.md` has "string"
          `http://server/api-reference/list.md` has "integer""#]],
    );
}

#[tokio::test]
async fn every_page_of_an_index_counts() {
    let cut = page("/things", "string").replace("\n```\n", "");
    for (path, reply, expected) in [
        (
            "/api-reference/list.md",
            server::status(404),
            expect!["cannot fetch `http://server/api-reference/list.md`: it answered 404 Not Found"],
        ),
        (
            "/api-reference/list.md",
            server::ok("text/markdown", cut),
            expect![
                "`http://server/api-reference/list.md` holds no OpenAPI document: not a readable Markdown document: the block that opens in line 3 is not closed; the page seems to be cut off"
            ],
        ),
        (
            "/api-reference/get.md",
            server::ok("text/html", ""),
            expect![
                "cannot fetch `http://server/api-reference/get.md`: its content type is `text/html`; a document is JSON, YAML or Markdown"
            ],
        ),
        (
            "/llms.txt",
            server::ok("text/plain", "# Docs\n\n- [Start](/start.md)\n"),
            expect![
                "`http://server/llms.txt` lists no pages to take the document from: no link in it goes to a page under `api-reference`"
            ],
        ),
        (
            "/llms.txt",
            server::ok("text/plain", "[A](http://mint.gg/api-reference/a.md)"),
            expect![
                "`http://server/llms.txt` lists no pages to take the document from: it leads to `http://mint.gg/api-reference/a.md`, which is not followed: anybody on the way can change what comes by http"
            ],
        ),
    ] {
        let server = documentation().await;
        server.set(path, reply);
        let problem = take(&server.url("/llms.txt"), None).await.unwrap_err();
        check_problem(&problem, &server, expected);
    }
}

#[tokio::test]
async fn pages_share_the_bound_on_bytes() {
    let server = documentation().await;
    let large = || server::ok("text/markdown", page("/a", "string") + &" ".repeat(10_000_000));
    server.set("/api-reference/get.md", large());
    take(&server.url("/llms.txt"), None).await.unwrap();
    server.set("/api-reference/list.md", large());
    let problem = take(&server.url("/llms.txt"), None).await.unwrap_err();
    assert!(problem.why.contains("more than 20 MB"), "{problem}");
}

#[tokio::test]
async fn a_folder_is_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("docs");
    fs::create_dir_all(root.join("b/.git")).unwrap();
    for (name, text) in [
        ("c.md", page("/c", "string")),
        ("a.txt", page("/a", "string")),
        ("b/b.yml", parse_json(&document("1").to_string()).unwrap().to_string()),
        ("b/about.mdx", "# About\n".into()),
        ("b/.git/x.json", "{".into()),
        ("logo.svg", "<svg/>".into()),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    let taken = take(root.to_str().unwrap(), None).await.unwrap();
    assert_eq!(taken.origin, Origin { kind: OriginKind::Folder, location: "docs".into() });
    let paths: Vec<_> = taken.document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/a", "/c"]);
    assert_eq!(taken.notes, ["pages with a document: 3", "pages without a document: b/about.mdx"]);

    fs::write(root.join("b/b.yml"), "a: 1\n").unwrap();
    let problem = take(root.to_str().unwrap(), None).await.unwrap_err();
    assert_eq!(problem.what, "`b/b.yml` holds no OpenAPI document");
    fs::write(root.join("b/b.yml"), document("2").to_string()).unwrap();
    let problem = take(root.to_str().unwrap(), None).await.unwrap_err();
    assert!(problem.why.contains("/info, at /info/version") && problem.why.contains("`b/b.yml` has"), "{problem}");
    fs::remove_file(root.join("b/b.yml")).unwrap();
    let problem = take(root.join("b").to_str().unwrap(), None).await.unwrap_err();
    assert!(problem.what.contains("`b`") && problem.why.contains("no page with a document"), "{problem}");
}
