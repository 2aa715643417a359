//! Checks the verdict of `diff` on running clients: a client of the old document reads replies of the new one.

#[path = "../../openapi/codegen/tests/diff/cases.rs"]
mod cases;
#[path = "running/samples.rs"]
mod samples;

use std::collections::BTreeSet;

use openapi_client_codegen::diff::{Drift, Reading, diff_sources};
use progenitor_client::{ClientHooks, ClientInfo as _, OperationInfo};
use reqwest::{Request, Response};
use serde_json::{Value, json};

use generated::{Client, Error, types};
use samples::Reply;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports, dead_code)]
#[allow(clippy::future_not_send, clippy::use_self, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/base.rs"));
}

/// The reply to every request of a client.
#[derive(Clone, Debug)]
pub(crate) struct Canned(Reply);

impl ClientHooks<Canned> for Client {
    async fn exec(&self, _: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let Reply { status, media_type, body } = &self.inner().0;
        let response = http::Response::builder().status(*status).header("content-type", media_type);
        Ok(response.body(body.clone()).unwrap().into())
    }
}

/// Reads a reply with the client of the base document; `Err` if the client cannot decode it.
async fn read(operation: &str, reply: &Reply) -> Result<(), String> {
    // The client sends nothing, so it needs no certificates.
    mint_loopback::install_cryptography();
    let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
    let client = Client::new_with_client("http://localhost", http, Canned(reply.clone()));
    match operation {
        "GET /things" => judge(reply, client.list_things().account("a").send().await),
        "POST /things" => {
            let body = types::NewThing::builder().name("a").color(types::Color::Red);
            judge(reply, client.create_thing().body(body).send().await)
        }
        "GET /things/{}" => judge(reply, client.get_thing().id("a").send().await),
        "PUT /things/{}" => {
            let body = types::Note::builder().text("a");
            judge(reply, client.put_note().id("a").body(body).send().await)
        }
        "DELETE /things/{}" => judge(reply, client.delete_thing().id("a").send().await),
        other => panic!("the base document has no {other}"),
    }
}

fn judge<T, E: std::fmt::Debug>(reply: &Reply, result: Result<T, Error<E>>) -> Result<(), String> {
    match result {
        Ok(_) | Err(Error::ErrorResponse(_)) => Ok(()),
        // An error reply with an undocumented body is still an error.
        Err(_) if reply.status >= 400 => Ok(()),
        Err(error) => Err(format!("{error:?}")),
    }
}

/// An operation without the names in its path.
fn route(operation: &str) -> String {
    operation.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect::<Vec<_>>().join("{}")
}

/// The operations that have a change with replies that cannot be decoded.
fn failing(drift: &Drift) -> BTreeSet<String> {
    let changes = drift.changes.iter().filter(|change| change.reading == Reading::Fails);
    changes.flat_map(|change| &change.operations).map(|operation| route(operation)).collect()
}

fn drift(old: &Value, new: &Value) -> Drift {
    // Without the generated sources, `diff` skips the verdict on Rust, which takes most of the time.
    diff_sources(old, new, Err(String::new()), Err(String::new())).unwrap()
}

#[tokio::test]
async fn replies_of_the_new_document_are_read_as_the_verdict_says() {
    let old = cases::base();
    let known: BTreeSet<_> = samples::operations(&old).into_iter().map(|(name, _)| route(&name)).collect();
    let (mut read_replies, mut wrong) = (0, Vec::new());
    for case in cases::files().into_iter().flat_map(|(_, cases)| cases) {
        let new = case.apply(&old);
        let said = failing(&drift(&old, &new));
        for (name, operation) in samples::operations(&new) {
            let name = route(&name);
            if !known.contains(&name) {
                continue;
            }
            let mut failure = None;
            for reply in samples::replies(&new, operation) {
                read_replies += 1;
                if let Err(why) = read(&name, &reply).await {
                    failure.get_or_insert(format!("{}: {why}", reply.shown()));
                }
            }
            if said.contains(&name) != failure.is_some() {
                wrong.push(format!("{}: {name}: said to fail: {}; {failure:?}", case.title, said.contains(&name)));
            }
        }
    }
    assert!(read_replies > 10_000, "only {read_replies} replies were made");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the verdict on a changed document is that clients can read it, and whether `mint-api` reads its replies.
fn vendored(change: impl FnOnce(&mut Value)) -> (bool, bool) {
    let old = mint_openapi::effective_document().unwrap();
    let mut new = old.clone();
    change(&mut new);
    let operation = &new["paths"]["/v1/operations/{operationId}"]["get"];
    let replies = samples::replies(&new, operation);
    let read = |reply: &Reply| mint_api::read_reply::<mint_api::types::Operation>(&reply.body);
    let successes: Vec<_> = replies.iter().filter(|reply| reply.status < 300).collect();
    assert!(successes.len() > 50);
    (failing(&drift(&old, &new)).is_empty(), successes.into_iter().all(|reply| read(reply).is_ok()))
}

#[test]
fn the_released_client_reads_replies_as_the_verdict_says() {
    let set = |document: &mut Value, pointer: &str, value: Value| *document.pointer_mut(pointer).unwrap() = value;
    let operation = "/components/schemas/Operation";
    assert_eq!(vendored(|_| {}), (true, true));
    for (pointer, value, reads) in [
        ("/properties/id", json!({"type": ["string", "null"]}), false),
        ("/properties/createdAt", json!({"type": ["string", "null"]}), true),
        ("/properties/id", json!({"type": "integer"}), false),
        ("/properties/status/enum", json!(["queued", "billing_required"]), true),
        ("/properties/assets", json!({"$ref": "#/components/schemas/WorldAssets"}), true),
        (
            "/properties/resource",
            json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}),
            true,
        ),
        ("/properties/resource", json!({"type": "string"}), true),
        ("/properties/prompt", json!({"type": "string", "maxLength": 3}), true),
        ("/properties/updatedAt/format", json!("date"), true),
    ] {
        let said = vendored(|document| set(document, &format!("{operation}{pointer}"), value.clone()));
        assert_eq!(said, (reads, reads), "{pointer} is {value}");
    }
    let without = |name: &'static str| {
        vendored(move |document| {
            let schema = document.pointer_mut(operation).unwrap();
            schema["properties"].as_object_mut().unwrap().shift_remove(name).unwrap();
            schema["required"].as_array_mut().unwrap().retain(|required| required != name);
        })
    };
    for (name, reads) in [("id", false), ("status", false), ("prompt", true), ("createdAt", true)] {
        assert_eq!(without(name), (reads, reads), "{name} is gone");
    }
}
