//! Downloads in processes of their own: killed at any moment, and two at one file.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mint_api_ext::{Asset, AssetKind, Assets, Credentials, Mint, Server};
use sha2::{Digest as _, Sha256};

use crate::say::say;

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
    let report = mint.download(assets).skip_sync().to_dir(directory).await.unwrap();
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

/// A server of one file, in threads, that sends as fast as the client takes it.
struct Cdn {
    url: String,
    sending: Arc<Sending>,
}

#[derive(Default)]
struct Sending {
    /// The ports and how far into the file the system has taken what was sent. While it is locked, nothing is.
    now: Mutex<Connection>,
    /// Where in the file each reply began.
    began_at: Mutex<Vec<u64>>,
}

#[derive(Clone, Copy, Default)]
struct Connection {
    server: u16,
    client: u16,
    position: u64,
}

impl Cdn {
    fn start(file: Arc<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.stl", listener.local_addr().unwrap());
        let sending = Arc::new(Sending::default());
        let cdn = Self { url, sending: sending.clone() };
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (file, sending) = (file.clone(), sending.clone());
                // That a connection breaks off is what this is about.
                std::thread::spawn(move || serve(connection.unwrap(), &file, &sending));
            }
        });
        cdn
    }
}

fn serve(mut connection: TcpStream, file: &[u8], sending: &Sending) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-'));
    let mut position: usize = range.map_or(0, |range| range.parse().unwrap());
    sending.began_at.lock().unwrap().push(position as u64);
    let (length, total) = (file.len() - position, file.len());
    let status = match (position, length) {
        (0, _) => "200 OK".to_owned(),
        (_, 0) => format!("416 Range Not Satisfiable\r\ncontent-range: bytes */{total}"),
        _ => format!("206 Partial Content\r\ncontent-range: bytes {position}-{}/{total}", total - 1),
    };
    write!(connection, "HTTP/1.1 {status}\r\netag: \"one\"\r\ncontent-length: {length}\r\n\r\n")?;
    let (server, client) = (connection.local_addr()?.port(), connection.peer_addr()?.port());
    // What the system takes is known to the byte.
    connection.set_nonblocking(true)?;
    while position < file.len() {
        let mut now = sending.now.lock().unwrap();
        match connection.write(&file[position..file.len().min(position + 64 * 1024)]) {
            Ok(taken) => position += taken,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                drop(now);
                std::thread::sleep(Duration::from_micros(100));
                continue;
            }
            Err(error) => return Err(error),
        }
        *now = Connection { server, client, position: position as u64 };
    }
    // Open until the client has it all, so that what it has not is still counted.
    connection.set_nonblocking(false)?;
    connection.read(&mut [0]).map(drop)
}

/// How many bytes of a connection from here to here the system holds: sent, and not yet read. `None` where it does not
/// tell.
fn in_flight(connection: Connection) -> Option<u64> {
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let queues = || {
        let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
        let lines = table.lines().filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let ports = (port(words.next()?)?, port(words.next()?)?);
            let (unsent, unread) = words.nth(1)?.split_once(':')?;
            let [unsent, unread] = [unsent, unread].map(|bytes| u64::from_str_radix(bytes, 16).unwrap_or(0));
            match ports {
                ports if ports == (connection.server, connection.client) => Some(unsent),
                ports if ports == (connection.client, connection.server) => Some(unread),
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

/// The next connection, once its request has come.
fn accept(listener: &TcpListener) -> TcpStream {
    let (mut connection, _) = listener.accept().unwrap();
    assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
    connection
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_killed_download_is_continued() {
    let file: Arc<Vec<u8>> = Arc::new((0..SIZE).map(|n| (n * 31 % 251) as u8).collect());
    let expected = sha256(&file);
    let cdn = Cdn::start(file);
    let mut seed = 6_u64;
    let mut lost = Vec::new();
    for kill in 0..KILLS {
        // Knuth's generator; the moments are spread over the whole file.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = (seed >> 20) % SIZE as u64;
        let directory = tempfile::tempdir().unwrap();
        *cdn.sending.now.lock().unwrap() = Connection::default();
        let mut child = spawn(&cdn.url, directory.path());
        while cdn.sending.now.lock().unwrap().position < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        // Stopped first, so that what it has read by now stays the same while it is counted.
        let _ = Command::new("kill").args(["-STOP", &child.id().to_string()]).status();
        let now = cdn.sending.now.lock().unwrap();
        // The head of the reply is on its way, too: as long as it is not read, more is than there is of the file.
        let read = in_flight(*now).map(|bytes| now.position.saturating_sub(bytes));
        child.kill().unwrap();
        child.wait().unwrap();
        drop(now);
        let is_whole = directory.path().join("model.stl").exists();

        let output = spawn(&cdn.url, directory.path()).wait_with_output().unwrap();
        assert!(text(&output).contains(&format!("saved: {expected}")), "kill {kill} at {moment}: {}", text(&output));
        assert_eq!(sha256(&std::fs::read(directory.path().join("model.stl")).unwrap()), expected, "kill {kill}");
        if let (Some(read), false) = (read, is_whole) {
            let twice = read.saturating_sub(*cdn.sending.began_at.lock().unwrap().last().unwrap());
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
#[test]
fn two_processes_keep_off_one_file() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a.stl", listener.local_addr().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let mut first = spawn(&url, directory.path());
    let mut connection = accept(&listener);
    write!(connection, "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: 4\r\n\r\nso").unwrap();
    let part = directory.path().join("model.stl.part");
    while !std::fs::metadata(&part).is_ok_and(|part| part.len() == 2) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = spawn(&url, directory.path()).wait_with_output().unwrap();
    assert!(text(&second).contains("another download is writing it"), "{}", text(&second));

    connection.write_all(b"li").unwrap();
    first.wait().unwrap();
    assert_eq!(std::fs::read(directory.path().join("model.stl")).unwrap(), b"soli");
    assert!(!directory.path().join("model.stl.lock").exists());

    // A process that is killed frees the lock, though its file stays.
    std::fs::remove_file(directory.path().join("model.stl")).unwrap();
    let mut killed = spawn(&url, directory.path());
    let mut connection = accept(&listener);
    write!(connection, "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: 4\r\n\r\nso").unwrap();
    while !std::fs::metadata(&part).is_ok_and(|part| part.len() == 2) {
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let last = spawn(&url, directory.path());
    let mut connection = accept(&listener);
    write!(connection, "HTTP/1.1 206 OK\r\netag: \"one\"\r\ncontent-range: bytes 2-3/4\r\ncontent-length: 2\r\n\r\nli")
        .unwrap();
    let last = last.wait_with_output().unwrap();
    assert!(text(&last).contains(&sha256(b"soli")), "{}", text(&last));
}
