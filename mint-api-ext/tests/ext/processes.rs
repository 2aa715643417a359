//! Downloads in processes of their own: killed at any moment, and two at one file.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use bytes::Bytes;
use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::{Credentials, Mint, Server};
use mint_loopback::{Connection, Loopback, Reply, Request, in_turn};
use sha2::{Digest as _, Sha256};

use crate::support::say::say;

const SIZE: usize = 64 * 1024 * 1024;
const KILLS: u64 = 50;
/// What may be fetched twice after a kill.
const LOST: u64 = 1024 * 1024;

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
    let report =
        mint.download(assets).skip_sync().lock_timeout(Duration::from_secs(1)).to_dir(directory).await.unwrap();
    for failure in report.failures {
        eprintln!("failed: {}", failure.error);
    }
    for file in report.files {
        eprintln!("saved: {}", file.sha256);
    }
}

fn spawn(url: &str, directory: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["processes::child", "--exact", "--nocapture"]);
    command.env("MINT_TEST_URL", url).env("MINT_TEST_DIRECTORY", directory);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The head of the reply with the whole file.
const HEAD: &str = "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: 67108864\r\n\r\n";

/// Where in the file the reply to a request begins.
fn began_at(request: &Request) -> usize {
    let range = request.header("range").first().and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    range.map_or(0, |range| range.parse().unwrap())
}

/// The file, from where the request wants it.
fn reply(file: &Bytes, request: &Request) -> Reply {
    let (position, total) = (began_at(request), file.len());
    let reply = Reply::bytes(file.slice(position..)).header("etag", "\"one\"");
    match total - position {
        0 => reply.status(416).header("content-range", &format!("bytes */{total}")),
        _ if position == 0 => reply,
        _ => reply.status(206).header("content-range", &format!("bytes {position}-{}/{total}", total - 1)),
    }
}

/// How far into the file the system has taken what was sent.
fn position(connection: &Connection) -> u64 {
    connection.sent.saturating_sub(HEAD.len() as u64)
}

/// How many bytes of a connection from here to here the system holds: sent, and not yet read. `None` where it does not
/// tell.
fn in_flight(connection: &Connection) -> Option<u64> {
    let (server, client) = (connection.server.port(), connection.client.port());
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let queues = || {
        let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
        let lines = table.lines().filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let ports = (port(words.next()?)?, port(words.next()?)?);
            let (unsent, unread) = words.nth(1)?.split_once(':')?;
            let [unsent, unread] = [unsent, unread].map(|bytes| u64::from_str_radix(bytes, 16).unwrap_or(0));
            match ports {
                ports if ports == (server, client) => Some(unsent),
                ports if ports == (client, server) => Some(unread),
                _ => None,
            }
        });
        Some(lines.sum())
    };
    // Some bytes are in both queues until the receiver has confirmed them.
    let mut before: u64 = queues()?;
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
    for kill in 0..KILLS {
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
        let read = connection().and_then(|now| Some(position(&now).saturating_sub(in_flight(&now)?)));
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
            "{KILLS} kills, {} of them before the file was whole: {median} bytes were fetched twice in the median, {most} \
             at most",
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
