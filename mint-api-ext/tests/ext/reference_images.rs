//! Reference images: what is uploaded, and that it is uploaded once.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mint_api_ext::ErrorKind;
use mint_api_ext::request::{ImageSource, ReferenceImage};
use serde_json::json;

use crate::support::scripted::{Scripted, is, problem_that_says};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

async fn server() -> Scripted {
    Scripted::by(|_| is(201, json!({"id": "r", "type": "reference_image", "imageUrl": "https://cdn.mint.gg/r.png"})))
        .await
}

#[tokio::test]
async fn a_file_its_bytes_and_a_url() {
    let server = server().await;
    let mint = server.mint_that_tries_twice();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lamp.png");
    std::fs::write(&path, PNG).unwrap();
    let base64 = STANDARD.encode(PNG);
    let link = "https://example.com/lamp.webp?signature=x";
    for (source, body) in [
        (
            ImageSource::from(path.as_path()),
            json!({"base64Data": base64, "fileName": "lamp.png", "contentType": "image/png", "name": "lamp"}),
        ),
        (
            ImageSource::from(PNG),
            json!({"base64Data": base64, "fileName": "reference.png", "contentType": "image/png", "name": "lamp"}),
        ),
        (ImageSource::from(link), json!({"sourceUrl": link, "name": "lamp"})),
    ] {
        let image = mint.upload_image(source).name("lamp").send().await.unwrap();
        assert_eq!((image.id.as_str(), image.url.as_str()), ("r", "https://cdn.mint.gg/r.png"));
        let sent = server.sent().pop().unwrap();
        assert_eq!((sent.line.as_str(), sent.json()), ("POST /v1/reference-images", body));
    }
    mint.upload_image(PNG).send().await.unwrap();
    assert_eq!(server.sent().pop().unwrap().json().get("name"), None);
}

#[tokio::test(start_paused = true)]
async fn it_is_sent_again_with_the_same_key_and_body() {
    let count = AtomicUsize::new(0);
    let server = Scripted::by(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => problem_that_says(503, "d"),
        _ => is(200, json!({"id": "r", "url": "u"})),
    })
    .await;
    let mint = server.mint_that_tries_twice();
    let request = mint.upload_image(PNG);
    request.send().await.unwrap();
    let [first, second] = <[_; 2]>::try_from(server.sent()).unwrap();
    assert_eq!(first.key.as_deref(), Some(request.idempotency_key()));
    assert_eq!(second.key.as_deref(), Some(request.idempotency_key()));
    assert_eq!(first.body, second.body);

    let request = request.with_idempotency_key("lamp-1");
    request.send().await.unwrap();
    assert_eq!(server.sent()[2].key.as_deref(), Some("lamp-1"));
}

#[tokio::test]
async fn what_is_no_image_is_not_sent() {
    let server = server().await;
    let mint = server.mint_that_tries_twice();
    let directory = tempfile::tempdir().unwrap();
    let large = directory.path().join("large.png");
    let file = std::fs::File::create(&large).unwrap();
    file.set_len(ReferenceImage::MAX_BYTES + 1).unwrap();
    for (request, kind, says) in [
        (mint.upload_image(directory.path().join("none.png")), ErrorKind::Io, "none.png` cannot be read"),
        (mint.upload_image(directory.path()), ErrorKind::Io, "cannot be read"),
        (mint.upload_image(large), ErrorKind::InvalidArgument, "larger than the 10 MiB"),
        (mint.upload_image(&b""[..]), ErrorKind::InvalidArgument, "the image is empty"),
        (mint.upload_image(&b"glTF"[..]), ErrorKind::InvalidArgument, "convert it to PNG"),
        (mint.upload_image("https://"), ErrorKind::InvalidArgument, "`sourceUrl` is no URL"),
        (mint.upload_image(PNG).name(""), ErrorKind::InvalidArgument, "`name` is"),
        (mint.upload_image(PNG).name("n".repeat(121)), ErrorKind::InvalidArgument, "`name` is"),
        (mint.upload_image(PNG).with_idempotency_key(""), ErrorKind::InvalidArgument, "idempotency key"),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(server.lines().len(), 0);
}
