//! Downloads in processes of their own: killed at any moment, and two at one file.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mint_api_ext::{Asset, AssetKind, Assets, Credentials, Mint, Server};
use sha2::{Digest as _, Sha256};

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

/// A server of one file, in threads: it tells how much of it was sent, and does not hurry, so that little is on the way.
struct Cdn {
    url: String,
    sent_up_to: Arc<AtomicU64>,
    /// While it is not to be killed, a client need not be waited for.
    hurries: Arc<AtomicBool>,
    part: Arc<Mutex<PathBuf>>,
    began_at: Arc<Mutex<Vec<u64>>>,
}

impl Cdn {
    fn start(file: Arc<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/a.stl", listener.local_addr().unwrap());
        let cdn = Self {
            url,
            sent_up_to: Arc::default(),
            hurries: Arc::default(),
            part: Arc::default(),
            began_at: Arc::default(),
        };
        let (sent, hurries, began) = (cdn.sent_up_to.clone(), cdn.hurries.clone(), cdn.began_at.clone());
        let part = cdn.part.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (file, sent, hurries, began) = (file.clone(), sent.clone(), hurries.clone(), began.clone());
                let part = part.lock().unwrap().clone();
                // That a connection breaks off is what this is about.
                std::thread::spawn(move || serve(connection.unwrap(), &file, (&sent, &hurries), &began, &part));
            }
        });
        cdn
    }
}

fn on_disk(part: &Path) -> u64 {
    std::fs::metadata(part).map_or(0, |part| part.len())
}

fn serve(
    mut connection: TcpStream,
    file: &[u8],
    (sent, hurries): (&AtomicU64, &AtomicBool),
    began: &Mutex<Vec<u64>>,
    part: &Path,
) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-'));
    let first: usize = range.map_or(0, |range| range.parse().unwrap());
    began.lock().unwrap().push(first as u64);
    sent.store(first as u64, Ordering::SeqCst);
    let (length, total) = (file.len() - first, file.len());
    let status = match (first, length) {
        (0, _) => "200 OK".to_owned(),
        (_, 0) => format!("416 Range Not Satisfiable\r\ncontent-range: bytes */{total}"),
        _ => format!("206 Partial Content\r\ncontent-range: bytes {first}-{}/{total}", total - 1),
    };
    write!(connection, "HTTP/1.1 {status}\r\netag: \"one\"\r\ncontent-length: {length}\r\n\r\n")?;
    for piece in file[first..].chunks(128 * 1024) {
        connection.write_all(piece)?;
        sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
        // No further ahead of the disk than may be lost: a client that keeps more than that in memory gets no more.
        while !hurries.load(Ordering::SeqCst) && sent.load(Ordering::SeqCst) + 128 * 1024 > on_disk(part) + LOST {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
    Ok(())
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
    let mut most_lost = 0;
    for kill in 0..KILLS {
        // Knuth's generator; the moments are spread over the whole file.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = (seed >> 20) % SIZE as u64;
        let directory = tempfile::tempdir().unwrap();
        cdn.sent_up_to.store(0, Ordering::SeqCst);
        *cdn.part.lock().unwrap() = directory.path().join("model.stl.part");
        cdn.hurries.store(false, Ordering::SeqCst);
        let mut child = spawn(&cdn.url, directory.path());
        while cdn.sent_up_to.load(Ordering::SeqCst) < moment && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let sent = cdn.sent_up_to.load(Ordering::SeqCst);
        let is_whole = directory.path().join("model.stl").exists();

        cdn.hurries.store(true, Ordering::SeqCst);
        let output = spawn(&cdn.url, directory.path()).wait_with_output().unwrap();
        assert!(text(&output).contains(&format!("saved: {expected}")), "kill {kill} at {moment}: {}", text(&output));
        assert_eq!(sha256(&std::fs::read(directory.path().join("model.stl")).unwrap()), expected, "kill {kill}");
        if !is_whole {
            let lost = sent - *cdn.began_at.lock().unwrap().last().unwrap();
            assert!(lost <= LOST, "kill {kill} at {moment}: {lost} bytes are fetched twice");
            most_lost = most_lost.max(lost);
        }
    }
    eprintln!("{KILLS} kills; at most {most_lost} bytes were fetched twice");
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
