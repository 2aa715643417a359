//! Measures the speed and the memory of a download.
//!
//! It compares the speed with a bare reqwest stream, with and without SHA-256, with curl, and with SHA-256 alone.
//!
//! ```text
//! cargo bench -p mint-api-ext --bench download            # 1 GiB, 9 rounds
//! MINT_BENCH_MIB=256 cargo bench -p mint-api-ext --bench download
//! cargo bench -p mint-api-ext --bench download -- slow    # only the server that gives each connection 8 MiB/s
//! ```
//!
//! The server also gives each TCP connection of a second file 8 MiB a second, by a token bucket. There, the time of 128 MiB
//! and of the whole size is compared with that of `aria2c -x8 -s8 -k1M`, if it is installed, and of one connection.
//!
//! The server is a process of its own. The rounds of the programs are interleaved, so that other load on the machine
//! affects all of them. The figures are medians. Files are written to memory (`/dev/shm`) if the system has it, so that
//! the speed of the disk does not matter.

// A benchmark prints to the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mint_api_ext::asset::{Asset, AssetKind, Assets};
use mint_api_ext::download::Overwrite;
use mint_api_ext::{Credentials, Mint, Server};
use sha2::{Digest as _, Sha256};

const ROUNDS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("serve") => serve(size()),
        Some("slow") => {
            let (server, address) = server(&std::env::current_exe().unwrap());
            measure_slow(&address);
            drop(server);
        }
        Some("ours" | "single" | "hashed" | "bare" | "idle" | "eight") => {
            run(&arguments[1], &arguments[2], Path::new(&arguments[3]))
        }
        _ => measure(),
    }
}

fn size() -> usize {
    let mib = std::env::var("MINT_BENCH_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(1024);
    mib * 1024 * 1024
}

/// Serves one file.
fn serve(size: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for connection in listener.incoming() {
        std::thread::spawn(move || {
            // A client may close the connection early.
            let _ = answer(connection.unwrap(), size);
        });
    }
}

/// What each connection of the slow files gets in a second.
const SLOW: f64 = 8.0 * 1024.0 * 1024.0;

fn answer(mut connection: TcpStream, size: usize) -> io::Result<()> {
    // Web servers do so, too. Nagle's algorithm would hold a write until the one before it is acknowledged.
    connection.set_nodelay(true)?;
    let block: Vec<u8> = (0..256 * 1024_u32).map(|n| (n * 31 % 251) as u8).collect();
    let mut request = [0; 8192];
    let mut bucket = Bucket { tokens: 0.0, filled: Instant::now() };
    loop {
        let read = connection.read(&mut request)?;
        if read == 0 {
            return Ok(());
        }
        let request = String::from_utf8_lossy(&request[..read]).to_ascii_lowercase();
        let size = match request.split_whitespace().nth(1) {
            Some("/eighth.stl") => size / 8,
            Some("/slow128.stl") => 128 * 1024 * 1024,
            _ => size,
        };
        let (mut at, end) = match range(&request, size) {
            None => {
                write!(connection, "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: {size}\r\n\r\n")?;
                (0, size)
            }
            Some((start, end)) => {
                write!(
                    connection,
                    "HTTP/1.1 206 Partial Content\r\netag: \"one\"\r\ncontent-length: {}\r\ncontent-range: bytes \
                     {start}-{}/{size}\r\n\r\n",
                    end - start,
                    end - 1
                )?;
                (start, end)
            }
        };
        let is_slow = request.starts_with("get /slow");
        while at < end {
            let begin = at % block.len();
            let most = if is_slow { 16 * 1024 } else { block.len() };
            let bytes = most.min(block.len() - begin).min(end - at);
            if is_slow {
                bucket.take(bytes);
            }
            connection.write_all(&block[begin..begin + bytes])?;
            at += bytes;
        }
    }
}

/// The first byte that a request wants, and the one after the last.
fn range(request: &str, size: usize) -> Option<(usize, usize)> {
    let line = request.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
    let (start, last) = line.trim().split_once('-')?;
    Some((start.parse().ok()?, last.parse::<usize>().map_or(size, |last| last + 1)))
}

/// A token bucket: what one connection may send.
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn take(&mut self, bytes: usize) {
        loop {
            let now = Instant::now();
            self.tokens = (self.tokens + (now - self.filled).as_secs_f64() * SLOW).min(128.0 * 1024.0);
            self.filled = now;
            let missing = bytes as f64 - self.tokens;
            if missing <= 0.0 {
                self.tokens -= bytes as f64;
                return;
            }
            std::thread::sleep(Duration::from_secs_f64(missing / SLOW));
        }
    }
}

/// Runs one download in this process, and prints its time in seconds and its peak memory in KiB.
fn run(what: &str, url: &str, directory: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Building the clients is not measured.
        let mint = Mint::builder(Credentials::api_key("mint_bench").unwrap());
        let mint = mint.server(Server::Custom("http://127.0.0.1:1".into())).build().unwrap();
        mint_loopback::install_cryptography();
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let began = Instant::now();
        match what {
            "ours" => ours(&mint, url, directory, 1, 8).await,
            "single" => ours(&mint, url, directory, 1, 1).await,
            "eight" => ours(&mint, url, directory, 8, 8).await,
            "hashed" => bare(&http, url, directory, Some(Sha256::new())).await,
            "bare" => bare(&http, url, directory, None).await,
            _ => {}
        }
        println!("{} {}", began.elapsed().as_secs_f64(), peak_kib());
    });
}

