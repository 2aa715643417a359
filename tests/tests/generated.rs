//! What a generated client sends and takes, where progenitor alone would get it wrong.

use futures::StreamExt as _;
use generated::support::Reply;
use generated::{Client, types};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

/// A client of a server that answers one request, and the text of that request.
async fn serve(reply: &str) -> (Client, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()));
    let reply = reply.to_owned();
    let request = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read(&mut stream).await;
        stream.write_all(reply.as_bytes()).await.unwrap();
        request
    });
    (client, request)
}

async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        let read = stream.read_buf(&mut request).await.unwrap();
        assert!(read > 0, "the request breaks off: {text}");
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn reply(status: &str, media_type: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const NOTHING: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn parameters_are_written_in_the_form_of_the_document() {
    let (client, request) = serve(NOTHING).await;
    let list = client
        .list_things()
        .ids(vec!["a,b".to_owned(), "c d".to_owned()])
        .sizes(vec![1, 2])
        .words(vec![types::Word::Red, types::Word::DarkBlue])
        .filter_state(types::Word::DarkBlue)
        .filter_since(7)
        .labels(std::collections::BTreeMap::from([("k".to_owned(), "v&w".to_owned())]))
        .where_(json!({"a": 1}))
        .point(json!({"x": 1, "y": 2}).as_object().unwrap().clone())
        .more(json!({"free": true}).as_object().unwrap().clone())
        .page(3);
    list.send().await.unwrap();
    let request = request.await.unwrap();
    let target = request.split(' ').nth(1).unwrap();
    let mut pairs: Vec<_> = target.split_once('?').unwrap().1.split('&').collect();
    pairs.sort_unstable();
    let expected = [
        "filter%5Bsince%5D=7",
        "filter%5Bstate%5D=dark+blue",
        "free=true",
        "ids=a%2Cb,c%20d",
        "labels%5Bk%5D=v%26w",
        "page=3",
        "point=x,1,y,2",
        "sizes=1%7C2",
        "where=%7B%22a%22%3A1%7D",
        "words=red%20dark%20blue",
    ];
    assert_eq!(pairs, expected);
}

#[tokio::test]
async fn commas_separate_the_values_of_a_list_in_the_path() {
    let (client, request) = serve(NOTHING).await;
    client.get_lists().ids("a,b/c").id("d,e").send().await.unwrap();
    assert!(request.await.unwrap().starts_with("GET /lists/a,b%2Fc/d%2Ce HTTP/1.1\r\n"));
}

#[tokio::test]
async fn parameters_that_are_not_given_are_not_sent() {
    let (client, request) = serve(NOTHING).await;
    client.list_things().ids(Vec::new()).send().await.unwrap();
    assert!(request.await.unwrap().starts_with("GET /things HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_parameter_that_its_form_cannot_hold_is_an_error() {
    let client = Client::new("http://127.0.0.1:9");
    let nested = json!({"x": {"y": 1}}).as_object().unwrap().clone();
    let error = client.list_things().point(nested).send().await.unwrap_err();
    assert!(error.to_string().contains("`point` cannot be written"), "{error}");
}

#[tokio::test]
async fn a_body_may_be_left_out() {
    for name in ["object", "text", "form", "bytes"] {
        let (client, request) = serve(NOTHING).await;
        let sent = match name {
            "object" => client.send_object().send().await,
            "text" => client.send_text().request("r").send().await,
            "form" => client.send_form().send().await,
            _ => client.send_bytes().send().await,
        };
        assert_eq!(sent.unwrap().status(), 204);
        let request = request.await.unwrap();
        assert_eq!(header(&request, "content-type"), None, "{request}");
        assert!(request.ends_with("\r\n\r\n"), "{request}");
    }
}

#[tokio::test]
async fn a_body_that_is_given_is_sent_as_the_document_says() {
    let thing = || types::Thing::builder().name("n");
    for (name, media_type, body) in [
        ("object", "application/merge-patch+json", r#"{"name":"n"}"#),
        ("map", "application/merge-patch+json", r#"{"name":"m"}"#),
        ("text", "application/json", r#""t""#),
        ("form", "application/x-www-form-urlencoded", "name=n"),
        ("bytes", "image/png", "PNG"),
    ] {
        let (client, request) = serve(NOTHING).await;
        let sent = match name {
            "object" => client.send_object().body(thing()).send().await,
            "map" => client.send_object().body_map(|body| body.name("m")).send().await,
            "text" => client.send_text().body("t").send().await,
            "form" => client.send_form().body(thing()).send().await,
            _ => client.send_bytes().body("PNG").send().await,
        };
        assert_eq!(sent.unwrap().status(), 204);
        let request = request.await.unwrap();
        assert_eq!(header(&request, "content-type"), Some(media_type), "{request}");
        assert_eq!(request.split_once("\r\n\r\n").unwrap().1, body);
    }
}

#[tokio::test]
async fn a_form_holds_lists_and_objects() {
    let order = json!({"tags": ["a b", "c&d"], "ids": [1, 2], "size": {"x": 1}, "filter": {"k": "v"}, "note": null});
    for (body, written) in [
        (order, "tags=a%20b&tags=c%26d&ids=1,2&size=%7B%22x%22%3A1%7D&filter%5Bk%5D=v"),
        (json!({"all": true}), "all=true"),
    ] {
        let (client, request) = serve(NOTHING).await;
        let body: types::SendOrderBody = serde_json::from_value(body).unwrap();
        client.send_order().body(body).send().await.unwrap();
        let request = request.await.unwrap();
        let media_type = header(&request, "content-type");
        assert_eq!(media_type, Some("application/x-www-form-urlencoded; charset=utf-8"), "{request}");
        let mut pairs: Vec<_> = request.split_once("\r\n\r\n").unwrap().1.split('&').collect();
        let mut expected: Vec<_> = written.split('&').collect();
        pairs.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pairs, expected);
    }
}

#[tokio::test]
async fn a_body_that_lacks_something_is_an_error() {
    let client = Client::new("http://127.0.0.1:9");
    let error = client.send_object().body_map(|body| body).send().await.unwrap_err();
    assert!(error.to_string().contains("name"), "{error}");
}

#[tokio::test]
async fn replies_of_several_kinds_are_handed_over() {
    let thing = r#"{"name":"n"}"#;
    for (reply, expected) in [
        (reply("200 OK", "application/json", thing), "200 Json(Thing"),
        (reply("200 OK", "application/vnd.thing+json; charset=utf-8", thing), "200 Json(Thing"),
        (reply("200 OK", "text/event-stream", "data: 1\n\n"), "200 data: 1\n\n"),
        (reply("201 Created", "application/json", r#""text""#), "201 Json(String"),
        (reply("202 Accepted", "application/json", thing), "202 Json(Thing"),
        (NOTHING.to_owned(), "204 Empty"),
        (reply("206 Partial Content", "application/pdf", "%PDF"), "206 %PDF"),
    ] {
        let (client, request) = serve(&reply).await;
        let response = client.replies().send().await.unwrap();
        let status = response.status().as_u16();
        let shown = match response.into_inner() {
            Reply::Bytes(mut bytes) => {
                let mut text = String::new();
                while let Some(piece) = bytes.next().await {
                    text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
                }
                text
            }
            other => format!("{other:?}"),
        };
        assert!(format!("{status} {shown}").starts_with(expected), "{status} {shown}");
        let accept = "application/json, text/event-stream;q=0.5, application/pdf;q=0.5";
        assert_eq!(header(&request.await.unwrap(), "accept"), Some(accept));
    }
}

#[tokio::test]
async fn errors_beside_replies_of_several_kinds_stay_errors() {
    let (client, _) = serve(&reply("400 Bad Request", "application/json", r#"{"name":"n"}"#)).await;
    let error = client.replies().send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
    let (client, _) = serve(&reply("200 OK", "application/json", "{")).await;
    assert!(client.replies().send().await.is_err());
}

#[tokio::test]
async fn a_reply_without_a_body_is_an_empty_stream_beside_one() {
    for (reply, expected) in [(reply("200 OK", "application/zip", "PK"), 2), (NOTHING.to_owned(), 0)] {
        let (client, _) = serve(&reply).await;
        let bytes = client.files().send().await.unwrap().into_inner_stream();
        let length = bytes.fold(0, |length, piece| async move { length + piece.unwrap().len() }).await;
        assert_eq!(length, expected);
    }
}

#[tokio::test]
async fn a_reply_to_head_has_no_body() {
    let (client, request) = serve("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 12\r\n\r\n").await;
    assert_eq!(client.head_replies().send().await.unwrap().content_length(), Some(12));
    assert!(request.await.unwrap().starts_with("HEAD /replies "));
}

/// What a type makes of a JSON text, and the JSON it writes back.
fn through<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> (T, String) {
    let value: T = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let back = serde_json::to_string(&value).unwrap();
    (value, back)
}

#[test]
fn a_subtype_that_is_new_is_kept() {
    let (known, back) = through::<types::Vehicle>(r#"{"kind":"Car","doors":4}"#);
    assert!(matches!(known, types::Vehicle::Car(car) if car.doors == Some(4)));
    assert_eq!(back, r#"{"doors":4,"kind":"Car"}"#);
    let boat = r#"{"kind":"Boat","sails":2}"#;
    let (new, back) = through::<types::Vehicle>(boat);
    assert!(matches!(new, types::Vehicle::Unknown(_)));
    assert_eq!(back, boat);
}

/// The document has a schema and an operation of names that the generated code uses, too.
#[test]
fn names_that_rust_does_not_take_stay_on_the_wire() {
    let text = r#"{"nº":"1","o":"<=","µ":"2"}"#;
    let (value, back) = through::<types::N>(text);
    assert_eq!((value.no.as_deref(), value.μ.as_deref(), back.as_str()), (Some("1"), Some("2"), text));
}

/// A tree may be an oak, or a tree and no more.
#[test]
fn a_subtype_of_a_subtype_is_kept() {
    let (oak, tree) = (r#"{"acorns":9,"height":5,"sort":"Oak"}"#, r#"{"height":5,"sort":"Tree"}"#);
    for text in [oak, tree, r#"{"height":5,"leaves":7,"sort":"Elm"}"#] {
        assert_eq!(through::<types::Plant>(text).1, text);
        assert_eq!(through::<types::Tree>(text).1, text);
    }
    assert!(matches!(through::<types::Tree>(oak).0, types::Tree::Oak(oak) if oak.acorns == Some(9)));
    assert!(matches!(through::<types::Tree>(tree).0, types::Tree::TreeItself(tree) if tree.height == Some(5)));
    assert!(matches!(through::<types::Plant>(oak).0, types::Plant::Oak(_)));
    assert!(matches!(through::<types::Plant>(tree).0, types::Plant::Tree(types::Tree::TreeItself(_))));
}

#[test]
fn nothing_of_a_union_is_lost() {
    for text in [r#"{"name":"a"}"#, r#"{"size":1}"#, r#"{"name":"a","size":1}"#] {
        assert_eq!(through::<types::Either>(text).1, text);
    }
    assert!(matches!(through::<types::Either>(r#"{"size":1,"new":2}"#).0, types::Either::Sized(_)));
    for text in [r#"[{"name":"a"}]"#, r#"[{"size":1}]"#, r#"{"k":{"name":"a"}}"#, r#"{"k":{"size":1}}"#, "[]"] {
        let (lists, back) = through::<types::Lists>(text);
        assert!(!matches!(lists, types::Lists::Unknown(_)), "{text}");
        assert_eq!(back, text);
    }
}

#[test]
fn what_refers_to_itself_has_an_end() {
    for text in ["1", r#""a""#, "true", r#"{"a":[]}"#] {
        assert_eq!(through::<types::Itself>(text).1, text);
        assert_eq!(through::<types::Itself2>(text).1, text);
    }
    let chain = r#"{"next":{"more":"a","next":{"more":"b"}}}"#;
    assert_eq!(through::<types::Chain>(chain).1, chain);
}
