//! Connections that go silent while TCP still acknowledges, as those of a hung proxy or a NAT that forgot them.

// What the verifiers of other systems ask of a certificate, this one does not have.
#![cfg(target_os = "linux")]

use std::time::Duration;

use futures::TryStreamExt as _;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::client::Transport;
use mint_api_ext::wait::Update;
use mint_api_ext::{Credentials, ErrorKind, Mint, Server};
use mint_loopback::{CERTIFICATE, Loopback, Reply, in_turn};
use tokio::time::{Instant, sleep};

use crate::support::scripted::found;
use crate::support::wire::StoppedClock;

const SECOND: Duration = Duration::from_secs(1);
const SOLID: &[u8] = b"solid a\nendsolid a\n";

fn mint(server: &Loopback, clock: &StoppedClock) -> Mint {
    let transport = Transport::default().root_certificates_pem(CERTIFICATE).network(clock.clone());
    let builder = Mint::builder(Credentials::api_key("key").unwrap()).transport(transport);
    builder.server(Server::Custom(server.base_url().to_owned())).build().unwrap()
}

fn running_then_done() -> impl Fn(&mint_loopback::Request) -> Reply + Send + Sync + 'static {
    in_turn([found("op", "running", 0), found("op", "succeeded", 1)])
}

fn failure(update: Update) -> Option<ErrorKind> {
    match update {
        Update::PollFailed(error) => Some(error.kind()),
        _ => None,
    }
}

/// The failures of a wait whose connection goes silent after its first poll, and which is then idle for this long. Also how
/// long the rest of the wait takes.
async fn failures(server: &Loopback, idle: Duration) -> (Vec<ErrorKind>, Duration) {
    // The second poll is the first thing on the silent connection, unless that was found dead before.
    let clock = if idle.is_zero() { StoppedClock::but_for(1) } else { StoppedClock::default() };
    let mint = mint(server, &clock);
    let mut updates = mint.attach("op").unwrap().wait().every_poll().updates();
    assert!(matches!(updates.try_next().await, Ok(Some(Update::Changed(_)))));
    server.freeze();
    clock.go_on();
    sleep(idle).await;
    let began = Instant::now();
    let rest: Vec<_> = updates.try_collect().await.unwrap();
    assert!(matches!(rest.last(), Some(Update::Ended(outcome)) if outcome.is_success()), "{rest:?}");
    let took = began.elapsed();
    assert_eq!(server.connections().len(), 2);
    // The client works afterwards, too, once the rate limit allows it.
    clock.go_on();
    assert!(mint.attach("op").unwrap().get().await.is_ok());
    assert_eq!(server.connections().len(), 2);
    (rest.into_iter().filter_map(failure).collect(), took)
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_replaced_whoever_uses_it() {
    // Found dead before the request timeout: 2 s to the poll, at most 25 s of silence, 4 s to the next poll.
    let server = Loopback::start_tls(running_then_done()).await;
    let (failed, took) = failures(&server, Duration::ZERO).await;
    assert!(failed == [ErrorKind::Timeout] && took < 31 * SECOND, "{failed:?} {took:?}");
    assert!(server.requests().iter().all(|request| request.line().ends_with("HTTP/2.0")), "{:?}", server.requests());

    // Found dead while it was idle, for less than the 90 s after which an idle connection is closed anyway.
    let server = Loopback::start_tls(running_then_done()).await;
    let (failed, took) = failures(&server, 60 * SECOND).await;
    assert!(failed.is_empty() && took < SECOND, "{failed:?} {took:?}");

    // Over HTTP/1.1, a request that times out ends its connection.
    let server = Loopback::start(running_then_done()).await;
    let (failed, took) = failures(&server, Duration::ZERO).await;
    assert!(failed == [ErrorKind::Timeout] && took < 37 * SECOND, "{failed:?} {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_download_goes_on_by_another_connection() {
    for over_tls in ["HTTP/2.0", "HTTP/1.1"] {
        let replies = in_turn([Reply::bytes(SOLID).stall(5), Reply::bytes(SOLID)]);
        let server = match over_tls {
            "HTTP/2.0" => Loopback::start_tls(replies).await,
            _ => Loopback::start(replies).await,
        };
        let directory = tempfile::tempdir().unwrap();
        let assets = Assets::from(Asset::new(AssetKind::Stl, &server.url("/a.stl")));
        let clock = StoppedClock::default();
        let mint = mint(&server, &clock);
        let download = mint.download(assets).to_dir(directory.path()).into_future();
        let freeze = async {
            server.stalled().await;
            server.freeze();
            clock.go_on();
        };
        let (report, ()) = tokio::join!(download, freeze);
        assert_eq!(report.unwrap().complete().unwrap()[0].bytes, SOLID.len() as u64);
        let requests = server.requests();
        assert_eq!((requests.len(), server.connections().len()), (2, 2), "{over_tls}");
        assert!(requests.iter().all(|request| request.line().ends_with(over_tls)), "{requests:?}");
        assert!(requests[1].at - requests[0].at < 35 * SECOND, "{:?}", requests[1].at - requests[0].at);
    }
}
