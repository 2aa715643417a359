//! Replies that are streams of items, from a server that is not ours: axum writes the events.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse as _;
use axum::response::sse::{Event as Sent, Sse};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use generated::support::{Event, EventStream, StreamError};
use generated::{Client, Error, types};
use mint_loopback::{Loopback, Reply};
use mint_tests::client_of;
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/streams.rs"));
}

async fn serve(reply: Reply) -> (Client, Loopback) {
    let server = Loopback::start(move |_| reply.clone()).await;
    (client_of(server.base_url(), Client::new), server)
}

fn reply(media_type: &str, body: &str) -> Reply {
    Reply::bytes(body.to_owned()).header("content-type", media_type)
}

/// The reply that axum makes of these events.
async fn events(events: impl IntoIterator<Item = Sent>) -> Reply {
    let events: Vec<_> = events.into_iter().map(Ok::<_, Infallible>).collect();
    let response = Sse::new(stream::iter(events)).into_response();
    let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Reply::bytes(body).header("content-type", &media_type)
}

fn delta(text: &str) -> Sent {
    Sent::default().json_data(json!({"text": text})).unwrap()
}

async fn chat(client: &Client) -> Result<EventStream<types::Delta>, Error<types::Problem>> {
    let body = types::CreateChatBody::builder().stream(true);
    client.create_chat().model("m").body(body).send_streaming().await.map(|reply| reply.into_inner())
}

#[tokio::test]
async fn events_have_their_types() {
    let sent = events([
        Sent::default().comment("wait"),
        Sent::default()
            .event("start")
            .id("7")
            .retry(Duration::from_secs(3))
            .json_data(json!({"type": "started", "at": 1}))
            .unwrap(),
        Sent::default().json_data(json!({"type": "ended", "why": "a\nb"})).unwrap(),
        Sent::default().data("{\n\"type\": \"paused\"\n}"),
    ])
    .await;
    for sent in [sent.clone(), sent.drip(1, Duration::ZERO)] {
        let (client, server) = serve(sent).await;
        let stream = client.list_events().send().await.unwrap();
        assert_eq!(stream.status(), 200);
        let events: Vec<_> = stream.into_inner().try_collect().await.unwrap();
        assert_eq!(server.request().header("accept"), ["text/event-stream"]);
        let [started, ended, other] = &*events else { panic!("{events:?}") };
        let Event { event, data: types::ListEventsReply::Started(data), id, retry, .. } = started else { panic!() };
        assert_eq!((&**event, data.at, id.as_deref(), *retry), ("start", 1, Some("7"), Some(Duration::from_secs(3))));
        let Event { event, data: types::ListEventsReply::Ended(data), id, retry: None, .. } = ended else { panic!() };
        assert_eq!((&**event, data.why.as_deref(), id.as_deref()), ("message", Some("a\nb"), Some("7")));
        assert!(matches!(&other.data, types::ListEventsReply::Unknown(_)), "{other:?}");
    }
}

