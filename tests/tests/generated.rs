//! What a generated client sends and reads, in cases where progenitor alone would be wrong.

use futures::StreamExt as _;
use generated::support::Reply;
use generated::{Client, types};
use mint_loopback::{self as loopback, Loopback, Request};
use mint_tests::client_of;
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/operations.rs"));
}

/// A client, and a server that sends the same reply to every request.
async fn serve(reply: loopback::Reply) -> (Client, Loopback) {
    let server = Loopback::start(move |_| reply.clone()).await;
    (client_of(server.base_url(), Client::new), server)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.header(name).first().copied()
}

fn reply(status: u16, media_type: &str, body: &str) -> loopback::Reply {
    loopback::Reply::bytes(body.to_owned()).status(status).header("content-type", media_type)
}

fn nothing() -> loopback::Reply {
    loopback::Reply::bytes("").status(204)
}

#[tokio::test]
async fn parameters_are_written_in_the_form_of_the_document() {
    let (client, server) = serve(nothing()).await;
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
    let target = server.request().target();
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
    let (client, server) = serve(nothing()).await;
    client.get_lists().ids(vec!["a".to_owned(), "b/c".to_owned()]).id("d,e").send().await.unwrap();
    assert_eq!(server.request().line(), "GET /lists/a,b%2Fc/d%2Ce HTTP/1.1");
}

#[tokio::test]
async fn parameters_that_are_not_given_are_not_sent() {
    let (client, server) = serve(nothing()).await;
    client.list_things().ids(Vec::new()).send().await.unwrap();
    assert_eq!(server.request().line(), "GET /things HTTP/1.1");
}

#[tokio::test]
async fn a_parameter_that_its_form_cannot_hold_is_an_error() {
    let client = client_of("http://127.0.0.1:9", Client::new);
    let nested = json!({"x": {"y": 1}}).as_object().unwrap().clone();
    let error = client.list_things().point(nested).send().await.unwrap_err();
    assert!(error.to_string().contains("`point` cannot be written"), "{error}");
}

#[tokio::test]
async fn cookies_share_a_header() {
    let (client, server) = serve(nothing()).await;
    let call = client.send_cookies().session_id("aGk= ;").theme(types::SendCookiesTheme::Dark).theme2("h");
    call.send().await.unwrap();
    let request = server.request();
    assert_eq!(request.header("cookie"), ["session-id=aGk=%20%3B; theme=dark"]);
    assert_eq!(request.header("theme"), ["h"]);

    let (client, server) = serve(nothing()).await;
    client.send_cookies().session_id("a").send().await.unwrap();
    assert_eq!(server.request().header("cookie"), ["session-id=a"]);
    assert!(client.send_cookies().send().await.is_err(), "the session is required");
}

#[tokio::test]
async fn a_body_may_be_left_out() {
    for name in ["object", "text", "form", "bytes"] {
        let (client, server) = serve(nothing()).await;
        let sent = match name {
            "object" => client.send_object().send().await,
            "text" => client.send_text().request("r").send().await,
            "form" => client.send_form().send().await,
            _ => client.send_bytes().send().await,
        };
        assert_eq!(sent.unwrap().status(), 204);
        let request = server.request();
        assert_eq!(header(&request, "content-type"), None, "{request:?}");
        assert!(request.body.is_empty(), "{request:?}");
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
        let (client, server) = serve(nothing()).await;
        let sent = match name {
            "object" => client.send_object().body(thing()).send().await,
            "map" => client.send_object().body_map(|body| body.name("m")).send().await,
            "text" => client.send_text().body("t").send().await,
            "form" => client.send_form().body(thing()).send().await,
            _ => client.send_bytes().body("PNG").send().await,
        };
        assert_eq!(sent.unwrap().status(), 204);
        let request = server.request();
        assert_eq!(header(&request, "content-type"), Some(media_type), "{request:?}");
        assert_eq!(request.text(), body);
    }
}

#[tokio::test]
async fn a_form_holds_lists_and_objects() {
    let order = json!({"tags": ["a b", "c&d"], "ids": [1, 2], "size": {"x": 1}, "filter": {"k": "v"}, "note": null});
    for (body, written) in [
        (order, "tags=a%20b&tags=c%26d&ids=1,2&size=%7B%22x%22%3A1%7D&filter%5Bk%5D=v"),
        (json!({"all": true}), "all=true"),
    ] {
        let (client, server) = serve(nothing()).await;
        let body: types::SendOrderBody = serde_json::from_value(body).unwrap();
        client.send_order().body(body).send().await.unwrap();
        let request = server.request();
        let media_type = header(&request, "content-type");
        assert_eq!(media_type, Some("application/x-www-form-urlencoded; charset=utf-8"), "{request:?}");
        let mut pairs: Vec<_> = request.text().split('&').collect();
        let mut expected: Vec<_> = written.split('&').collect();
        pairs.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pairs, expected);
    }
}

