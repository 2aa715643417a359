//! What the client of a document sends, where progenitor alone could send nothing.

use generated::support::Nullable;
use generated::{Client, types};
use mint_loopback::{Loopback, Reply};
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

/// A client, and a server that sends the same reply to every request.
async fn serve(reply: Reply) -> (Client, Loopback) {
    mint_loopback::install_cryptography();
    let server = Loopback::start(move |_| reply.clone()).await;
    (Client::new(server.base_url()), server)
}

#[tokio::test]
async fn a_property_is_left_cleared_or_set() {
    let task = || types::Task::builder().title("t").color(None);
    let person = types::Person::builder().name("n").mail(None).try_into().unwrap();
    let parent: types::Task = task().size(3).try_into().unwrap();
    for (body, sent) in [
        (task(), json!({})),
        (task().due(None).tags(None).owner(None), json!({"due": null, "tags": null, "owner": null})),
        (task().due("d").size(7).a_b(true), json!({"due": "d", "size": 7, "a-b": true})),
        (task().due("d".to_owned()).a_b2(None), json!({"due": "d", "a_b": null})),
        (task().due(Some("d".to_owned())).tags(Vec::new()), json!({"due": "d", "tags": []})),
        (task().state(types::TaskState::Done), json!({"state": "done"})),
        (task().owner::<types::Person>(person), json!({"owner": {"name": "n", "mail": null}})),
        (task().parent(Box::new(parent)), json!({"parent": {"title": "t", "color": null, "size": 3}})),
        (task().due(Nullable::Absent), json!({})),
        // What only the server sets has no null to send.
        (task().done_at(None), json!({})),
    ] {
        let (client, server) = serve(Reply::json(&json!({"title": "t", "color": null}))).await;
        client.change_task().id("1").body(body).send().await.unwrap();
        let mut expected = json!({"title": "t", "color": null});
        expected.as_object_mut().unwrap().extend(sent.as_object().unwrap().clone());
        assert_eq!(server.request().json(), expected);
    }
}

#[test]
fn null_and_absence_survive_reading_and_writing() {
    for text in [
        json!({"title": "t", "color": null}),
        json!({"title": "t", "color": "red", "due": null, "size": null, "owner": null, "tags": null, "a_b": null}),
        json!({"title": "t", "color": null, "due": "d", "size": 1, "owner": {"name": "n"}, "tags": ["a"], "a-b": false}),
    ] {
        let task: types::Task = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&task).unwrap(), text);
    }
    let task: types::Task =
        serde_json::from_value(json!({"title": "t", "due": null, "size": 2.0, "state": "new"})).unwrap();
    assert!(task.due.is_null() && task.owner.is_absent());
    assert_eq!(task.size.as_option(), Some(&2));
    assert!(matches!(task.state.into_option(), Some(types::TaskState::Unknown(_))));
}

/// What is not of its type costs its property only, and is written back.
#[tokio::test]
async fn a_value_that_does_not_decode_is_kept() {
    let reply = json!({"title": "t", "color": null, "size": "large", "due": null});
    let (client, _server) = serve(Reply::json(&reply)).await;
    let body = types::Task::builder().title("t").color(None);
    let task = client.change_task().id("1").body(body).send().await.unwrap().into_inner();
    assert!(task.size.is_absent() && task.due.is_null());
    assert_eq!(serde_json::to_value(&task).unwrap(), reply);
}