#[tokio::test]
async fn a_stream_beside_json_has_a_method() {
    let (client, server) =
        serve(events([delta("a"), delta("b"), Sent::default().data("[DONE]"), delta("c")]).await).await;
    let deltas: Vec<_> = chat(&client).await.unwrap().try_collect().await.unwrap();
    let texts: Vec<_> = deltas.iter().map(|event| &*event.data.text).collect();
    assert_eq!(texts, ["a", "b"]);
    let request = server.request();
    assert_eq!(request.header("accept"), ["text/event-stream, application/json;q=0.9"]);
    assert_eq!((request.json(), request.line()), (json!({"stream": true}), "POST /chat/m HTTP/1.1".to_owned()));

    let (client, server) = serve(reply("application/json", r#"{"text": "t"}"#)).await;
    let body = types::CreateChatBody::builder().stream(false);
    assert_eq!(client.create_chat().model("m").body(body).send().await.unwrap().text, "t");
    assert_eq!(server.request().header("accept"), ["application/json"]);
}

#[tokio::test]
async fn what_is_no_stream_is_an_error_of_the_call() {
    let (client, _server) = serve(reply("application/json", r#"{"message": "slow down"}"#).status(429)).await;
    let Error::ErrorResponse(error) = chat(&client).await.unwrap_err() else { panic!() };
    assert_eq!((error.status().as_u16(), &*error.message), (429, "slow down"));
    // As if the request had not asked for a stream, or a proxy had answered.
    for (media_type, body) in [("application/json", r#"{"text": "t"}"#), ("text/html", "<html>")] {
        let (client, _server) = serve(reply(media_type, body)).await;
        let Error::UnexpectedResponse(raw) = chat(&client).await.unwrap_err() else { panic!() };
        assert_eq!(raw.body(), body.as_bytes());
    }
    let (client, _server) = serve(reply("application/json", "{}")).await;
    assert!(matches!(client.export().send_streaming().await.unwrap_err(), Error::UnexpectedResponse(_)));
}

#[tokio::test]
async fn an_item_that_is_not_of_its_type_costs_itself() {
    let secret = Sent::default().data(r#"{"txt": "secret"}"#);
    let (client, _server) = serve(events([delta("a"), secret, delta("b")]).await).await;
    let items: Vec<_> = chat(&client).await.unwrap().collect().await;
    let [Ok(_), Err(error), Ok(last)] = &*items else { panic!("{items:?}") };
    assert!(matches!(error, StreamError::InvalidItem(raw, _) if raw.as_bytes() == br#"{"txt": "secret"}"#));
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    assert_eq!(last.data.text, "b");
    // A property that the item can be without costs itself alone.
    let odd = Sent::default().json_data(json!({"text": "t", "reason": 1})).unwrap();
    let (client, _server) = serve(events([odd]).await).await;
    let items: Vec<_> = chat(&client).await.unwrap().try_collect().await.unwrap();
    assert_eq!((&*items[0].data.text, &items[0].data.reason), ("t", &None));
}

#[tokio::test]
async fn a_stream_that_breaks_off_ends_with_an_error() {
    let sent = events([delta("a"), delta("b")]).await;
    let (client, _server) = serve(sent.cut(30)).await;
    let items: Vec<_> = chat(&client).await.unwrap().collect().await;
    assert!(matches!(&*items, [Ok(_), Err(StreamError::Connection(_))]), "{items:?}");

    let (client, _server) =
        serve(reply("application/x-ndjson", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n").cut(20)).await;
    let items: Vec<_> = client.list_lines().send().await.unwrap().into_inner().collect().await;
    assert!(matches!(&*items, [Ok(_), Err(StreamError::Connection(_))]), "{items:?}");
}

#[tokio::test]
async fn a_dropped_stream_lets_the_connection_go() {
    let (client, server) = serve(events([delta("a")]).await.endless()).await;
    for connections in 1..=3 {
        let mut stream = chat(&client).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().data.text, "a");
        drop(stream);
        assert_eq!(server.connections().len(), connections);
    }
}

#[tokio::test]
async fn events_of_other_descriptions() {
    let sent =
        events([delta("a").event("delta"), Sent::default().event("done").data("[DONE]"), delta("b").event("new")])
            .await;
    let (client, _server) = serve(sent).await;
    let items: Vec<_> = client.list_whole().send().await.unwrap().into_inner().try_collect().await.unwrap();
    let names: Vec<_> = items.iter().map(|event| (&*event.event, format!("{:?}", event.data))).collect();
    assert_eq!(names[0].0, "delta");
    assert!(names[0].1.contains("text: \"a\"") && !names[0].1.contains("Unknown"), "{names:?}");
    assert!(names[1].1.contains("Done") && !names[1].1.contains("Unknown"), "{names:?}");
    assert!(names[2].1.contains("Unknown") && names[2].1.contains("new"), "{names:?}");

    let (client, _server) =
        serve(events([Sent::default().data("no\nJSON"), Sent::default().data("[DONE]")]).await).await;
    let items: Vec<_> = client.list_texts().send().await.unwrap().into_inner().try_collect().await.unwrap();
    let texts: Vec<_> = items.into_iter().map(|event| event.data).collect();
    assert_eq!(texts, ["no\nJSON", "[DONE]"]);
}

#[tokio::test]
async fn json_in_lines_and_records() {
    let (client, server) = serve(reply("application/x-ndjson", "{\"text\": \"a\"}\r\n\r\n[]\n{\"text\": \"b\"}")).await;
    let items: Vec<_> = client.list_lines().send().await.unwrap().into_inner().collect().await;
    let [Ok(a), Err(StreamError::InvalidItem(..)), Ok(b)] = &*items else { panic!("{items:?}") };
    assert_eq!((&*a.text, &*b.text), ("a", "b"));
    assert_eq!(server.request().header("accept"), ["application/x-ndjson"]);

    let (client, _server) = serve(reply("application/json-seq", "\u{1e}1\n\u{1e}2\n")).await;
    let items: Vec<_> = client.list_records().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(items, [1, 2]);

    let (client, server) = serve(reply("application/jsonl", "{\"row\": 1}\n{}\n")).await;
    let items: Vec<_> = client.export().send_streaming().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(items.iter().map(|item| item.row).collect::<Vec<_>>(), [Some(1), None]);
    assert_eq!(server.request().header("accept"), ["application/jsonl"]);

    let (client, _server) = serve(reply("application/jsonlines", "{\"a\": [1]}\n2\n")).await;
    let items: Vec<_> = client.list_any().send().await.unwrap().into_inner().try_collect().await.unwrap();
    assert_eq!(items, [json!({"a": [1]}), json!(2)]);
}
