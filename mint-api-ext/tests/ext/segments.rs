//! Large files over several connections.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::{Download, Event, Obtained};
use mint_api_ext::simulator::Simulator;
use mint_api_ext::{Error, Mint};
use mint_loopback::{Loopback, Reply, Request};
use tokio::time::Instant;

use crate::support::memory::{self, InMemory};

mod hosts;
mod left;

const SIZE: usize = 24 * 1024 * 1024;
/// What each connection brings in 10 ms.
const DRIP: usize = 96 * 1024;

fn file(first: usize) -> Bytes {
    static BYTES: LazyLock<Bytes> = LazyLock::new(|| (0..SIZE + 8).map(|n| (n * 31 % 251) as u8).collect());
    BYTES.slice(first..first + SIZE)
}

/// The first byte that a request wants, and the one after the last.
fn range(request: &Request) -> Option<(usize, usize)> {
    let range = request.header("range").first()?.strip_prefix("bytes=")?.to_owned();
    let (start, last) = range.split_once('-')?;
    Some((start.parse().unwrap(), last.parse::<usize>().map_or(SIZE, |last| last + 1)))
}

/// What a good server sends, as fast as one connection of it is.
fn good(file: &Bytes, etag: &str, request: &Request) -> Reply {
    let reply = match range(request).filter(|_| request.header("if-range") == [etag]) {
        Some((start, _)) if start >= SIZE => {
            Reply::bytes("").status(416).header("content-range", &format!("bytes */{SIZE}"))
        }
        Some((start, end)) => Reply::bytes(file.slice(start..end))
            .status(206)
            .header("content-range", &format!("bytes {start}-{}/{SIZE}", end - 1)),
        None => Reply::bytes(file.clone()),
    };
    reply.header("etag", etag).drip(DRIP, Duration::from_millis(10))
}

/// A server whose replies to ranged requests, counted from 0, may be others.
async fn serve(other: impl Fn(usize, &Request, &Bytes) -> Option<Reply> + Send + Sync + 'static) -> InMemory {
    let (file, count) = (file(0), AtomicUsize::new(0));
    memory::serve(move |request| {
        let other = range(request).and_then(|_| other(count.fetch_add(1, Ordering::SeqCst), request, &file));
        other.unwrap_or_else(|| good(&file, "\"one\"", request))
    })
    .await
}

async fn mint() -> (Simulator, Mint) {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    (simulator, mint)
}

fn download(mint: &Mint, server: &Loopback) -> Download {
    mint.download(Assets::from_iter([Asset::new(AssetKind::Stl, &server.url("/a.stl?signature=1"))]))
        .skip_sync()
        .connections(8)
}

/// Saves the file and checks its bytes, its progress, and that nothing is left beside it; how it was obtained, and when
/// events told so many bytes.
async fn save(download: Download, directory: &Path, bytes: &Bytes) -> Result<Obtained, Error> {
    let told = Arc::new(Mutex::new(vec![]));
    let telling = Arc::clone(&told);
    let download = download.on_event(move |event| match event {
        Event::Progress { bytes, .. } => telling.lock().unwrap().push(*bytes),
        // From here the bytes may be fewer.
        Event::Retried { .. } => telling.lock().unwrap().clear(),
        _ => {}
    });
    let file = download.to_dir(directory).await?.complete()?.remove(0);
    assert!(std::fs::read(&file.path).unwrap() == *bytes, "the bytes differ");
    let mut names: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["mint-manifest.json", "model.stl"]);
    let told = told.lock().unwrap();
    assert!(told.windows(2).all(|two| two[0] < two[1]), "{told:?}");
    assert!(told.last().is_none_or(|last| *last == SIZE as u64), "{told:?}");
    Ok(file.obtained)
}

/// How many bytes were asked for in all, if each ranged request was answered to its end.
fn asked(requests: &[Request]) -> usize {
    requests.iter().filter_map(range).map(|(start, end)| end - start).sum()
}

#[tokio::test(start_paused = true)]
async fn a_large_file_comes_over_several_connections() {
    let (_simulator, mint) = mint().await;
    for (connections, least, most) in [(1, 2500, 2600), (2, 1290, 1450), (8, 400, 800)] {
        let server = serve(|_, _, _| None).await;
        let directory = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let saved = save(download(&mint, &server).connections(connections), directory.path(), &file(0)).await;
        let elapsed = began.elapsed().as_millis();
        assert_eq!(saved.unwrap(), Obtained::Fetched);
        assert!((least..most).contains(&elapsed), "{connections} connections: {elapsed} ms");
        let requests = server.requests();
        assert_eq!(requests.len() > 1, connections > 1, "{connections} connections");
        assert!(requests[1..].iter().all(|request| request.header("if-range") == ["\"one\""]));
        assert!(asked(&requests) <= SIZE, "{connections} connections: {} bytes", asked(&requests));
    }
}

