//! Multipart bodies, as a parser of another project reads them.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::stream;
use generated::{Client, Error, types};
use mint_loopback::{Loopback, Reply, Request};
use mint_tests::client_of;
use serde_json::json;

#[allow(clippy::all, missing_docs, rustdoc::all, unreachable_patterns, unreachable_pub, unused_imports)]
#[allow(clippy::future_not_send, clippy::use_self, dead_code, missing_debug_implementations)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/uploads.rs"));
}

use generated::support::FilePart as File;

#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    file_name: Option<String>,
    media_type: Option<String>,
    content: Vec<u8>,
}

fn part(name: &str, media_type: Option<&str>, content: &str) -> Part {
    Part {
        name: name.to_owned(),
        file_name: None,
        media_type: media_type.map(str::to_owned),
        content: content.as_bytes().to_vec(),
    }
}

fn file(name: &str, file_name: &str, media_type: Option<&str>, content: &str) -> Part {
    Part { file_name: Some(file_name.to_owned()), ..part(name, media_type, content) }
}

async fn serve() -> (Client, Loopback) {
    let server = Loopback::start(|_| Reply::bytes("").status(204)).await;
    (client_of(server.base_url(), Client::new), server)
}

async fn parts(request: &Request, kind: &str) -> Vec<Part> {
    let content_type = request.header("content-type");
    let [content_type] = content_type[..] else { panic!("{content_type:?}") };
    assert!(content_type.starts_with(&format!("{kind}; boundary=")), "{content_type}");
    let boundary = content_type.split_once("boundary=").unwrap().1;
    let body = request.body.clone();
    let mut multipart = multer::Multipart::new(stream::iter([Ok::<_, std::io::Error>(body)]), boundary);
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.unwrap() {
        parts.push(Part {
            name: field.name().unwrap().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            media_type: field.content_type().map(ToString::to_string),
            content: field.bytes().await.unwrap().to_vec(),
        });
    }
    parts
}

#[tokio::test]
async fn each_property_is_a_part() {
    let (client, server) = serve().await;
    let image = File::new("PNG").file_name("chair \"1\".png").media_type("image/png");
    let body = types::CreateImageRequest::builder()
        .image(image)
        .more(vec![File::new("1").file_name("1.png"), File::new("2").file_name("2.png")])
        .thumbnail(File::new("small"))
        .prompt("a chair, é")
        .note("*new*".to_owned())
        .n(2)
        .hd(true)
        .size(types::CreateImageRequestSize::Large)
        .tags(vec!["a".to_owned(), "b".to_owned()])
        .index(vec![1, 2])
        .options(types::CreateImageRequestOptions { seed: Some(7) })
        .boxes(vec![
            serde_json::from_value(json!({"x": 1})).unwrap(),
            serde_json::from_value(json!({"x": 2})).unwrap(),
        ]);
    client.create_image().body(body).send().await.unwrap();
    let mut found: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for part in parts(&server.request(), "multipart/form-data").await {
        found.entry(part.name.clone()).or_default().push(part);
    }
    let json = Some("application/json");
    for expected in [
        vec![file("image", "chair \"1\".png", Some("image/png"), "PNG")],
        vec![file("more[]", "1.png", None, "1"), file("more[]", "2.png", None, "2")],
        vec![file("thumbnail", "thumbnail", None, "small")],
        vec![part("prompt", None, "a chair, é")],
        vec![part("note", Some("text/markdown"), "*new*")],
        vec![part("n", None, "2")],
        vec![part("hd", None, "true")],
        vec![part("size", None, "large")],
        vec![part("tags", None, "a"), part("tags", None, "b")],
        vec![part("index", json, "[1,2]")],
        vec![part("options", json, r#"{"seed":7}"#)],
        vec![part("boxes", json, r#"{"x":1}"#), part("boxes", json, r#"{"x":2}"#)],
    ] {
        assert_eq!(found.remove(&expected[0].name), Some(expected));
    }
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_stream_is_sent_as_it_comes_and_once() {
    let (client, server) = serve().await;
    let pieces = stream::iter(["ab", "cd"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece))));
    let audio = File::new(reqwest::Body::wrap_stream(pieces)).file_name("a.mp3").media_type("audio/mpeg");
    let body = types::PutAudioBody::builder().audio(audio);
    client.put_audio().body(body.clone()).send().await.unwrap();
    let request = server.request();
    assert_eq!(request.header("transfer-encoding"), ["chunked"], "the length of a stream is not known");
    assert_eq!(parts(&request, "multipart/form-data").await, [file("audio", "a.mp3", Some("audio/mpeg"), "abcd")]);
    let error = client.put_audio().body(body).send().await.unwrap_err();
    assert!(matches!(&error, Error::InvalidRequest(why) if why.contains("sent before")), "{error:?}");

    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from("abcd"))]);
    let audio = File::new(reqwest::Body::wrap_stream(pieces)).bytes(4);
    client.put_audio().body(types::PutAudioBody::builder().audio(audio)).send().await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.header("content-length"), [request.body.len().to_string()]);
}

#[tokio::test]
async fn a_multipart_body_may_be_left_out() {
    let (client, server) = serve().await;
    client.put_audio().send().await.unwrap();
    assert_eq!((server.request().header("content-type"), server.request().body.len()), (Vec::new(), 0));
}

#[tokio::test]
async fn bytes_can_be_sent_again() {
    let (client, server) = serve().await;
    let body = types::PutAudioBody::builder().audio(File::new(vec![1, 2, 3]));
    for sent in 1..3 {
        client.put_audio().body(body.clone()).send().await.unwrap();
        assert_eq!(server.requests().len(), sent);
    }
}

#[tokio::test]
async fn parts_of_other_kinds_of_multipart() {
    let (client, server) = serve().await;
    let body = types::SendRelatedBody::builder()
        .metadata(types::SendRelatedBodyMetadata { name: Some("n".to_owned()) })
        .media(File::new("bytes"));
    client.send_related().body(body).send().await.unwrap();
    let parts = parts(&server.request(), "multipart/related").await;
    assert_eq!(parts.len(), 2);
    assert!(parts.contains(&part("metadata", Some("application/json"), r#"{"name":"n"}"#)));
}

#[tokio::test]
async fn one_of_several_bodies() {
    let (client, server) = serve().await;
    let by_file = types::ByFile { file: File::new("x") };
    client.send_either().body(types::SendEitherBody::from(by_file)).send().await.unwrap();
    assert_eq!(parts(&server.request(), "multipart/form-data").await, [file("file", "file", None, "x")]);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_an_error() {
    let (client, server) = serve().await;
    let body = types::PutAudioBody::builder().audio(File::new("x").media_type("no media type"));
    let error = client.put_audio().body(body).send().await.unwrap_err();
    assert!(matches!(&error, Error::InvalidRequest(why) if why.contains("no media type")), "{error:?}");
    let incomplete = types::CreateImageRequest::builder().prompt("p");
    assert!(client.create_image().body(incomplete).send().await.is_err());
    assert!(server.requests().is_empty());
    // A file is no JSON.
    assert!(serde_json::to_value(types::PutAudioBody { audio: Some(File::new("x")), language: None }).is_err());
    assert!(!format!("{:?}", File::new("secret")).contains("secret"));
}
