//! What the client of a document sends, where progenitor alone could send nothing.

use std::collections::BTreeMap;

use generated::support::Nullable;
use generated::{Client, types};
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde::Deserialize;
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

/// A client, and a server that sends the same reply to every request.
async fn serve(reply: Reply) -> (Client, Loopback) {
    let server = Loopback::start(move |_| reply.clone()).await;
    (client_of(server.base_url(), Client::new), server)
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

/// In Rust, one of the properties of an answer has another name than on the wire.
#[test]
fn null_of_a_reply_is_kept_by_any_name() {
    let text = json!({"x-y": null, "x_y": null});
    let answer: types::Answer = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(serde_json::to_value(&answer).unwrap(), text);
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

fn range(gt: i64) -> types::Range {
    types::Range::builder().gt(gt).try_into().unwrap()
}

fn item(name: &str, sizes: &[i64]) -> types::Item {
    types::Item::builder().name(name).sizes(sizes.to_vec()).try_into().unwrap()
}

fn nothing() -> Reply {
    Reply::bytes("").status(204)
}

/// What a server reads from the query, by a crate of others.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Read {
    filter: ReadFilter,
    expand: Vec<String>,
    ids: Vec<u8>,
    made: Option<ReadRange>,
    tree: Option<Tree>,
    any: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ReadFilter {
    created: Option<ReadRange>,
    owner: Option<Owner>,
    tags: Vec<String>,
    sort: Vec<ReadItem>,
    labels: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct ReadRange {
    gt: Option<i64>,
    lt: Option<i64>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Owner {
    name: String,
    near: ReadRange,
}

#[derive(Debug, PartialEq, Deserialize)]
struct ReadItem {
    name: String,
    #[serde(default)]
    sizes: Vec<i64>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Charge {
    items: Vec<ReadItem>,
    expand: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Tree {
    leaf: String,
    branch: Option<Box<Self>>,
}

#[tokio::test]
async fn deep_objects_are_read_as_they_were_meant() {
    let (client, server) = serve(nothing()).await;
    let of_strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let call = client
        .search()
        .filter_created(types::SearchFilterCreated::Range(range(3)))
        .filter_owner_name("a b&c")
        .filter_owner_near_gt(1)
        .filter_owner_near_lt(2)
        .filter_tags(of_strings(&["x", "y=[0]"]))
        .filter_sort(vec![item("a", &[1, 2]), item("b", &[])])
        .filter_labels(BTreeMap::from([("k".to_owned(), of_strings(&["v", "w"]))]))
        .expand(of_strings(&["owner", "items.name"]))
        .ids(vec![4, 5])
        .made(types::When::Range(range(6)))
        .tree_leaf("l")
        .tree_branch(json!({"leaf": "m", "branch": {"leaf": "n"}}).as_object().unwrap().clone())
        .any(json!({"a": ["b"]}));
    call.send().await.unwrap();
    let target = server.request().target();
    let query = target.split_once('?').unwrap().1;
    let read: Read = serde_qs::Config::new().use_form_encoding(true).max_depth(9).deserialize_str(query).unwrap();
    let expected = Read {
        filter: ReadFilter {
            created: Some(ReadRange { gt: Some(3), lt: None }),
            owner: Some(Owner { name: "a b&c".into(), near: ReadRange { gt: Some(1), lt: Some(2) } }),
            tags: of_strings(&["x", "y=[0]"]),
            sort: vec![
                ReadItem { name: "a".into(), sizes: vec![1, 2] },
                ReadItem { name: "b".into(), sizes: Vec::new() },
            ],
            labels: BTreeMap::from([("k".into(), of_strings(&["v", "w"]))]),
        },
        expand: of_strings(&["owner", "items.name"]),
        ids: vec![4, 5],
        made: Some(ReadRange { gt: Some(6), lt: None }),
        tree: Some(Tree {
            leaf: "l".into(),
            branch: Some(Box::new(Tree {
                leaf: "m".into(),
                branch: Some(Box::new(Tree { leaf: "n".into(), branch: None })),
            })),
        }),
        any: Some(BTreeMap::from([("a".into(), of_strings(&["b"]))])),
    };
    assert_eq!(read, expected);
}

#[tokio::test]
async fn the_brackets_of_deep_objects() {
    let (client, server) = serve(nothing()).await;
    let call = client
        .search()
        .filter_created(types::SearchFilterCreated::from(7))
        .made(types::When::from(8))
        .filter_tags(vec!["x".to_owned()])
        .filter_sort(vec![item("a", &[1])])
        .expand(vec!["owner".to_owned()])
        .ids(vec![4]);
    call.send().await.unwrap();
    let target = server.request().target();
    let target = percent_encoding::percent_decode_str(&target).decode_utf8().unwrap();
    let mut pairs: Vec<_> = target.split_once('?').unwrap().1.split('&').collect();
    pairs.sort_unstable();
    let expected = [
        "expand[]=owner",
        "filter[created]=7",
        "filter[sort][0][name]=a",
        "filter[sort][0][sizes][]=1",
        "filter[tags][]=x",
        "ids[]=4",
        "made=8",
    ];
    assert_eq!(pairs, expected);

    let (client, server) = serve(nothing()).await;
    client.search().expand(Vec::new()).any(json!({"a": null})).send().await.unwrap();
    assert_eq!(server.request().line(), "GET /search HTTP/1.1");
}

#[tokio::test]
async fn a_form_has_deep_objects_too() {
    let (client, server) = serve(nothing()).await;
    let body = types::ChargeBody::builder().items(vec![item("a b", &[1]), item("c", &[])]);
    client.charge().body(body.expand(vec!["d".to_owned()])).send().await.unwrap();
    let read: Charge =
        serde_qs::Config::new().use_form_encoding(true).deserialize_str(server.request().text()).unwrap();
    let items = vec![ReadItem { name: "a b".into(), sizes: vec![1] }, ReadItem { name: "c".into(), sizes: Vec::new() }];
    assert_eq!(read, Charge { items, expand: vec!["d".into()] });
}

/// What has no type of its own is any JSON, and any object has the form of its place.
#[tokio::test]
async fn values_without_types_are_sent() {
    let (client, server) = serve(nothing()).await;
    let filter = json!({"a": ["b/c", null]});
    let object = |value: serde_json::Value| value.as_object().unwrap().clone();
    let call = client.get_where().filter(filter.clone()).prefs(filter).x_sizes(object(json!({"a": 1, "b": "c"})));
    call.size(object(json!({"min": 1}))).page(2).send().await.unwrap();
    let request = server.request();
    assert_eq!(
        request.line(),
        "GET /where/%7B%22a%22%3A%5B%22b%2Fc%22%2Cnull%5D%7D?page=2&size=%7B%22min%22%3A1%7D HTTP/1.1"
    );
    assert_eq!(request.header("cookie"), ["prefs={%22a%22:[%22b/c%22%2Cnull]}"]);
    assert_eq!(request.header("x-sizes"), ["a,1,b,c"]);
}

#[tokio::test]
async fn paths_and_headers_hold_lists_and_objects() {
    let (client, server) = serve(nothing()).await;
    let names = BTreeMap::from([("a".to_owned(), "b/c".to_owned()), ("d".to_owned(), "e=f".to_owned())]);
    let call = client
        .get_shapes()
        .color("red")
        .point(json!({"x": 1, "y": 2}).as_object().unwrap().clone())
        .corners(vec![3, 4])
        .names(names)
        .x_tags(vec!["a b".to_owned(), "c".to_owned()])
        .x_where(json!({"a": ["b", 1]}))
        .x_limits(BTreeMap::from([("low".to_owned(), 1), ("high".to_owned(), 2)]));
    call.clone().send().await.unwrap();
    let request = server.request();
    assert_eq!(request.line(), "GET /shapes.red;x=1;y=2/;corners=3,4/a=b%2Fc,d=e%3Df HTTP/1.1");
    assert_eq!((request.header("x-tags"), request.header("x-limits")), (vec!["a b,c"], vec!["high=2,low=1"]));
    assert_eq!(request.header("x-where"), [r#"{"a":["b",1]}"#]);
    assert!(request.header("x-sizes").is_empty());

    let point = || serde_json::Map::new();
    for (call, name) in [
        (call.clone().x_tags(vec!["a,b".to_owned()]), "X-Tags"),
        (call.clone().color("."), "color"),
        (call.clone().point(point()), "point"),
        (call.corners(Vec::new()), "corners"),
    ] {
        let error = call.send().await.unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}` cannot be written")), "{error}");
    }
}
