//! Connections and the hosts they lead to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::client::Transport;
use mint_api_ext::download::Obtained;
use mint_api_ext::{Credentials, Mint, Server};
use mint_loopback::{CERTIFICATE, Loopback, Reply, Request};
use serde_json::json;

use super::{DRIP, download, file, good, mint, range, save};
use crate::support::memory::{self, InMemory};

/// An operation with a GLB file, whose URL is another one each time.
fn operation(server: &Loopback, number: usize) -> serde_json::Value {
    let url = server.url(&format!("/a.glb?signature={number}"));
    json!({
        "id": "op", "status": "succeeded", "resource": {"type": "model", "id": "m"}, "assets": {"glbUrl": url},
    })
}

/// All connections find the URL expired, and one request gets a fresh one for all.
#[tokio::test(start_paused = true)]
async fn an_expired_url_amid_segments_is_refreshed_once() {
    let (bytes, parts) = (file(0), AtomicUsize::new(0));
    let cdn = memory::serve(move |request| {
        // The first URL expires once six parts were asked for, the second one works.
        let is_first = request.target().ends_with("=0");
        match range(request) {
            Some(_) if is_first && parts.fetch_add(1, Ordering::SeqCst) >= 6 => Reply::bytes("").status(403),
            _ => good(&bytes, "\"one\"", request),
        }
    })
    .await;
    let (reads, urls) = (Arc::new(AtomicUsize::new(1)), cdn.clone());
    let counting = Arc::clone(&reads);
    let api = memory::serve(move |_| Reply::json(&operation(&urls, counting.fetch_add(1, Ordering::SeqCst)))).await;
    let mint = memory::builder(api.base_url()).build().unwrap();
    let first: mint_api_ext::types::Operation = serde_json::from_value(operation(&cdn, 0)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let download = mint.download(&first).only([AssetKind::Glb]).skip_content_checks().skip_sync().connections(8);
    let files = download.to_dir(directory.path()).await.unwrap().complete().unwrap();
    assert!(std::fs::read(&files[0].path).unwrap() == file(0));
    assert_eq!((reads.load(Ordering::SeqCst), files[0].obtained), (2, Obtained::Continued));
    let fresh = cdn.requests().iter().filter(|request| request.target().ends_with("=1")).count();
    assert!(fresh > 1, "{fresh} requests with the fresh URL");
}

/// How many connections a slow server sends on at most, until the watched are done: by how much it sends in 200 ms, since a
/// connection may be open and idle.
async fn most_at_once(server: &Loopback, watched: tokio::task::JoinHandle<()>) -> usize {
    const DRIPS: usize = 20;
    let (mut most, mut sent) = (0, vec![]);
    while !watched.is_finished() {
        sent.push(server.connections().iter().map(|connection| connection.sent).sum::<u64>());
        let window = sent.last().zip(sent.iter().nth_back(DRIPS / 2)).map_or(0, |(now, then)| now - then);
        most = most.max(window);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    watched.await.unwrap();
    (most as f64 / (DRIPS * DRIP / 4) as f64).round() as usize
}

/// A server whose connections are slow, so that a file needs them all for a while.
async fn slow() -> InMemory {
    let bytes = file(0);
    memory::serve(move |request| good(&bytes, "\"one\"", request).drip(DRIP / 4, Duration::from_millis(10))).await
}

/// Four large files at once: sixteen connections to one host, and not more.
#[tokio::test(start_paused = true)]
async fn files_at_once_share_the_connections() {
    let (_simulator, mint) = mint().await;
    for (files, connections, at_once) in [(4, 8, 16), (1, 32, 16), (1, 5, 5), (2, 3, 6)] {
        let server = slow().await;
        let assets = (0..files).map(|number| {
            let mut asset = Asset::new(AssetKind::Stl, &server.url("/a.stl"));
            asset.file_name = Some(format!("{number}.stl"));
            asset
        });
        let directory = tempfile::tempdir().unwrap();
        let download = mint.download(Assets::from_iter(assets)).skip_sync().connections(connections).concurrency(4);
        let downloading = download.to_dir(directory.path()).into_future();
        let watched = tokio::spawn(async move {
            let saved = downloading.await.unwrap().complete().unwrap();
            assert!(saved.iter().all(|saved| std::fs::read(&saved.path).unwrap() == file(0)));
        });
        let most = most_at_once(&server, watched).await;
        assert_eq!(most, at_once, "{files} files, {connections} connections");
    }
}

/// Redirects lead all connections to one host: they are counted there.
#[tokio::test(start_paused = true)]
async fn connections_count_at_the_host_that_answers() {
    let (_simulator, mint) = mint().await;
    let server = slow().await;
    let mut doors = Vec::new();
    for host in ["localhost", "127.0.0.1"] {
        let target = server.url("/a.stl");
        let door = memory::serve(move |_| Reply::bytes("").status(302).header("location", &target)).await;
        let url = door.url("/a.stl").replace("127.0.0.1", host);
        doors.push((door, url));
    }
    let assets = doors.iter().enumerate().map(|(number, (_, url))| {
        let mut asset = Asset::new(AssetKind::Stl, url);
        asset.file_name = Some(format!("{number}.stl"));
        asset
    });
    let directory = tempfile::tempdir().unwrap();
    let download = mint.download(Assets::from_iter(assets)).skip_sync().connections(16);
    let downloading = download.to_dir(directory.path()).into_future();
    let watched = tokio::spawn(async move {
        downloading.await.unwrap().complete().unwrap();
    });
    assert_eq!(most_at_once(&server, watched).await, 16);
}

/// Over TLS, the first request speaks HTTP/2, which would carry all others on its connection.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn further_requests_speak_http_1_on_connections_of_their_own() {
    let bytes = file(0);
    let fast = move |request: &Request| good(&bytes, "\"one\"", request).drip(4 * DRIP, Duration::from_millis(10));
    let server = Loopback::start_tls(fast).await;
    let transport = Transport::default().root_certificates_pem(CERTIFICATE);
    let mint = Mint::builder(Credentials::api_key("key").unwrap()).transport(transport);
    let mint = mint.server(Server::Custom(server.base_url().to_owned())).build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    save(download(&mint, &server).connections(4), directory.path(), &file(0)).await.unwrap();
    let requests = server.requests();
    let versions: Vec<_> =
        requests.iter().map(|request| request.line().rsplit_once(' ').unwrap().1.to_owned()).collect();
    assert_eq!((versions[0].as_str(), versions[1].as_str()), ("HTTP/2.0", "HTTP/1.1"), "{versions:?}");
    // Later ones may begin anew: on a slow machine, a connection may count as silent.
    assert!(server.connections().len() > 1);
}
