//! A server that says nothing, or stops in the middle, costs one timeout and no more.

use std::time::Duration;

use mint_api::Error;
use mint_api::types::Problem;

use crate::loopback::{Then, builder, refusing, reply, serve, serve_then};

async fn error_after(reply: Vec<u8>, timeout: Option<Duration>) -> (Error<Problem>, Duration) {
    let server = serve_then(reply, Then::Hang).await;
    let mut client = builder(&server.base_url);
    if let Some(timeout) = timeout {
        client = client.request_timeout(timeout);
    }
    let client = client.build().unwrap();
    let before = tokio::time::Instant::now();
    let error = client.get_operation().operation_id("op_1").send().await.expect_err("nothing came");
    (error, before.elapsed())
}

/// The clock is paused only once the request is in, so a little real time has gone by before.
fn check(waited: Duration, timeout: u64) {
    assert!(waited.as_secs() == timeout, "waited {waited:?} instead of {timeout} s");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    for (timeout, seconds) in [(None, 30), (Some(Duration::from_secs(3)), 3), (Some(Duration::from_secs(900)), 900)] {
        let (error, waited) = error_after(Vec::new(), timeout).await;
        assert!(matches!(&error, Error::CommunicationError(error) if error.is_timeout()), "{error:?}");
        assert!(error.is_retryable());
        check(waited, seconds);
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_stalled_body_is_a_timeout() {
    let (error, waited) = error_after(reply("200 OK", &[], "{}")[..40].to_vec(), None).await;
    assert!(matches!(&error, Error::CommunicationError(error) if error.is_timeout()), "{error:?}");
    check(waited, 30);
    tokio::time::resume();

    let half = reply("200 OK", &[], "{\"object\":\"operation\"}");
    let (error, waited) = error_after(half[..half.len() - 5].to_vec(), None).await;
    let Error::ResponseBodyError(error) = error else { panic!("{error:?}") };
    assert!(error.is_timeout() || error.is_body() || error.is_decode(), "{error:?}");
    check(waited, 30);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_at_once() {
    let (_port, base_url) = refusing();
    let client = builder(&base_url).build().unwrap();
    let error = client.get_operation().operation_id("op_1").send().await.unwrap_err();
    assert!(matches!(&error, Error::CommunicationError(error) if error.is_connect()), "{error:?}");

    let hangs_up = serve(Vec::new()).await;
    let error = hangs_up.client().get_operation().operation_id("op_1").send().await.unwrap_err();
    assert!(matches!(&error, Error::CommunicationError(_)), "{error:?}");
    assert!(error.is_retryable());
}