async fn ours(mint: &Mint, url: &str, directory: &Path, files: usize, connections: usize) {
    let assets = (0..files).map(|number| {
        let mut asset = Asset::new(AssetKind::Stl, url);
        asset.file_name = Some(format!("{number}.stl"));
        asset
    });
    let download = mint.download(Assets::from_iter(assets)).overwrite(Overwrite::Always).skip_sync().concurrency(8);
    let download = download.connections(connections);
    let saved = download.to_dir(directory).await.unwrap().complete().unwrap();
    assert_eq!(saved.len(), files);
}

/// The simplest download: it writes each piece as it arrives.
async fn bare(http: &reqwest::Client, url: &str, directory: &Path, mut hash: Option<Sha256>) {
    let mut response = http.get(url).send().await.unwrap();
    let mut file = File::create(directory.join("bare")).unwrap();
    while let Some(piece) = response.chunk().await.unwrap() {
        file.write_all(&piece).unwrap();
        if let Some(hash) = &mut hash {
            hash.update(&piece);
        }
    }
    std::hint::black_box(hash.map(Sha256::finalize));
}

/// The peak memory of this process in KiB; 0 if the system does not report it.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Kills the child process on drop.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the server; also its address.
fn server(program: &Path) -> (Stopped, String) {
    let mut server = Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(server.stdout.take().unwrap()), &mut address).unwrap();
    (Stopped(server), address.trim().to_owned())
}

/// Compares the times with a server that gives each connection little.
fn measure_slow(address: &str) {
    let program = std::env::current_exe().unwrap();
    let has_aria2c = Command::new("aria2c").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !has_aria2c {
        println!("SKIPPED: aria2c is not installed, so ours is compared with its own single connection only");
    }
    for (path, mib, rounds) in [("slow128", 128, 3), ("slow", size() / 1024 / 1024, 2)] {
        let url = format!("http://{address}/{path}.stl");
        let single = once(&program, "single", &url).0;
        let (mut ours, mut aria2c) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            ours.push(once(&program, "ours", &url).0);
            if has_aria2c {
                aria2c.push(once(&program, "aria2c", &url).0);
            }
        }
        let ours = median(ours);
        println!("{mib} MiB, 8 MiB/s a connection: ours {ours:.2} s, one connection {single:.2} s");
        if has_aria2c {
            let aria2c = median(aria2c);
            println!("  aria2c -x8 {aria2c:.2} s; ours takes {:.2} of its time", ours / aria2c);
        }
    }
}

fn measure() {
    let program = std::env::current_exe().unwrap();
    let (_server, address) = server(&program);
    let url = format!("http://{address}/a.stl");

    let mut seconds: [(&str, Vec<f64>); 5] =
        ["ours", "single", "hashed", "bare", "curl"].map(|what| (what, Vec::new()));
    let mut peak = 0;
    for round in 0..=ROUNDS {
        for (what, seconds) in &mut seconds {
            let (time, memory) = once(&program, what, &url);
            // The first round is a warm-up.
            if round > 0 {
                seconds.push(time);
            }
            if *what == "ours" {
                peak = peak.max(memory);
            }
        }
    }
    let idle = once(&program, "idle", &url).1;
    let eight = once(&program, "eight", &url.replace("a.stl", "eighth.stl"));
    let medians = seconds.map(|(what, seconds)| (what, median(seconds)));
    let ours = medians[0].1;
    let mib = size() as f64 / 1024.0 / 1024.0;
    println!("{mib} MiB over loopback, medians of {ROUNDS} interleaved rounds");
    for (what, median) in medians {
        println!("{what:8} {median:.3} s  {:.0} MiB/s  ours has {:.2} of its speed", mib / median, median / ours);
    }
    println!("SHA-256 alone, in memory: {:.0} MiB/s", mib / hashing(size()));
    println!(
        "memory above idle: one file {:.1} MiB, eight files of an eighth of it {:.1} MiB",
        above(peak, idle),
        above(eight.1, idle)
    );
    measure_slow(&address);
}

/// The time to hash this many bytes, in seconds.
fn hashing(size: usize) -> f64 {
    let block = vec![7; 256 * 1024];
    let began = Instant::now();
    let mut hash = Sha256::new();
    (0..size / block.len()).for_each(|_| hash.update(&block));
    std::hint::black_box(hash.finalize());
    began.elapsed().as_secs_f64()
}

fn above(peak: u64, idle: u64) -> f64 {
    peak.saturating_sub(idle) as f64 / 1024.0
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// The seconds and KiB of one run.
fn once(program: &Path, what: &str, url: &str) -> (f64, u64) {
    let memory = Path::new("/dev/shm");
    let within = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let directory: PathBuf = within.join(format!("mint-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let result = match what {
        "curl" => other(Command::new("curl").args(["-s", "-o"]).arg(directory.join("curl")).arg(url)),
        "aria2c" => {
            let mut aria2c = Command::new("aria2c");
            aria2c.args(["-q", "-x8", "-s8", "-k1M", "--file-allocation=none", "-d"]).arg(&directory);
            other(aria2c.args(["-o", "aria2c", url]))
        }
        what => own(program, what, url, &directory),
    };
    std::fs::remove_dir_all(&directory).unwrap();
    // The system clears the freed memory before the next run needs it.
    std::thread::sleep(Duration::from_millis(100));
    result
}

fn own(program: &Path, what: &str, url: &str, directory: &Path) -> (f64, u64) {
    let output = Command::new(program).args([what, url]).arg(directory).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (seconds, memory) = text.trim().split_once(' ').expect("a run prints two figures");
    (seconds.parse().unwrap(), memory.parse().unwrap())
}

/// Runs another program.
fn other(program: &mut Command) -> (f64, u64) {
    let began = Instant::now();
    match program.status() {
        Ok(status) if status.success() => (began.elapsed().as_secs_f64(), 0),
        _ => (f64::NAN, 0),
    }
}