/// One connection, since the server does not promise the same bytes, or since the place takes them in order only.
#[tokio::test(start_paused = true)]
async fn without_a_strong_etag_and_to_a_writer_there_is_one() {
    let (_simulator, mint) = mint().await;
    let bytes = file(0);
    let server = memory::serve(move |request| good(&bytes, "W/\"one\"", request)).await;
    let directory = tempfile::tempdir().unwrap();
    save(download(&mint, &server), directory.path(), &file(0)).await.unwrap();
    assert_eq!(server.requests().len(), 1);
    let server = serve(|_, _, _| None).await;
    let bytes = download(&mint, &server).to_bytes().await.unwrap();
    assert!(bytes == file(0) && server.requests().len() == 1);
}

/// Each row: which ranged requests get another reply, and which. The file is right in the end.
#[tokio::test(start_paused = true)]
async fn what_a_server_may_do_amid_segments() {
    type Other = fn(usize, &Request, &Bytes) -> Option<Reply>;
    let rows: [(&str, Other); 12] = [
        ("too many", |number, _, _| (number >= 3).then(|| Reply::bytes("").status(503)).filter(|_| number < 9)),
        ("later", |number, _, _| (number == 2).then(|| Reply::bytes("").status(429).header("retry-after", "2"))),
        ("reset", |number, _, _| (number == 2).then(Reply::reset)),
        ("cut", |number, request, file| (number == 2).then(|| good(file, "\"one\"", request).cut(100_000))),
        ("silent", |number, request, file| (number == 2).then(|| good(file, "\"one\"", request).stall(100_000))),
        ("forbidden", |number, _, _| (number < 3).then(|| Reply::bytes("").status(403))),
        ("ignored", |_, _, file| Some(Reply::bytes(file.clone()).header("etag", "\"one\""))),
        ("416", |number, _, _| (number == 2).then(|| Reply::bytes("").status(416))),
        // Without segments, these servers send the file, so they do with segments.
        ("refused for ever", |_, _, _| Some(Reply::bytes("").status(400))),
        ("416 for ever", |_, _, _| Some(Reply::bytes("").status(416))),
        ("parts without ETag for ever", |_, request, file| {
            let (start, end) = range(request)?;
            let reply = Reply::bytes(file.slice(start..end)).status(206);
            Some(reply.header("content-range", &format!("bytes {start}-{}/{SIZE}", end - 1)))
        }),
        ("part without ETag", |number, request, file| {
            let (start, end) = range(request)?;
            let reply = Reply::bytes(file.slice(start..end)).status(206);
            (number == 2).then(|| reply.header("content-range", &format!("bytes {start}-{}/{SIZE}", end - 1)))
        }),
    ];
    let (_simulator, mint) = mint().await;
    for (name, other) in rows {
        let server = serve(other).await;
        let directory = tempfile::tempdir().unwrap();
        let saved = save(download(&mint, &server), directory.path(), &file(0)).await;
        assert!(saved.is_ok(), "{name}: {}", saved.unwrap_err());
        let requests = server.requests();
        assert!(requests.len() > 1, "{name}: {} requests", requests.len());
        if name == "ignored" || name.ends_with("for ever") {
            // One connection again, which goes on: nothing is asked for after that.
            assert_eq!(requests.len(), 2, "{name}");
        }
        if name == "later" {
            let refused = requests[3].at;
            let early = requests[4..].iter().filter(|request| request.at - refused < Duration::from_secs(2)).count();
            // Those were asked at the same moment.
            assert!(early <= 1, "{name}: {early} requests before the server allows them");
        }
    }
}

/// A part of a file, whatever version of it is asked for.
fn any_part(file: &Bytes, etag: &str, request: &Request) -> Option<Reply> {
    let (start, end) = range(request)?;
    let reply = Reply::bytes(file.slice(start..end)).status(206).header("etag", etag);
    Some(reply.header("content-range", &format!("bytes {start}-{}/{SIZE}", end - 1)))
}

