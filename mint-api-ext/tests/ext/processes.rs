//! Downloads in processes of their own: killed at any moment, and two at one file.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use bytes::Bytes;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::Event;
use mint_api_ext::{Credentials, Mint, Server};
use mint_loopback::{Connection, Loopback, Reply, Request, in_turn};
use sha2::{Digest as _, Sha256};

use crate::support::child::FEW_CERTIFICATES;
use crate::support::say::say;

mod in_segments;

const SIZE: usize = 16 * 1024 * 1024;
/// What may be fetched twice after a kill: hyper reads up to 408 KiB at a time, and one such piece is being written, one has
/// arrived, and one is being read.
const LOST: u64 = 1280 * 1024;

/// How many kills there are: `MINT_KILLS`, or 15 where that is not set.
fn wanted_kills() -> u64 {
    std::env::var("MINT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(15)
}

/// What a process of its own does, and nothing in the test run itself: this program runs itself again with the name of
/// this test and these variables.
#[tokio::test]
async fn child() {
    let (Ok(url), Ok(directory)) = (std::env::var("MINT_TEST_URL"), std::env::var("MINT_TEST_DIRECTORY")) else {
        return;
    };
    let mint = Mint::builder(Credentials::api_key("mint_test").unwrap());
    let mint = mint.server(Server::Custom("http://127.0.0.1:1".into())).build().unwrap();
    let assets = Assets::from_iter([Asset::new(AssetKind::Stl, &url)]);
    let connections = std::env::var("MINT_TEST_CONNECTIONS").unwrap().parse().unwrap();
    let download = mint.download(assets).connections(connections).lock_timeout(Duration::from_secs(1));
    let download = if std::env::var("MINT_TEST_SYNC").is_ok() { download } else { download.skip_sync() };
    let download = download.on_event(|event| {
        if let Event::Continued { bytes, .. } = event {
            eprintln!("continued: {bytes}");
        }
    });
    let idle = memory("VmRSS:");
    let report = download.to_dir(directory).await.unwrap();
    if let (Some(idle), Some(peak)) = (idle, memory("VmHWM:")) {
        eprintln!("idle: {idle}\npeak: {peak}");
    }
    for failure in report.failures {
        eprintln!("failed: {}", failure.error);
    }
    for file in report.files {
        eprintln!("saved: {}", file.sha256);
    }
}

/// What this process has of memory, or had at most, in KiB.
fn memory(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(what)?.trim().strip_suffix(" kB")?.parse().ok())
}

fn spawn(url: &str, directory: &Path) -> Child {
    command(url, directory, 1).spawn().unwrap()
}

fn command(url: &str, directory: &Path, connections: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["processes::child", "--exact", "--nocapture"]);
    command.env("MINT_TEST_URL", url).env("MINT_TEST_DIRECTORY", directory);
    command.env("MINT_TEST_CONNECTIONS", connections.to_string());
    command.env("SSL_CERT_FILE", FEW_CERTIFICATES);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The head of the reply with the whole file.
const HEAD: &str = "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: 16777216\r\n\r\n";

/// Where in the file the reply to a request begins.
fn began_at(request: &Request) -> usize {
    range(request).map_or(0, |(start, _)| start)
}

/// The first byte that a request wants, and the last, if it names one.
fn range(request: &Request) -> Option<(usize, Option<usize>)> {
    let range = request.header("range").first()?.strip_prefix("bytes=")?.to_owned();
    let (start, last) = range.split_once('-')?;
    Some((start.parse().unwrap(), last.parse().ok()))
}

/// What the request wants of the file.
fn reply(file: &Bytes, request: &Request) -> Reply {
    let total = file.len();
    let (position, last) = range(request).map_or((0, None), |(start, last)| (start, last));
    let end = last.map_or(total, |last| last + 1);
    let reply = Reply::bytes(file.slice(position..end)).header("etag", "\"one\"");
    match total - position {
        0 => reply.status(416).header("content-range", &format!("bytes */{total}")),
        _ if range(request).is_none() => reply,
        _ => reply.status(206).header("content-range", &format!("bytes {position}-{}/{total}", end - 1)),
    }
}

/// How far into the file the system has taken what was sent.
fn position(connection: &Connection) -> u64 {
    connection.sent.saturating_sub(HEAD.len() as u64)
}