#[tokio::test]
async fn a_body_that_lacks_something_is_an_error() {
    let client = client_of("http://127.0.0.1:9", Client::new);
    let error = client.send_object().body_map(|body| body).send().await.unwrap_err();
    assert!(error.to_string().contains("name"), "{error}");
}

#[tokio::test]
async fn replies_of_several_kinds_are_handed_over() {
    let thing = r#"{"name":"n"}"#;
    for (reply, expected) in [
        (reply(200, "application/json", thing), "200 Json(Status200(Thing"),
        (reply(200, "application/vnd.thing+json; charset=utf-8", thing), "200 Json(Status200(Thing"),
        (reply(200, "image/png", "PNG"), "200 PNG"),
        (reply(201, "application/json", r#""text""#), "201 Json(Status201("),
        (reply(202, "application/json", thing), "202 Json(Status2XX(Thing"),
        (nothing(), "204 Empty"),
        (reply(206, "application/pdf", "%PDF"), "206 %PDF"),
    ] {
        let (client, server) = serve(reply).await;
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
        let accept = "application/json, image/png;q=0.5, application/pdf;q=0.5";
        assert_eq!(header(&server.request(), "accept"), Some(accept));
    }
}

#[tokio::test]
async fn errors_beside_replies_of_several_kinds_stay_errors() {
    let (client, _server) = serve(reply(400, "application/json", r#"{"name":"n"}"#)).await;
    let error = client.replies().send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
    let (client, _server) = serve(reply(200, "application/json", "{")).await;
    assert!(client.replies().send().await.is_err());
}

#[tokio::test]
async fn a_reply_without_a_body_is_an_empty_stream_beside_one() {
    for (reply, expected) in [(reply(200, "application/zip", "PK"), 2), (nothing(), 0)] {
        let (client, _server) = serve(reply).await;
        let bytes = client.files().send().await.unwrap().into_inner_stream();
        let length = bytes.fold(0, |length, piece| async move { length + piece.unwrap().len() }).await;
        assert_eq!(length, expected);
    }
}

#[tokio::test]
async fn a_reply_to_head_has_no_body() {
    let (client, server) = serve(loopback::Reply::bytes("not sent: 12")).await;
    assert_eq!(client.head_replies().send().await.unwrap().content_length(), Some(12));
    assert_eq!(server.request().line(), "HEAD /replies HTTP/1.1");
}

/// Reads a JSON text as a type, and writes it back.
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

/// The document has a schema and an operation with names that the generated code uses, too.
#[test]
fn names_that_rust_does_not_take_stay_on_the_wire() {
    let text = r#"{"nº":"1","o":"<=","µ":"2"}"#;
    let (value, back) = through::<types::N>(text);
    assert_eq!((value.no.as_deref(), value.μ.as_deref(), back.as_str()), (Some("1"), Some("2"), text));
}

/// A tree may be an oak, or just a tree.
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

/// A property that another schema refers to has one type, of the name that it has without the reference.
#[test]
fn a_property_that_is_referred_to_is_one_type() {
    let change = through::<types::Change>(r#"{"to":"done"}"#).0;
    let ticket = through::<types::Ticket>(r#"{"state":"done"}"#).0;
    let state: Option<types::TicketState> = change.to;
    assert_eq!(state, ticket.state);
}

/// A discriminator without a mapping, whose members say which values are theirs.
#[test]
fn values_that_a_member_allows_stand_for_it() {
    let circle = through::<types::Shape>(r#"{"form":"circle","size":1}"#).0;
    assert!(matches!(circle, types::Shape::Circle(circle) if circle.size == Some(1)));
    for form in ["square", "rectangle"] {
        let text = format!(r#"{{"form":"{form}","size":1}}"#);
        let (shape, back) = through::<types::Shape>(&text);
        assert!(matches!(shape, types::Shape::Box(_)), "{text}");
        assert_eq!(back, text);
    }
    assert!(matches!(through::<types::Shape>(r#"{"form":"star","size":1}"#).0, types::Shape::Unknown(_)));
}

#[test]
fn a_union_loses_nothing() {
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
fn a_recursive_type_compiles_and_reads() {
    for text in ["1", r#""a""#, "true", r#"{"a":[]}"#] {
        assert_eq!(through::<types::Itself>(text).1, text);
        assert_eq!(through::<types::Itself2>(text).1, text);
    }
    let chain = r#"{"next":{"more":"a","next":{"more":"b"}}}"#;
    assert_eq!(through::<types::Chain>(chain).1, chain);
}
