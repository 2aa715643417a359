//! The network in memory that paused clocks rest on.

use std::time::Duration;

use mint_api_ext::asset::{Asset, AssetKind};
use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::simulator::{Reply as Scripted, Route, Simulator};
use mint_api_ext::{Error, ErrorKind};
use mint_loopback::{Loopback, Reply};
use tokio::time::{Instant, timeout};

use crate::support::memory;
use crate::support::scripted::{found, operation};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// What a read of an operation ends with, and after which time.
async fn read(reply: Reply) -> (Option<Error>, Duration) {
    let server = memory::serve(move |_| reply.clone()).await;
    let mint = memory::builder(server.base_url()).retry_policy(RetryPolicy::never()).build().unwrap();
    let began = Instant::now();
    let result = timeout(HOUR, mint.attach("op_1").unwrap().get()).await.expect("an end");
    assert!(server.connections().iter().all(|connection| connection.client.port() == 0), "no socket");
    (result.err(), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_time_moves_by_the_script_alone() {
    let pieces = |pause| found("op_1", "running", 0).drip(20, pause);
    let count = operation("op_1", "running", 0).to_string().len().div_ceil(20);
    let (error, took) = read(pieces(SECOND / 10)).await;
    assert!(error.is_none() && took == SECOND / 10 * u32::try_from(count).unwrap(), "{took:?} {error:?}");
    for silent in [Reply::never(), pieces(SECOND / 10).stall(10), pieces(31 * SECOND)] {
        let (error, took) = read(silent).await;
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert_eq!(took, 30 * SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_or_is_refused_is_a_failure_of_the_transport() {
    for broken in [Reply::reset(), Reply::raw(""), found("op_1", "running", 0).cut(10), Reply::raw("220 smtp\r\n")] {
        let (error, _) = read(broken).await;
        assert_eq!(error.unwrap().kind(), ErrorKind::Transport);
    }
    let refusing = memory::refuse();
    let mint = memory::builder(refusing.base_url()).build().unwrap();
    let error = mint.attach("op_1").unwrap().get().await.unwrap_err();
    assert!(error.is_transport() && error.to_string().contains("check the base URL"), "{error}");
}

#[tokio::test]
async fn what_is_not_in_memory_goes_over_sockets() {
    let server = Loopback::start(|_| Reply::bytes("solid a")).await;
    let simulator = Simulator::start().await.unwrap();
    simulator.reply_next(Route::GetMe, Scripted::problem(404));
    let mint = simulator.mint().unwrap();
    assert!(mint.me().await.unwrap_err().is_not_found());
    let asset = Asset::new(AssetKind::Stl, &server.url("/a.stl"));
    assert_eq!(mint.download(asset).to_bytes().await.unwrap(), "solid a");
    assert_ne!(server.connections()[0].client.port(), 0);
}

#[tokio::test]
async fn a_simulator_that_was_dropped_is_not_reached() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    assert!(mint.api().get_me().send().await.is_ok());
    drop(simulator);
    while mint.api().get_me().send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