/// Two versions are never mixed, not even if the server ignores `If-Range`.
#[tokio::test(start_paused = true)]
async fn a_file_that_changes_amid_segments_begins_anew() {
    type Changed = fn(&Bytes, &Request) -> Option<Reply>;
    let (_simulator, mint) = mint().await;
    let ways: [Changed; 2] = [|_, _| None, |new, request| any_part(new, "\"new\"", request)];
    for (changes_at, changed) in [1, 2, 5, 9].into_iter().flat_map(|at| ways.map(|way| (at, way))) {
        let (old, new, count) = (file(0), file(7), AtomicUsize::new(0));
        let server = memory::serve(move |request| match count.fetch_add(1, Ordering::SeqCst) < changes_at {
            true => good(&old, "\"old\"", request),
            false => changed(&new, request).unwrap_or_else(|| good(&new, "\"new\"", request)),
        })
        .await;
        let directory = tempfile::tempdir().unwrap();
        let report = download(&mint, &server).to_dir(directory.path()).await.unwrap().complete().unwrap();
        let bytes = std::fs::read(&report[0].path).unwrap();
        let is_new = server.requests().len() > changes_at;
        assert!(bytes == if is_new { file(7) } else { file(0) }, "change at {changes_at}: mixed");
    }
}

/// One connection again, for as long as the file takes.
#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_ranges_is_asked_once() {
    let (_simulator, mint) = mint().await;
    let bytes = file(0);
    let server = memory::serve(move |_| {
        Reply::bytes(bytes.clone()).header("etag", "\"one\"").drip(DRIP / 8, Duration::from_millis(10))
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    save(download(&mint, &server), directory.path(), &file(0)).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

/// Servers behind one name that disagree about the `ETag`: each connection alone has the file from one of them.
#[tokio::test(start_paused = true)]
async fn etags_that_disagree_end_in_one_connection() {
    let (_simulator, mint) = mint().await;
    let (bytes, count) = (file(0), AtomicUsize::new(0));
    let server =
        memory::serve(move |request| good(&bytes, &format!("\"{}\"", count.fetch_add(1, Ordering::SeqCst)), request))
            .await;
    let directory = tempfile::tempdir().unwrap();
    let saved = save(download(&mint, &server), directory.path(), &file(0)).await;
    assert_eq!(saved.unwrap(), Obtained::Fetched);
    assert_eq!(server.requests().len(), 3);
}

/// The server refuses more than two connections at once, by a status or by a reset: the file has two.
#[tokio::test(start_paused = true)]
async fn fewer_connections_where_the_server_refuses_more() {
    let (_simulator, mint) = mint().await;
    let refusals: [fn() -> Reply; 3] = [|| Reply::bytes("").status(429), || Reply::bytes("").status(503), Reply::reset];
    for refuse in refusals {
        let refused = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&refused);
        let server = serve(move |number, _, _| {
            // The first reply is to no range. The next one is the second connection, and two more make four.
            (1..3).contains(&number).then(|| {
                counting.fetch_add(1, Ordering::SeqCst);
                refuse()
            })
        })
        .await;
        let directory = tempfile::tempdir().unwrap();
        let began = Instant::now();
        save(download(&mint, &server), directory.path(), &file(0)).await.unwrap();
        let elapsed = began.elapsed().as_millis();
        assert_eq!(refused.load(Ordering::SeqCst), 2);
        // As long as with two connections.
        assert!((1200..1500).contains(&elapsed), "{elapsed} ms");
    }
}

/// A connection that brings nothing more is given up after three seconds, long before it counts as broken.
#[tokio::test(start_paused = true)]
async fn a_connection_that_stalls_is_not_waited_for() {
    let (_simulator, mint) = mint().await;
    for stalls in [0, 2, 5] {
        let server = serve(move |number, request, file| {
            (number == stalls).then(|| good(file, "\"one\"", request).stall(100_000))
        })
        .await;
        let directory = tempfile::tempdir().unwrap();
        let began = Instant::now();
        save(download(&mint, &server), directory.path(), &file(0)).await.unwrap();
        let elapsed = began.elapsed().as_millis();
        assert!((3_000..6_500).contains(&elapsed), "request {stalls} stalls: {elapsed} ms");
    }
}

/// Refused once, the number rises again after ten seconds.
#[tokio::test(start_paused = true)]
async fn more_connections_once_the_server_allows_them_again() {
    let (_simulator, mint) = mint().await;
    let (bytes, parts) = (file(0), AtomicUsize::new(0));
    let server = memory::serve(move |request| match range(request) {
        Some(_) if parts.fetch_add(1, Ordering::SeqCst) == 0 => Reply::bytes("").status(503),
        _ => good(&bytes, "\"one\"", request).drip(DRIP / 8, Duration::from_millis(10)),
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let began = Instant::now();
    save(download(&mint, &server), directory.path(), &file(0)).await.unwrap();
    let elapsed = began.elapsed().as_millis();
    // One connection alone takes 20 s.
    assert!((11_000..13_500).contains(&elapsed), "{elapsed} ms");
}