/// How many bytes of each connection from here to here the system holds: sent, and not yet read. `None` where it does not
/// tell; `None` inside for a connection that is closed.
fn in_flight(connections: &[Connection]) -> Option<Vec<Option<u64>>> {
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let queues = || {
        let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
        let lines = table.lines().filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let ports = (port(words.next()?)?, port(words.next()?)?);
            let is_open = words.next()? == "01";
            let (unsent, unread) = words.next()?.split_once(':')?;
            let [unsent, unread] = [unsent, unread].map(|bytes| u64::from_str_radix(bytes, 16).unwrap_or(0));
            is_open.then_some((ports, (unsent, unread)))
        });
        let lines: HashMap<_, _> = lines.collect();
        let of = |connection: &Connection| {
            let (server, client) = (connection.server.port(), connection.client.port());
            Some(lines.get(&(server, client))?.0 + lines.get(&(client, server))?.1)
        };
        Some(connections.iter().map(of).collect::<Vec<_>>())
    };
    // Some bytes are in both queues until the receiver has confirmed them.
    let mut before = queues()?;
    loop {
        std::thread::sleep(Duration::from_millis(50));
        match queues()? {
            now if now == before => return Some(now),
            now => before = now,
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The server runs on other threads than this test, which blocks its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_download_is_continued() {
    let file: Bytes = (0..SIZE).map(|n| (n * 31 % 251) as u8).collect();
    let expected = sha256(&file);
    let server = Loopback::start(move |request| reply(&file, request)).await;
    let url = server.url("/a.stl");
    let mut seed = 6_u64;
    let mut lost = Vec::new();
    for kill in 0..wanted_kills() {
        // Knuth's generator; the moments are spread over the whole file.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = (seed >> 20) % SIZE as u64;
        let directory = tempfile::tempdir().unwrap();
        let number = server.connections().len();
        let connection = || server.connections().get(number).copied();
        let mut child = spawn(&url, directory.path());
        while connection().as_ref().map_or(0, position) < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        // Stopped first, so that what it has read by now stays the same while it is counted.
        let _ = Command::new("kill").args(["-STOP", &child.id().to_string()]).status();
        server.freeze();
        // The head of the reply is on its way, too: as long as it is not read, more is than there is of the file.
        let read = connection().and_then(|now| Some(position(&now).saturating_sub(in_flight(&[now])?[0].unwrap_or(0))));
        child.kill().unwrap();
        child.wait().unwrap();
        let is_whole = directory.path().join("model.stl").exists();

        let output = spawn(&url, directory.path()).wait_with_output().unwrap();
        assert!(text(&output).contains(&format!("saved: {expected}")), "kill {kill} at {moment}: {}", text(&output));
        assert_eq!(sha256(&std::fs::read(directory.path().join("model.stl")).unwrap()), expected, "kill {kill}");
        if let (Some(read), false) = (read, is_whole) {
            let twice = read.saturating_sub(began_at(server.requests().last().unwrap()) as u64);
            assert!(twice <= LOST, "kill {kill} at {moment}: {twice} bytes are fetched twice");
            lost.push(twice);
        }
    }
    lost.sort_unstable();
    match (lost.get(lost.len() / 2), lost.last()) {
        (Some(median), Some(most)) => say(&format!(
            "{} kills, {} of them before the file was whole: {median} bytes were fetched twice in the median, {most} at most",
            wanted_kills(),
            lost.len()
        )),
        _ => say("SKIPPED: this system does not tell what is on its way, so what is fetched twice was not counted"),
    }
}

/// The first one is in the middle of the file, and holds the lock.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_keep_off_one_file() {
    let begun = || Reply::bytes("soli").header("etag", "\"one\"").stall(2);
    let rest = Reply::bytes("li").status(206).header("etag", "\"one\"").header("content-range", "bytes 2-3/4");
    let server = Loopback::start(in_turn([begun(), begun(), rest])).await;
    let url = server.url("/a.stl");
    let directory = tempfile::tempdir().unwrap();
    let mut first = spawn(&url, directory.path());
    let part = directory.path().join("model.stl.part");
    while !std::fs::metadata(&part).is_ok_and(|part| part.len() == 2) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = spawn(&url, directory.path()).wait_with_output().unwrap();
    assert!(text(&second).contains("another download is writing it"), "{}", text(&second));

    server.resume();
    first.wait().unwrap();
    assert_eq!(std::fs::read(directory.path().join("model.stl")).unwrap(), b"soli");
    assert!(!directory.path().join("model.stl.lock").exists());

    // A process that is killed frees the lock, though its file stays.
    std::fs::remove_file(directory.path().join("model.stl")).unwrap();
    let mut killed = spawn(&url, directory.path());
    while !std::fs::metadata(&part).is_ok_and(|part| part.len() == 2) {
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let last = spawn(&url, directory.path()).wait_with_output().unwrap();
    assert!(text(&last).contains(&sha256(b"soli")), "{}", text(&last));
}
