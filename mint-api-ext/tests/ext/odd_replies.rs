//! Replies that are none of the API's, such as those of a proxy, the portal of a network, or a server that restarts.

use futures::{StreamExt as _, TryStreamExt as _};
use mint_api_ext::wait::Update;
use mint_api_ext::{Error, ErrorKind, Mint};

use crate::support::leaks::CleanErr as _;
use crate::support::scripted::{Reply, Scripted, accepted, found, operation, problem};

const HTML: &str = "<html>Sign in to the network</html>";

/// Bytes of a reply whose end is that of the connection.
fn until_closed(status: &str, body: &str) -> Reply {
    Reply::raw(format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}"))
}

/// Replies that are odd, but no refusal and no failure of the connection.
fn undocumented() -> Vec<(&'static str, Reply)> {
    let whole = operation("op_1", "running", 0).to_string();
    let page = |status| Reply::bytes(HTML).status(status).header("content-type", "text/html");
    let redirect = |status| page(status).header("location", "http://portal.invalid/sign-in?to=here");
    vec![
        ("a page", page(200)),
        ("a page until the connection closes", until_closed("200 OK", HTML)),
        ("no body", Reply::bytes("")),
        ("no body and no length", until_closed("200 OK", "")),
        ("white space", Reply::bytes(" \n")),
        ("null", Reply::bytes("null")),
        ("JSON that was cut", until_closed("200 OK", &whole[..whole.len() / 2])),
        ("JSON that lacks its last byte", until_closed("200 OK", &whole[..whole.len() - 1])),
        ("JSON of something else", Reply::bytes(r#"{"status": "ok"}"#)),
        ("another operation", Reply::json(&operation("op_2", "running", 0))),
        ("201", page(201)),
        ("202", Reply::json(&operation("op_1", "running", 0)).status(202)),
        ("203", page(203)),
        ("204", Reply::bytes("").status(204)),
        ("205", Reply::bytes("").status(205)),
        ("206", page(206)),
        ("299", page(299)),
        ("301", redirect(301)),
        ("302", redirect(302)),
        ("303", redirect(303)),
        ("304", Reply::bytes("").status(304)),
        ("307", redirect(307)),
        ("308", redirect(308)),
        ("302 to nowhere", page(302)),
    ]
}

/// How many polls failed before the wait ended well.
async fn failures(mint: &Mint) -> Result<usize, Error> {
    let updates: Vec<_> = mint.attach("op_1")?.wait().every_poll().updates().try_collect().await?;
    assert!(matches!(updates.last(), Some(Update::Ended(outcome)) if outcome.is_success()), "{updates:?}");
    Ok(updates.iter().filter(|update| matches!(update, Update::PollFailed(_))).count())
}

#[tokio::test(start_paused = true)]
async fn an_odd_reply_or_two_do_not_end_a_wait_and_three_alike_do() {
    for (name, odd) in undocumented() {
        let replies = |odd_ones| {
            let before = [odd.clone(), odd.clone(), found("op_1", "running", 1)];
            before.into_iter().chain(vec![odd.clone(); odd_ones]).chain([found("op_1", "succeeded", 2)])
        };
        assert_eq!(failures(&Scripted::start(replies(2)).await.mint()).await.unwrap(), 4, "{name}");

        let error = failures(&Scripted::start(replies(3)).await.mint()).await.clean_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{name}: {error}");
        assert!(error.to_string().contains("three polls in a row"), "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("to=here"), "{name}: {error:?}");
        assert_eq!(error.operation().unwrap().status.as_str(), "running", "{name}");

        let server = Scripted::start(replies(3)).await;
        let (_, result) = server.mint().wait_many(["op_1"]).next().await.unwrap();
        assert_eq!(result.clean_err().kind(), ErrorKind::Decode, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn odd_replies_for_different_reasons_go_on() {
    let odd = undocumented();
    let reply = |name: &str| odd.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let names = ["a page", "a page", "204", "204", "302", "302", "a page", "no body", "201", "304"];
    let replies = names.map(reply).into_iter().chain([found("op_1", "succeeded", 1)]);
    assert_eq!(failures(&Scripted::start(replies).await.mint()).await.unwrap(), names.len());
}

/// A start may have been done, whatever came back.
#[tokio::test(start_paused = true)]
async fn a_start_with_an_odd_reply_is_never_sent_with_another_key() {
    for (name, odd) in undocumented() {
        // Of a start, these are what it should be.
        if ["202", "another operation", "JSON of something else"].contains(&name) {
            continue;
        }
        let server = Scripted::start([odd, accepted("op_1", "queued", 0)]).await;
        let request = server.mint().generate_model("a lamp");
        let error = request.send().await.clean_err();
        assert_eq!((error.kind(), server.sent().len()), (ErrorKind::Decode, 1), "{name}: {error}");
        assert_eq!(error.idempotency_key(), Some(request.idempotency_key()), "{name}");
        assert!(error.to_string().contains("does nothing twice"), "{name}: {error}");
        request.send().await.unwrap();
        assert!(server.sent().iter().all(|sent| sent.key.as_deref() == Some(request.idempotency_key())), "{name}");
    }
    for status in [408, 421, 425, 429, 500, 503] {
        let server = Scripted::start([problem(status, "about:blank"), accepted("op_1", "queued", 0)]).await;
        let request = server.mint().generate_model("a lamp");
        request.send().await.unwrap();
        assert!(server.sent().iter().all(|sent| sent.key.as_deref() == Some(request.idempotency_key())), "{status}");
        assert_eq!(server.sent().len(), 2, "{status}");
    }
}
