//! A server that sends no reply, or stops in the middle of one, costs one timeout.

use std::time::Duration;

use mint_api::Error;
use mint_api::types::Problem;
use mint_loopback::{Refusing, Reply};

use crate::loopback::{builder, client_of, serve, serve_stalling};

async fn error_after(reply: Reply, timeout: Option<Duration>) -> (Error<Problem>, Duration) {
    let server = serve_stalling(reply).await;
    let mut client = builder(server.base_url());
    if let Some(timeout) = timeout {
        client = client.request_timeout(timeout);
    }
    let client = client.build().unwrap();
    let before = tokio::time::Instant::now();
    let error = client.get_operation().operation_id("op_1").send().await.expect_err("nothing came");
    (error, before.elapsed())
}

/// Compares whole seconds: a little real time passes before the clock is paused.
fn check(waited: Duration, timeout: u64) {
    assert!(waited.as_secs() == timeout, "waited {waited:?} instead of {timeout} s");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    for (timeout, seconds) in [(None, 30), (Some(Duration::from_secs(3)), 3), (Some(Duration::from_secs(900)), 900)] {
        let (error, waited) = error_after(Reply::never(), timeout).await;
        assert!(matches!(&error, Error::CommunicationError(error) if error.is_timeout()), "{error:?}");
        assert!(error.is_retryable());
        check(waited, seconds);
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_stalled_body_is_a_timeout() {
    let (error, waited) = error_after(Reply::raw("HTTP/1.1 200 OK\r\ncontent-le").stall(usize::MAX), None).await;
    assert!(matches!(&error, Error::CommunicationError(error) if error.is_timeout()), "{error:?}");
    check(waited, 30);
    tokio::time::resume();

    let (error, waited) = error_after(Reply::bytes("{\"object\":\"operation\"}").stall(18), None).await;
    let Error::ResponseBodyError(error) = error else { panic!("{error:?}") };
    assert!(error.is_timeout() || error.is_body() || error.is_decode(), "{error:?}");
    check(waited, 30);
}

#[tokio::test]
async fn a_refused_connection_is_an_error_at_once() {
    let refusing = Refusing::start();
    let base_url = refusing.base_url();
    let client = builder(&base_url).build().unwrap();
    let error = client.get_operation().operation_id("op_1").send().await.unwrap_err();
    assert!(matches!(&error, Error::CommunicationError(error) if error.is_connect()), "{error:?}");

    let hangs_up = serve(Reply::raw("")).await;
    let error = client_of(&hangs_up).get_operation().operation_id("op_1").send().await.unwrap_err();
    assert!(matches!(&error, Error::CommunicationError(_)), "{error:?}");
    assert!(error.is_retryable());
}
